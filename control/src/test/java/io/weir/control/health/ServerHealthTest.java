package io.weir.control.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerHealthTest {
    private static final int RISE = 2;
    private static final int FALL = 3;

    private final ServerHealth health = new ServerHealth();

    private HealthState after(String results) {
        HealthState state = health.state();
        for (int i = 0; i < results.length(); i++) {
            state = health.record(results.charAt(i) == '+', RISE, FALL);
        }
        return state;
    }

    @Test
    void the_first_result_decides() {
        assertThat(health.state()).isEqualTo(HealthState.UNCHECKED);
        assertThat(after("+")).isEqualTo(HealthState.UP);
        assertThat(new ServerHealth().record(false, RISE, FALL)).isEqualTo(HealthState.DOWN);
    }

    @Test
    void fall_failures_in_a_row_take_a_server_down() {
        assertThat(after("+--")).isEqualTo(HealthState.UP);
        assertThat(after("-")).isEqualTo(HealthState.DOWN);
    }

    @Test
    void a_success_between_failures_begins_the_count_anew() {
        assertThat(after("+--+--")).isEqualTo(HealthState.UP);
        assertThat(after("-")).isEqualTo(HealthState.DOWN);
    }

    @Test
    void rise_successes_in_a_row_take_a_server_up() {
        assertThat(after("-+")).isEqualTo(HealthState.DOWN);
        assertThat(after("-+")).isEqualTo(HealthState.DOWN);
        assertThat(after("+")).isEqualTo(HealthState.UP);
    }

    @Test
    void a_recount_keeps_the_state() {
        after("+--");
        health.recount();
        assertThat(after("--")).isEqualTo(HealthState.UP);
    }
}
