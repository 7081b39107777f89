package io.weir.port.pcap;

/** Direction of a packet in a capture, as bits 0 and 1 of pcapng's epb_flags option. */
public enum PacketDirection {
    /** The file does not say. */
    UNKNOWN(0),
    /** Received. */
    INBOUND(1),
    /** Transmitted. */
    OUTBOUND(2);

    private final int bits;

    PacketDirection(int bits) {
        this.bits = bits;
    }

    int bits() {
        return bits;
    }

    static PacketDirection of(int bits) {
        return switch (bits) {
            case 1 -> INBOUND;
            case 2 -> OUTBOUND;
            default -> UNKNOWN;
        };
    }
}
