package io.weir.port.afpacket;

import io.weir.memory.counters.ProcessorCounters;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;

/**
 * How to open an {@link AfPacketPort}.
 *
 * @param id number of the interface within the node, 1..254
 * @param device the interface's name in the network namespace of the thread that opens the port
 * @param receive false for a handle that only transmits; it has no ring
 * @param ringFrames least number of frames in the receive ring
 * @param frameBytes memory per frame of the ring, a multiple of 16, or {@link #FRAME_BYTES_BY_MTU}; longer frames take a
 *     system call each
 * @param promiscuous also take frames to other stations' link-layer addresses, needed for virtual addresses with a MAC
 *     of their own
 * @param fanout the kernel spreads frames by flow over all sockets with this number, 0..65535; {@link #NO_FANOUT}, or
 *     {@link #NEW_FANOUT} for a number nobody else has
 * @param exclusive keep the kernel's own network stack from what is received, where the kernel lets us
 * @param owners takes sent frames back; the port registers its own ring there
 * @param counters of the processor that uses the handle
 */
public record AfPacketOptions(
        int id,
        String device,
        boolean receive,
        int ringFrames,
        int frameBytes,
        boolean promiscuous,
        int fanout,
        boolean exclusive,
        FrameOwners owners,
        ProcessorCounters counters) {
    /** The socket receives every frame. */
    public static final int NO_FANOUT = -1;
    /** {@link AfPacketPort#fanout} says the number. */
    public static final int NEW_FANOUT = -2;

    /** 4 MB of ring: 1 ms at one million frames per second. */
    public static final int DEFAULT_RING_FRAMES = 1024;

    /** Slots that hold whole packets of the interface's MTU, and at least two segments of a common one. */
    public static final int FRAME_BYTES_BY_MTU = 0;

    /**
     * Two segments of a common MTU; and three cache lines, so that the headers of the frames do not all meet in the same
     * sets of the cache.
     */
    private static final int COMMON_FRAME_BYTES = 4096 + 192;

    /** Greatest MTU whose packets all stand in slots. */
    private static final int JUMBO_MTU = 9216;

    /** Room for the ring's own headers, a tag and the Ethernet header. */
    private static final int HEADER_BYTES = 192;

    /** The least the kernel's headers leave useful room in. */
    private static final int LEAST_FRAME_BYTES = 256;

    public AfPacketOptions {
        if (id < 1 || id >= FrameBatch.CHAIN) {
            throw new IllegalArgumentException("interface " + device + ": id " + id + " is not within 1..254");
        }
        if (ringFrames < 1) {
            throw new IllegalArgumentException("interface " + device + ": ring-frames " + ringFrames + " is below 1");
        }
        if (frameBytes != FRAME_BYTES_BY_MTU && (frameBytes < LEAST_FRAME_BYTES || frameBytes % 16 != 0)) {
            throw new IllegalArgumentException("interface " + device + ": frame-bytes " + frameBytes
                    + " is not a multiple of 16 from " + LEAST_FRAME_BYTES);
        }
    }

    /** A handle that receives and transmits. */
    public static AfPacketOptions receiving(int id, String device, FrameOwners owners, ProcessorCounters counters) {
        return new AfPacketOptions(
                id, device, true, DEFAULT_RING_FRAMES, FRAME_BYTES_BY_MTU, false, NO_FANOUT, false, owners, counters);
    }

    /** A further processor's handle, which only transmits. */
    public static AfPacketOptions transmitting(int id, String device, FrameOwners owners, ProcessorCounters counters) {
        return new AfPacketOptions(
                id, device, false, DEFAULT_RING_FRAMES, FRAME_BYTES_BY_MTU, false, NO_FANOUT, false, owners, counters);
    }

    /** Bytes of a slot when the interface has this MTU. */
    int slotBytes(int mtu) {
        int packet = (Math.clamp(mtu, 0, JUMBO_MTU) + HEADER_BYTES + 63) & -64;
        return frameBytes != FRAME_BYTES_BY_MTU ? frameBytes : Math.max(COMMON_FRAME_BYTES, packet);
    }

    /** The same with another ring. */
    public AfPacketOptions withRing(int frames, int bytesPerFrame) {
        return new AfPacketOptions(
                id, device, receive, frames, bytesPerFrame, promiscuous, fanout, exclusive, owners, counters);
    }

    /** The same, taking frames to all stations. */
    public AfPacketOptions withPromiscuous() {
        return new AfPacketOptions(
                id, device, receive, ringFrames, frameBytes, true, fanout, exclusive, owners, counters);
    }

    /** The same, for one of several processors that share the received frames by flow. */
    public AfPacketOptions withFanout(int number) {
        return new AfPacketOptions(
                id, device, receive, ringFrames, frameBytes, promiscuous, number, exclusive, owners, counters);
    }

    /** The same, where the kernel's own network stack gets nothing of what is received. */
    public AfPacketOptions withExclusive() {
        return new AfPacketOptions(
                id, device, receive, ringFrames, frameBytes, promiscuous, fanout, true, owners, counters);
    }
}
