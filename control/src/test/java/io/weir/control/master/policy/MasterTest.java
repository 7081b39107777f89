package io.weir.control.master.policy;

import static io.weir.control.master.policy.Situations.STATIC;
import static io.weir.control.master.policy.Situations.distribute;
import static io.weir.control.master.policy.Situations.member;
import static io.weir.control.master.policy.Situations.reason;
import static io.weir.control.master.policy.Situations.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.control.configuration.BalanceConfiguration;
import io.weir.control.configuration.BalanceConfiguration.OnDown;
import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.memory.server.ServerStatus.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MasterTest {
    private static MemberSituation down(MemberSituation member) {
        return member.with().health(Health.DOWN, MemberSituation.ALWAYS_UP).build();
    }

    private static MemberSituation starting(MemberSituation member) {
        return member.with().health(Health.STARTING, MemberSituation.ALWAYS_UP).build();
    }

    private static MemberSituation backup(MemberSituation member) {
        return member.with().backup(true).build();
    }

    private static BalanceConfiguration panic(double share) {
        return new BalanceConfiguration(Weights.STATIC, List.of(), List.of(), 0.8, OnDown.DRAIN, Duration.ZERO, share);
    }

    private static BalanceConfiguration slowStart(int seconds) {
        return new BalanceConfiguration(
                Weights.STATIC, List.of(), List.of(), 0.8, OnDown.DRAIN, Duration.ofSeconds(seconds), 0);
    }

    @Test
    void configured_weights_keep_their_proportions_exactly() {
        Distribution distribution = distribute(STATIC, member("a", 3), member("b", 1), member("c", 0));

        assertThat(weights(distribution)).containsExactly(768, 256, 0);
        assertThat(reason(distribution, 0)).isEqualTo("configured weight");
        assertThat(reason(distribution, 2)).isEqualTo("configured weight 0");
        assertThat(distribution.notices()).isEmpty();
    }

    @Test
    void great_weights_fit_into_the_selection_table() {
        assertThat(weights(distribute(STATIC, member("a", 65535), member("b", 1))))
                .containsExactly(65535, 1);
        assertThat(weights(distribute(STATIC, member("a", 1000), member("b", 10))))
                .containsExactly(64000, 640);
        assertThat(weights(distribute(Situations.EVEN_LOAD, member("a", 65535), member("b", 1))))
                .containsExactly(16384, 1);
    }

    @Test
    void a_server_that_is_down_or_drains_takes_no_connections() {
        Distribution distribution = distribute(
                STATIC,
                member("a", 1),
                down(member("b", 1)),
                member("c", 1).with().draining(true).build());

        assertThat(weights(distribution)).containsExactly(256, 0, 0);
        assertThat(reason(distribution, 1)).isEqualTo("down");
        assertThat(reason(distribution, 2)).isEqualTo("drains");
    }

    @Test
    void when_nobody_takes_connections_a_notice_says_so() {
        assertThat(distribute(STATIC, down(member("a", 1))).notices())
                .containsExactly("service web: no server takes connections");
        assertThat(distribute(STATIC).notices()).containsExactly("service web: no server takes connections");
    }

    @Test
    void a_new_server_waits_for_its_first_check_unless_nobody_is_up() {
        assertThat(weights(distribute(STATIC, member("a", 1), starting(member("b", 1)))))
                .containsExactly(256, 0);
        assertThat(weights(distribute(STATIC, starting(member("a", 1)), starting(member("b", 1)))))
                .containsExactly(256, 256);
        assertThat(weights(distribute(STATIC, starting(member("a", 1)), down(member("b", 1)))))
                .containsExactly(256, 0);
    }

    @Test
    void when_too_few_are_up_health_is_ignored() {
        Distribution fewer = distribute(panic(0.5), member("a", 1), down(member("b", 1)), down(member("c", 1)));
        Distribution enough = distribute(panic(0.5), member("a", 1), down(member("b", 1)));

        assertThat(weights(fewer)).containsExactly(256, 256, 256);
        assertThat(reason(fewer, 1)).isEqualTo("down, but too few are up");
        assertThat(fewer.notices())
                .containsExactly(
                        "service web: fewer than 50 % of the servers are up: health is ignored until more are");
        assertThat(weights(enough)).containsExactly(256, 0);
    }

    @Test
    void panic_brings_back_neither_who_drains_nor_who_has_no_weight() {
        Distribution distribution = distribute(
                panic(1),
                down(member("a", 1)).with().draining(true).build(),
                down(member("b", 0)),
                down(member("c", 1)));

        assertThat(weights(distribution)).containsExactly(0, 0, 256);
    }

    @Test
    void backups_take_connections_only_when_no_other_member_does() {
        Distribution usual = distribute(STATIC, member("a", 1), backup(member("b", 1)));
        Distribution failed = distribute(panic(0.5), down(member("a", 1)), backup(member("b", 1)));
        Distribution hopeless = distribute(panic(0.5), down(member("a", 1)), down(backup(member("b", 1))));

        assertThat(weights(usual)).containsExactly(256, 0);
        assertThat(reason(usual, 1)).isEqualTo("backup");
        assertThat(weights(failed)).containsExactly(0, 256);
        assertThat(reason(failed, 1)).isEqualTo("backup in use");
        assertThat(failed.notices()).containsExactly("service web: only backup servers take connections");
        assertThat(weights(hopeless)).containsExactly(256, 0);
    }

    @Test
    void backups_step_in_when_the_others_lack_a_required_tag() {
        BalanceConfiguration required = new BalanceConfiguration(
                Weights.STATIC, List.of("gpu"), List.of(), 0.8, OnDown.DRAIN, Duration.ZERO, 0);
        Distribution distribution = distribute(
                required,
                member("a", 1),
                backup(member("b", 1)).with().tags(List.of("gpu", "ssd")).build());

        assertThat(weights(distribution)).containsExactly(0, 256);
        assertThat(reason(distribution, 0)).isEqualTo("lacks the tag gpu");
    }

    @Test
    void a_manual_weight_stands_for_the_configured_one() {
        Distribution distribution = distribute(
                STATIC,
                member("a", 1).with().manualWeight(3).agentPercent(10).build(),
                member("b", 2).with().manualWeight(0).build(),
                member("c", 0).with().manualWeight(1).build());

        assertThat(weights(distribution)).containsExactly(768, 0, 256);
        assertThat(reason(distribution, 0)).isEqualTo("manual weight 3");
    }

    @Test
    void an_agent_check_takes_a_share_of_the_weight_and_never_more_than_all() {
        Distribution distribution = distribute(
                STATIC,
                member("a", 2).with().agentPercent(75).build(),
                member("b", 2).with().agentPercent(100_000).build(),
                member("c", 2).with().agentPercent(0).build());

        assertThat(weights(distribution)).containsExactly(384, 512, 0);
        assertThat(reason(distribution, 0)).isEqualTo("agent check 75 %");
    }

    @Test
    void a_server_that_came_up_begins_with_a_tenth_of_its_weight() {
        List<Integer> rise = new ArrayList<>();
        for (long upForMs : new long[] {0, 5_000, 9_999, 10_000, MemberSituation.ALWAYS_UP}) {
            rise.add(weights(distribute(
                            slowStart(10),
                            member("a", 10),
                            member("b", 10).with().health(Health.UP, upForMs).build()))
                    .get(1));
        }

        assertThat(rise).containsExactly(256, 1408, 2560, 2560, 2560);
        assertThat(reason(
                        distribute(
                                slowStart(10),
                                member("a", 1).with().health(Health.UP, 5_000).build()),
                        0))
                .isEqualTo("slow start 55 %");
    }

    @Test
    void changes_say_who_got_what_and_why() {
        Distribution before = distribute(STATIC, member("a", 1), member("b", 1));
        Distribution after = distribute(STATIC, member("a", 1), down(member("b", 1)), member("c", 2));

        assertThat(after.changesSince(before))
                .containsExactly("web: b from 256 to 0 (down)", "web: c to 512 (configured weight)");
        assertThat(after.hasWeightsOf(before)).isFalse();
        assertThat(after.hasWeightsOf(after)).isTrue();
    }

    @Test
    void a_member_that_stands_twice_is_refused() {
        assertThatThrownBy(() -> distribute(STATIC, member("a", 1), member("a", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("service web: member a stands twice; give a server's second port a name of its own");
    }
}
