package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTest {
    private final Results results = new Results(1, Bench.contestants());

    private Target.Outcome outcome(Metric metric, String other) {
        return Target.evaluate(results).stream()
                .filter(o -> o.target().metric() == metric && o.target().other().equals(other))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_better_driver_counts_where_more_is_better() {
        results.record(Contestants.NFTABLES, Metric.SHORT_RATE, 0, 1000);
        results.record(Contestants.AF_PACKET, Metric.SHORT_RATE, 0, 850);
        results.record(Contestants.AF_XDP, Metric.SHORT_RATE, 0, 910);
        Target.Outcome outcome = outcome(Metric.SHORT_RATE, Contestants.NFTABLES);
        assertThat(outcome.verdict()).isEqualTo("met");
        assertThat(outcome.text()).isEqualTo("short connections, af_xdp / nftables: 0.91, target >= 0.90");
    }

    @Test
    void the_better_driver_counts_where_less_is_better() {
        results.record(Contestants.NONE, Metric.SHORT_CPU_LAB, 0, 50);
        results.record(Contestants.HAPROXY, Metric.SHORT_CPU_LAB, 0, 150);
        results.record(Contestants.AF_PACKET, Metric.SHORT_CPU_LAB, 0, 115);
        results.record(Contestants.AF_XDP, Metric.SHORT_CPU_LAB, 0, 130);
        Target.Outcome outcome = outcome(Metric.SHORT_CPU_ADDED, Contestants.HAPROXY);
        assertThat(outcome.driver()).isEqualTo(Contestants.AF_PACKET);
        assertThat(outcome.met()).isTrue();
        results.record(Contestants.AF_PACKET, Metric.SHORT_CPU_LAB, 0, 125);
        assertThat(outcome(Metric.SHORT_CPU_ADDED, Contestants.HAPROXY).verdict())
                .isEqualTo("missed");
    }

    @Test
    void the_forwarder_is_compared_with_af_xdp_only() {
        results.record(Contestants.C_FORWARDER, Metric.FORWARDING_RATE, 0, 1000);
        results.record(Contestants.AF_PACKET, Metric.FORWARDING_RATE, 0, 2000);
        assertThat(outcome(Metric.FORWARDING_RATE, Contestants.C_FORWARDER).verdict())
                .isEqualTo("not measured");
        results.record(Contestants.AF_XDP, Metric.UDP_OVERLOAD_RATE, 0, 899);
        assertThat(outcome(Metric.UDP_OVERLOAD_RATE, Contestants.C_FORWARDER).verdict())
                .isEqualTo("missed");
        results.record(Contestants.AF_XDP, Metric.UDP_OVERLOAD_RATE, 0, 901);
        assertThat(outcome(Metric.UDP_OVERLOAD_RATE, Contestants.C_FORWARDER).verdict())
                .isEqualTo("met");
    }

    @Test
    void what_was_not_measured_is_neither_met_nor_missed() {
        assertThat(Target.evaluate(results))
                .hasSameSizeAs(Target.ALL)
                .allMatch(o -> o.verdict().equals("not measured"));
        assertThat(List.copyOf(Target.ALL)).isNotEmpty();
    }
}
