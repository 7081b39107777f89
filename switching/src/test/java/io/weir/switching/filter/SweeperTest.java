package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.counters.Counter;
import io.weir.port.FrameOwners;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweeperTest {
    private static final int TURN_MS = 5_000;

    private final TestNode node = TestNode.web();
    private final ConnectionTable4 table = node.connections4;
    private final Sweeper sweeper =
            new Sweeper(node.context, new ConnectionPairs4(node.context), new ConnectionPairs6(node.context));
    private int nowMs = 100_000;

    private long record(int number, int kind, int state, int lastSeenMs) {
        long key = number | (0x5000L << 16) | (6L << 32);
        long record = table.claim(number, key, table.hash(number, key));
        table.setTranslation(record, 1, 2);
        table.setConnection(record, kind, state, 1, 1, lastSeenMs);
        table.publish(record);
        return record;
    }

    private boolean isLive(long record) {
        return ConnectionTable.isLive(table.word(record));
    }

    private void turn() {
        for (int k = 0; k <= 100; k++) {
            sweeper.sweep(nowMs);
            nowMs += TURN_MS / 100;
        }
    }

    @Test
    void each_state_has_its_own_timeout() {
        int[] timeoutsMs = {0, 60_000, 300_000, 60_000, 60_000, 900_000, 120_000, 10_000};
        nowMs = 2_000_000;
        long[] fresh = new long[ConnectionState.COUNT];
        long[] idle = new long[ConnectionState.COUNT];
        for (int state = 1; state < ConnectionState.COUNT; state++) {
            fresh[state] = record(state, ConnectionTable.DIRECT, state, nowMs + 3 * TURN_MS - timeoutsMs[state]);
            idle[state] = record(100 + state, ConnectionTable.DIRECT, state, nowMs - 1 - timeoutsMs[state]);
        }
        turn();
        for (int state = 1; state < ConnectionState.COUNT; state++) {
            assertThat(isLive(fresh[state])).as("fresh in state %d", state).isTrue();
            assertThat(isLive(idle[state])).as("idle in state %d", state).isFalse();
        }
        assertThat(node.counters.value(Counter.CONNECTIONS_CLOSED)).isEqualTo(7);
    }

    @Test
    void a_turn_takes_about_five_seconds() {
        sweeper.sweep(nowMs);
        long before = node.counters.value(Counter.SWEPT_RECORDS);
        turn();
        long swept = node.counters.value(Counter.SWEPT_RECORDS) - before;
        long slots = table.slots() + node.connections6.slots();
        assertThat(swept).isBetween(slots, slots + slots / 50);
    }

    @Test
    void a_slice_is_bounded_and_what_is_left_follows() {
        TestNode.Builder builder = TestNode.builder().nat(TestFrame.TCP, 80, 0);
        builder.records = 100_000;
        TestNode large = builder.build();
        Sweeper hand =
                new Sweeper(large.context, new ConnectionPairs4(large.context), new ConnectionPairs6(large.context));
        hand.sweep(0);
        long before = large.counters.value(Counter.SWEPT_RECORDS);
        hand.sweep(60_000);
        long first = large.counters.value(Counter.SWEPT_RECORDS) - before;
        assertThat(first).isPositive().isLessThan(large.connections4.slots() / 4);
        hand.sweep(60_000);
        assertThat(large.counters.value(Counter.SWEPT_RECORDS) - before).isEqualTo(2 * first);
    }

    @Test
    void a_reverse_record_without_its_owner_goes_too() {
        long orphan = record(1, ConnectionTable.REVERSE, ConnectionState.SYN_SENT, nowMs - 70_000);
        turn();
        assertThat(isLive(orphan)).isFalse();
        assertThat(node.counters.value(Counter.CONNECTIONS_CLOSED)).isZero();
    }

    @Test
    void connections_of_a_server_that_is_newly_to_be_reset_go_within_half_a_second() {
        long[] records = new long[400];
        for (int k = 0; k < records.length; k++) {
            records[k] = record(1_000 + k, ConnectionTable.DIRECT, ConnectionState.ESTABLISHED, nowMs);
        }
        sweeper.sweep(nowMs);
        node.apply(resetting(1));
        node.context.configuration.refresh();
        for (int passed = 0; passed < 500; passed += 10) {
            nowMs += 10;
            sweeper.sweep(nowMs);
        }
        for (long record : records) {
            assertThat(isLive(record)).isFalse();
        }
        assertThat(node.counters.value(Counter.CONNECTIONS_CLOSED)).isEqualTo(records.length);
    }

    @Test
    void the_fast_turn_is_made_once_and_other_servers_keep_their_connections() {
        sweeper.sweep(nowMs);
        node.apply(resetting(2));
        node.context.configuration.refresh();
        long kept = record(1, ConnectionTable.DIRECT, ConnectionState.ESTABLISHED, nowMs + 20_000);
        for (int passed = 0; passed < 1_000; passed += 10) {
            sweeper.sweep(nowMs += 10);
        }
        long before = node.counters.value(Counter.SWEPT_RECORDS);
        long slots = table.slots() + node.connections6.slots();
        assertThat(before).isLessThan(slots * 3 / 2);
        // A later generation with the same server, and one without, are no reason to hurry.
        for (ConfigurationImage image : new ConfigurationImage[] {resetting(2), resetting(0)}) {
            node.apply(image);
            node.context.configuration.refresh();
            for (int passed = 0; passed < 500; passed += 10) {
                sweeper.sweep(nowMs += 10);
            }
        }
        assertThat(node.counters.value(Counter.SWEPT_RECORDS) - before).isLessThan(slots / 3);
        assertThat(isLive(kept)).isTrue();
    }

    @Test
    void a_fast_turn_keeps_the_processor_awake_only_while_slots_are_owed() {
        sweeper.sweep(nowMs);
        node.apply(resetting(1));
        node.context.configuration.refresh();
        assertThat(sweeper.sweep(nowMs)).isZero();
        assertThat(sweeper.sweep(nowMs)).isZero();
    }

    private static ConfigurationImage resetting(int server) {
        return ConfigurationImage.builder()
                .add(new Server(1, "server1", 1, List.of(), List.of(), server == 1))
                .add(new Server(2, "server2", 1, List.of(), List.of(), server == 2))
                .build();
    }

    @Test
    void two_processors_share_the_table_without_gap() {
        long[] records = new long[200];
        for (int k = 0; k < records.length; k++) {
            records[k] = record(k + 1, ConnectionTable.DIRECT, ConnectionState.CLOSED, nowMs - 20_000);
        }
        for (int processor = 0; processor < 2; processor++) {
            ProcessorContext whole = node.context;
            ProcessorContext part = new ProcessorContext(
                    new FrameOwners(node.storage.view(0)),
                    whole.counters,
                    whole.configuration,
                    whole.routes,
                    whole.neighbours,
                    whole.connections4,
                    whole.connections6,
                    processor,
                    2,
                    whole.ports);
            Sweeper half = new Sweeper(part, new ConnectionPairs4(part), new ConnectionPairs6(part));
            for (int ms = nowMs; ms <= nowMs + TURN_MS; ms += 50) {
                half.sweep(ms);
            }
        }
        for (long record : records) {
            assertThat(isLive(record)).isFalse();
        }
        assertThat(node.counters.value(Counter.CONNECTIONS_CLOSED)).isEqualTo(200);
    }
}
