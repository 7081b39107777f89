package io.weir.agent.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RateTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void a_rate_needs_two_values() {
        Rate rate = new Rate();
        assertThat(rate.perSecond(1000, 5 * SECOND)).isEqualTo(Reading.UNKNOWN);
        assertThat(rate.perSecond(1500, 7 * SECOND)).isEqualTo(250);
    }

    @Test
    void a_counter_that_began_anew_counts_from_zero() {
        Rate rate = new Rate();
        rate.perSecond(1_000_000, 0);
        assertThat(rate.perSecond(40, 2 * SECOND)).isEqualTo(20);
    }

    @Test
    void two_looks_at_once_make_no_rate() {
        Rate rate = new Rate();
        rate.perSecond(1, 0);
        assertThat(rate.perSecond(2, 0)).isEqualTo(Reading.UNKNOWN);
    }

    @Test
    void what_is_the_observers_own_does_not_count() {
        Rate rate = new Rate();
        rate.perSecond(1, 0, 1);
        assertThat(rate.perSecond(11, SECOND, 1)).isEqualTo(9);
        assertThat(rate.perSecond(11, 2 * SECOND, 1)).isZero();
    }

    @Test
    void a_mean_is_that_of_the_requests_since_the_last_time() {
        MeanExecution mean = new MeanExecution();
        assertThat(mean.mean(100, 1000, 0)).isEqualTo(Reading.UNKNOWN);
        assertThat(mean.mean(101, 1004, SECOND)).isEqualTo(0.25);
    }

    @Test
    void without_requests_the_mean_holds_for_a_minute() {
        MeanExecution mean = new MeanExecution();
        mean.mean(0, 0, 0);
        mean.mean(1, 4, SECOND);
        assertThat(mean.mean(1, 4, 60 * SECOND)).isEqualTo(0.25);
        assertThat(mean.mean(1, 4, 62 * SECOND)).isEqualTo(Reading.UNKNOWN);
    }

    @Test
    void absurd_values_are_named() {
        for (double absurd : new double[] {Double.NaN, -2, 1.01, 1e30, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Reading.of(Metric.CPU, absurd).checked())
                    .hasMessage("cpu: " + absurd + " is not within 0..1");
        }
    }
}
