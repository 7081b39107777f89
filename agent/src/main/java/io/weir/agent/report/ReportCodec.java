package io.weir.agent.report;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A load report as bytes: the payload of one UDP datagram or the body of one HTTP POST. Big-endian; numbers without "f64"
 * are unsigned, an f64 is an IEEE 754 double.
 *
 * <pre>{@code
 *      0               1               2               3
 *      0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7
 *     +---------------+---------------+---------------+---------------+
 *   0 |      'W'      |      'L'      |      'R'      |  version = 1  |
 *     +---------------+---------------+---------------+---------------+
 *   4 |            key id             |             flags             |
 *     +---------------+---------------+---------------+---------------+
 *   8 |                            session                            |
 *     |                      (random, per start)                      |
 *     +---------------+---------------+---------------+---------------+
 *  16 |                           sequence                            |
 *     |                                                               |
 *     +---------------+---------------+---------------+---------------+
 *  24 |                 time, ms since 1970-01-01 UTC                 |
 *     |                                                               |
 *     +---------------+---------------+---------------+---------------+
 *  32 |               clients presently served (f64)                  |
 *     +---------------+---------------+---------------+---------------+
 *  40 |                CPU utilisation, 0..1 (f64)                    |
 *     +---------------+---------------+---------------+---------------+
 *  48 |               memory utilisation, 0..1 (f64)                  |
 *     +---------------+---------------+---------------+---------------+
 *  56 |        mean execution time of a request, seconds (f64)        |
 *     +---------------+---------------+---------------+---------------+
 *  64 |                 requests per second (f64)                     |
 *     +---------------+---------------+---------------+---------------+
 *  72 | length n 1..63|    name of the server, n bytes of UTF-8       |
 *     +---------------+                                               |
 *     |                                                               |
 *     +---------------+---------------+---------------+---------------+
 * 73+n|                                                               |
 *     |   HMAC-SHA256 with the key's secret of all bytes before it    |
 *     |                          (32 bytes)                           |
 *     +---------------------------------------------------------------+
 * }</pre>
 *
 * Bit 0 of the flags says that clients is known, bit 1 CPU, 2 memory, 3 execution time, 4 requests; the field of an unknown
 * one is not read. The other bits are zero. The length is exactly {@code 73 + n + 32}, 106..168 bytes, so that a report fits
 * any path's MTU. The protocol's document is {@code docs/report-protocol.md}.
 */
public final class ReportCodec {
    public static final int VERSION = 1;
    public static final int MIN_BYTES = 73 + 1 + ReportKey.CODE_BYTES;
    public static final int MAX_NAME_BYTES = 63;
    public static final int MAX_BYTES = 73 + MAX_NAME_BYTES + ReportKey.CODE_BYTES;

    private static final int MAGIC = 'W' << 24 | 'L' << 16 | 'R' << 8 | VERSION;
    private static final int KEY_ID = 4;
    private static final int FLAGS = 6;
    private static final int SESSION = 8;
    private static final int SEQUENCE = 16;
    private static final int TIME = 24;
    private static final int METRICS = 32;
    private static final int NAME_LENGTH = 72;
    private static final int NAME = 73;
    private static final int KNOWN_FLAGS = 0b11111;

    /** What {@link #decode} makes of some bytes. */
    public sealed interface Decoded {}

    /** An authentic report; whether it is fresh and permitted is for {@link ReportVerifier} to say. */
    public record Authentic(ReportDatagram datagram) implements Decoded {}

    /**
     * Not a report to be believed.
     *
     * @param outcome MALFORMED, UNKNOWN_KEY or BAD_AUTHENTICATION
     * @param reason what is wrong, with the value
     */
    public record Refused(ReportOutcome outcome, String reason) implements Decoded {}

    private ReportCodec() {}

    /**
     * Writes a report with its authentication code.
     *
     * @param into at least {@link #MAX_BYTES} long
     * @return number of bytes written
     * @throws IllegalArgumentException when the server's name is not 1..63 bytes of UTF-8, or {@code into} is too short
     */
    public static int encode(LoadReport report, ReportKey key, long session, long sequence, long timeMs, byte[] into) {
        byte[] name = report.server().getBytes(StandardCharsets.UTF_8);
        String fault = nameFault(report.server(), name);
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        int signed = NAME + name.length;
        if (into.length < signed + ReportKey.CODE_BYTES) {
            throw new IllegalArgumentException("room for " + into.length + " bytes, but the report of \""
                    + report.server() + "\" takes " + (signed + ReportKey.CODE_BYTES) + " (give it " + MAX_BYTES + ")");
        }
        ByteBuffer buffer = ByteBuffer.wrap(into);
        buffer.putInt(MAGIC).putShort((short) key.id()).putShort((short) flags(report));
        buffer.putLong(session).putLong(sequence).putLong(timeMs);
        put(buffer, report.clients());
        put(buffer, report.cpu());
        put(buffer, report.memory());
        put(buffer, report.executionSeconds());
        put(buffer, report.requestsPerSecond());
        buffer.put((byte) name.length).put(name);
        buffer.put(key.sign(into, 0, signed));
        return buffer.position();
    }

