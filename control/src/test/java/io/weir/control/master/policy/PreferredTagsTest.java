package io.weir.control.master.policy;

import static io.weir.control.master.policy.Situations.distribute;
import static io.weir.control.master.policy.Situations.member;
import static io.weir.control.master.policy.Situations.reason;
import static io.weir.control.master.policy.Situations.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.control.configuration.BalanceConfiguration;
import io.weir.control.configuration.BalanceConfiguration.OnDown;
import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.memory.server.ServerStatus.Health;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreferredTagsTest {
    private static final BalanceConfiguration NEAR =
            new BalanceConfiguration(Weights.STATIC, List.of(), List.of("near"), 0.8, OnDown.DRAIN, Duration.ZERO, 0);

    private static MemberSituation near(String name, double cpu, long receivedMs) {
        return member(name, 1, cpu, receivedMs).with().tags(List.of("near")).build();
    }

    @Test
    void servers_without_the_tags_wait_while_the_preferred_have_room() {
        Distribution distribution = distribute(NEAR, near("a", 0.79, 1_000_000), member("b", 1, 0, 1_000_000));

        assertThat(weights(distribution)).containsExactly(256, 0);
        assertThat(reason(distribution, 1)).isEqualTo("waits until the preferred servers overflow");
    }

    @Test
    void they_take_over_when_no_preferred_server_takes_connections() {
        MemberSituation down =
                near("a", 0, 1_000_000).with().health(Health.DOWN, -1).build();

        Distribution distribution = distribute(NEAR, down, member("b", 1));

        assertThat(weights(distribution)).containsExactly(0, 256);
        assertThat(distribution.notices())
                .containsExactly("service web: no server with the preferred tags takes connections: the others do");
    }

    @Test
    void without_a_report_of_a_preferred_server_the_others_take_no_part() {
        Distribution distribution =
                distribute(NEAR, member("a", 1).with().tags(List.of("near")).build(), member("b", 1));

        assertThat(weights(distribution)).containsExactly(256, 0);
        assertThat(distribution.notices())
                .containsExactly(
                        "service web: no server with the preferred tags reports its load: the others take no part");
    }

    /** Load that would be 1.2 for the preferred servers alone. */
    @Test
    void what_overflows_goes_to_the_others_until_the_preferred_are_at_the_limit() {
        ServiceState state = ServiceState.NONE;
        double preferredShare = 1;
        double overshoot = 0;
        for (int second = 0; second < 300; second++) {
            double cpu = Math.min(1, 1.2 * preferredShare);
            Distribution distribution = distribute(
                    NEAR,
                    state,
                    second * 1000L,
                    List.of(
                            near("a", cpu, second * 1000L),
                            near("b", cpu, second * 1000L),
                            member("c", 1),
                            member("d", 1)));
            state = distribution.state();
            List<Integer> weights = weights(distribution);
            preferredShare = 2.0
                    * weights.get(0)
                    / weights.stream().mapToInt(Integer::intValue).sum();
            overshoot = Math.max(overshoot, 0.8 - 1.2 * preferredShare);
        }

        assertThat(1.2 * preferredShare).isEqualTo(0.8, within(0.05));
        assertThat(overshoot).as("too much was never spilled").isLessThan(0.05);
    }

    @Test
    void when_the_load_falls_the_others_leave_again() {
        ServiceState state = new ServiceState(java.util.Map.of(), 0.5, 0);
        Distribution distribution = Situations.UNDECIDED;
        for (int second = 1; second < 100; second++) {
            distribution =
                    distribute(NEAR, state, second * 1000L, List.of(near("a", 0.3, second * 1000L), member("b", 1)));
            state = distribution.state();
        }

        assertThat(weights(distribution)).containsExactly(256, 0);
    }

    @Test
    void between_limit_and_return_nothing_changes() {
        ServiceState state = new ServiceState(java.util.Map.of(), 0.5, 0);

        Distribution distribution = distribute(NEAR, state, 1000, List.of(near("a", 0.78, 1000), member("b", 1)));

        assertThat(distribution.state().spill()).isEqualTo(0.5);
        assertThat(reason(distribution, 1)).isEqualTo("takes what overflows: 50 %");
    }

    @Test
    void a_report_is_acted_on_once() {
        Distribution first = distribute(NEAR, ServiceState.NONE, 1000, List.of(near("a", 1, 1000), member("b", 1)));
        Distribution second = distribute(NEAR, first.state(), 1500, List.of(near("a", 1, 1000), member("b", 1)));

        assertThat(first.state().spill()).isPositive();
        assertThat(second.state().spill()).isEqualTo(first.state().spill());
    }
}
