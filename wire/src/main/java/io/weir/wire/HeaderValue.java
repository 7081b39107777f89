package io.weir.wire;

import java.lang.foreign.MemorySegment;

/** A header as an immutable value; made by hand or by the {@code parse} of its class, and written by {@link #emit}. */
public sealed interface HeaderValue
        permits Ethernet,
                Vlan,
                Arp,
                Ipv4,
                Ipv6,
                Ipv6OptionsHeader,
                Ipv6Routing,
                Ipv6Fragment,
                Icmp,
                Icmpv6,
                Ndp,
                Tcp,
                Udp {

    /** Bytes that {@link #emit} writes. */
    int headerLength();

    /**
     * Writes every bit of the header, whatever the memory held before. A checksum that also covers what follows (ICMP,
     * ICMPv6, TCP, UDP) becomes 0: fill it with {@code fillChecksum} of the view when that stands there.
     *
     * @return bytes written, {@link #headerLength()}
     * @throws IndexOutOfBoundsException when the memory is too small
     */
    int emit(MemorySegment memory, long offset);

    /** The header alone in an array of its own. */
    default byte[] toBytes() {
        byte[] bytes = new byte[headerLength()];
        emit(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }
}
