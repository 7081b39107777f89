package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071), full and incremental (RFC 1624).
 *
 * <p>Everything here is <em>raw</em>: 16, 32 and 64-bit words as a little-endian load takes them from the packet. One's
 * complement addition does not mind the byte order (RFC 1071 §2(B)), so nothing is swapped: a raw result is stored with a
 * little-endian store, or with {@code rawChecksum(int)} of a view. {@link #swap} leads to the number in RFC order.
 *
 * <p>A <em>sum</em> is a {@code long} into which 32-bit words are added, without carries to look after: more than 2^31 of
 * them fit. {@link #fold} makes 16 bits of it: the <em>partial</em> checksum, not inverted, that a device with checksum
 * offload finds in the field. {@link #finish} inverts it: the checksum that goes over the wire. A <em>difference</em> is a
 * sum too: what a change adds; differences of several changes are added and applied in one go.
 */
public final class Checksum {
    private static final ValueLayout.OfLong RAW_64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt RAW_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort RAW_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_32 = 0xffff_ffffL;

    private Checksum() {}

    /**
     * The sum of a range; an odd last byte counts as if a zero byte followed (RFC 1071 §4.1).
     *
     * @param length bytes, all within the memory; zero or less is an empty range
     */
    public static long sum(MemorySegment memory, long offset, long length) {
        long even = 0;
        long odd = 0;
        long at = offset;
        long end = offset + length;
        for (long end8 = end - 8; at <= end8; at += 8) {
            long word = memory.get(RAW_64, at);
            even += word & LOW_32;
            odd += word >>> 32;
        }
        return even + odd + tail(memory, at, end);
    }

    private static long tail(MemorySegment memory, long from, long end) {
        long sum = 0;
        long at = from;
        if (at + 4 <= end) {
            sum += memory.get(RAW_32, at) & LOW_32;
            at += 4;
        }
        if (at + 2 <= end) {
            sum += memory.get(RAW_16, at) & 0xffff;
            at += 2;
        }
        if (at < end) {
            sum += memory.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        }
        return sum;
    }

    /** A sum as 16 bits, not inverted: the raw partial checksum. Zero only for a sum of zeros. */
    public static int fold(long sum) {
        long folded = (sum & LOW_32) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) ((folded & 0xffff) + (folded >>> 16));
    }

    /** A sum as the raw checksum that goes over the wire; over a range that includes a correct checksum it is 0. */
    public static int finish(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /** Like {@link #finish} for UDP, where 0 means "no checksum" and is sent as 0xffff (RFC 768). */
    public static int finishUdp(long sum) {
        int checksum = finish(sum);
        return checksum == 0 ? 0xffff : checksum;
    }

    /** Between a raw 16-bit word and the number in network byte order. */
    public static int swap(int word16) {
        return (word16 & 0xff) << 8 | (word16 >>> 8 & 0xff);
    }

    /**
     * The pseudo-header sum of TCP, UDP over IPv4 (RFC 9293 §3.1, RFC 768).
     *
     * @param lengthBytes of the transport header and its payload
     */
    public static long pseudoHeader4(int rawSource, int rawDestination, int protocol, int lengthBytes) {
        return (rawSource & LOW_32) + (rawDestination & LOW_32) + ((long) protocol << 8) + swap(lengthBytes);
    }

    /**
     * The pseudo-header sum of TCP, UDP and ICMPv6 over IPv6 (RFC 8200 §8.1).
     *
     * @param lengthBytes of the transport header and its payload, without extension headers
     */
    public static long pseudoHeader6(
            long rawSource0,
            long rawSource1,
            long rawDestination0,
            long rawDestination1,
            int protocol,
            int lengthBytes) {
        return halves(rawSource0)
                + halves(rawSource1)
                + halves(rawDestination0)
                + halves(rawDestination1)
                + ((long) protocol << 8)
                + (Integer.reverseBytes(lengthBytes) & LOW_32);
    }

    private static long halves(long raw64) {
        return (raw64 & LOW_32) + (raw64 >>> 32);
    }

    /** What replacing a 16-bit word adds: ~m + m' of RFC 1624 equation 3. */
    public static long difference16(int rawOld, int rawNew) {
        return (~rawOld & 0xffffL) + (rawNew & 0xffffL);
    }

    /** What replacing a 32-bit word, such as an IPv4 address, adds. */
    public static long difference32(int rawOld, int rawNew) {
        return (~rawOld & LOW_32) + (rawNew & LOW_32);
    }

    /** What replacing 128 bits, such as an IPv6 address, adds. */
    public static long difference128(long rawOld0, long rawOld1, long rawNew0, long rawNew1) {
        return halves(~rawOld0) + halves(~rawOld1) + halves(rawNew0) + halves(rawNew1);
    }

    /** A raw checksum after a change: HC' = ~(~HC + difference), RFC 1624 equation 3. */
    public static int update(int rawChecksum, long difference) {
        return ~fold((~rawChecksum & 0xffff) + difference) & 0xffff;
    }

    /**
     * A raw UDP checksum after a change: 0 ("none", IPv4 only) stays 0, and no other becomes it (RFC 768).
     */
    public static int updateUdp(int rawChecksum, long difference) {
        if ((rawChecksum & 0xffff) == 0) {
            return 0;
        }
        int updated = update(rawChecksum, difference);
        return updated == 0 ? 0xffff : updated;
    }

    /**
     * A raw partial checksum after a change: the sum in the field of a packet whose checksum the device completes
     * (VIRTIO_NET_HDR_F_NEEDS_CSUM). It covers the pseudo header only, so differences of ports do not belong into it.
     */
    public static int updatePartial(int rawPartial, long difference) {
        return fold((rawPartial & 0xffff) + difference);
    }

    /** {@link #update} for one 16-bit word. */
    public static int update16(int rawChecksum, int rawOld, int rawNew) {
        return update(rawChecksum, difference16(rawOld, rawNew));
    }

    /** {@link #update} for one 32-bit word. */
    public static int update32(int rawChecksum, int rawOld, int rawNew) {
        return update(rawChecksum, difference32(rawOld, rawNew));
    }

    /** {@link #update} for 128 bits. */
    public static int update128(int rawChecksum, long rawOld0, long rawOld1, long rawNew0, long rawNew1) {
        return update(rawChecksum, difference128(rawOld0, rawOld1, rawNew0, rawNew1));
    }
}
