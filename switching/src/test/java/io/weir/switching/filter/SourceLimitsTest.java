package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SourceLimitsTest {
    private final SourceLimits limits = new SourceLimits(TestNode.web().context);

    private int granted(long source, int nowMs, int perSecond, int packets) {
        int granted = 0;
        for (int k = 0; k < packets; k++) {
            granted += limits.take(source, nowMs, perSecond) ? 1 : 0;
        }
        return granted;
    }

    @Test
    void a_source_gets_its_packets_per_second_and_no_more() {
        assertThat(granted(7, 1_000, 100, 500)).isEqualTo(100);
        assertThat(granted(7, 1_500, 100, 500)).isEqualTo(50);
        assertThat(granted(7, 1_500, 100, 500)).isZero();
        assertThat(granted(7, 9_000, 100, 500))
                .as("at most one second's worth is kept")
                .isEqualTo(100);
    }

    @Test
    void it_goes_on_when_the_clock_wraps() {
        assertThat(granted(7, Integer.MAX_VALUE - 10, 100, 500)).isEqualTo(100);
        assertThat(granted(7, Integer.MIN_VALUE + 489, 100, 500)).isEqualTo(50);
    }

    @Test
    void a_changed_limit_holds_at_once() {
        assertThat(granted(7, 1_000, 100, 10)).isEqualTo(10);
        assertThat(granted(7, 1_000, 5, 500)).isEqualTo(5);
        assertThat(granted(7, 1_000, 0, 1)).isZero();
    }

    @Test
    void a_flood_from_one_source_costs_others_nothing_but_for_one_in_some_thousand() {
        assertThat(granted(0xdead, 1_000, 100, 10_000)).isEqualTo(100);

        long heard = 0;
        for (long source = 1; source <= 1_000; source++) {
            heard += granted(source << 40 | source, 1_000, 100, 1);
        }
        assertThat(heard).isGreaterThanOrEqualTo(998);
    }
}
