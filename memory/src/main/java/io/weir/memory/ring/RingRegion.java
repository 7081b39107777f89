package io.weir.memory.ring;

import java.lang.foreign.MemorySegment;

/**
 * Rings between switching processors, all of one size, and a doorbell for each processor.
 *
 * <pre>
 *   0     doorbells, 128 bytes for each switching processor
 *   128P  rings, each a whole number of 128-byte lines
 * </pre>
 *
 * Which ring is between whom is decided when the node starts.
 */
public final class RingRegion {
    private final MemorySegment memory;
    private final int processors;
    private final int capacity;

    /**
     * The region over its memory.
     *
     * @param capacity frames in each ring, a power of two
     */
    public RingRegion(MemorySegment memory, int processors, int capacity) {
        this.memory = memory;
        this.processors = processors;
        this.capacity = capacity;
    }

    /** Bytes for so many processors and rings. */
    public static long bytes(int processors, int rings, int capacity) {
        return (long) processors * Doorbell.BYTES + (long) rings * stride(capacity);
    }

    private static long stride(int capacity) {
        return (FrameRing.bytes(capacity) + 127) & -128L;
    }

    public Doorbell doorbell(int processor) {
        return new Doorbell(memory.asSlice((long) processor * Doorbell.BYTES, Doorbell.BYTES));
    }

    /** Number of rings there is room for. */
    public int rings() {
        return (int) ((memory.byteSize() - (long) processors * Doorbell.BYTES) / stride(capacity));
    }

    /** The ring with a number from 0. */
    public FrameRing ring(int number) {
        return new FrameRing(memory.asSlice(
                (long) processors * Doorbell.BYTES + number * stride(capacity), FrameRing.bytes(capacity)));
    }
}
