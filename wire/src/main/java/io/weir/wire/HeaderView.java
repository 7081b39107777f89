package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A header in place: some bytes of a memory that a view looks at. Reusable and not thread-safe.
 *
 * <p>Contract: after {@code wrap}, {@link #isValid()} decides once whether all lengths are right; only then may accessors
 * be used, and then none throws, allocates or touches a byte outside {@code [offset, offset + length)}. {@code isValid()}
 * may be asked about any bytes and any length, negative ones included. Checksums are not part of it.
 */
public abstract sealed class HeaderView
        permits EthernetView,
                VlanView,
                ArpView,
                Ipv4View,
                Ipv6View,
                Ipv6OptionsView,
                Ipv6RoutingView,
                Ipv6FragmentView,
                IcmpView,
                Icmpv6View,
                NdpView,
                TcpView,
                UdpView {
    private static final ValueLayout.OfShort BIG_16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BIG_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BIG_64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort RAW_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt RAW_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong RAW_64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private MemorySegment memory = MemorySegment.NULL;
    private long offset;
    private int length;

    final void place(MemorySegment newMemory, long newOffset, int newLength) {
        memory = newMemory;
        offset = newOffset;
        length = newLength;
    }

    /** Whether every length in and around the header is right, and with it every accessor safe. */
    public abstract boolean isValid();

    /** The memory that the header is in. */
    public final MemorySegment memory() {
        return memory;
    }

    /** Where the header begins in the memory. */
    public final long offset() {
        return offset;
    }

    /** Bytes from the beginning of the header that may be looked at. */
    public final int length() {
        return length;
    }

    final int u8(int at) {
        return memory.get(ValueLayout.JAVA_BYTE, offset + at) & 0xff;
    }

    final int u16(int at) {
        return memory.get(BIG_16, offset + at) & 0xffff;
    }

    final int u32(int at) {
        return memory.get(BIG_32, offset + at);
    }

    final long u48(int at) {
        return (long) u16(at) << 32 | (u32(at + 2) & 0xffff_ffffL);
    }

    final long u64(int at) {
        return memory.get(BIG_64, offset + at);
    }

    final int raw16(int at) {
        return memory.get(RAW_16, offset + at) & 0xffff;
    }

    final int raw32(int at) {
        return memory.get(RAW_32, offset + at);
    }

    final long raw64(int at) {
        return memory.get(RAW_64, offset + at);
    }

    final void put8(int at, int value) {
        memory.set(ValueLayout.JAVA_BYTE, offset + at, (byte) value);
    }

    final void put16(int at, int value) {
        memory.set(BIG_16, offset + at, (short) value);
    }

    final void put32(int at, int value) {
        memory.set(BIG_32, offset + at, value);
    }

    final void put48(int at, long value) {
        put16(at, (int) (value >>> 32));
        put32(at + 2, (int) value);
    }

    final void put64(int at, long value) {
        memory.set(BIG_64, offset + at, value);
    }

    final void putRaw16(int at, int value) {
        memory.set(RAW_16, offset + at, (short) value);
    }

    final void putRaw32(int at, int value) {
        memory.set(RAW_32, offset + at, value);
    }

    final void putRaw64(int at, long value) {
        memory.set(RAW_64, offset + at, value);
    }
}
