package io.weir.switching.filter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The two link-layer addresses of an Ethernet frame in place; 48-bit numbers, first octet highest. */
final class LinkHeader {
    /** Bytes of an untagged Ethernet header. */
    static final int LENGTH = 14;

    static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private LinkHeader() {}

    static long destination(MemorySegment frames, long address) {
        return frames.get(LONG, address) >>> 16;
    }

    static long source(MemorySegment frames, long address) {
        return frames.get(LONG, address + 6) >>> 16;
    }

    /** Six bytes at any address: a link-layer address inside a message. */
    static long read(MemorySegment frames, long address) {
        return ((frames.get(INT, address) & 0xffff_ffffL) << 16) | (frames.get(SHORT, address + 4) & 0xffff);
    }

    static void write(MemorySegment frames, long address, long linkAddress) {
        frames.set(INT, address, (int) (linkAddress >>> 16));
        frames.set(SHORT, address + 4, (short) linkAddress);
    }

    /** Writes both addresses; the EtherType stays. */
    static void set(MemorySegment frames, long address, long destination, long source) {
        frames.set(LONG, address, (destination << 16) | (source >>> 32));
        frames.set(INT, address + 8, (int) source);
    }

    static void set(MemorySegment frames, long address, long destination, long source, int etherType) {
        set(frames, address, destination, source);
        frames.set(SHORT, address + 12, (short) etherType);
    }

    /** True for multicast and broadcast: the group bit, IEEE 802 §8.2. */
    static boolean isGroup(long linkAddress) {
        return (linkAddress & (1L << 40)) != 0;
    }

    static boolean isGroupDestination(MemorySegment frames, long address) {
        return (frames.get(JAVA_BYTE, address) & 1) != 0;
    }

    /** True for an address a single station may have. */
    static boolean isStation(long linkAddress) {
        return linkAddress != 0 && !isGroup(linkAddress);
    }
}
