package io.weir.switching.application;

import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.application.ApplicationCount;
import io.weir.memory.application.ApplicationState;

/**
 * One application on one switching processor: calls it, measures it, and stops it for good when it throws or takes too long.
 * Used by that processor's thread alone; allocation-free while the application behaves.
 *
 * <p>A call that is longer than the budget by the wall clock proves nothing: the kernel may have given the processor to
 * somebody else. It makes the application <em>suspect</em> for {@value #SUSPICION_MS} ms, during which the processor time is
 * measured as well, of the next call and then of each {@value #SAMPLE}th, as that clock is a system call. What a measured
 * call takes beyond the budget is a debt, counted for all calls it stands for; one thousandth of the passing time is
 * forgiven. A debt of {@value #DEBT_BUDGETS} budgets stops the application: at the next call when it is far over its budget,
 * after some more when it is a little over, never for the microseconds that an interrupt takes. So a busy machine stops
 * nobody. Until an application has seen {@value #WARM_PACKETS} packets its code may still be interpreted, and the budget is
 * {@value #COLD_FACTOR} times as large.
 */
public final class ApplicationSlot {
    private static final int SUSPICION_MS = 1000;
    private static final long SUSPICION_NANOS = SUSPICION_MS * 1_000_000L;
    /** A power of two. */
    private static final int SAMPLE = 16;

    private static final int DEBT_BUDGETS = 16;
    private static final int FORGIVEN_SHARE = 1000;
    private static final int WARM_PACKETS = 20_000;
    private static final int COLD_FACTOR = 20;

    private final String name;
    private final int interfaceId;
    private final NetworkApplication application;
    private final int timerMs;
    private final long budgetNanos;
    private final Fallback fallback;
    private final ApplicationBlock block;
    private final ApplicationClock clock;

    private boolean stopped;
    private boolean suspected;
    /** Calls since it became suspect. */
    private int suspectCalls;

    private long suspectedUntil;
    private long debtNanos;
    private long debtAt;
    private long packets;
    private boolean isTimerSet;
    private int timerDueMs;

    /**
     * An application that is ready to run.
     *
     * @param interfaceId the number under which packets are its
     * @param timerMs how often its timer is called; 0 is never
     * @param budgetNanos for a call
     * @param block where its state and counts stand
     */
    public ApplicationSlot(
            String name,
            int interfaceId,
            NetworkApplication application,
            int timerMs,
            long budgetNanos,
            Fallback fallback,
            ApplicationBlock block,
            ApplicationClock clock) {
        this.name = name;
        this.interfaceId = interfaceId;
        this.application = application;
        this.timerMs = timerMs;
        this.budgetNanos = budgetNanos;
        this.fallback = fallback;
        this.block = block;
        this.clock = clock;
        stopped = block.state() == ApplicationState.STOPPED;
        if (!stopped) {
            block.start();
        }
    }

    public String name() {
        return name;
    }

    public int interfaceId() {
        return interfaceId;
    }

    public Fallback fallback() {
        return fallback;
    }

    public ApplicationBlock block() {
        return block;
    }

    public boolean isStopped() {
        return stopped;
    }

    /** Hands it a batch of packets. */
    public void receive(Packets batch, int nowMs) {
        int size = batch.size();
        packets += size;
        block.add(ApplicationCount.PACKETS, size);
        block.add(ApplicationCount.BATCHES, 1);
        call(batch, nowMs, false);
    }

    /** True when its timer is to be called now; moves the timer on. */
    public boolean isTimerDue(int nowMs) {
        if (timerMs == 0 || stopped) {
            return false;
        }
        if (isTimerSet && nowMs - timerDueMs < 0) {
            return false;
        }
        boolean due = isTimerSet;
        isTimerSet = true;
        timerDueMs = nowMs + timerMs;
        return due;
    }

    /** Calls its timer. */
    public void timer(Packets sender, int nowMs) {
        call(sender, nowMs, true);
    }

    private void call(Packets batch, int nowMs, boolean isTimer) {
        boolean measured = suspected && (suspectCalls & (SAMPLE - 1)) == 0;
        long processorBegin = measured ? clock.processorNanos() : 0;
        long begin = clock.wallNanos();
        block.enter(nowMs);
        try {
            if (isTimer) {
                application.timer(batch);
            } else {
                application.receive(batch);
            }
        } catch (RuntimeException | Error thrown) {
            stop("threw " + thrown + at(thrown));
        }
        block.leave();
        long end = clock.wallNanos();
        long wall = end - begin;
        block.add(ApplicationCount.NANOSECONDS, wall);
        if (measured && wall > budget()) {
            measure(clock.processorNanos() - processorBegin, wall, end);
        }
        if (suspected) {
            suspectCalls++;
        }
        if (wall > budget()) {
            suspect(end);
        } else if (suspected && end - suspectedUntil > 0) {
            suspected = false;
        }
    }

    private void suspect(long end) {
        block.add(ApplicationCount.SUSPICIONS, 1);
        if (!suspected) {
            suspected = true;
            suspectCalls = 0;
            debtAt = end;
        }
        suspectedUntil = end + SUSPICION_NANOS;
    }

    private long budget() {
        return packets < WARM_PACKETS ? COLD_FACTOR * budgetNanos : budgetNanos;
    }

    private void measure(long taken, long wall, long end) {
        long forgiven = (end - debtAt) / FORGIVEN_SHARE;
        long excess = Math.max(0, taken - budget());
        debtNanos = Math.max(0, debtNanos - forgiven) + excess * (suspectCalls == 0 ? 1 : SAMPLE);
        debtAt = end;
        if (debtNanos > DEBT_BUDGETS * budgetNanos) {
            stop("took " + taken / 1000 + " µs of processor time in one call (" + wall / 1000
                    + " µs by the wall clock), the budget is " + budget() / 1000 + " µs, and of late it was "
                    + debtNanos / 1000 + " µs over");
        }
    }

    /** Where in its own code. */
    private static String at(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }

    /** Stops it for good; its packets get the fallback from now on. */
    public void stop(String reason) {
        if (!stopped) {
            stopped = true;
            block.stop(reason);
            closeQuietly();
        }
    }

    private void closeQuietly() {
        try {
            application.close();
        } catch (RuntimeException | Error thrown) {
            // It runs no more either way.
        }
    }

    /** The node ends. */
    public void close() {
        if (!stopped) {
            closeQuietly();
        }
    }
}
