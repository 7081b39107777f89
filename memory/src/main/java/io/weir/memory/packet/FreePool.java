package io.weir.memory.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The free buffers that no processor has in its cache: a lock-free stack of chunks, each a chain of up to {@link
 * #CHUNK} buffers. Buffers are named by index + 1; 0 ends a chain.
 *
 * <pre>
 *   0  u64 top        first buffer of the top chunk | changes &lt;&lt; 32     writers: all, compare-and-set
 *  64  u64 free       buffers in the stack                               writers: all, get-and-add
 * 128  caches, one per view: u32 count, padded to a line; u32 buffer[2 * CHUNK]       writer: the view's thread
 *      links: per buffer u32 next in its chunk, u32 first buffer of the chunk below   writer: who holds the chunk
 * </pre>
 *
 * <p>Memory ordering: a thread that pushes owns the chunk, writes its links, then releases them with the compare-and-set
 * of top; a thread that pops acquires top and so sees the links. Between the load of top and the compare-and-set another
 * thread may pop the chunk and rewrite its links; then the count of changes differs and the compare-and-set fails
 * (without the count, a chunk that came back to the top would be taken with an old link to the chunk below).
 */
final class FreePool {
    /** Buffers that move between a processor's cache and the pool at a time. */
    static final int CHUNK = 64;

    private static final long TOP_OFFSET = 0;
    private static final long FREE_OFFSET = 64;
    private static final long CACHES_OFFSET = 128;
    private static final long CACHE_BYTES = 64 + 4L * 2 * CHUNK;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;
    private final int views;
    private final long links;

    FreePool(MemorySegment memory, int views) {
        this.memory = memory;
        this.views = views;
        this.links = CACHES_OFFSET + views * CACHE_BYTES;
    }

    static long bytes(int buffers, int views) {
        return CACHES_OFFSET + views * CACHE_BYTES + 8L * (buffers + 1);
    }

    /** Offset of a view's cache: its count, and from {@link #cacheSlot} its buffers. */
    static long cache(int view) {
        return CACHES_OFFSET + view * CACHE_BYTES;
    }

    static long cacheSlot(long cache, int k) {
        return cache + 64 + 4L * k;
    }

    MemorySegment memory() {
        return memory;
    }

    /** Puts all buffers into the pool; once, at creation. */
    void fill(int buffers) {
        for (int from = 1; from <= buffers; from += CHUNK) {
            int to = Math.min(from + CHUNK - 1, buffers);
            for (int buffer = from; buffer < to; buffer++) {
                link(buffer, buffer + 1);
            }
            link(to, 0);
            push(from, to - from + 1);
        }
    }

    /** Moves {@code count} buffers from the end of a cache that holds {@code size} to the pool. */
    void give(long cache, int size, int count) {
        int first = 0;
        for (int k = size - count; k < size; k++) {
            int buffer = memory.get(ValueLayout.JAVA_INT, cacheSlot(cache, k));
            link(buffer, first);
            first = buffer;
        }
        push(first, count);
    }

    /** Moves one chunk into an empty cache; returns how many buffers that were, 0 when the pool is empty. */
    int take(long cache) {
        int buffer = pop();
        int count = 0;
        while (buffer != 0) {
            memory.set(ValueLayout.JAVA_INT, cacheSlot(cache, count++), buffer);
            buffer = memory.get(ValueLayout.JAVA_INT, links + 8L * buffer);
        }
        if (count != 0) {
            long unused = (long) LONG.getAndAdd(memory, FREE_OFFSET, -(long) count);
            assert unused >= 0;
        }
        return count;
    }

    /** Buffers in the pool and all caches; exact when nothing moves. */
    long free() {
        long free = (long) LONG.getAcquire(memory, FREE_OFFSET);
        for (int view = 0; view < views; view++) {
            free += (int) INT.getAcquire(memory, cache(view));
        }
        return free;
    }

    private void push(int first, int count) {
        // Counted before it can be taken, so that the number never goes below 0.
        long unused = (long) LONG.getAndAdd(memory, FREE_OFFSET, (long) count);
        assert unused >= 0;
        long top;
        do {
            top = top();
            INT.setOpaque(memory, links + 8L * first + 4, (int) top);
        } while (!replaceTop(top, first));
    }

    private int pop() {
        while (true) {
            long top = top();
            int first = (int) top;
            if (first == 0) {
                return 0;
            }
            if (replaceTop(top, below(first))) {
                return first;
            }
        }
    }

    // The two steps of a pop, apart so that a test can let others run in between.

    long top() {
        return (long) LONG.getAcquire(memory, TOP_OFFSET);
    }

    int below(int first) {
        return (int) INT.getOpaque(memory, links + 8L * first + 4);
    }

    boolean replaceTop(long top, int first) {
        return LONG.compareAndSet(memory, TOP_OFFSET, top, changed(top, first));
    }

    private static long changed(long top, int first) {
        return (((top >>> 32) + 1) << 32) | first;
    }

    private void link(int buffer, int next) {
        memory.set(ValueLayout.JAVA_INT, links + 8L * buffer, next);
    }
}
