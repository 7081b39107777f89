package io.weir.memory.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A bounded queue of frame descriptors from one producer to one consumer, wait-free on both sides.
 *
 * <pre>
 *   0  u64 tail, next position to write        8  u64 the producer's copy of head     writer: producer
 * 128  u64 head, next position to read       136  u64 the consumer's copy of tail     writer: consumer
 * 256  records of 32 bytes, a power of two:                                           writer: producer
 *      +0 u64 address   +8 u64 offload   +16 u32 length   +20 u32 owner   +24 u32 ingress   +28 u32 unused
 * </pre>
 *
 * <p>Positions only grow (a ring at 10^9 frames per second wraps after 584 years); the record of a position stands at
 * its low bits. The two index lines are 128 bytes apart because processors fetch cache lines in pairs. Each side looks at
 * the other's index only when its own copy says full or empty (Lamport's queue with cached indices), so a line
 * moves between the processors about once per burst, not once per frame.
 *
 * <p>Memory ordering: the producer writes the record, then releases tail; the consumer acquires tail, so it sees the
 * record. The consumer reads records, then releases head; the producer acquires head before it overwrites them.
 * When full, {@link #offer} refuses and the frame stays with the caller.
 *
 * <p>The producer calls {@link #offer}, {@link #free} and {@link #hasRoom}; the consumer calls {@link #available}, the accessors and
 * {@link #consume}. Each side may have its own object over the same memory.
 */
public final class FrameRing {
    private static final long TAIL_OFFSET = 0;
    private static final long HEAD_COPY_OFFSET = 8;
    private static final long HEAD_OFFSET = 128;
    private static final long TAIL_COPY_OFFSET = 136;
    private static final long RECORDS_OFFSET = 256;
    private static final int RECORD_SHIFT = 5;

    private static final long OFFLOAD = 8;
    private static final long LENGTH = 16;
    private static final long OWNER = 20;
    private static final long INGRESS = 24;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;
    private final int capacity;
    private final long mask;

    /** A ring over memory of exactly {@link #bytes}; zeros are an empty ring. */
    public FrameRing(MemorySegment memory) {
        long records = (memory.byteSize() - RECORDS_OFFSET) >> RECORD_SHIFT;
        if (records < 1 || Long.bitCount(records) != 1 || memory.byteSize() != bytes((int) records)) {
            throw new IllegalArgumentException("ring memory: " + memory.byteSize() + " bytes are not " + RECORDS_OFFSET
                    + " + " + (1 << RECORD_SHIFT) + " times a power of two");
        }
        this.memory = memory;
        this.capacity = (int) records;
        this.mask = records - 1;
    }

    /** Bytes of a ring for {@code capacity} frames, a power of two. */
    public static long bytes(int capacity) {
        if (Integer.bitCount(capacity) != 1 || capacity < 1) {
            throw new IllegalArgumentException("ring capacity: " + capacity + " is not a power of two");
        }
        return RECORDS_OFFSET + ((long) capacity << RECORD_SHIFT);
    }

    public int capacity() {
        return capacity;
    }

    // Producer.

    /** Appends a frame; false when the ring is full. */
    public boolean offer(long address, int length, long offload, int owner, int ingress) {
        long tail = (long) LONG.get(memory, TAIL_OFFSET);
        if (tail - (long) LONG.get(memory, HEAD_COPY_OFFSET) >= capacity && !refreshHead(tail)) {
            return false;
        }
        long record = record(tail);
        memory.set(ValueLayout.JAVA_LONG, record, address);
        memory.set(ValueLayout.JAVA_LONG, record + OFFLOAD, offload);
        memory.set(ValueLayout.JAVA_INT, record + LENGTH, length);
        memory.set(ValueLayout.JAVA_INT, record + OWNER, owner);
        memory.set(ValueLayout.JAVA_INT, record + INGRESS, ingress);
        LONG.setRelease(memory, TAIL_OFFSET, tail + 1);
        return true;
    }

    private boolean refreshHead(long tail) {
        long head = (long) LONG.getAcquire(memory, HEAD_OFFSET);
        LONG.set(memory, HEAD_COPY_OFFSET, head);
        return tail - head < capacity;
    }

    /** Frames the producer can append now without a refusal. */
    public int free() {
        long tail = (long) LONG.get(memory, TAIL_OFFSET);
        refreshHead(tail);
        return capacity - (int) (tail - (long) LONG.get(memory, HEAD_COPY_OFFSET));
    }

    /** True when the producer can append so many frames now; mostly without a look at the consumer's line. */
    public boolean hasRoom(int frames) {
        long tail = (long) LONG.get(memory, TAIL_OFFSET);
        if (tail + frames - (long) LONG.get(memory, HEAD_COPY_OFFSET) <= capacity) {
            return true;
        }
        refreshHead(tail);
        return tail + frames - (long) LONG.get(memory, HEAD_COPY_OFFSET) <= capacity;
    }

    // Consumer.

    /** How many frames the consumer can read now, at most {@code limit}. */
    public int available(int limit) {
        long head = (long) LONG.get(memory, HEAD_OFFSET);
        long known = (long) LONG.get(memory, TAIL_COPY_OFFSET) - head;
        if (known < limit) {
            long tail = (long) LONG.getAcquire(memory, TAIL_OFFSET);
            LONG.set(memory, TAIL_COPY_OFFSET, tail);
            known = tail - head;
        }
        return (int) Math.min(known, limit);
    }

    /** Address of the k-th frame from the front, k below what {@link #available} returned; likewise the other columns. */
    public long address(int k) {
        return memory.get(ValueLayout.JAVA_LONG, front(k));
    }

    public int length(int k) {
        return memory.get(ValueLayout.JAVA_INT, front(k) + LENGTH);
    }

    public long offload(int k) {
        return memory.get(ValueLayout.JAVA_LONG, front(k) + OFFLOAD);
    }

    public int owner(int k) {
        return memory.get(ValueLayout.JAVA_INT, front(k) + OWNER);
    }

    public int ingress(int k) {
        return memory.get(ValueLayout.JAVA_INT, front(k) + INGRESS);
    }

    /** Gives the first {@code count} records back to the producer; count is at most what {@link #available} returned. */
    public void consume(int count) {
        LONG.setRelease(memory, HEAD_OFFSET, (long) LONG.get(memory, HEAD_OFFSET) + count);
    }

    // Anyone.

    /** Frames in the ring, at some moment during the call. */
    public int size() {
        long head = (long) LONG.getAcquire(memory, HEAD_OFFSET);
        long tail = (long) LONG.getAcquire(memory, TAIL_OFFSET);
        return (int) Math.clamp(tail - head, 0L, (long) capacity);
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    private long front(int k) {
        return record((long) LONG.get(memory, HEAD_OFFSET) + k);
    }

    private long record(long position) {
        return RECORDS_OFFSET + ((position & mask) << RECORD_SHIFT);
    }
}
