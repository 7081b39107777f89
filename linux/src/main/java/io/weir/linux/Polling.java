package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A fixed set of descriptors to wait on with poll(2). Used by one thread; {@link #await} is allocation-free.
 *
 * <pre>
 *  struct pollfd:  0 int fd | 4 short events | 6 short revents
 * </pre>
 */
public final class Polling implements AutoCloseable {
    public static final int READABLE = 1;
    public static final int WRITABLE = 4;
    /** POLLERR, POLLHUP or POLLNVAL; reported whether asked for or not. */
    public static final int BROKEN = 8 | 16 | 32;

    private static final int ENTRY_BYTES = 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment entries;
    private final int capacity;
    private int size;

    public Polling(int capacity) {
        this.capacity = capacity;
        this.entries = arena.allocate((long) capacity * ENTRY_BYTES, 8);
    }

    /** Adds a descriptor and returns its index; a negative descriptor is never ready. */
    public int add(int descriptor, int events) {
        if (size == capacity) {
            throw new IllegalStateException("poll set of capacity " + capacity + " is full");
        }
        entries.set(JAVA_INT, (long) size * ENTRY_BYTES, descriptor);
        entries.set(JAVA_SHORT, (long) size * ENTRY_BYTES + 4, (short) events);
        return size++;
    }

    /** Removes all descriptors. */
    public void clear() {
        size = 0;
    }

    /**
     * Waits until a descriptor is ready.
     *
     * @param timeoutMs 0 returns at once, -1 waits for ever
     * @return how many are ready, 0 after the time-out or a signal, or the negated errno
     */
    public int await(int timeoutMs) {
        int ready = SystemCalls.poll(entries.address(), size, timeoutMs);
        return ready == -Errno.EINTR ? 0 : ready;
    }

    /** What was found for the descriptor at an index: a mask of {@link #READABLE}, {@link #WRITABLE}, {@link #BROKEN}. */
    public int ready(int index) {
        return entries.get(JAVA_SHORT, (long) index * ENTRY_BYTES + 6);
    }

    @Override
    public void close() {
        arena.close();
    }
}
