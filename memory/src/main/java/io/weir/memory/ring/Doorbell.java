package io.weir.memory.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Says whether the consumer of some {@link FrameRing}s sleeps, so that a producer makes the system call that wakes it only
 * then.
 *
 * <pre>
 *   0  u32 asleep: 1 while the consumer sleeps or is about to     writers: the consumer; a producer changes 1 to 0
 * </pre>
 *
 * <p>Memory ordering. The consumer stores asleep := 1, then looks at its rings, then sleeps. A producer stores the tail of
 * a ring, then looks at asleep. This is Dekker's pattern: each side stores one word and loads the other's. A release store
 * may still wait in the store buffer while the following load is done, on x86 as well, and then both would see the old
 * value: the consumer an empty ring, the producer a consumer awake, and the frame would lie there until the sleep times
 * out. A full fence between store and load on both sides forbids that: in the one total order of the two fences, whoever
 * comes second sees the other's store. So the consumer finds the frame, or the producer finds it asleep.
 *
 * <p>Of several producers that find it asleep, the one whose compare-and-set changes the word wakes it. A consumer woken by
 * something else in between finds a signal too many at its next sleep, which ends at once, and no more.
 */
public final class Doorbell {
    /** Bytes of a doorbell: two cache lines, as processors fetch them in pairs. */
    public static final int BYTES = 128;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;

    /** A doorbell over {@value #BYTES} bytes; zeros are an awake consumer. */
    public Doorbell(MemorySegment memory) {
        this.memory = memory;
    }

    /** The consumer is about to sleep; it must look at its rings once more after this, and only then sleep. */
    public void announceSleep() {
        INT.setOpaque(memory, 0L, 1);
        VarHandle.fullFence();
    }

    /** The consumer is awake. */
    public void awake() {
        INT.setOpaque(memory, 0L, 0);
    }

    /** After frames were put into a ring: true when the consumer sleeps and the caller must wake it. */
    public boolean ring() {
        VarHandle.fullFence();
        return (int) INT.getOpaque(memory, 0L) != 0 && INT.compareAndSet(memory, 0L, 1, 0);
    }
}
