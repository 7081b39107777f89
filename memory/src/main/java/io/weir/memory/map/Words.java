package io.weir.memory.map;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.weir.linux.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Loads and stores of little-endian words at any address, for the packet path.
 *
 * <p>An access through a segment held in a field also loads its size and its scope and checks both, again after every
 * acquire. When the segment is the whole address space, the way a node runs, it is compared with the constant {@link
 * NativeMemory#all} instead, whose size and scope the compiler knows. That took 8 % off a translated packet (80 to 74 ns,
 * median of bench/run nat:1000, four runs in alternation). Any other segment is checked as always, as in tests.
 *
 * <p>Segments are value-based, and two equal ones may be different objects. Here that could only cost the time saved:
 * both branches read the same bytes.
 */
@SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"})
public final class Words {
    private static final MemorySegment ALL = NativeMemory.all();
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final VarHandle ALIGNED_64 =
            ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle();
    private static final VarHandle ALIGNED_16 =
            ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN).varHandle();

    private Words() {}

    public static byte get8(MemorySegment memory, long address) {
        return memory == ALL ? ALL.get(U8, address) : memory.get(U8, address);
    }

    public static short get16(MemorySegment memory, long address) {
        return memory == ALL ? ALL.get(U16, address) : memory.get(U16, address);
    }

    public static int get32(MemorySegment memory, long address) {
        return memory == ALL ? ALL.get(U32, address) : memory.get(U32, address);
    }

    public static long get64(MemorySegment memory, long address) {
        return memory == ALL ? ALL.get(U64, address) : memory.get(U64, address);
    }

    public static void set8(MemorySegment memory, long address, byte value) {
        if (memory == ALL) {
            ALL.set(U8, address, value);
        } else {
            memory.set(U8, address, value);
        }
    }

    public static void set16(MemorySegment memory, long address, short value) {
        if (memory == ALL) {
            ALL.set(U16, address, value);
        } else {
            memory.set(U16, address, value);
        }
    }

    public static void set32(MemorySegment memory, long address, int value) {
        if (memory == ALL) {
            ALL.set(U32, address, value);
        } else {
            memory.set(U32, address, value);
        }
    }

    public static void set64(MemorySegment memory, long address, long value) {
        if (memory == ALL) {
            ALL.set(U64, address, value);
        } else {
            memory.set(U64, address, value);
        }
    }

    /** Acquire-loads an aligned word. */
    public static long acquire64(MemorySegment memory, long address) {
        return memory == ALL
                ? (long) ALIGNED_64.getAcquire(ALL, address)
                : (long) ALIGNED_64.getAcquire(memory, address);
    }

    /** Acquire-loads an aligned half-word. */
    public static short acquire16(MemorySegment memory, long address) {
        return memory == ALL
                ? (short) ALIGNED_16.getAcquire(ALL, address)
                : (short) ALIGNED_16.getAcquire(memory, address);
    }
}
