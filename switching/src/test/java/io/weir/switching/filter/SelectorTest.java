package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.SelectionHash;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SelectorTest {
    private static final int ROUNDS = 60_000;

    private static TestNode node(int algorithm, int... weights) {
        return TestNode.builder()
                .service(TestFrame.TCP, 80, ConfigurationReader.NAT, algorithm, 0, weights)
                .build();
    }

    private static int service(TestNode node) {
        return node.context.configuration.service4(TestFrame.raw4(TestNode.VIP), TestFrame.TCP, 80);
    }

    private static int select(TestNode node, Selector selector, long flow, long client, int attempt) {
        int service = service(node);
        return selector.select(service, node.context.configuration.table(service), flow, client, attempt, 0);
    }

    /** Connections by server number for so many different flows of one client each. */
    private static int[] shares(TestNode node) {
        Selector selector = new Selector(node.context);
        ConfigurationReader configuration = node.context.configuration;
        int service = service(node);
        int[] shares = new int[4];
        for (int k = 0; k < ROUNDS; k++) {
            long client = SelectionHash.client4(k);
            long flow = SelectionHash.flow4(k, (6L << 32) | 0x5000_0000L | (k & 0xffff));
            int table = configuration.table(service);
            shares[configuration.serverNumber(selector.select(service, table, flow, client, 0, 0))]++;
        }
        return shares;
    }

    @Test
    void round_robin_follows_the_weights_exactly() {
        assertThat(shares(node(ConfigurationReader.WEIGHTED_ROUND_ROBIN, 1, 2, 3)))
                .isEqualTo(new int[] {0, 10_000, 20_000, 30_000});
    }

    @Test
    void hashes_follow_the_weights_within_a_few_percent() {
        for (int algorithm : new int[] {ConfigurationReader.MAGLEV, ConfigurationReader.SOURCE_HASH}) {
            int[] shares = shares(node(algorithm, 1, 2, 3));
            assertThat(shares[1]).isBetween(9_500, 10_500);
            assertThat(shares[2]).isBetween(19_400, 20_600);
            assertThat(shares[3]).isBetween(29_400, 30_600);
        }
    }

    @Test
    void weight_zero_gets_nothing() {
        for (int algorithm = 1; algorithm <= 5; algorithm++) {
            assertThat(shares(node(algorithm, 1, 0, 1))[2]).isZero();
        }
    }

    @Test
    void source_hash_depends_on_the_client_alone() {
        TestNode node = node(ConfigurationReader.SOURCE_HASH, 1, 1, 1);
        Selector selector = new Selector(node.context);
        int first = select(node, selector, 1, 77, 0);
        for (int flow = 0; flow < 100; flow++) {
            assertThat(select(node, selector, SelectionHash.client4(flow), 77, 0))
                    .isEqualTo(first);
        }
    }

    @Test
    void another_attempt_of_a_hash_reaches_other_members() {
        TestNode node = node(ConfigurationReader.MAGLEV, 1, 1, 1);
        Selector selector = new Selector(node.context);
        long different = IntStream.range(0, 16)
                .map(attempt -> select(node, selector, 12_345, 0, attempt))
                .distinct()
                .count();
        assertThat(different).isEqualTo(3);
    }

    @Test
    void a_client_that_is_a_server_is_given_another_whatever_the_share_of_its_own() {
        TestNode node = node(ConfigurationReader.MAGLEV, 20, 1, 0);
        Selector selector = new Selector(node.context);
        ConfigurationReader configuration = node.context.configuration;
        int own = TestFrame.raw4("10.0.2.1");
        long own0 = TestFrame.raw6("fd02::1", 0);
        long own1 = TestFrame.raw6("fd02::1", 1);
        int service6 = configuration.service6(
                TestFrame.raw6(TestNode.VIP6, 0), TestFrame.raw6(TestNode.VIP6, 1), TestFrame.TCP, 80);
        for (int flow = 0; flow < 1_000; flow++) {
            int other = selector.other4(service(node), configuration.table(service(node)), flow, 0, own);
            assertThat(configuration.serverNumber(other)).isEqualTo(2);
            other = selector.other6(service6, configuration.table(service6), flow, 0, own0, own1);
            assertThat(configuration.serverNumber(other)).isEqualTo(2);
        }
    }

    @Test
    void there_is_no_other_server_when_the_client_is_the_only_one() {
        TestNode node = node(ConfigurationReader.MAGLEV, 1, 0);
        int service = service(node);
        int table = node.context.configuration.table(service);

        assertThat(new Selector(node.context).other4(service, table, 7, 0, TestFrame.raw4("10.0.2.1")))
                .isEqualTo(ConfigurationReader.ABSENT);
    }

    @Test
    void least_connections_avoids_the_server_that_has_most() {
        TestNode node = node(ConfigurationReader.LEAST_CONNECTIONS, 1, 1, 1);
        for (int k = 0; k < 1_000; k++) {
            node.counters.connectionOpened(1, 2);
        }
        int[] shares = shares(node);
        // Chosen only when both random slots name it: one time in nine.
        assertThat(shares[2]).isBetween(ROUNDS / 9 - 500, ROUNDS / 9 + 500);
    }

    @Test
    void hot_cold_avoids_the_server_that_is_slow_and_the_one_that_has_most() {
        TestNode node = node(ConfigurationReader.HOT_COLD, 4, 1, 3);
        for (int server = 1; server <= 3; server++) {
            node.context.handshakes.learn(server, server == 3 ? 5_000 : 300, 0);
        }
        for (int k = 0; k < 1_000; k++) {
            node.counters.connectionOpened(1, 2);
        }
        int[] shares = shares(node);
        // The loaded one only when three draws all name it, the slow one only when no draw names the first.
        assertThat(shares[2]).isLessThan(ROUNDS / 512 + 100);
        assertThat(shares[3]).isBetween(ROUNDS / 8 - 500, ROUNDS / 8 + 300);
    }

    @Test
    void least_connections_weighs_the_count() {
        TestNode node = node(ConfigurationReader.LEAST_CONNECTIONS, 1, 3);
        for (int k = 0; k < 200; k++) {
            node.counters.connectionOpened(1, 2); // 200 of weight 3 are fewer than 100 of weight 1
            if (k < 100) {
                node.counters.connectionOpened(1, 1);
            }
        }
        assertThat(shares(node)[1]).isBetween(ROUNDS / 16 - 400, ROUNDS / 16 + 400);
    }
}
