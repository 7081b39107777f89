package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CpuTimeTest {
    @Test
    void busy_time_is_neither_idle_nor_waiting_nor_stolen() {
        assertThat(CpuTime.machineTicks("cpu  1 20 300 4000 50000 600000 7000000 80000000 1 0\ncpu0 9 9 9 9\n"))
                .isEqualTo(7_600_321);
    }

    @Test
    void a_process_is_charged_for_itself_and_for_children_that_have_ended() {
        String stat = "4711 (a (strange) name) S 1 4711 4711 0 -1 4194560 100 0 0 0 1 20 300 4000 20 0 12 0 500 1 1";
        assertThat(CpuTime.processTicks(stat)).isEqualTo(4_321);
    }

    @Test
    void a_process_that_has_ended_costs_nothing() {
        assertThat(CpuTime.processTicks("")).isZero();
    }

    @Test
    void time_goes_on() {
        CpuTime before = CpuTime.now(List.of());
        CpuTime later = CpuTime.now(List.of());
        assertThat(before.machineUs()).isGreaterThan(before.labUs());
        assertThat(before.labUs()).isPositive();
        assertThat(later.since(before).machineUs()).isNotNegative();
        assertThat(later.since(before).labUs()).isNotNegative();
        assertThat(before.balancerUs()).isZero();
    }
}
