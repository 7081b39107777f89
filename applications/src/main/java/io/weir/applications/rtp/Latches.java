package io.weir.applications.rtp;

import static io.weir.applications.rtp.SessionTable.LONG_WORD;

import java.lang.foreign.MemorySegment;

/**
 * A latch: the address and port that packets of a side come from, and where the other side's packets go.
 *
 * <pre>
 *   +0 ┌────────────┬────────────┬────────────┬────────────┐
 *      │ version    │ generation │ port       │ state      │  16 bits each; state: 0 empty, 1 busy, 2 latched
 *   +8 ├────────────┴────────────┴────────────┴────────────┤
 *      │ address, upper half (0 for IPv4)                  │
 *  +16 ├───────────────────────────────────────────────────┤
 *      │ address, lower half                               │
 *      └───────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>A writer compares and sets the word to busy with the next version, writes the address, and compares and sets it to
 * latched. A reader loads the word (acquire), the address, and the word again: another word means that it has read nothing.
 * The generation is the session's: a processor that found the session before it ended cannot latch in the next one.
 */
final class Latches {
    /** Nothing latched, or someone is latching. */
    static final long NONE = 0;

    private static final long UPPER = 8;
    private static final long LOWER = 16;

    private static final int BUSY = 1;
    private static final int LATCHED = 2;

    private Latches() {}

    private static long word(long version, int generation, int port, int state) {
        return (version & 0xffff) << 48 | (long) (generation & 0xffff) << 32 | (long) (port & 0xffff) << 16 | state;
    }

    /** The word of a latch of this generation when it is latched, otherwise {@link #NONE}. */
    static long latched(MemorySegment memory, long latch, int generation) {
        long word = (long) LONG_WORD.getAcquire(memory, latch);
        return (word & 0xffff) == LATCHED && (word >>> 32 & 0xffff) == generation ? word : NONE;
    }

    /** True when nothing was latched since {@link #latched} gave this word: what was read in between belongs together. */
    static boolean isUnchanged(MemorySegment memory, long latch, long word) {
        java.lang.invoke.VarHandle.loadLoadFence();
        return (long) LONG_WORD.getOpaque(memory, latch) == word;
    }

    static int port(long word) {
        return (int) (word >>> 16) & 0xffff;
    }

    static long upper(MemorySegment memory, long latch) {
        return memory.get(SessionTable.LONG, latch + UPPER);
    }

    static long lower(MemorySegment memory, long latch) {
        return memory.get(SessionTable.LONG, latch + LOWER);
    }

    /**
     * Latches, whatever it was latched to before.
     *
     * @return false when somebody else does at this moment, or the session is another one meanwhile
     */
    static boolean latch(MemorySegment memory, long latch, int generation, long upper, long lower, int port) {
        long old = (long) LONG_WORD.getAcquire(memory, latch);
        if ((old >>> 32 & 0xffff) != generation || (old & 0xffff) == BUSY) {
            return false;
        }
        long version = (old >>> 48) + 1;
        long busy = word(version, generation, port, BUSY);
        if (!LONG_WORD.compareAndSet(memory, latch, old, busy)) {
            return false;
        }
        // The stores below must not be seen before the busy word.
        java.lang.invoke.VarHandle.storeStoreFence();
        memory.set(SessionTable.LONG, latch + UPPER, upper);
        memory.set(SessionTable.LONG, latch + LOWER, lower);
        return LONG_WORD.compareAndSet(memory, latch, busy, word(version + 1, generation, port, LATCHED));
    }

    /** An empty latch of a session that begins. */
    static void prepare(MemorySegment memory, long latch, int generation) {
        LONG_WORD.setRelease(memory, latch, word(0, generation, 0, 0));
    }
}
