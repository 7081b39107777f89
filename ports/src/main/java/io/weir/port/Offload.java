package io.weir.port;

/**
 * Work left to the network interface, as one {@code long} beside each frame (the fields of {@code struct
 * virtio_net_hdr}, include/uapi/linux/virtio_net.h). 0 means none: checksums are complete, one packet on the wire.
 *
 * <pre>
 *  63      60 59       56 55           48 47            32 31             16 15              0
 * +----------+-----------+---------------+----------------+-----------------+----------------+
 * |  flags   | gso type  |  csum offset  |   csum start   | segment size    | header length  |
 * +----------+-----------+---------------+----------------+-----------------+----------------+
 * </pre>
 *
 * While {@link #needsChecksum} holds, the transport checksum field has the non-inverted sum of the pseudo header only.
 */
public final class Offload {
    public static final long NONE = 0L;
    /** VIRTIO_NET_HDR_F_NEEDS_CSUM. */
    public static final int NEEDS_CHECKSUM = 1;
    /** VIRTIO_NET_HDR_F_DATA_VALID. */
    public static final int DATA_VALID = 2;
    /**
     * The interface cannot tell a complete transport checksum from one that was left open (the flag is weir's own). Only
     * between a port's receive and the parser, which replaces it by {@link #NEEDS_CHECKSUM} or {@link #NONE}.
     */
    public static final int CHECKSUM_UNKNOWN = 4;

    /** VIRTIO_NET_HDR_GSO_TCPV4. */
    public static final int TCP_V4 = 1;
    /** VIRTIO_NET_HDR_GSO_TCPV6. */
    public static final int TCP_V6 = 4;
    /** VIRTIO_NET_HDR_GSO_UDP_L4. */
    public static final int UDP_L4 = 5;
    /** VIRTIO_NET_HDR_GSO_ECN, a bit beside the TCP types, moved to bit 3 of the four-bit field. */
    public static final int ECN = 8;

    private Offload() {}

    public static long of(
            int flags, int type, int headerLength, int segmentSize, int checksumStart, int checksumOffset) {
        return ((long) (flags & 0xf) << 60)
                | ((long) (type & 0xf) << 56)
                | ((long) (checksumOffset & 0xff) << 48)
                | ((long) (checksumStart & 0xffff) << 32)
                | ((long) (segmentSize & 0xffff) << 16)
                | (headerLength & 0xffff);
    }

    public static boolean needsChecksum(long offload) {
        return (offload & (long) NEEDS_CHECKSUM << 60) != 0;
    }

    /** Whether {@link #needsChecksum} holds is to be found out from the packet. */
    public static boolean isChecksumUnknown(long offload) {
        return (offload & (long) CHECKSUM_UNKNOWN << 60) != 0;
    }

    /** The transport checksum is missing or was verified by the sender's side, so there is nothing to verify. */
    public static boolean isTrusted(long offload) {
        return (offload & (long) (NEEDS_CHECKSUM | DATA_VALID) << 60) != 0;
    }

    public static int flags(long offload) {
        return (int) (offload >>> 60);
    }

    /** 0 when the frame is one packet on the wire. */
    public static int segmentationType(long offload) {
        return (int) (offload >>> 56) & 0xf;
    }

    public static int checksumOffset(long offload) {
        return (int) (offload >>> 48) & 0xff;
    }

    /** Offset of the transport header from the start of the frame, in bytes. */
    public static int checksumStart(long offload) {
        return (int) (offload >>> 32) & 0xffff;
    }

    public static int segmentSize(long offload) {
        return (int) (offload >>> 16) & 0xffff;
    }

    public static int headerLength(long offload) {
        return (int) offload & 0xffff;
    }
}
