package io.weir.port.afxdp;

/**
 * How to open an {@link AfXdpInterface}.
 *
 * @param id number of the interface within the node, 1..254
 * @param device the interface's name in the network namespace of the thread that opens it
 * @param attach where the XDP program runs
 * @param shared false: every frame goes to weir; true: those that {@link TrafficSelector} selects, the rest to the kernel
 * @param ringFrames frames in each of the four rings of a queue, a power of two
 * @param queues receive queues to take, from 0; 0 means as many as the device has
 * @param checksums whether received frames may lack their transport checksum
 * @param promiscuous also take frames to other stations' link-layer addresses
 */
public record AfXdpOptions(
        int id,
        String device,
        Attach attach,
        boolean shared,
        int ringFrames,
        int queues,
        Checksums checksums,
        boolean promiscuous) {
    /** 2 ms at one million frames per second. */
    public static final int DEFAULT_RING_FRAMES = 2048;

    /** The kernel takes more; a fill ring of this size pins 128 MB of buffers, which is above any use seen. */
    private static final int GREATEST_RING_FRAMES = 1 << 16;

    private static final int LEAST_RING_FRAMES = 64;

    public AfXdpOptions {
        if (id < 1 || id > 254) {
            throw new IllegalArgumentException("interface " + device + ": id " + id + " is not within 1..254");
        }
        if (Integer.bitCount(ringFrames) != 1 || ringFrames < LEAST_RING_FRAMES || ringFrames > GREATEST_RING_FRAMES) {
            throw new IllegalArgumentException("interface " + device + ": ring " + ringFrames
                    + " is not a power of two within " + LEAST_RING_FRAMES + ".." + GREATEST_RING_FRAMES);
        }
        if (queues < 0) {
            throw new IllegalArgumentException("interface " + device + ": queues " + queues + " is below 0");
        }
    }

    public AfXdpOptions(int id, String device, Attach attach, boolean shared, int ringFrames, int queues) {
        this(id, device, attach, shared, ringFrames, queues, Checksums.AUTO, false);
    }

    /** All queues of an interface that weir has for itself. */
    public static AfXdpOptions exclusive(int id, String device) {
        return new AfXdpOptions(id, device, Attach.AUTO, false, DEFAULT_RING_FRAMES, 0);
    }

    /** The same, with this word on checksums. */
    public AfXdpOptions withChecksums(Checksums word) {
        return new AfXdpOptions(id, device, attach, shared, ringFrames, queues, word, promiscuous);
    }

    /** The same, taking frames to all stations. */
    public AfXdpOptions withPromiscuous() {
        return new AfXdpOptions(id, device, attach, shared, ringFrames, queues, checksums, true);
    }
}
