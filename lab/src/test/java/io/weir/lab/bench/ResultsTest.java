package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private final Results results = new Results(3, List.of("none", "nftables", "af_packet"));

    private void record(String contestant, Metric metric, double... values) {
        for (int round = 0; round < values.length; round++) {
            results.record(contestant, metric, round, values[round]);
        }
    }

    @Test
    void the_median_passes_over_rounds_without_a_figure() {
        assertThat(Results.median(5, 1, 3)).hasValue(3);
        assertThat(Results.median(Double.NaN, 4, 2)).hasValue(3);
        assertThat(Results.median(Double.NaN)).isEmpty();
        results.record("none", Metric.SHORT_RATE, 1, 7);
        assertThat(results.median("none", Metric.SHORT_RATE)).hasValue(7);
        assertThat(results.median("nftables", Metric.SHORT_RATE)).isEmpty();
    }

    @Test
    void a_ratio_is_taken_within_each_round_before_the_median() {
        // The machine is slower from round to round; the ratios are 0.5, 0.8, 0.9 and that of the medians would be 0.4.
        record("nftables", Metric.SHORT_RATE, 1000, 500, 100);
        record("af_packet", Metric.SHORT_RATE, 500, 400, 90);
        assertThat(results.ratio("af_packet", "nftables", Metric.SHORT_RATE)).hasValue(0.8);
    }

    @Test
    void a_round_that_one_of_the_two_failed_gives_no_ratio() {
        record("nftables", Metric.SHORT_RATE, 1000, 500, 100);
        results.record("af_packet", Metric.SHORT_RATE, 2, 90);
        assertThat(results.ratio("af_packet", "nftables", Metric.SHORT_RATE).orElseThrow())
                .isCloseTo(0.9, within(1e-9));
        assertThat(results.ratio("af_packet", "haproxy", Metric.SHORT_RATE)).isEqualTo(OptionalDouble.empty());
    }

    @Test
    void what_is_added_is_the_difference_to_none_in_the_same_round() {
        record("none", Metric.SHORT_CPU_LAB, 50, 60, 70);
        record("nftables", Metric.SHORT_CPU_LAB, 60, 90, 75);
        record("af_packet", Metric.SHORT_CPU_LAB, 70, 80, 90);
        assertThat(results.median("nftables", Metric.SHORT_CPU_ADDED)).hasValue(10);
        assertThat(results.median("none", Metric.SHORT_CPU_ADDED)).isEmpty();
        // 20/10, 20/30, 20/5
        assertThat(results.ratio("af_packet", "nftables", Metric.SHORT_CPU_ADDED))
                .hasValue(2);
    }
}
