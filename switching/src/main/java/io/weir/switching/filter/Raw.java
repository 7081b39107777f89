package io.weir.switching.filter;

import io.weir.memory.map.Words;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Loads and stores of packet bytes at any address: raw (little-endian) words, and numbers in network byte order. */
final class Raw {
    static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfShort NETWORK_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Raw() {}

    static int u8(MemorySegment frames, long address) {
        return Words.get8(frames, address) & 0xff;
    }

    static int u16(MemorySegment frames, long address) {
        return Words.get16(frames, address) & 0xffff;
    }

    /** Two bytes as a number. */
    static int number16(MemorySegment frames, long address) {
        return frames.get(NETWORK_16, address) & 0xffff;
    }

    /** Four bytes as a number. */
    static int number32(MemorySegment frames, long address) {
        return frames.get(NETWORK_32, address);
    }

    static void setNumber16(MemorySegment frames, long address, int number) {
        frames.set(NETWORK_16, address, (short) number);
    }

    static void setNumber32(MemorySegment frames, long address, int number) {
        frames.set(NETWORK_32, address, number);
    }

    /** A 48-bit link-layer address, first octet highest, as the low 48 bits of a raw word. */
    static long ofLinkAddress(long linkAddress) {
        return Long.reverseBytes(linkAddress) >>> 16;
    }
}