    private static int flags(LoadReport report) {
        return bit(0, report.clients())
                | bit(1, report.cpu())
                | bit(2, report.memory())
                | bit(3, report.executionSeconds())
                | bit(4, report.requestsPerSecond());
    }

    /** Only the sentinel is unknown: any other absurd value is sent as it is, for the receiver to count. */
    private static int bit(int number, double metric) {
        return metric == LoadReport.UNKNOWN ? 0 : 1 << number;
    }

    private static void put(ByteBuffer buffer, double metric) {
        buffer.putDouble(metric == LoadReport.UNKNOWN ? 0 : metric);
    }

    /**
     * Reads a report. The authentication code is checked before anything but length, magic and key id is looked at. Never
     * throws, whatever the bytes are.
     *
     * @param keys the key of an id, or null
     */
    public static Decoded decode(byte[] bytes, int offset, int length, IntFunction<@Nullable ReportKey> keys) {
        if (length < MIN_BYTES) {
            return malformed("has " + length + " bytes, fewer than " + MIN_BYTES);
        }
        if (length > MAX_BYTES) {
            return malformed("has more than " + MAX_BYTES + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length).slice();
        if (buffer.getInt(0) != MAGIC) {
            return malformed("begins with 0x" + Integer.toHexString(buffer.getInt(0))
                    + ", not with \"WLR\" and version " + VERSION);
        }
        int keyId = buffer.getShort(KEY_ID) & 0xffff;
        ReportKey key = keys.apply(keyId);
        if (key == null) {
            return new Refused(ReportOutcome.UNKNOWN_KEY, "key " + keyId + " is not configured");
        }
        int signed = length - ReportKey.CODE_BYTES;
        byte[] code = Arrays.copyOfRange(bytes, offset + signed, offset + length);
        if (!MessageDigest.isEqual(key.sign(bytes, offset, signed), code)) {
            return new Refused(ReportOutcome.BAD_AUTHENTICATION, "its authentication code is not that of key " + keyId);
        }
        return content(buffer, keyId, signed);
    }

    private static Decoded content(ByteBuffer buffer, int keyId, int signed) {
        int nameLength = buffer.get(NAME_LENGTH) & 0xff;
        if (NAME + nameLength != signed) {
            return malformed("a name of " + nameLength + " bytes in a report with " + (signed - NAME) + " for it");
        }
        byte[] name = new byte[nameLength];
        buffer.get(NAME, name);
        String server = new String(name, StandardCharsets.UTF_8);
        String fault = nameFault(server, name);
        if (fault != null) {
            return malformed(fault);
        }
        int flags = buffer.getShort(FLAGS) & 0xffff;
        if ((flags & ~KNOWN_FLAGS) != 0) {
            return malformed("flags 0x" + Integer.toHexString(flags) + " have bits of a later version");
        }
        LoadReport report = new LoadReport(
                server,
                metric(buffer, flags, 0),
                metric(buffer, flags, 1),
                metric(buffer, flags, 2),
                metric(buffer, flags, 3),
                metric(buffer, flags, 4));
        return new Authentic(new ReportDatagram(
                report, keyId, buffer.getLong(SESSION), buffer.getLong(SEQUENCE), buffer.getLong(TIME)));
    }

    private static double metric(ByteBuffer buffer, int flags, int number) {
        if ((flags & 1 << number) == 0) {
            return LoadReport.UNKNOWN;
        }
        double value = buffer.getDouble(METRICS + 8 * number);
        // A known metric of -1 must not pass for an unknown one.
        return value == LoadReport.UNKNOWN ? Double.NEGATIVE_INFINITY : value;
    }

    private static Refused malformed(String reason) {
        return new Refused(ReportOutcome.MALFORMED, reason);
    }

    private static @Nullable String nameFault(String server, byte[] name) {
        if (name.length < 1 || name.length > MAX_NAME_BYTES) {
            return "a server name of " + name.length + " bytes of UTF-8, not within 1.." + MAX_NAME_BYTES;
        }
        if (!Arrays.equals(server.getBytes(StandardCharsets.UTF_8), name) || !wellFormed(server)) {
            return "the server name is not UTF-8";
        }
        for (int i = 0; i < server.length(); i++) {
            if (Character.isISOControl(server.charAt(i))) {
                return "the server name has a control character, U+00" + String.format("%02X", (int) server.charAt(i));
            }
        }
        return null;
    }

    /** A lone surrogate would become a question mark on the wire. */
    private static boolean wellFormed(String text) {
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }
}
