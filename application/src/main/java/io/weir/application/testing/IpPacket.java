package io.weir.application.testing;

import io.weir.application.Claim;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * A TCP or UDP packet taken apart, and a maker of such packets as bytes. Bytes are those from the IP header on.
 *
 * <p>Made packets have correct lengths and checksums, and 64 hops to live. {@link #parse} refuses packets that have not.
 */
public final class IpPacket {
    /** TCP flag. */
    public static final int FIN = 1;
    /** TCP flag. */
    public static final int SYN = 2;
    /** TCP flag. */
    public static final int RST = 4;
    /** TCP flag. */
    public static final int PSH = 8;
    /** TCP flag. */
    public static final int ACK = 16;

    private static final int HOPS = 64;

    private final MemorySegment memory;
    private final byte[] bytes;
    private final IpHeaders headers;

    private IpPacket(byte[] bytes) {
        this.headers = new IpHeaders(bytes);
        this.bytes = Arrays.copyOf(bytes, headers.length);
        this.memory = MemorySegment.ofArray(this.bytes);
    }

    /**
     * Takes a packet apart.
     *
     * @param bytes from the IP header on
     * @throws IllegalArgumentException when lengths or checksums are wrong, or it is a fragment or neither TCP nor UDP
     */
    public static IpPacket parse(byte[] bytes) {
        IpPacket packet = new IpPacket(bytes);
        IpHeaders headers = packet.headers;
        int length = headers.transportLength();
        int checksum = IpHeaders.u16(packet.memory, headers.transport + IpHeaders.checksumAt(headers.protocol));
        if (checksum == 0 && headers.protocol == Claim.UDP && headers.version == 4) {
            return packet;
        }
        long sum = IpHeaders.pseudoHeader(packet.memory, 0, headers.version, headers.protocol, length);
        if (InternetChecksum.finish(sum + InternetChecksum.sum(packet.memory, headers.transport, length)) != 0) {
            throw new IllegalArgumentException("the checksum of the " + packet + " is wrong");
        }
        return packet;
    }

    /**
     * Makes a UDP packet.
     *
     * @param source address as text, of the same family as the destination's
     */
    public static byte[] udp(String source, int sourcePort, String destination, int destinationPort, byte[] payload) {
        byte[] header = new byte[IpHeaders.UDP_BYTES];
        MemorySegment memory = MemorySegment.ofArray(header);
        IpHeaders.setU16(memory, 0, sourcePort);
        IpHeaders.setU16(memory, 2, destinationPort);
        IpHeaders.setU16(memory, 4, header.length + payload.length);
        return packet(source, destination, Claim.UDP, header, payload);
    }

    /** Makes a TCP segment without options, with a window of 65535. */
    public static byte[] tcp(
            String source,
            int sourcePort,
            String destination,
            int destinationPort,
            int sequence,
            int acknowledgment,
            int flags,
            byte[] payload) {
        return tcp(
                source,
                sourcePort,
                destination,
                destinationPort,
                sequence,
                acknowledgment,
                flags,
                new byte[0],
                payload);
    }

    /**
     * Makes a TCP segment.
     *
     * @param options a multiple of 4 bytes, at most 40
     */
    public static byte[] tcp(
            String source,
            int sourcePort,
            String destination,
            int destinationPort,
            int sequence,
            int acknowledgment,
            int flags,
            byte[] options,
            byte[] payload) {
        byte[] header = new byte[IpHeaders.TCP_BYTES + options.length];
        MemorySegment memory = MemorySegment.ofArray(header);
        IpHeaders.setU16(memory, 0, sourcePort);
        IpHeaders.setU16(memory, 2, destinationPort);
        memory.set(IpHeaders.U32, 4, sequence);
        memory.set(IpHeaders.U32, 8, acknowledgment);
        header[12] = (byte) (header.length << 2);
        header[13] = (byte) flags;
        IpHeaders.setU16(memory, 14, 0xffff);
        System.arraycopy(options, 0, header, IpHeaders.TCP_BYTES, options.length);
        return packet(source, destination, Claim.TCP, header, payload);
    }

    private static byte[] packet(String source, String destination, int protocol, byte[] transport, byte[] payload) {
        byte[] from = InetAddress.ofLiteral(source).getAddress();
        byte[] to = InetAddress.ofLiteral(destination).getAddress();
        if (from.length != to.length) {
            throw new IllegalArgumentException(source + " and " + destination + " are of different families");
        }
        int version = from.length == 4 ? 4 : 6;
        int length = transport.length + payload.length;
        byte[] network = new byte[version == 4 ? IpHeaders.IPV4_BYTES : IpHeaders.IPV6_BYTES];
        MemorySegment header = MemorySegment.ofArray(network);
        if (version == 4) {
            network[0] = 0x45;
            IpHeaders.setU16(header, 2, network.length + length);
            IpHeaders.setU16(header, 6, 0x4000); // do not fragment
            network[8] = HOPS;
            network[9] = (byte) protocol;
        } else {
            network[0] = 0x60;
            IpHeaders.setU16(header, 4, length);
            network[6] = (byte) protocol;
            network[7] = HOPS;
        }
        System.arraycopy(from, 0, network, IpHeaders.addresses(version), from.length);
        System.arraycopy(to, 0, network, IpHeaders.addresses(version) + from.length, to.length);
        if (version == 4) {
            IpHeaders.setU16(header, 10, InternetChecksum.finish(InternetChecksum.sum(header, 0, network.length)));
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(network);
        whole.writeBytes(transport);
        whole.writeBytes(payload);
        byte[] bytes = whole.toByteArray();
        MemorySegment memory = MemorySegment.ofArray(bytes);
        long sum = IpHeaders.pseudoHeader(memory, 0, version, protocol, length);
        int checksum = InternetChecksum.finish(sum + InternetChecksum.sum(memory, network.length, length));
        if (checksum == 0 && protocol == Claim.UDP) {
            checksum = 0xffff;
        }
        IpHeaders.setU16(memory, network.length + IpHeaders.checksumAt(protocol), checksum);
        return bytes;
    }

    private InetAddress address(int at) {
        int length = IpHeaders.addressBytes(headers.version);
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + length));
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** From whom. */
    public InetAddress source() {
        return address(IpHeaders.addresses(headers.version));
    }

    /** To whom. */
    public InetAddress destination() {
        return address(IpHeaders.addresses(headers.version) + IpHeaders.addressBytes(headers.version));
    }

    public int sourcePort() {
        return IpHeaders.u16(memory, headers.transport);
    }

    public int destinationPort() {
        return IpHeaders.u16(memory, headers.transport + 2);
    }

    /** 6 is TCP, 17 is UDP. */
    public int protocol() {
        return headers.protocol;
    }

    /** Time to live or hop limit. */
    public int hops() {
        return bytes[headers.version == 4 ? 8 : 7] & 0xff;
    }

    /** Of TCP. */
    public int sequence() {
        return memory.get(IpHeaders.U32, headers.transport + 4);
    }

    /** Of TCP. */
    public int acknowledgment() {
        return memory.get(IpHeaders.U32, headers.transport + 8);
    }

    /** Of TCP: {@link #FIN} and so on. */
    public int flags() {
        return bytes[headers.transport + 13] & 0xff;
    }

    /** Of TCP. */
    public int window() {
        return IpHeaders.u16(memory, headers.transport + 14);
    }

    /** Behind the TCP or UDP header. */
    public byte[] payload() {
        return Arrays.copyOfRange(bytes, headers.payload, headers.payload + headers.payloadLength);
    }

    /** The whole packet. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        String ends = source().getHostAddress() + " port " + sourcePort() + " to "
                + destination().getHostAddress() + " port " + destinationPort();
        if (headers.protocol == Claim.UDP) {
            return "UDP from " + ends + ", " + headers.payloadLength + " bytes";
        }
        StringBuilder names = new StringBuilder();
        String[] each = {"FIN", "SYN", "RST", "PSH", "ACK"};
        for (int i = 0; i < each.length; i++) {
            if ((flags() & 1 << i) != 0) {
                names.append(' ').append(each[i]);
            }
        }
        return "TCP" + names + " from " + ends + ", sequence " + Integer.toUnsignedString(sequence())
                + ", acknowledgment " + Integer.toUnsignedString(acknowledgment()) + ", " + headers.payloadLength
                + " bytes";
    }
}
