package io.weir.memory.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SoleWriterTest {
    private static final long TCP = 6L << 32;
    private static final int RECORDS = 512;

    private final ConnectionTable4 table =
            ConnectionTable4.format(Arena.ofAuto().allocate(ConnectionTable4.regionBytes(RECORDS), 64), 42);
    private final ConnectionCursor4 cursor = new ConnectionCursor4(table);

    private long open(long key) {
        long record = table.claim(1, key, table.hash(1, key));
        if (record >= 0) {
            table.setConnection(record, ConnectionTable.FORWARD, ConnectionState.ESTABLISHED, 1, 1, 0);
            table.publish(record);
        }
        return record;
    }

    private long state(long index) {
        return table.word(table.recordAt(index)) & ConnectionTable.STATE_MASK;
    }

    @Test
    void every_record_stays_in_reach_while_others_come_and_go() {
        table.writeAlone();
        Random random = new Random(7);
        Map<Long, Long> live = new HashMap<>();
        List<Long> keys = new ArrayList<>();
        for (int step = 0; step < 200_000; step++) {
            if (live.size() < RECORDS && random.nextBoolean()) {
                long key = TCP | random.nextInt(1 << 20);
                long record = open(key);
                if (live.containsKey(key)) {
                    assertThat(record).isEqualTo(ConnectionTable.EXISTS);
                } else if (record >= 0) {
                    live.put(key, record);
                    keys.add(key);
                }
            } else if (!keys.isEmpty()) {
                long key = keys.remove(random.nextInt(keys.size()));
                long record = java.util.Objects.requireNonNull(live.remove(key));
                assertThat(table.remove(record, table.word(record))).isTrue();
                assertThat(table.find(1, key, table.hash(1, key))).isEqualTo(ConnectionTable.ABSENT);
            }
            if (step % 1000 == 0) {
                live.forEach((key, record) -> {
                    assertThat(table.find(1, key, table.hash(1, key))).isEqualTo(record);
                    assertThat(cursor.find(1, key, table.hash(1, key))).isTrue();
                });
            }
        }
    }

    @Test
    void no_tombstone_is_left_before_an_empty_slot() {
        table.writeAlone();
        List<Long> records = new ArrayList<>();
        for (int key = 1; key <= RECORDS; key++) {
            records.add(open(TCP | key));
        }
        for (long record : records) {
            if (record >= 0) {
                table.remove(record, table.word(record));
            }
        }
        for (long index = 0; index < table.slots(); index++) {
            assertThat(state(index)).as("slot %d", index).isEqualTo(ConnectionTable.STATE_EMPTY);
        }
    }

    @Test
    void a_reader_with_an_old_word_learns_that_the_record_was_replaced() {
        table.writeAlone();
        long record = open(TCP | 1);
        long word = table.word(record);
        table.remove(record, word);
        assertThat(open(TCP | 1)).isEqualTo(record);
        assertThat(table.isUnchanged(record, word)).isFalse();
    }

    @Test
    void an_abandoned_claim_leaves_an_empty_slot() {
        table.writeAlone();
        long record = table.claim(1, TCP | 1, table.hash(1, TCP | 1));
        table.abandon(record);
        assertThat(table.word(record) & ConnectionTable.STATE_MASK).isEqualTo(ConnectionTable.STATE_EMPTY);
    }

    @Test
    void several_writers_keep_their_tombstones() {
        long record = open(TCP | 1);
        table.remove(record, table.word(record));
        assertThat(table.word(record) & ConnectionTable.STATE_MASK).isEqualTo(ConnectionTable.STATE_TOMBSTONE);
    }
}
