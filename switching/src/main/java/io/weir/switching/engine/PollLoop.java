package io.weir.switching.engine;

import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Runs a duty cycle, such as a switching processor's, again and again on the thread that calls {@link #run}, until
 * {@link #stop}; one reading of the clock for each. An exception that leaves a cycle is handed to the observer, and the
 * loop goes on after a pause, so that a lasting defect neither kills the processor nor fills the log.
 */
public final class PollLoop implements Runnable {
    /** Idle cycles that spin: some 20 µs, less than a yield costs when another thread takes the processor. */
    private static final int SPINS = 200;
    /** Idle cycles that yield before the loop sleeps. */
    private static final int YIELDS = 50;
    /** A yield this long has given another thread a time slice: of 3 ms mostly. */
    private static final int LOST_MICROS = 500;
    /**
     * How long the loop then sleeps instead of yielding. A sleeper that a frame wakes preempts who runs; one that has
     * yielded waits for the other's slice to end, with its frames.
     */
    private static final int SHARED_MICROS = 200_000;
    /** Longest sleep: timers, configuration changes and the stop signal wait no longer than this. */
    private static final int SLEEP_MS = 10;

    private final DutyCycle duty;
    private final LongSupplier clock;
    private final IdleMode mode;
    private final Idle idle;
    private final IntConsumer heartbeat;
    private final Consumer<RuntimeException> observer;

    private volatile boolean running = true;
    private int idleCycles;
    private boolean hasYielded;
    private long cycleMicros;
    private long sharedUntilMicros;

    /**
     * A loop for one duty cycle.
     *
     * @param clock microseconds of the map's clock
     * @param idle waits for frames; used in {@link IdleMode#ADAPTIVE} only
     * @param heartbeat told the time after every cycle
     * @param observer told of every exception that left a cycle
     */
    public PollLoop(
            DutyCycle duty,
            LongSupplier clock,
            IdleMode mode,
            Idle idle,
            IntConsumer heartbeat,
            Consumer<RuntimeException> observer) {
        this.duty = duty;
        this.clock = clock;
        this.mode = mode;
        this.idle = idle;
        this.heartbeat = heartbeat;
        this.observer = observer;
    }

    /** Switches packets until {@link #stop}, then closes the duty cycle. */
    @Override
    public void run() {
        try {
            while (running) {
                cycle();
            }
        } finally {
            duty.close();
        }
    }

    private void cycle() {
        long nowMicros = clock.getAsLong();
        if (hasYielded) {
            hasYielded = false;
            if (nowMicros - cycleMicros > LOST_MICROS) {
                sharedUntilMicros = nowMicros + SHARED_MICROS;
            }
        }
        cycleMicros = nowMicros;
        int nowMs = (int) (nowMicros / 1000);
        int work = 0;
        try {
            work = duty.doWork(nowMs, (int) nowMicros);
        } catch (RuntimeException defect) {
            observer.accept(defect);
            idle.await(SLEEP_MS);
        }
        heartbeat.accept(nowMs);
        if (work > 0) {
            idleCycles = 0;
        } else {
            rest();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // yielding is the point: other threads may need this core
    private void rest() {
        if (mode == IdleMode.BUSY) {
            Thread.onSpinWait();
        } else if (idleCycles < SPINS) {
            idleCycles++;
            Thread.onSpinWait();
        } else if (idleCycles < SPINS + YIELDS && cycleMicros >= sharedUntilMicros) {
            idleCycles++;
            hasYielded = true;
            Thread.yield();
        } else if (!duty.hasBacklog()) {
            idle.await(SLEEP_MS);
        }
    }

    /** Ends the loop after the current cycle; from any thread. */
    public void stop() {
        running = false;
    }
}
