package io.weir.application.testing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.application.Claim;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Where the headers of a whole IP packet are. Refuses what the packet filter of a node would never hand to an application. */
final class IpHeaders {
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    static final int IPV4_BYTES = 20;
    static final int IPV6_BYTES = 40;
    static final int UDP_BYTES = 8;
    static final int TCP_BYTES = 20;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;

    final int version;
    final int protocol;
    /** From the IP header, without what a link may have padded. */
    final int length;

    final int transport;
    final int payload;
    final int payloadLength;

    /**
     * Looks at a packet.
     *
     * @param packet from the IP header on
     * @throws IllegalArgumentException when the packet is no whole, unfragmented TCP or UDP packet
     */
    IpHeaders(byte[] packet) {
        MemorySegment memory = MemorySegment.ofArray(packet);
        need(packet.length >= IPV4_BYTES, packet.length + " bytes are no IP packet");
        version = packet[0] >>> 4 & 0xf;
        if (version == 4) {
            length = u16(memory, 2);
            transport = (packet[0] & 0xf) * 4;
            protocol = packet[9] & 0xff;
            need(transport >= IPV4_BYTES, "the IPv4 header is shorter than 20 bytes");
            need(length <= packet.length, "total length " + length + " is more than " + packet.length + " bytes");
            need(length >= transport, "total length " + length + " is less than the IPv4 header");
            need((u16(memory, 6) & 0x3fff) == 0, "the packet is a fragment");
            need(InternetChecksum.finish(InternetChecksum.sum(memory, 0, transport)) == 0, "wrong IPv4 checksum");
        } else {
            need(version == 6 && packet.length >= IPV6_BYTES, "the packet is neither IPv4 nor IPv6");
            length = IPV6_BYTES + u16(memory, 4);
            need(length <= packet.length, "payload length " + u16(memory, 4) + " is more than there is");
            int next = packet[6] & 0xff;
            int at = IPV6_BYTES;
            while (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION_OPTIONS) {
                need(at + 8 <= length, "an extension header is cut off");
                next = packet[at] & 0xff;
                at += ((packet[at + 1] & 0xff) + 1) * 8;
            }
            need(next != FRAGMENT, "the packet is a fragment");
            protocol = next;
            transport = at;
        }
        int available = length - transport;
        if (protocol == Claim.UDP) {
            need(available >= UDP_BYTES, "the UDP header is cut off");
            int udpLength = u16(memory, transport + 4);
            need(udpLength >= UDP_BYTES && udpLength <= available, "UDP length " + udpLength + " of " + available);
            payload = transport + UDP_BYTES;
            payloadLength = udpLength - UDP_BYTES;
        } else {
            need(protocol == Claim.TCP, "protocol " + protocol + " is neither TCP nor UDP");
            need(available >= TCP_BYTES, "the TCP header is cut off");
            int headerBytes = (packet[transport + 12] & 0xf0) >>> 2;
            need(headerBytes >= TCP_BYTES && headerBytes <= available, "TCP header of " + headerBytes + " bytes");
            payload = transport + headerBytes;
            payloadLength = available - headerBytes;
        }
    }

    /** What the transport checksum covers; a UDP packet may be shorter than its IP packet (RFC 768). */
    int transportLength() {
        return payload - transport + payloadLength;
    }

    private static void need(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    static int u8(MemorySegment memory, long at) {
        return memory.get(JAVA_BYTE, at) & 0xff;
    }

    static int u16(MemorySegment memory, long at) {
        return memory.get(U16, at) & 0xffff;
    }

    static void setU16(MemorySegment memory, long at, int value) {
        memory.set(U16, at, (short) value);
    }

    /** Offset of the first address in the IP header; the second follows. */
    static int addresses(int version) {
        return version == 4 ? 12 : 8;
    }

    /** Bytes of an address. */
    static int addressBytes(int version) {
        return version == 4 ? 4 : 16;
    }

    /** Offset of the checksum in the transport header. */
    static int checksumAt(int protocol) {
        return protocol == Claim.TCP ? 16 : 6;
    }

    /** Bytes of a plain IP and transport header. */
    static int plainHeaders(int version, int protocol) {
        return (version == 4 ? IPV4_BYTES : IPV6_BYTES) + (protocol == Claim.TCP ? TCP_BYTES : UDP_BYTES);
    }

    /** Sum of the pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1). */
    static long pseudoHeader(MemorySegment memory, long network, int version, int protocol, int transportLength) {
        return InternetChecksum.sum(memory, network + addresses(version), 2L * addressBytes(version))
                + protocol
                + (transportLength >>> 16)
                + (transportLength & 0xffff);
    }
}
