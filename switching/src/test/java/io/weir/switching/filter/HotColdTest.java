package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.SelectionHash;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HotColdTest {
    private static final long NOBODY_IS_HOT = Long.MAX_VALUE;

    private final Random random = new Random(5);

    private static int choose(long limit, long[] loads, long... latencies) {
        return HotCold.choose(limit, loads, latencies, loads.length);
    }

    @Test
    void of_cold_members_the_fastest_is_chosen_whatever_it_has_in_flight() {
        assertThat(choose(10, new long[] {1, 9, 5}, 900, 300, 700)).isEqualTo(1);
        assertThat(choose(10, new long[] {1, 10, 5}, 900, 300, 700)).isEqualTo(1);
    }

    @Test
    void a_hot_member_gets_nothing_while_one_is_cold() {
        assertThat(choose(10, new long[] {11, 12, 10}, 100, 200, 90_000)).isEqualTo(2);
    }

    @Test
    void when_all_are_hot_the_one_with_least_in_flight_is_chosen_however_slow() {
        assertThat(choose(1, new long[] {12, 11, 13}, 100, 90_000, 100)).isEqualTo(1);
    }

    @Test
    void delays_that_differ_by_no_more_than_noise_leave_the_choice_to_what_is_in_flight() {
        assertThat(choose(NOBODY_IS_HOT, new long[] {3, 2, 4}, 200, 260, 210)).isEqualTo(1);
        assertThat(choose(NOBODY_IS_HOT, new long[] {3, 2, 4}, 10_000, 11_200, 10_000))
                .isEqualTo(1);
        assertThat(choose(NOBODY_IS_HOT, new long[] {3, 2, 4}, 10_000, 12_000, 10_000))
                .isZero();
    }

    @Test
    void a_member_whose_delay_is_not_known_is_tried() {
        assertThat(choose(NOBODY_IS_HOT, new long[] {0, 5, 1}, 300, 0, 200)).isEqualTo(1);
    }

    @Test
    void the_limit_settles_where_sixteen_percent_of_the_draws_are_above() {
        for (int scale : new int[] {10, 1_000, 1_000_000}) {
            long limit = 0;
            int above = 0;
            int rounds = 200_000;
            for (int k = 0; k < rounds; k++) {
                long load = HotCold.load(1 + random.nextInt(scale), 1);
                if (k >= rounds / 2 && load > limit) {
                    above++;
                }
                limit = HotCold.follow(limit, load);
            }
            assertThat(above / (rounds / 2.0)).as("scale %d", scale).isBetween(0.08, 0.24);
        }
    }

    @Test
    void the_limit_comes_back_when_all_servers_empty() {
        long limit = HotCold.load(1_000_000, 1);
        for (int k = 0; k < 10_000; k++) {
            limit = HotCold.follow(limit, 0);
        }
        assertThat(limit).isZero();
        assertThat(HotCold.follow(0, 0)).isZero();
    }

    @Test
    void loads_of_ten_million_connections_and_of_great_weights_fit() {
        assertThat(HotCold.load(10_000_000, 1)).isPositive();
        assertThat(HotCold.load(1, 65_535)).isPositive();
        assertThat(HotCold.load(5, 0)).isEqualTo(HotCold.load(5, 1));
    }

    /** Connections that last for some time; by server, what it got. */
    private int[] run(int[] weights, long[] latencies, int perStep, int steps) {
        HotCold hotCold = new HotCold(2);
        int total = 0;
        for (int weight : weights) {
            total += weight;
        }
        long[] live = new long[weights.length];
        int[] got = new int[weights.length];
        int[] drawn = new int[HotCold.DRAWS];
        for (int step = 0; step < steps; step++) {
            for (int server = 0; server < weights.length; server++) {
                // Little's law: a slower server keeps its connections for longer.
                live[server] -= Math.round(live[server] * Math.min(1, 20.0 / latencies[server]));
            }
            for (int k = 0; k < perStep; k++) {
                hotCold.begin(1);
                for (int draw = 0; draw < HotCold.DRAWS; draw++) {
                    int slot = SelectionHash.slot(random.nextLong(), total);
                    int server = 0;
                    while (slot >= weights[server]) {
                        slot -= weights[server++];
                    }
                    drawn[draw] = server;
                    long noise = random.nextLong(latencies[server] / 20 + 1);
                    hotCold.add(live[server], weights[server], latencies[server] + noise);
                }
                int chosen = drawn[hotCold.choose()];
                live[chosen]++;
                got[chosen]++;
            }
        }
        return got;
    }

    @Test
    void equal_servers_get_equal_shares() {
        int[] got = run(new int[] {1, 1, 1, 1}, new long[] {200, 200, 200, 200}, 100, 2_000);
        for (int share : got) {
            assertThat(share).isBetween(47_000, 53_000);
        }
    }

    @Test
    void weights_are_respected() {
        int[] got = run(new int[] {1, 2, 3}, new long[] {200, 200, 200}, 120, 2_000);
        assertThat(got[0]).isBetween(36_000, 44_000);
        assertThat(got[1]).isBetween(74_000, 86_000);
        assertThat(got[2]).isBetween(112_000, 128_000);
    }

    @Test
    void a_slow_server_gets_much_less_but_not_nothing() {
        int[] got = run(new int[] {1, 1, 1, 1}, new long[] {200, 200, 200, 2_000}, 100, 2_000);
        assertThat(got[3]).isBetween(1, 25_000);
        assertThat(got[0]).isGreaterThan(55_000);
    }

    @Test
    void services_have_limits_of_their_own() {
        HotCold hotCold = new HotCold(3);
        for (int k = 0; k < 5_000; k++) {
            hotCold.begin(2);
            hotCold.add(1_000, 1, 0);
            assertThat(hotCold.choose()).isZero();
        }
        hotCold.begin(1);
        hotCold.add(900, 1, 100); // hot in service 1, where there is no load yet
        hotCold.add(0, 1, 5_000);
        assertThat(hotCold.choose()).isEqualTo(1);
        hotCold.begin(2);
        hotCold.add(900, 1, 100);
        hotCold.add(0, 1, 5_000);
        assertThat(hotCold.choose()).isZero();
    }
}
