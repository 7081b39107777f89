package io.weir.lab.bench;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Prepared Ethernet frames with RTP over UDP over IPv4: 160 bytes of payload, 20 ms of G.711 as most telephones send it. A stream
 * goes round its sequence numbers in {@value #ROUND} packets, so that it may be sent over and over and always goes forward.
 */
final class RtpFrames {
    /** Packets of a stream. */
    static final int ROUND = 64;
    /** Frame without check sequence. */
    static final int FRAME_BYTES = 14 + 20 + 8 + 12 + 160;

    private static final int STEP = (1 << 16) / ROUND;
    private static final int SAMPLES = 160;

    private RtpFrames() {}

    /**
     * Where a stream goes.
     *
     * @param sourcePort of the station
     * @param target address of the relay
     * @param targetPort of the relay
     */
    record Stream(String source, int sourcePort, String target, int targetPort) {}

    /** A packet of each stream, then the next of each, and so on. */
    static List<byte[]> build(long sourceLink, long targetLink, List<Stream> streams) {
        List<byte[]> frames = new ArrayList<>();
        for (int packet = 0; packet < ROUND; packet++) {
            for (int k = 0; k < streams.size(); k++) {
                frames.add(frame(sourceLink, targetLink, streams.get(k), k + 1, packet * STEP, packet * SAMPLES));
            }
        }
        return frames;
    }

    /** Two packets in sequence of each stream: who must hear that a stream has begun will believe it. */
    static List<byte[]> first(long sourceLink, long targetLink, List<Stream> streams) {
        List<byte[]> frames = new ArrayList<>();
        for (int packet = 0; packet < 2; packet++) {
            for (int k = 0; k < streams.size(); k++) {
                frames.add(frame(sourceLink, targetLink, streams.get(k), k + 1, 0xffff + packet, packet * SAMPLES));
            }
        }
        return frames;
    }

    private static byte[] frame(
            long sourceLink, long targetLink, Stream stream, int ssrc, int sequence, int timestamp) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES); // big-endian, as headers are
        frame.putShort((short) (targetLink >> 32)).putInt((int) targetLink);
        frame.putShort((short) (sourceLink >> 32)).putInt((int) sourceLink).putShort((short) 0x0800);
        int udpBytes = 8 + 12 + SAMPLES;
        // RFC 791: version and header length, length, identification, don't fragment, time to live, UDP.
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (20 + udpBytes)).putShort((short) 0);
        frame.putShort((short) 0x4000).put((byte) 64).put((byte) 17).putShort((short) 0);
        frame.put(address(stream.source())).put(address(stream.target()));
        frame.putShort(24, (short) ~sum(frame, 14, 20, 0));
        frame.putShort((short) stream.sourcePort()).putShort((short) stream.targetPort());
        frame.putShort((short) udpBytes).putShort((short) 0);
        // RFC 3550: version 2, PCMU.
        frame.put((byte) 0x80)
                .put((byte) 0)
                .putShort((short) sequence)
                .putInt(timestamp)
                .putInt(ssrc);
        int checksum = ~sum(frame, 26, 8 + udpBytes, 17 + udpBytes) & 0xffff;
        frame.putShort(40, (short) (checksum == 0 ? 0xffff : checksum));
        return frame.array();
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
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
