package io.weir.switching.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the loop on the test's own thread: its clock, heart and idle strategy are the test's, so it knows when to stop. */
@Timeout(20)
class PollLoopTest {
    private static final int SPINS_AND_YIELDS = 250;

    private final AtomicLong clock = new AtomicLong();
    private final List<Integer> sleeps = new ArrayList<>();
    private final List<RuntimeException> defects = new ArrayList<>();
    private int cycleMicros = 20;
    private int cycles;
    private boolean closed;

    /** Runs {@code duty} until so many cycles have passed. */
    private void run(IdleMode mode, int limit, DutyCycle duty, boolean backlog) {
        PollLoop[] loop = new PollLoop[1];
        DutyCycle counted = new DutyCycle() {
            @Override
            public int doWork(int nowMs, int nowMicros) {
                if (++cycles >= limit) {
                    loop[0].stop();
                }
                return duty.doWork(nowMs, nowMicros);
            }

            @Override
            public boolean hasBacklog() {
                return backlog;
            }

            @Override
            public void close() {
                closed = true;
            }
        };
        loop[0] =
                new PollLoop(counted, () -> clock.getAndAdd(cycleMicros), mode, sleeps::add, nowMs -> {}, defects::add);
        loop[0].run();
    }

    private void run(IdleMode mode, int limit, DutyCycle duty) {
        run(mode, limit, duty, false);
    }

    @Test
    void stops_after_the_cycle_and_closes_the_processor() {
        run(IdleMode.BUSY, 7, (nowMs, nowMicros) -> 1);
        assertThat(cycles).isEqualTo(7);
        assertThat(closed).isTrue();
    }

    @Test
    void a_busy_loop_never_sleeps() {
        run(IdleMode.BUSY, 2_000, (nowMs, nowMicros) -> 0);
        assertThat(sleeps).isEmpty();
    }

    @Test
    void an_adaptive_loop_spins_yields_and_then_sleeps_ten_milliseconds_at_most() {
        run(IdleMode.ADAPTIVE, SPINS_AND_YIELDS + 5, (nowMs, nowMicros) -> 0);
        assertThat(sleeps).hasSize(5).allMatch(ms -> ms > 0 && ms <= 10);
    }

    @Test
    void after_a_yield_that_cost_a_time_slice_the_loop_sleeps_for_a_while() {
        cycleMicros = 3_000;
        int shared = 200_000 / cycleMicros + 1; // cycles
        run(IdleMode.ADAPTIVE, 200 + 10 * (1 + shared), (nowMs, nowMicros) -> 0);
        assertThat(sleeps).as("all but ten yields").hasSize(10 * shared);
    }

    @Test
    void work_starts_the_idling_anew() {
        run(IdleMode.ADAPTIVE, 2_000, (nowMs, nowMicros) -> cycles % 200 == 0 ? 1 : 0);
        assertThat(sleeps).isEmpty();
    }

    @Test
    void a_loop_with_a_backlog_does_not_sleep() {
        run(IdleMode.ADAPTIVE, 2_000, (nowMs, nowMicros) -> 0, true);
        assertThat(sleeps).isEmpty();
    }

    @Test
    void milliseconds_and_microseconds_come_from_one_reading_and_wrap() {
        clock.set((1L << 32) * 1000 + 7_654_321);
        List<Integer> readings = new ArrayList<>();
        PollLoop[] loop = new PollLoop[1];
        loop[0] = new PollLoop(
                (nowMs, nowMicros) -> {
                    readings.add(nowMs);
                    readings.add(nowMicros);
                    loop[0].stop();
                    return 1;
                },
                clock::getAndIncrement,
                IdleMode.BUSY,
                sleeps::add,
                nowMs -> {},
                defects::add);
        loop[0].run();
        assertThat(readings).containsExactly(7654, (int) ((1L << 32) * 1000 + 7_654_321));
        assertThat(clock.get()).isEqualTo((1L << 32) * 1000 + 7_654_322);
    }

    @Test
    void an_exception_is_told_and_survived() {
        cycleMicros = 1_000;
        run(IdleMode.BUSY, 3, (nowMs, nowMicros) -> {
            throw new IllegalStateException("defect " + nowMs);
        });
        assertThat(defects).extracting(Throwable::getMessage).containsExactly("defect 0", "defect 1", "defect 2");
        assertThat(closed).isTrue();
    }
}
