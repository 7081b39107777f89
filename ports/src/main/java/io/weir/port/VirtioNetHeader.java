package io.weir.port;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * {@code struct virtio_net_hdr} (include/uapi/linux/virtio_net.h), which stands right before each frame of a socket with
 * PACKET_VNET_HDR and before
 * each of a TAP device with IFF_VNET_HDR; fields in the machine's byte order.
 *
 * <pre>
 *   0       1          2                4           6             8               10
 *  +-------+----------+----------------+-----------+-------------+---------------+
 *  | flags | gso type | header length  | gso size  | csum start  | csum offset   |
 *  +-------+----------+----------------+-----------+-------------+---------------+
 * </pre>
 */
public final class VirtioNetHeader {
    public static final int BYTES = 10;

    /** VIRTIO_NET_HDR_GSO_ECN; {@link Offload#ECN} holds it in four bits. */
    private static final int GSO_ECN = 0x80;

    private VirtioNetHeader() {}

    /** What the header at an address says, as an {@link Offload}. */
    public static long read(MemorySegment frames, long header) {
        long word = frames.get(JAVA_LONG_UNALIGNED, header);
        // no flags and no segmentation: the common case on a wire
        if ((word & 0xffff) == 0) {
            return Offload.NONE;
        }
        int type = (int) (word >>> 8) & 0xff;
        return Offload.of(
                (int) word & (Offload.NEEDS_CHECKSUM | Offload.DATA_VALID),
                (type & 0x7) | ((type & GSO_ECN) != 0 ? Offload.ECN : 0),
                (int) (word >>> 16) & 0xffff,
                (int) (word >>> 32) & 0xffff,
                (int) (word >>> 48),
                frames.get(JAVA_SHORT_UNALIGNED, header + 8));
    }

    /** Writes the header. DATA_VALID stays behind: it means something on receipt only. */
    public static void write(MemorySegment frames, long header, long offload) {
        long word = 0;
        short checksumOffset = 0;
        if (offload != Offload.NONE) {
            int type = Offload.segmentationType(offload);
            word = (Offload.flags(offload) & Offload.NEEDS_CHECKSUM)
                    | (long) ((type & 0x7) | ((type & Offload.ECN) != 0 ? GSO_ECN : 0)) << 8
                    | (long) Offload.headerLength(offload) << 16
                    | (long) Offload.segmentSize(offload) << 32
                    | (long) Offload.checksumStart(offload) << 48;
            checksumOffset = (short) Offload.checksumOffset(offload);
        }
        frames.set(JAVA_LONG_UNALIGNED, header, word);
        frames.set(JAVA_SHORT_UNALIGNED, header + 8, checksumOffset);
    }

    /** The same work for a frame that became longer by {@code bytes} before its network header. */
    public static long shift(long offload, int bytes) {
        if (offload == Offload.NONE) {
            return offload;
        }
        int headerLength = Offload.headerLength(offload);
        return Offload.of(
                Offload.flags(offload),
                Offload.segmentationType(offload),
                headerLength == 0 ? 0 : headerLength + bytes,
                Offload.segmentSize(offload),
                Offload.needsChecksum(offload) ? Offload.checksumStart(offload) + bytes : 0,
                Offload.checksumOffset(offload));
    }
}
