package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private final TokenBucket bucket = new TokenBucket();

    private int taken(int nowMs, int perSecond, int tries) {
        int taken = 0;
        for (int k = 0; k < tries; k++) {
            taken += bucket.take(nowMs, perSecond) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void starts_with_one_seconds_worth() {
        assertThat(taken(0, 10, 100)).isEqualTo(10);
    }

    @Test
    void refills_with_time() {
        taken(0, 10, 100);
        assertThat(taken(99, 10, 100)).isZero();
        assertThat(taken(100, 10, 100)).isEqualTo(1);
        assertThat(taken(600, 10, 100)).isEqualTo(5);
    }

    @Test
    void keeps_no_more_than_one_seconds_worth() {
        taken(0, 10, 100);
        assertThat(taken(1_000_000, 10, 100)).isEqualTo(10);
    }

    @Test
    void a_rate_of_zero_gives_nothing() {
        assertThat(taken(0, 0, 10)).isZero();
        assertThat(taken(5_000, 0, 10)).isZero();
    }

    @Test
    void the_clock_may_wrap() {
        taken(Integer.MAX_VALUE, 10, 100);
        assertThat(taken(Integer.MAX_VALUE + 200, 10, 100)).isEqualTo(2);
    }
}
