package io.weir.memory.map;

import java.lang.foreign.MemorySegment;

/**
 * The pointer between side A and side B of a two-sided region, the generation, and the generation each switching
 * processor has observed. One writer (the control processor) flips with a release store; each processor publishes
 * what it has observed once per batch; the back-up side may be written again only after all have observed the flip (grace period).
 *
 * <pre>
 *   0  u64 active   generation &lt;&lt; 1 | side
 *  64  u64 observed[0]   one cache line per switching processor (all ones: processor not running)
 * 128  u64 observed[1] ...
 * </pre>
 */
public final class Sides {
    private final MemorySegment memory;

    public Sides(MemorySegment memory) {
        this.memory = memory;
    }

    /** Bytes needed for the given number of switching processors. */
    public static long bytes(int processors) {
        return 64L + 64L * processors;
    }

    /** Acquire-loads the active word: {@code generation << 1 | side}. */
    public long active() {
        throw new UnsupportedOperationException(memory.toString());
    }

    /** Publishes that the processor no longer reads anything older than the given active word. */
    public void observe(int processor, long active) {
        throw new UnsupportedOperationException(processor + " " + active);
    }

    /** The processor stops (or has not started): a flip does not wait for it. */
    public void retire(int processor) {
        throw new UnsupportedOperationException("" + processor);
    }

    /** Release-stores the other side as active with the next generation; returns that generation. */
    public long flip() {
        throw new UnsupportedOperationException();
    }

    /** True once every running processor has observed the active generation: the back-up side may be written. */
    public boolean isQuiescent() {
        throw new UnsupportedOperationException();
    }
}
