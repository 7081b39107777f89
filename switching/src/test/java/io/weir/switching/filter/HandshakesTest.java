package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HandshakesTest {
    private static final int SERVER = 65_535;

    private final Handshakes handshakes = new Handshakes();

    @Test
    void a_delay_is_that_of_the_same_tuple_and_told_once() {
        handshakes.started(0xcafe_0001, 1_000);
        handshakes.started(0xcafe_0002, 1_100);

        assertThat(handshakes.answered(0xcafe_0001, 1_250)).isEqualTo(250);
        assertThat(handshakes.answered(0xcafe_0001, 1_251)).isEqualTo(Handshakes.UNKNOWN);
        assertThat(handshakes.answered(0xcafe_0002, 1_250)).isEqualTo(150);
        assertThat(handshakes.answered(0xcafe_0003, 1_250)).isEqualTo(Handshakes.UNKNOWN);
    }

    @Test
    void another_tuple_in_the_same_place_takes_it_over() {
        handshakes.started(0x0001_0007, 1_000);
        handshakes.started(0x0002_0007, 2_000);

        assertThat(handshakes.answered(0x0001_0007, 2_100)).isEqualTo(Handshakes.UNKNOWN);
        assertThat(handshakes.answered(0x0002_0007, 2_100)).isEqualTo(100);
    }

    @Test
    void the_microseconds_wrap() {
        handshakes.started(-1, Integer.MAX_VALUE - 10);
        assertThat(handshakes.answered(-1, Integer.MIN_VALUE + 10)).isEqualTo(21);
        handshakes.started(-2, -10);
        assertThat(handshakes.answered(-2, 10)).isEqualTo(20);
    }

    @Test
    void nothing_is_known_of_a_server_that_has_not_answered() {
        assertThat(handshakes.latencyMicros(SERVER, 123)).isZero();
        handshakes.learn(SERVER, 0, 123);
        assertThat(handshakes.latencyMicros(SERVER, 123)).isEqualTo(1);
    }

    @Test
    void an_estimate_follows_the_delays_an_eighth_at_a_time() {
        handshakes.learn(SERVER, 800, 100);
        handshakes.learn(SERVER, 1_600, 101);
        assertThat(handshakes.latencyMicros(SERVER, 102)).isEqualTo(900);
        handshakes.learn(SERVER, 100, 103);
        assertThat(handshakes.latencyMicros(SERVER, 104)).isEqualTo(800);
    }

    @Test
    void an_old_estimate_fades_until_nothing_is_known() {
        handshakes.learn(SERVER, 100_000, Integer.MAX_VALUE - 1_000);
        int now = Integer.MAX_VALUE - 1_000;
        assertThat(handshakes.latencyMicros(SERVER, now + 4_000)).isEqualTo(100_000);
        assertThat(handshakes.latencyMicros(SERVER, now + 4_100)).isEqualTo(50_000);
        assertThat(handshakes.latencyMicros(SERVER, now + 41_000)).isEqualTo(97);
        assertThat(handshakes.latencyMicros(SERVER, now + 80_000)).isZero();
        assertThat(handshakes.latencyMicros(SERVER, now + Integer.MIN_VALUE)).isZero();
    }

    @Test
    void after_a_long_pause_the_next_delay_counts_alone() {
        handshakes.learn(SERVER, 100_000, 100);
        handshakes.learn(SERVER, 200, 10_000);
        assertThat(handshakes.latencyMicros(SERVER, 10_001)).isEqualTo(200);
    }
}
