package io.weir.application.testing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** The Internet checksum (RFC 1071), byte by byte, and its incremental update (RFC 1624). */
final class InternetChecksum {
    private InternetChecksum() {}

    /** Sum of the 16-bit words of a range, as big-endian numbers; an odd last byte is the high half of a word. */
    static long sum(MemorySegment memory, long from, long length) {
        long sum = 0;
        for (long i = 0; i < length; i++) {
            int octet = memory.get(JAVA_BYTE, from + i) & 0xff;
            sum += (i & 1) == 0 ? octet << 8 : octet;
        }
        return sum;
    }

    /** A sum as 16 bits. */
    static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }

    /** The checksum that makes a sum right. */
    static int finish(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /** A checksum after words of one sum were replaced by words of another: HC' = ~(~HC + ~m + m'). */
    static int update(int checksum, long before, long after) {
        return finish((~checksum & 0xffff) + (~fold(before) & 0xffff) + after);
    }
}
