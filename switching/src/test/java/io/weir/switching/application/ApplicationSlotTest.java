package io.weir.switching.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.application.ApplicationCount;
import io.weir.memory.application.ApplicationState;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The guard of an application: under a clock moved by the application itself. */
class ApplicationSlotTest {
    private static final long BUDGET = 500_000;
    private static final int WARM = 20_000;

    private long wall;
    private long processor;
    private int processorReadings;
    private int size = 64;
    private boolean closed;
    private final List<String> timers = new ArrayList<>();
    private Consumer<Packets> behaviour = packets -> {};
    private final ApplicationBlock block = ApplicationBlock.standalone();
    private final ApplicationClock clock = new ApplicationClock() {
        @Override
        public long wallNanos() {
            return wall;
        }

        @Override
        public long processorNanos() {
            processorReadings++;
            return processor;
        }
    };
    private final NetworkApplication application = new NetworkApplication() {
        @Override
        public void receive(Packets packets) {
            behaviour.accept(packets);
        }

        @Override
        public void timer(Packets sender) {
            timers.add("timer");
            behaviour.accept(sender);
        }

        @Override
        public void close() {
            closed = true;
        }
    };
    private final ApplicationSlot slot =
            new ApplicationSlot("test", 5, application, 100, BUDGET, Fallback.DROP, block, clock);

    /** Only its size is asked for. */
    private Packets packets() {
        return (Packets) Proxy.newProxyInstance(
                Packets.class.getClassLoader(), new Class<?>[] {Packets.class}, (_, method, _) -> {
                    assertThat(method.getName()).isEqualTo("size");
                    return size;
                });
    }

    private void warmUp() {
        size = WARM;
        slot.receive(packets(), 0);
        size = 64;
    }

    private void takes(long wallNanos, long processorNanos) {
        behaviour = _ -> {
            wall += wallNanos;
            processor += processorNanos;
        };
    }

    private void call() {
        slot.receive(packets(), 0);
    }

    @Test
    void one_that_stays_within_its_budget_runs_on_and_costs_no_second_clock() {
        warmUp();
        takes(BUDGET, BUDGET);
        for (int k = 0; k < 1_000; k++) {
            call();
        }
        assertThat(slot.isStopped()).isFalse();
        assertThat(block.state()).isEqualTo(ApplicationState.RUNNING);
        assertThat(processorReadings).isZero();
        assertThat(block.value(ApplicationCount.NANOSECONDS)).isEqualTo(1_000 * BUDGET);
        assertThat(block.value(ApplicationCount.PACKETS)).isEqualTo(WARM + 64_000L);
    }

    @Test
    void one_that_is_far_over_its_budget_is_stopped_at_the_second_call() {
        warmUp();
        takes(30 * BUDGET, 18 * BUDGET);
        call();
        assertThat(slot.isStopped()).isFalse();
        call();
        assertThat(slot.isStopped()).isTrue();
        assertThat(closed).isTrue();
        assertThat(block.reason())
                .isEqualTo(
                        "took 9000 µs of processor time in one call (15000 µs by the wall clock), the budget is 500 µs,"
                                + " and of late it was 8500 µs over");
        assertThat(block.value(ApplicationCount.SUSPICIONS)).isEqualTo(2);
    }

    @Test
    void one_that_is_always_twice_over_its_budget_is_stopped_after_some_calls() {
        warmUp();
        takes(2 * BUDGET, 2 * BUDGET);
        int calls = 0;
        while (!slot.isStopped()) {
            call();
            calls++;
        }
        assertThat(calls).isEqualTo(1 + 16 + 1);
    }

    @Test
    void small_debts_are_forgiven_as_time_passes() {
        warmUp();
        takes(BUDGET + 26_000, BUDGET + 26_000);
        for (int k = 0; k < 2_000; k++) {
            call();
            wall += 200 * BUDGET;
        }
        assertThat(slot.isStopped()).isFalse();
    }

    @Test
    void one_that_lost_the_processor_to_others_is_not_blamed() {
        warmUp();
        takes(100 * BUDGET, BUDGET / 2);
        for (int k = 0; k < 100; k++) {
            call();
        }
        assertThat(slot.isStopped()).isFalse();
        assertThat(block.value(ApplicationCount.SUSPICIONS)).isEqualTo(100);
    }

    @Test
    void under_suspicion_few_calls_are_measured_and_after_a_second_of_good_conduct_none() {
        warmUp();
        takes(2 * BUDGET, 0);
        call();
        takes(BUDGET / 2, 0);
        for (int k = 0; k < 32; k++) {
            call();
        }
        assertThat(processorReadings).isEqualTo(2);
        wall += 1_100_000_000L;
        call();
        int readings = processorReadings;
        for (int k = 0; k < 32; k++) {
            call();
        }
        assertThat(processorReadings).isEqualTo(readings);
    }

    @Test
    void cold_code_has_twenty_times_the_budget() {
        takes(19 * BUDGET, 19 * BUDGET);
        for (int k = 0; k < 10; k++) {
            call();
        }
        assertThat(slot.isStopped()).isFalse();
        takes(37 * BUDGET, 37 * BUDGET);
        call();
        call();
        assertThat(slot.isStopped()).isTrue();
    }

    @Test
    void one_that_throws_is_stopped_with_what_it_threw_and_where() {
        behaviour = _ -> {
            throw new IllegalStateException("no such session");
        };
        call();
        assertThat(block.reason())
                .startsWith("threw java.lang.IllegalStateException: no such session at ")
                .contains("ApplicationSlotTest");
        assertThat(block.insideMs(1_000_000)).isZero();
    }

    @Test
    void an_error_is_no_better() {
        behaviour = _ -> {
            throw new NoClassDefFoundError("com/example/Missing");
        };
        call();
        assertThat(block.reason()).startsWith("threw java.lang.NoClassDefFoundError: com/example/Missing");
    }

    @Test
    void whoever_looks_during_a_call_sees_when_it_began() {
        List<Integer> seen = new ArrayList<>();
        behaviour = _ -> seen.add(block.insideMs(4_500));
        slot.receive(packets(), 4_000);
        assertThat(seen).containsExactly(500);
    }

    @Test
    void the_timer_comes_round_and_stops_with_the_application() {
        assertThat(slot.isTimerDue(Integer.MAX_VALUE - 50)).isFalse();
        assertThat(slot.isTimerDue(Integer.MAX_VALUE)).isFalse();
        assertThat(slot.isTimerDue(Integer.MIN_VALUE + 49)).isTrue();
        assertThat(slot.isTimerDue(Integer.MIN_VALUE + 50)).isFalse();
        slot.timer(packets(), 0);
        assertThat(timers).hasSize(1);
        slot.stop("enough");
        assertThat(slot.isTimerDue(Integer.MIN_VALUE + 5_000)).isFalse();
        slot.stop("again");
        assertThat(block.reason()).isEqualTo("enough");
    }
}
