package io.weir.switching.filter;

/** Numbers of the headers that the filter looks into. */
final class Protocol {
    // Internet protocol numbers, RFC 5237 registry.
    static final int HOP_BY_HOP = 0;
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ROUTING = 43;
    static final int FRAGMENT = 44;
    static final int AUTHENTICATION = 51;
    static final int ICMPV6 = 58;
    static final int DESTINATION_OPTIONS = 60;

    // TCP flags, RFC 9293 section 3.1.
    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int ACK = 0x10;
    /** FIN, SYN, RST, PSH, ACK, URG; the other two bits belong to congestion notification (RFC 3168). */
    static final int CONTROL_FLAGS = 0x3f;

    /** Checksum field of TCP, from the start of its header. */
    static final int TCP_CHECKSUM = 16;
    /** Checksum field of UDP, from the start of its header. */
    static final int UDP_CHECKSUM = 6;

    static final int TCP_HEADER_BYTES = 20;
    static final int UDP_HEADER_BYTES = 8;

    private Protocol() {}

    static boolean hasPorts(int protocol) {
        return protocol == TCP || protocol == UDP;
    }

    static int checksumOffset(int protocol) {
        return protocol == TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
    }
}
