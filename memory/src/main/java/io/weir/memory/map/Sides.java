package io.weir.memory.map;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The pointer between side A and side B of a two-sided region, the generation, and the generation each switching
 * processor has observed. One writer (the control processor) flips with a release store; each processor publishes what it
 * has observed once per batch; the back-up side may be written again only after all have observed the flip (grace
 * period). Memory filled with zeros is a valid beginning: generation 0 on side A, no processor running.
 *
 * <pre>
 *   0  u64 active        generation &lt;&lt; 1 | side (0 is A, 1 is B)       writer: control processor
 *  64  u64 observed[0]   active word in use + 1; 0: processor not running  writer: switching processor 0
 * 128  u64 observed[1]   ... one cache line per switching processor
 * </pre>
 *
 * <p><b>Why the grace period is safe.</b> Let the active word go w0 (side A), w1 (side B), w2 (side A), ... The writer
 * stores to A for w2 only after {@link #isQuiescent} saw w1 in the line of every running processor.
 *
 * <ol>
 *   <li>A <em>running</em> processor loads the active word, stores it to its line (release), then reads the side. Between
 *       that load and that store its line holds the word before, which differs from the active one, so the writer waits:
 *       nothing is lost by publishing late. When the line says w1, every read of A under w0 came before that release
 *       store, and the writer's stores to A come after its acquire load of the line: no read of A meets a new store. The
 *       processor cannot go back to w0, for loads of one location never go back in its order of stores.
 *   <li>Under w2 the processor acquires the active word that the writer released after its stores to A: it sees all of
 *       A.
 *   <li>A processor that <em>starts</em> is not waited for, so publishing late would be fatal: it could load w0, the writer
 *       flip to w1, see a line of 0 and write A. It therefore stores w0 to its line, passes a full fence and loads the
 *       active word again; only when that is still w0 may it read. The writer passes a full fence between its store of
 *       w1 and its loads of the lines. Of two such store-fence-load sequences at least one sees the other's store: either
 *       the processor sees w1 and tries again with w1, or the writer sees the line and waits. The generation makes each
 *       word unique, so "still w0" cannot mean "w0 again".
 * </ol>
 *
 * <p>A tool that attaches read-only has no line and is not waited for. It copies what it needs and calls {@link #isStill}
 * afterwards: a flip comes before the first store to the side it left, so when the word has not changed the copy is whole.
 */
public final class Sides {
    /** Bit of the active word that tells the sides apart. */
    public static final int A = 0;

    public static final int B = 1;

    private static final long ACTIVE_OFFSET = 0;
    private static final long LINE_BYTES = 64;
    private static final long NOT_RUNNING = 0;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;
    private final int processors;

    public Sides(MemorySegment memory) {
        this.memory = memory;
        this.processors = (int) (memory.byteSize() / LINE_BYTES) - 1;
    }

    /** Bytes needed for the given number of switching processors. */
    public static long bytes(int processors) {
        return LINE_BYTES + LINE_BYTES * processors;
    }

    /** {@link #A} or {@link #B}. */
    public static int side(long active) {
        return (int) active & 1;
    }

    public static long generation(long active) {
        return active >>> 1;
    }

    /** Acquire-loads the active word: {@code generation << 1 | side}. */
    public long active() {
        return (long) LONG.getAcquire(memory, ACTIVE_OFFSET);
    }

    /**
     * What a switching processor calls once per batch: publishes the active word and returns it. Until its next call it
     * may read the side that word names. A processor that was not running runs from then on.
     */
    public long pin(int processor) {
        long line = line(processor);
        long before = (long) LONG.get(memory, line);
        long active = active();
        if (before == active + 1) {
            return active;
        }
        if (before == NOT_RUNNING) {
            return start(line);
        }
        LONG.setRelease(memory, line, active + 1);
        return active;
    }

    /**
     * Publishes that the processor no longer reads anything older than the given active word.
     *
     * @return true when the word is still active; otherwise a processor that was not running must load {@link #active}
     *     and call again before it reads. {@link #pin} does so.
     */
    public boolean observe(int processor, long active) {
        LONG.setRelease(memory, line(processor), active + 1);
        VarHandle.fullFence();
        return active() == active;
    }

    private long start(long line) {
        long active;
        do {
            active = active();
            LONG.setRelease(memory, line, active + 1);
            VarHandle.fullFence();
        } while (active() != active);
        return active;
    }

    /** The processor stops (or has not started): a flip does not wait for it. */
    public void retire(int processor) {
        LONG.setRelease(memory, line(processor), NOT_RUNNING);
    }

    public boolean isRunning(int processor) {
        return (long) LONG.getAcquire(memory, line(processor)) != NOT_RUNNING;
    }

    /** The active word the processor has observed; -1 when it does not run. */
    public long observed(int processor) {
        return (long) LONG.getAcquire(memory, line(processor)) - 1;
    }

    /** For readers without a line: true when all loads before this call met the side that {@code active} names unchanged. */
    public boolean isStill(long active) {
        VarHandle.loadLoadFence();
        return active() == active;
    }

    /** Number of switching processors there is a line for. */
    public int processors() {
        return processors;
    }

    /** Release-stores the other side as active with the next generation; returns that generation. */
    public long flip() {
        long active = (long) LONG.get(memory, ACTIVE_OFFSET);
        long generation = generation(active) + 1;
        LONG.setRelease(memory, ACTIVE_OFFSET, (generation << 1) | (side(active) ^ 1));
        VarHandle.fullFence();
        return generation;
    }

    /** True once every running processor has observed the active generation: the back-up side may be written. */
    public boolean isQuiescent() {
        VarHandle.fullFence();
        long expected = active() + 1;
        for (int processor = 0; processor < processors; processor++) {
            long line = (long) LONG.getAcquire(memory, line(processor));
            if (line != NOT_RUNNING && line != expected) {
                return false;
            }
        }
        return true;
    }

    private static long line(int processor) {
        return LINE_BYTES + LINE_BYTES * processor;
    }
}
