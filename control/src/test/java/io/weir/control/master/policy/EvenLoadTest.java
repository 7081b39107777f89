package io.weir.control.master.policy;

import static io.weir.control.master.policy.Situations.EVEN_LOAD;
import static io.weir.control.master.policy.Situations.distribute;
import static io.weir.control.master.policy.Situations.member;
import static io.weir.control.master.policy.Situations.reason;
import static io.weir.control.master.policy.Situations.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.agent.report.LoadReport;
import io.weir.control.configuration.LoadConfiguration;
import io.weir.control.master.policy.MemberSituation.ReportedLoad;
import io.weir.control.master.policy.MemberSituation.Traffic;
import io.weir.memory.server.ServerStatus.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvenLoadTest {
    private static final double STEP = LoadConfiguration.DEFAULTS.step();
    private static final int FLOOR = (int) (LoadConfiguration.DEFAULTS.floor() * Publication.FINE);
    private static final int CEILING = (int) (LoadConfiguration.DEFAULTS.ceiling() * Publication.FINE);
    private static final double ROUNDING = 0.02;

    /** Servers of capacities 1 to 4 whose CPU is their share of the work over their capacity, as it was some time ago. */
    @ParameterizedTest
    @CsvSource({
        "0, 1, true",
        "1, 1, true",
        "5, 1, true",
        "10, 1, true",
        "0, 1, false",
        "1, 1, false",
        "5, 1, false",
        "10, 1, false",
        "0, 5, true",
        "5, 5, true",
        "0, 10, true"
    })
    void weights_go_to_what_servers_can_do_without_overshooting(int delay, int reportInterval, boolean isDated) {
        double[] capacity = {1, 2, 3, 4};
        List<double[]> history = new ArrayList<>();
        ServiceState state = ServiceState.NONE;
        double[] share = {0.25, 0.25, 0.25, 0.25};
        double least = 1;
        double greatest = 0;
        for (int second = 0; second < 600; second++) {
            history.add(share);
            int measured = (second - delay) / reportInterval * reportInterval;
            List<MemberSituation> members = new ArrayList<>();
            for (int k = 0; k < capacity.length; k++) {
                ReportedLoad load = null;
                if (second >= delay) {
                    double cpu = Math.min(1, 6 * history.get(measured)[k] / capacity[k]);
                    load = new ReportedLoad(
                            new LoadReport("s" + k, -1, cpu, -1, -1, -1),
                            (measured + delay) * 1000L,
                            isDated ? delay * 1000L : 0);
                }
                members.add(member("s" + k, 1).with().load(load).build());
            }
            Distribution distribution = distribute(EVEN_LOAD, state, second * 1000L, members);
            state = distribution.state();
            share = shares(distribution);
            least = Math.min(least, share[0]);
            greatest = Math.max(greatest, share[3]);
        }

        for (int k = 0; k < capacity.length; k++) {
            assertThat(share[k]).isEqualTo(capacity[k] / 10, within(0.005));
        }
        // 0.1 and 0.4 are right. What a saturated server hides makes a detour of up to a third, once.
        double detour = isDated ? 0.25 : 0.5;
        assertThat(least).isGreaterThan(0.1 * (1 - detour));
        assertThat(greatest).isLessThan(0.4 * (1 + detour));
    }

    private static double[] shares(Distribution distribution) {
        List<Integer> weights = weights(distribution);
        double sum = weights.stream().mapToInt(Integer::intValue).sum();
        return weights.stream().mapToDouble(weight -> weight / sum).toArray();
    }

    /** Agents that say anything, always the same or never; the one that is asked about always says 0. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void liars_get_no_more_than_the_ceiling_and_leave_the_others_no_less_than_the_floor(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = 2 + random.nextInt(8);
        ServiceState state = ServiceState.NONE;
        List<Integer> before = null;
        for (int second = 0; second < 300; second++) {
            List<MemberSituation> members = new ArrayList<>();
            for (int k = 0; k < count; k++) {
                double said = k == 0 ? 0 : k == 1 ? 1e9 : lie(random);
                members.add(member(
                        "s" + k,
                        1,
                        said,
                        random.nextInt(3) == 0 && second > 2 ? (second - 2) * 1000L : second * 1000L));
            }
            Distribution distribution = distribute(EVEN_LOAD, state, second * 1000L, members);
            state = distribution.state();
            List<Integer> weights = weights(distribution);
            for (int k = 0; k < count; k++) {
                assertThat(weights.get(k)).isBetween(FLOOR, CEILING);
                if (before != null) {
                    assertThat((double) weights.get(k) / before.get(k))
                            .isBetween((1 - ROUNDING) / (1 + STEP) - ROUNDING, (1 + STEP) * (1 + ROUNDING) + ROUNDING);
                }
            }
            before = weights;
        }
    }

    private static double lie(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1e9;
            case 2 -> Double.NaN;
            case 3 -> -1;
            case 4 -> Double.POSITIVE_INFINITY;
            default -> random.nextDouble();
        };
    }

    @Test
    void a_server_whose_report_has_just_fallen_draws_no_herd() {
        ServiceState state = ServiceState.NONE;
        for (int second = 0; second < 60; second++) {
            state = distribute(EVEN_LOAD, state, second * 1000L, equal(5, 0.8, second))
                    .state();
        }
        List<MemberSituation> members = equal(5, 0.8, 60);
        members.set(0, member("s0", 1, 0, 60_000));

        Distribution distribution = distribute(EVEN_LOAD, state, 60_000, members);

        assertThat(weights(distribution).get(0)).isBetween(256, (int) (256 * 1.1));
        assertThat(weights(distribution).get(1)).isBetween((int) (256 * 0.95), 256);
    }

    private static List<MemberSituation> equal(int count, double cpu, int second) {
        List<MemberSituation> members = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            members.add(member("s" + k, 1, cpu, second * 1000L));
        }
        return members;
    }

    @Test
    void a_report_is_acted_on_once() {
        List<MemberSituation> members = List.of(member("a", 1, 0.9, 1000), member("b", 1, 0.3, 1000));
        Distribution first = distribute(EVEN_LOAD, ServiceState.NONE, 1000, members);
        Distribution second = distribute(EVEN_LOAD, first.state(), 2000, members);

        assertThat(weights(first).get(0)).isLessThan(256);
        assertThat(second.hasWeightsOf(first)).isTrue();
    }

    @Test
    void the_reason_names_load_mean_and_change() {
        ServiceState state = ServiceState.NONE;
        Distribution distribution = Situations.UNDECIDED;
        for (int second = 0; second < 5; second++) {
            distribution = distribute(
                    EVEN_LOAD,
                    state,
                    second * 1000L,
                    List.of(member("a", 1, 0.9, second * 1000L), member("b", 1, 0.3, second * 1000L)));
            state = distribution.state();
        }

        assertThat(reason(distribution, 0)).matches("load 0\\.90, mean 0\\.[56]\\d: -\\d+ %");
        assertThat(reason(distribution, 1)).matches("load 0\\.30, mean 0\\.[56]\\d: \\+\\d+ %");
    }

    @Test
    void small_differences_and_idle_servers_are_left_alone() {
        ServiceState state = ServiceState.NONE;
        for (int second = 0; second < 60; second++) {
            Distribution distribution = distribute(
                    EVEN_LOAD,
                    state,
                    second * 1000L,
                    List.of(member("a", 1, 0.70, second * 1000L), member("b", 1, 0.69, second * 1000L)));
            state = distribution.state();
            assertThat(weights(distribution)).containsExactly(256, 256);
        }
    }

    @Test
    void with_a_stale_report_a_server_goes_back_to_its_configured_weight_by_steps() {
        ServiceState state = ServiceState.NONE;
        Distribution distribution = Situations.UNDECIDED;
        for (int second = 0; second < 120; second++) {
            distribution = distribute(
                    EVEN_LOAD,
                    state,
                    second * 1000L,
                    List.of(
                            member("a", 1, 1, second * 1000L),
                            member("b", 1, 0.5, second * 1000L),
                            member("c", 1, 0.5, second * 1000L)));
            state = distribution.state();
        }
        int low = weights(distribution).get(0);
        assertThat(low).isLessThan(100);

        for (int second = 120; second < 160; second++) {
            Distribution next = distribute(
                    EVEN_LOAD,
                    state,
                    second * 1000L,
                    List.of(
                            member("a", 1, 1, 110_000),
                            member("b", 1, 0.5, second * 1000L),
                            member("c", 1, 0.5, second * 1000L)));
            state = next.state();
            assertThat(weights(next).get(0))
                    .isLessThanOrEqualTo((int) Math.ceil(weights(distribution).get(0) * (1 + STEP) + 1));
            distribution = next;
        }

        assertThat(weights(distribution).get(0)).isEqualTo(256);
        assertThat(reason(distribution, 0)).isEqualTo("stale report: configured weight");
        assertThat(distribution.members().get(0).stale()).isTrue();
        assertThat(distribution.notices()).containsExactly("service web: the report of a is stale");
    }

    @Test
    void the_sum_of_weights_stays_the_configured_one() {
        SplittableRandom random = new SplittableRandom(7);
        ServiceState state = ServiceState.NONE;
        for (int second = 0; second < 200; second++) {
            List<MemberSituation> members = new ArrayList<>();
            for (int k = 0; k < 6; k++) {
                members.add(member("s" + k, 1 + k, random.nextDouble(), second * 1000L));
            }
            Distribution distribution = distribute(EVEN_LOAD, state, second * 1000L, members);
            state = distribution.state();
            assertThat(weights(distribution).stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .isCloseTo(21 * 256, within(60));
        }
    }

    @Test
    void who_goes_and_comes_back_leaves_the_proportions_of_the_others_as_they_are() {
        ServiceState state = ServiceState.NONE;
        Distribution before = Situations.UNDECIDED;
        for (int second = 0; second < 60; second++) {
            before = distribute(
                    EVEN_LOAD,
                    state,
                    second * 1000L,
                    List.of(
                            member("a", 1, 0.9, second * 1000L),
                            member("b", 1, 0.5, second * 1000L),
                            member("c", 1, 0.5, second * 1000L)));
            state = before.state();
        }
        Distribution after = distribute(
                EVEN_LOAD,
                state,
                60_000,
                List.of(
                        member("a", 1, 0.9, 59_000),
                        member("b", 1, 0.5, 59_000),
                        member("c", 1, 0.5, 59_000)
                                .with()
                                .health(Health.DOWN, -1)
                                .build()));

        double proportion = (double) weights(before).get(0) / weights(before).get(1);
        assertThat((double) weights(after).get(0) / weights(after).get(1)).isEqualTo(proportion, within(0.01));
        assertThat(weights(after).get(2)).isZero();
    }

    @Test
    void without_a_floor_nobody_starves_for_good() {
        LoadConfiguration noFloor = new LoadConfiguration(
                Duration.ofSeconds(1), Duration.ofSeconds(10), LoadConfiguration.Index.DEFAULTS, 0.5, 0, 4);
        ServiceState state = ServiceState.NONE;
        List<Integer> weights = List.of();
        for (int second = 0; second < 600; second++) {
            double cpu = second < 300 ? 1 : 0;
            Distribution distribution = Master.distribute(new Situation(
                    "web",
                    EVEN_LOAD,
                    noFloor,
                    List.of(member("a", 1, cpu, second * 1000L), member("b", 1, 0.5, second * 1000L)),
                    state,
                    second * 1000L));
            state = distribution.state();
            weights = weights(distribution);
            if (second == 299) {
                assertThat(weights.get(0)).isBetween(1, 10);
            }
        }

        assertThat(weights.get(0)).isGreaterThan(256);
    }

    @Test
    void manual_weights_are_left_alone() {
        ServiceState state = ServiceState.NONE;
        Distribution distribution = Situations.UNDECIDED;
        for (int second = 0; second < 60; second++) {
            distribution = distribute(
                    EVEN_LOAD,
                    state,
                    second * 1000L,
                    List.of(
                            member("a", 1, 1, second * 1000L)
                                    .with()
                                    .manualWeight(2)
                                    .build(),
                            member("b", 1, 0.5, second * 1000L)));
            state = distribution.state();
        }

        assertThat(weights(distribution)).containsExactly(512, 256);
    }

    @Test
    void without_any_report_a_slow_server_is_found_by_its_connections() {
        ServiceState state = ServiceState.NONE;
        Distribution distribution = Situations.UNDECIDED;
        double[] share = {1 / 3.0, 1 / 3.0, 1 / 3.0};
        double[] lifetime = {1, 1, 4};
        for (int second = 0; second < 200; second++) {
            List<MemberSituation> members = new ArrayList<>();
            for (int k = 0; k < share.length; k++) {
                double rate = 300 * share[k];
                members.add(member("s" + k, 1)
                        .with()
                        .traffic(new Traffic(rate * lifetime[k], rate, 0.0002, 0))
                        .build());
            }
            distribution = distribute(EVEN_LOAD, state, second * 1000L, members);
            state = distribution.state();
            share = shares(distribution);
        }

        assertThat(share[2]).isEqualTo(1 / 9.0, within(0.01));
        assertThat(reason(distribution, 2)).startsWith("passive load");
        assertThat(distribution.members().get(0).passive()).isTrue();
        assertThat(distribution.notices())
                .containsExactly(
                        "service web: no server reports its load: connections and handshakes stand in for reports");
    }

    @Test
    void a_server_that_refuses_connections_counts_as_loaded() {
        double[] index = PassiveIndex.of(
                List.of(
                        member("a", 1)
                                .with()
                                .traffic(new Traffic(10, 10, 0.001, 0))
                                .build(),
                        member("b", 1)
                                .with()
                                .traffic(new Traffic(10, 10, 0.001, 10))
                                .build(),
                        member("c", 1)
                                .with()
                                .traffic(new Traffic(10, 10, 0.004, 0))
                                .build(),
                        member("d", 1)),
                new double[] {1, 1, 1, 1},
                new boolean[] {true, true, true, true});

        assertThat(index).containsExactly(0.5, 1, 1, LoadIndex.UNKNOWN);
    }

    @Test
    void an_oscillation_that_no_known_delay_explains_makes_the_loop_slower() {
        double patienceMs = LoopGain.LEAST_PATIENCE_MS;
        double quick = LoopGain.gain(1000, 0, 0, patienceMs);
        for (int n = 0; n < 5; n++) {
            patienceMs = LoopGain.patience(patienceMs, 10_000, true);
        }

        assertThat(patienceMs).isBetween(20_000.0, LoopGain.GREATEST_PATIENCE_MS);
        assertThat(LoopGain.gain(1000, 0, 0, patienceMs)).isLessThan(quick / 4);
        assertThat(LoopGain.patience(patienceMs, 3_600_000, false)).isCloseTo(LoopGain.LEAST_PATIENCE_MS, within(1.0));
    }

    @Test
    void the_gain_stays_below_what_makes_a_delayed_loop_overshoot() {
        for (double age : new double[] {0, 1_000, 10_000, 60_000}) {
            for (double interval : new double[] {100, 1_000, 10_000}) {
                double gain = LoopGain.gain(interval, age, 0, LoopGain.LEAST_PATIENCE_MS);
                assertThat(gain / interval).isLessThan(1 / (Math.E * (age + interval)));
                assertThat(gain).isBetween(0.0, 0.4);
            }
        }
    }
}
