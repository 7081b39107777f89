package io.weir.memory.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConnectionTable6Test {
    private static final long TCP = 6L << 32;

    private final ConnectionTable6 table =
            ConnectionTable6.format(Arena.ofAuto().allocate(ConnectionTable6.regionBytes(2048), 128), 42);

    private long claim(long source0, long source1, long destination0, long destination1, long key) {
        int hash = table.hash(source0, source1, destination0, destination1, key);
        return table.claim(source0, source1, destination0, destination1, key, hash);
    }

    private long find(long source0, long source1, long destination0, long destination1, long key) {
        int hash = table.hash(source0, source1, destination0, destination1, key);
        return table.find(source0, source1, destination0, destination1, key, hash);
    }

    @Test
    void a_published_record_is_found_with_all_its_fields() {
        long record = claim(1, 2, 3, 4, TCP | 0x5000_39c4L);
        table.setTranslation(record, -1, -2, 0xfedc);
        table.setConnection(record, ConnectionTable.DIRECT, ConnectionState.UDP, 11, 12, 13);
        table.setPath(record, 14, 15, 16, 17);
        assertThat(find(1, 2, 3, 4, TCP | 0x5000_39c4L)).isEqualTo(ConnectionTable.ABSENT);
        table.publish(record);

        assertThat(find(1, 2, 3, 4, TCP | 0x5000_39c4L)).isEqualTo(record);
        assertThat(table.source0(record)).isEqualTo(1);
        assertThat(table.source1(record)).isEqualTo(2);
        assertThat(table.destination0(record)).isEqualTo(3);
        assertThat(table.destination1(record)).isEqualTo(4);
        assertThat(table.newAddress0(record)).isEqualTo(-1);
        assertThat(table.newAddress1(record)).isEqualTo(-2);
        assertThat(table.newPort(record)).isEqualTo(0xfedc);
        assertThat(table.kind(record)).isEqualTo(ConnectionTable.DIRECT);
        assertThat(table.state(record)).isEqualTo(ConnectionState.UDP);
        assertThat(table.destinationMac(record)).isEqualTo(15);
        assertThat(table.sourceMac(record)).isEqualTo(16);
        assertThat(claim(1, 2, 3, 4, TCP | 0x5000_39c4L)).isEqualTo(ConnectionTable.EXISTS);
        assertThat(table.isStill(record, table.word(record), 1, 2, 3, 4, TCP | 0x5000_39c4L))
                .isTrue();
    }

    @Test
    void each_word_of_the_addresses_counts() {
        long record = claim(1, 2, 3, 4, TCP);
        table.publish(record);
        int hash = table.hash(1, 2, 3, 4, TCP);

        assertThat(table.find(9, 2, 3, 4, TCP, hash)).isEqualTo(ConnectionTable.ABSENT);
        assertThat(table.find(1, 9, 3, 4, TCP, hash)).isEqualTo(ConnectionTable.ABSENT);
        assertThat(table.find(1, 2, 9, 4, TCP, hash)).isEqualTo(ConnectionTable.ABSENT);
        assertThat(table.find(1, 2, 3, 9, TCP, hash)).isEqualTo(ConnectionTable.ABSENT);
        assertThat(table.isStill(record, table.word(record), 1, 2, 3, 9, TCP)).isFalse();
        assertThat(table.hash(9, 2, 3, 4, TCP)).isNotEqualTo(hash);
        assertThat(table.hash(1, 9, 3, 4, TCP)).isNotEqualTo(hash);
        assertThat(table.hash(1, 2, 9, 4, TCP)).isNotEqualTo(hash);
        assertThat(table.hash(1, 2, 3, 9, TCP)).isNotEqualTo(hash);
        assertThat(table.hash(1, 2, 3, 4, TCP + 1)).isNotEqualTo(hash);
    }

    /** Random opening, closing and looking up against a HashMap. */
    @Test
    void the_table_agrees_with_a_map() {
        SplittableRandom random = new SplittableRandom(7);
        Map<Long, Long> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            // Few hosts and ports, so that keys come again and windows overlap.
            long host = random.nextInt(64);
            long key = TCP | random.nextInt(16);
            long name = (host << 32) | (key & 0xFFFF);
            long found = find(1, host, 3, 4, key);
            assertThat(found).isEqualTo(model.getOrDefault(name, ConnectionTable.ABSENT));
            if (found >= 0) {
                assertThat(table.remove(found, table.word(found))).isTrue();
                model.remove(name);
            } else {
                long record = claim(1, host, 3, 4, key);
                assertThat(record).isNotNegative();
                table.publish(record);
                model.put(name, record);
            }
        }
    }
}
