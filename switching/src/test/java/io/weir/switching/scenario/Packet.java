package io.weir.switching.scenario;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * An Ethernet frame to be, as its header fields; {@link #frame} gives the bytes with right lengths and checksums unless
 * told otherwise. Immutable: every method gives a changed copy, so that an expected frame is the one sent but for what
 * the scenario is about. Checksums are plain sums of 16-bit words (RFC 1071), checked against pcap4j by a test.
 */
final class Packet implements Cloneable {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;

    private static final int NO_TAG = -1;
    private static final int HEADER_BYTES_4 = 20;

    /** What stands in the transport checksum field. */
    private enum Sum {
        COMPLETE,
        ZERO,
        /** Non-inverted sum of the pseudo header alone: the interface does the rest. */
        PARTIAL,
        WRONG
    }

    private long destinationMac;
    private long sourceMac;
    private int tag = NO_TAG;
    private byte[] source = {};
    private byte[] destination = {};
    private int ttl = 64;
    private int trafficClass;
    private int identification;
    private int fragmentWord;
    private byte[] ipOptions = {};
    private byte[] extensionHeaders = {};
    private int firstExtension;
    private int protocol;
    private int sourcePort;
    private int destinationPort;
    private long sequence;
    private long acknowledgement;
    private int flags;
    private int window = 64_240;
    private byte[] tcpOptions = {};
    /** Payload of TCP and UDP; of ICMP the message behind type, code and checksum. */
    private byte[] payload = {};

    private int type;
    private int code;
    private Sum sum = Sum.COMPLETE;
    private int padTo;
    private boolean wrongHeaderChecksum;

    private Packet() {}

    private Packet with(Consumer<Packet> change) {
        try {
            Packet copy = (Packet) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    static Packet tcp(Endpoint from, int fromPort, Endpoint to, int toPort) {
        return ip(from, to, TCP).ports(fromPort, toPort);
    }

    static Packet udp(Endpoint from, int fromPort, Endpoint to, int toPort) {
        return ip(from, to, UDP).ports(fromPort, toPort);
    }

    /** An echo request with identifier and sequence number. */
    static Packet echo(Endpoint from, Endpoint to, int identifier, int number) {
        byte[] rest = {
            (byte) (identifier >> 8), (byte) identifier, (byte) (number >> 8), (byte) number, 'p', 'i', 'n', 'g'
        };
        boolean ipv4 = from.address().length == 4;
        return ip(from, to, ipv4 ? ICMP : ICMPV6).type(ipv4 ? 8 : 128, 0).payload(rest);
    }

    /** Any packet from one end to the other; link-layer addresses are the ends' own. */
    static Packet ip(Endpoint from, Endpoint to, int protocol) {
        return new Packet().with(p -> {
            p.sourceMac = from.mac();
            p.destinationMac = to.mac();
            p.source = from.address();
            p.destination = to.address();
            p.protocol = protocol;
        });
    }

    Packet macs(long from, long to) {
        return with(p -> {
            p.sourceMac = from;
            p.destinationMac = to;
        });
    }

    Packet source(Endpoint end) {
        return with(p -> p.source = end.address());
    }

    Packet destination(Endpoint end) {
        return with(p -> p.destination = end.address());
    }

    Packet ports(int from, int to) {
        return with(p -> {
            p.sourcePort = from;
            p.destinationPort = to;
        });
    }

    Packet ttl(int value) {
        return with(p -> p.ttl = value);
    }

    int ttl() {
        return ttl;
    }

    /** As a router leaves it: one hop less. */
    Packet oneHopLess() {
        return ttl(ttl - 1);
    }

    Packet trafficClass(int value) {
        return with(p -> p.trafficClass = value);
    }

    /** The 16 bits of flags and fragment offset of an IPv4 header. */
    Packet fragmentWord(int value) {
        return with(p -> p.fragmentWord = value);
    }

    Packet identification(int value) {
        return with(p -> p.identification = value);
    }

    /** IPv4 options, a multiple of four bytes. */
    Packet ipOptions(int... octets) {
        return with(p -> p.ipOptions = bytes(octets));
    }

    /** A chain of IPv6 extension headers, each with its next-header octet; the last one's must name the transport. */
    Packet extensionHeaders(int first, int... octets) {
        return with(p -> {
            p.firstExtension = first;
            p.extensionHeaders = bytes(octets);
        });
    }

    Packet flags(int value) {
        return with(p -> p.flags = value);
    }

    Packet sequence(long seq, long ack) {
        return with(p -> {
            p.sequence = seq;
            p.acknowledgement = ack;
        });
    }

    Packet window(int value) {
        return with(p -> p.window = value);
    }

    /** TCP options, a multiple of four bytes. */
    Packet tcpOptions(int... octets) {
        return with(p -> p.tcpOptions = bytes(octets));
    }

    Packet payload(String text) {
        return payload(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    Packet payload(byte[] bytes) {
        return with(p -> p.payload = bytes);
    }

    /** ICMP type and code. */
    Packet type(int icmpType, int icmpCode) {
        return with(p -> {
            p.type = icmpType;
            p.code = icmpCode;
        });
    }

    Packet tagged(int tagControl) {
        return with(p -> p.tag = tagControl);
    }

    Packet untagged() {
        return with(p -> p.tag = NO_TAG);
    }

    Packet paddedTo(int length) {
        return with(p -> p.padTo = length);
    }

    Packet zeroChecksum() {
        return with(p -> p.sum = Sum.ZERO);
    }

    Packet partialChecksum() {
        return with(p -> p.sum = Sum.PARTIAL);
    }

    Packet wrongChecksum() {
        return with(p -> p.sum = Sum.WRONG);
    }

    Packet wrongHeaderChecksum() {
        return with(p -> p.wrongHeaderChecksum = true);
    }

    byte[] payload() {
        return payload.clone();
    }

    boolean isTcp() {
        return protocol == TCP;
    }

    int flags() {
        return flags;
    }

    long sequence() {
        return sequence;
    }

    long acknowledgement() {
        return acknowledgement;
    }

    /** The other way round, as weir sends a reset: bare headers, 64 hops, no fragments, window 0. */
    Packet turned() {
        return with(p -> {
            p.sourceMac = destinationMac;
            p.destinationMac = sourceMac;
            p.source = destination;
            p.destination = source;
            p.sourcePort = destinationPort;
            p.destinationPort = sourcePort;
            p.ttl = 64;
            p.trafficClass = 0;
            p.identification = 0;
            p.fragmentWord = 0x4000;
            p.ipOptions = new byte[0];
            p.extensionHeaders = new byte[0];
            p.tcpOptions = new byte[0];
            p.payload = new byte[0];
            p.window = 0;
            p.padTo = 0;
            p.sum = Sum.COMPLETE;
        });
    }

    boolean isIpv4() {
        return source.length == 4;
    }

    /** Offset of the transport header in the frame. */
    int transportOffset() {
        int ip = tag == NO_TAG ? 14 : 18;
        return ip + (isIpv4() ? HEADER_BYTES_4 + ipOptions.length : 40 + extensionHeaders.length);
    }

    /** The IP packet without Ethernet header and padding. */
    byte[] packet() {
        byte[] frame = untagged().paddedTo(0).frame();
        return Arrays.copyOfRange(frame, 14, frame.length);
    }

    byte[] frame() {
        byte[] transport = transport();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, destinationMac, 6);
        number(out, sourceMac, 6);
        if (tag != NO_TAG) {
            number(out, 0x8100, 2);
            number(out, tag, 2);
        }
        number(out, isIpv4() ? 0x0800 : 0x86dd, 2);
        out.writeBytes(isIpv4() ? header4(transport.length) : header6(transport.length));
        out.writeBytes(transport);
        byte[] frame = out.toByteArray();
        return frame.length < padTo ? Arrays.copyOf(frame, padTo) : frame;
    }

    private byte[] header4(int transportBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int words = (HEADER_BYTES_4 + ipOptions.length) / 4;
        number(out, 0x40 | words, 1);
        number(out, trafficClass, 1);
        number(out, 4 * words + transportBytes, 2);
        number(out, identification, 2);
        number(out, fragmentWord, 2);
        number(out, ttl, 1);
        number(out, protocol, 1);
        number(out, 0, 2);
        out.writeBytes(source);
        out.writeBytes(destination);
        out.writeBytes(ipOptions);
        byte[] header = out.toByteArray();
        put(header, 10, complement(sum(header)) ^ (wrongHeaderChecksum ? 0x0100 : 0));
        return header;
    }

    private byte[] header6(int transportBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, 0x6000_0000L | trafficClass << 20, 4);
        number(out, extensionHeaders.length + transportBytes, 2);
        number(out, extensionHeaders.length > 0 ? firstExtension : protocol, 1);
        number(out, ttl, 1);
        out.writeBytes(source);
        out.writeBytes(destination);
        out.writeBytes(extensionHeaders);
        return out.toByteArray();
    }

    private byte[] transport() {
        return switch (protocol) {
            case TCP -> sealed(tcpHeader(), 16);
            case UDP -> sealed(udpHeader(), 6);
            case ICMP, ICMPV6 -> sealed(icmpHeader(), 2);
            default -> payload;
        };
    }

    private byte[] tcpHeader() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, sourcePort, 2);
        number(out, destinationPort, 2);
        number(out, sequence, 4);
        number(out, acknowledgement, 4);
        number(out, ((20 + tcpOptions.length) / 4) << 4, 1);
        number(out, flags, 1);
        number(out, window, 2);
        number(out, 0, 4);
        out.writeBytes(tcpOptions);
        out.writeBytes(payload);
        return out.toByteArray();
    }

    private byte[] udpHeader() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, sourcePort, 2);
        number(out, destinationPort, 2);
        number(out, 8 + payload.length, 2);
        number(out, 0, 2);
        out.writeBytes(payload);
        return out.toByteArray();
    }

    private byte[] icmpHeader() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, type, 1);
        number(out, code, 1);
        number(out, 0, 2);
        out.writeBytes(payload);
        return out.toByteArray();
    }

    private byte[] sealed(byte[] message, int checksumAt) {
        int pseudo = protocol == ICMP ? 0 : pseudoHeader(message.length);
        int whole = complement(fold(pseudo + sum(message)));
        if (protocol == UDP && whole == 0) {
            whole = 0xffff; // RFC 768: zero says that there is none
        }
        put(
                message,
                checksumAt,
                switch (sum) {
                    case COMPLETE -> whole;
                    case ZERO -> 0;
                    case PARTIAL -> fold(pseudo);
                    case WRONG -> whole ^ 0x0100;
                });
        return message;
    }

    private int pseudoHeader(int length) {
        return fold(sum(source) + sum(destination) + protocol + length);
    }

    /** Sum of big-endian 16-bit words, RFC 1071, not yet inverted. */
    static int sum(byte[] bytes) {
        int total = 0;
        for (int i = 0; i < bytes.length; i++) {
            total += (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
            total = fold(total);
        }
        return total;
    }

    static int fold(int total) {
        int folded = total;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return folded;
    }

    private static int complement(int word) {
        return ~word & 0xffff;
    }

    private static void put(byte[] bytes, int at, int word) {
        bytes[at] = (byte) (word >>> 8);
        bytes[at + 1] = (byte) word;
    }

    static void number(ByteArrayOutputStream out, long value, int octets) {
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }

    static byte[] bytes(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return bytes;
    }
}
