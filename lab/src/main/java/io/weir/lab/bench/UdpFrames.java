package io.weir.lab.bench;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Prepared Ethernet frames with UDP over IPv4, checksums right: 60 bytes each, which with the check sequence that Linux does not
 * show is the smallest frame of Ethernet, 64 bytes.
 */
final class UdpFrames {
    /** Frame without check sequence. */
    static final int FRAME_BYTES = 60;
    /** Flows differ in their source ports. */
    static final int FLOWS = 256;

    private static final int FIRST_PORT = 20_000;
    private static final int ETHERNET_BYTES = 14;
    private static final int IP_BYTES = 20;
    private static final short ETHERTYPE_IPV4 = 0x0800;
    private static final byte UDP = 17;

    private UdpFrames() {}

    /** One frame for each flow. */
    static List<byte[]> build(long sourceLink, long targetLink, String source, String target, int port) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < FLOWS; i++) {
            frames.add(frame(sourceLink, targetLink, address(source), address(target), FIRST_PORT + i, port));
        }
        return frames;
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static byte[] frame(
            long sourceLink, long targetLink, byte[] source, byte[] target, int sourcePort, int targetPort) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES); // big-endian, as headers are
        putLink(frame, targetLink);
        putLink(frame, sourceLink);
        frame.putShort(ETHERTYPE_IPV4);
        int ipBytes = FRAME_BYTES - ETHERNET_BYTES;
        int udpBytes = ipBytes - IP_BYTES;
        // RFC 791: version and header length, length, identification, don't fragment, time to live.
        frame.put((byte) 0x45).put((byte) 0).putShort((short) ipBytes);
        frame.putShort((short) 0)
                .putShort((short) 0x4000)
                .put((byte) 64)
                .put(UDP)
                .putShort((short) 0);
        frame.put(source).put(target);
        frame.putShort(ETHERNET_BYTES + 10, (short) ~sum(frame, ETHERNET_BYTES, IP_BYTES, 0));
        // RFC 768: ports, length, checksum over pseudo header, header and payload.
        frame.putShort((short) sourcePort).putShort((short) targetPort).putShort((short) udpBytes);
        int checksum = ~sum(frame, ETHERNET_BYTES + 12, 8 + udpBytes, UDP + udpBytes) & 0xffff;
        frame.putShort(ETHERNET_BYTES + IP_BYTES + 6, (short) (checksum == 0 ? 0xffff : checksum));
        return frame.array();
    }

    private static void putLink(ByteBuffer frame, long address) {
        frame.putShort((short) (address >> 32)).putInt((int) address);
    }

    /** The ones' complement sum of RFC 1071 over an even number of bytes. */
    private static int sum(ByteBuffer frame, int from, int length, int start) {
        int sum = start;
        for (int i = from; i < from + length; i += 2) {
            sum += Short.toUnsignedInt(frame.getShort(i));
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (sum & 0xffff) + (sum >>> 16);
    }
}
