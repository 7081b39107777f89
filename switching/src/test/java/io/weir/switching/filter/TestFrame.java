package io.weir.switching.filter;

import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Builds and reads Ethernet frames for tests, plainly and without the code under test but for the full checksum. */
final class TestFrame {
    static final int TCP = 6;
    static final int UDP = 17;

    long destinationMac = 0x02_00_00_00_01_01L;
    long sourceMac = 0x02_00_00_00_01_77L;
    String source = "10.0.1.9";
    String destination = "10.0.1.100";
    int protocol = TCP;
    int sourcePort = 40_000;
    int destinationPort = 80;
    int flags = Protocol.ACK;
    int sequence = 1_000;
    int acknowledgement = 2_000;
    int hops = 64;
    byte[] payload = new byte[0];
    /** Bytes between network header and transport header: IPv4 options or IPv6 extension headers. */
    byte[] extra = new byte[0];
    /** Number of the first extension header of IPv6. */
    int extraProtocol;

    int fragmentWord;
    boolean priorityTag;
    boolean noUdpChecksum;
    boolean partialChecksum;

    static TestFrame tcp(int flags) {
        TestFrame frame = new TestFrame();
        frame.flags = flags;
        return frame;
    }

    static TestFrame udp() {
        TestFrame frame = new TestFrame();
        frame.protocol = UDP;
        return frame;
    }

    TestFrame from(String address, int port) {
        source = address;
        sourcePort = port;
        return this;
    }

    TestFrame to(String address, int port) {
        destination = address;
        destinationPort = port;
        return this;
    }

    TestFrame macs(long newDestination, long newSource) {
        destinationMac = newDestination;
        sourceMac = newSource;
        return this;
    }

    TestFrame payload(int bytes) {
        payload = new byte[bytes];
        for (int k = 0; k < bytes; k++) {
            payload[k] = (byte) (k * 7 + 3);
        }
        return this;
    }

    TestFrame hops(int value) {
        hops = value;
        return this;
    }

    static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(text, impossible);
        }
    }

    /** The first four bytes as a raw number. */
    static int raw4(String text) {
        return Integer.reverseBytes(ByteBuffer.wrap(address(text)).getInt());
    }

    static long raw6(String text, int half) {
        return Long.reverseBytes(ByteBuffer.wrap(address(text)).getLong(8 * half));
    }

    int linkBytes() {
        return priorityTag ? 18 : 14;
    }

    boolean isIpv6() {
        return source.contains(":");
    }

    int transportOffset() {
        return linkBytes() + (isIpv6() ? 40 : 20) + extra.length;
    }

    byte[] build() {
        int transportBytes = (protocol == TCP ? 20 : 8) + payload.length;
        ByteBuffer out = ByteBuffer.allocate(transportOffset() + transportBytes);
        putMac(out, destinationMac);
        putMac(out, sourceMac);
        if (priorityTag) {
            out.putShort((short) 0x8100).putShort((short) 0x6000);
        }
        out.putShort((short) (isIpv6() ? 0x86dd : 0x0800));
        if (isIpv6()) {
            out.putInt(0x6000_0000);
            out.putShort((short) (extra.length + transportBytes));
            out.put((byte) (extra.length > 0 ? extraProtocol : protocol)).put((byte) hops);
            out.put(address(source)).put(address(destination));
        } else {
            int start = out.position();
            out.put((byte) (0x45 + extra.length / 4)).put((byte) 0);
            out.putShort((short) (20 + extra.length + transportBytes));
            out.putShort((short) 0x1234).putShort((short) fragmentWord);
            out.put((byte) hops).put((byte) protocol).putShort((short) 0);
            out.put(address(source)).put(address(destination)).put(extra);
            putChecksum(out, start + 10, Checksum.sum(MemorySegment.ofArray(out.array()), start, 20 + extra.length));
        }
        if (isIpv6()) {
            out.put(extra);
        }
        int transport = out.position();
        out.putShort((short) sourcePort).putShort((short) destinationPort);
        if (protocol == TCP) {
            out.putInt(sequence).putInt(acknowledgement);
            out.put((byte) 0x50).put((byte) flags).putShort((short) 4096).putInt(0);
        } else {
            out.putShort((short) transportBytes).putShort((short) 0);
        }
        out.put(payload);
        if (!noUdpChecksum) {
            MemorySegment all = MemorySegment.ofArray(out.array());
            long sum = pseudoHeader(transportBytes);
            if (partialChecksum) {
                putRaw(out, transport + (protocol == TCP ? 16 : 6), Checksum.fold(sum));
            } else {
                putChecksum(
                        out,
                        transport + (protocol == TCP ? 16 : 6),
                        sum + Checksum.sum(all, transport, transportBytes));
            }
        }
        return out.array();
    }

    private long pseudoHeader(int bytes) {
        return pseudoHeader(address(source), address(destination), protocol, bytes);
    }

    static long pseudoHeader(byte[] from, byte[] to, int protocol, int bytes) {
        ByteBuffer header = ByteBuffer.allocate(from.length + to.length + 8);
        header.put(from).put(to).putInt(bytes).putInt(protocol);
        return Checksum.sum(MemorySegment.ofArray(header.array()), 0, header.capacity());
    }

    private static void putMac(ByteBuffer out, long mac) {
        out.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    private static void putChecksum(ByteBuffer out, int at, long sum) {
        putRaw(out, at, Checksum.finish(sum));
    }

    private static void putRaw(ByteBuffer out, int at, int raw) {
        out.putShort(at, Short.reverseBytes((short) raw));
    }

    // Reading of untagged frames without options or extension headers.

    static boolean isIpv6(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(12) == (short) 0x86dd;
    }

    static int transportOffset(byte[] frame) {
        return isIpv6(frame) ? 54 : 34;
    }

    static int protocol(byte[] frame) {
        return frame[isIpv6(frame) ? 20 : 23];
    }

    static int hops(byte[] frame) {
        return frame[isIpv6(frame) ? 21 : 22] & 0xff;
    }

    static long mac(byte[] frame, int at) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        return (in.getShort(at) & 0xffffL) << 32 | (in.getInt(at + 2) & 0xffff_ffffL);
    }

    static int flags(byte[] frame) {
        return frame[transportOffset(frame) + 13] & 0xff;
    }

    /** {@code source:port > destination:port}. */
    static String flow(byte[] frame) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        int t = transportOffset(frame);
        return text(frame, true) + ":" + (in.getShort(t) & 0xffff) + " > " + text(frame, false) + ":"
                + (in.getShort(t + 2) & 0xffff);
    }

    private static String text(byte[] frame, boolean isSource) {
        try {
            return InetAddress.getByAddress(addressOf(frame, isSource)).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    static byte[] addressOf(byte[] frame, boolean isSource) {
        int bytes = isIpv6(frame) ? 16 : 4;
        byte[] address = new byte[bytes];
        int at = (isIpv6(frame) ? 22 : 26) + (isSource ? 0 : bytes);
        System.arraycopy(frame, at, address, 0, bytes);
        return address;
    }

    /** True when the checksums of network and transport header are right, computed over everything. */
    static boolean hasCorrectChecksums(byte[] frame) {
        MemorySegment all = MemorySegment.ofArray(frame);
        int t = transportOffset(frame);
        boolean network = isIpv6(frame) || Checksum.finish(Checksum.sum(all, 14, 20)) == 0;
        int bytes = frame.length - t;
        long sum = pseudoHeader(addressOf(frame, true), addressOf(frame, false), protocol(frame), bytes);
        return network && Checksum.finish(sum + Checksum.sum(all, t, bytes)) == 0;
    }
}
