package io.weir.control.master.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.agent.report.LoadReport;
import io.weir.control.configuration.LoadConfiguration.Index;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadIndexTest {
    private static final Index ALL = new Index(1, 2, 1, 1, 1, 100, Duration.ofMillis(500), 1000);

    @Test
    void it_is_the_weighted_mean_of_the_parts_relative_to_full_load() {
        LoadReport report = new LoadReport("a", 50, 0.8, 0.4, 0.1, 300);

        assertThat(LoadIndex.of(report, ALL)).isEqualTo((0.5 + 2 * 0.8 + 0.4 + 0.2 + 0.3) / 6, within(1e-12));
        assertThat(LoadIndex.of(report, Index.DEFAULTS)).isEqualTo(0.8);
    }

    @Test
    void parts_that_are_not_known_are_left_out() {
        assertThat(LoadIndex.of(new LoadReport("a", -1, 0.8, -1, 0.4, -1), ALL)).isEqualTo(0.8, within(1e-12));
        assertThat(LoadIndex.of(new LoadReport("a", 10, -1, 0.2, 0.1, 5), Index.DEFAULTS))
                .isEqualTo(LoadIndex.UNKNOWN);
    }

    @Test
    void absurd_metrics_count_for_no_more_than_twice_a_full_load_or_not_at_all() {
        assertThat(LoadIndex.of(new LoadReport("a", 1e30, 1e9, 1e9, 1e30, 1e30), ALL))
                .isEqualTo((2 + 2 * 1 + 1 + 2 + 2) / 6.0, within(1e-12));
        assertThat(LoadIndex.of(
                        new LoadReport("a", Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -5, 500),
                        ALL))
                .isEqualTo(0.5);
        assertThat(LoadIndex.of(new LoadReport("a", Double.NaN, Double.NaN, -2, -1, Double.NaN), ALL))
                .isEqualTo(LoadIndex.UNKNOWN);
    }
}
