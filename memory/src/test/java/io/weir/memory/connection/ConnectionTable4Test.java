package io.weir.memory.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ConnectionTable4Test {
    private static final long SEED = 0x1234_5678_90ab_cdefL;
    private static final long TCP = 6L << 32;

    private final ConnectionTable4 table = table(64);

    private static ConnectionTable4 table(long records) {
        return ConnectionTable4.format(Arena.ofAuto().allocate(ConnectionTable4.regionBytes(records), 64), SEED);
    }

    private long open(long addresses, long key, int state, int nowMs) {
        long record = table.claim(addresses, key, table.hash(addresses, key));
        assertThat(record).isNotNegative();
        table.setConnection(record, ConnectionTable.FORWARD, state, 7, 65535, nowMs);
        table.publish(record);
        return record;
    }

    private long find(long addresses, long key) {
        return table.find(addresses, key, table.hash(addresses, key));
    }

    /** A key whose window starts at the given slot: the table is probed from there. */
    private long keyAt(long slot, int nth) {
        int found = 0;
        for (long key = TCP | 1; ; key++) {
            if ((table.hash(1, key) & (table.slots() - 1)) == slot && found++ == nth) {
                return key;
            }
        }
    }

    @Test
    void a_published_record_is_found_with_all_its_fields() {
        long key = TCP | 0x5000_39c4L;
        long record = table.claim(0x0a00_0001_0b00_0002L, key, table.hash(0x0a00_0001_0b00_0002L, key));
        table.setTranslation(record, 0xfffefdfc, 0xfedc);
        table.setConnection(record, ConnectionTable.REVERSE, ConnectionState.FIN_WAIT, 40000, 50000, -5);
        table.setPath(record, 255, 0x0250_0000_0001L, 0xfeff_ffff_fffeL, 65535);
        table.publish(record);

        assertThat(find(0x0a00_0001_0b00_0002L, key)).isEqualTo(record);
        assertThat(table.addresses(record)).isEqualTo(0x0a00_0001_0b00_0002L);
        assertThat(table.sourcePort(record)).isEqualTo(0x39c4);
        assertThat(table.destinationPort(record)).isEqualTo(0x5000);
        assertThat(table.protocol(record)).isEqualTo(6);
        assertThat(table.newAddress(record)).isEqualTo(0xfffefdfc);
        assertThat(table.newPort(record)).isEqualTo(0xfedc);
        assertThat(table.kind(record)).isEqualTo(ConnectionTable.REVERSE);
        assertThat(table.state(record)).isEqualTo(ConnectionState.FIN_WAIT);
        assertThat(table.service(record)).isEqualTo(40000);
        assertThat(table.server(record)).isEqualTo(50000);
        assertThat(table.lastSeen(record)).isEqualTo(-5);
        assertThat(table.egress(record)).isEqualTo(255);
        assertThat(table.destinationMac(record)).isEqualTo(0x0250_0000_0001L);
        assertThat(table.sourceMac(record)).isEqualTo(0xfeff_ffff_fffeL);
        assertThat(table.pathEpoch(record)).isEqualTo(65535);
        assertThat(table.packets(record)).isZero();
        assertThat(table.bytes(record)).isZero();
        assertThat(table.tcpFlags(record)).isZero();
    }

    @Test
    void fields_stand_where_the_drawing_says() {
        MemorySegment region = Arena.ofAuto().allocate(ConnectionTable4.regionBytes(8), 64);
        ConnectionTable4 drawn = ConnectionTable4.format(region, SEED);
        long record = drawn.claim(
                0x0807_0605_0403_0201L, 0x06_1413_1211L, drawn.hash(0x0807_0605_0403_0201L, 0x06_1413_1211L));
        drawn.setTranslation(record, 0x2423_2221, 0x2625);
        drawn.setConnection(record, 3, 5, 0x3635, 0x3837, 0x3433_3231);
        drawn.setPath(record, 0x28, 0x4142_4344_4546L, 0x5152_5354_5556L, 0x3029);
        drawn.publish(record);
        drawn.touch(record, 0x3433_3231, 0x77, 0x12);

        byte[] bytes = region.asSlice(record - 8, 64).toArray(ValueLayout.JAVA_BYTE);

        assertThat(bytes)
                .containsExactly(
                        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, // source, destination
                        0x11, 0x12, 0x13, 0x14, 0x06, 2, 1, 0, // ports, protocol, LIVE, generation
                        0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 3, 5, // new address and port, kind, state
                        0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, // MAC addresses
                        0x28, 0x12, 0x29, 0x30, // egress, TCP flags, epoch
                        0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, // last seen, service, server
                        1, 0, 0, 0, 0, 0, 0, 0, 0x77, 0, 0, 0, 0, 0, 0, 0);
        assertThat(drawn.macsRaw0(record)).isEqualTo(0x5251_4645_4443_4241L);
        assertThat(drawn.macsRaw1(record)).isEqualTo(0x5655_5453);
        assertThat(region.get(ValueLayout.JAVA_LONG, 24)).isEqualTo(SEED);
    }

    @Test
    void the_hash_is_the_one_other_programs_compute() {
        // The formula of the class comment, worked out with arbitrary-precision numbers.
        assertThat(table.hash(0x0a00_0001_0b00_0002L, 0x06_5000_39c4L)).isEqualTo(0x54f8839e);
    }

    @Test
    void a_claimed_record_is_not_found_before_it_is_published() {
        long record = table.claim(1, TCP, table.hash(1, TCP));

        assertThat(find(1, TCP)).isEqualTo(ConnectionTable.ABSENT);
        table.publish(record);
        assertThat(find(1, TCP)).isEqualTo(record);
    }

    @Test
    void neither_other_addresses_nor_other_ports_nor_another_protocol_match() {
        open(1, TCP | 1, ConnectionState.ESTABLISHED, 0);

        assertThat(find(2, TCP | 1)).isEqualTo(ConnectionTable.ABSENT);
        assertThat(find(1, TCP | 2)).isEqualTo(ConnectionTable.ABSENT);
        assertThat(find(1, (17L << 32) | 1)).isEqualTo(ConnectionTable.ABSENT);
        int hash = table.hash(1, TCP | 1);
        assertThat(table.find(2, TCP | 1, hash)).isEqualTo(ConnectionTable.ABSENT);
        assertThat(table.find(1, TCP | 2, hash)).isEqualTo(ConnectionTable.ABSENT);
    }

    @Test
    void a_live_key_cannot_be_claimed_again() {
        open(1, TCP, ConnectionState.ESTABLISHED, 0);

        assertThat(table.claim(1, TCP, table.hash(1, TCP))).isEqualTo(ConnectionTable.EXISTS);
    }

    @Test
    void a_key_being_written_cannot_be_claimed_again() {
        table.claim(1, TCP, table.hash(1, TCP));

        assertThat(table.claim(1, TCP, table.hash(1, TCP))).isEqualTo(ConnectionTable.BUSY);
    }

    @Test
    void an_abandoned_key_can_be_claimed_again() {
        table.abandon(table.claim(1, TCP, table.hash(1, TCP)));

        assertThat(find(1, TCP)).isEqualTo(ConnectionTable.ABSENT);
        assertThat(open(1, TCP, ConnectionState.UDP, 0)).isNotNegative();
    }

    @Test
    void removal_leaves_records_further_on_in_reach() {
        long first = open(1, keyAt(5, 0), ConnectionState.ESTABLISHED, 0);
        long second = open(1, keyAt(5, 1), ConnectionState.ESTABLISHED, 0);

        assertThat(table.remove(first, table.word(first))).isTrue();

        assertThat(find(1, keyAt(5, 0))).isEqualTo(ConnectionTable.ABSENT);
        assertThat(find(1, keyAt(5, 1))).isEqualTo(second);
        assertThat(open(1, keyAt(5, 2), ConnectionState.ESTABLISHED, 0))
                .as("the tombstone is reused")
                .isEqualTo(first);
    }

    @Test
    void a_record_is_removed_once_and_only_with_its_word() {
        long record = open(1, TCP, ConnectionState.ESTABLISHED, 0);
        long word = table.word(record);
        assertThat(table.remove(record, word)).isTrue();
        assertThat(table.remove(record, word)).isFalse();
        assertThat(table.remove(record, table.word(record)))
                .as("a tombstone is not live")
                .isFalse();

        long again = open(1, TCP, ConnectionState.ESTABLISHED, 0);

        assertThat(again).isEqualTo(record);
        assertThat(table.remove(record, word))
                .as("the next generation has another word")
                .isFalse();
        assertThat(table.isUnchanged(record, word)).isFalse();
        assertThat(table.isStill(record, word, 1, TCP)).isFalse();
        assertThat(table.isStill(record, table.word(record), 1, TCP)).isTrue();
        assertThat(table.isStill(record, table.word(record), 2, TCP)).isFalse();
    }

    @Test
    void a_reused_record_starts_with_cleared_fields() {
        long record = open(1, TCP, ConnectionState.ESTABLISHED, 9);
        table.touch(record, 10, 1500, 0xff);
        table.setPath(record, 1, 2, 3, 4);
        table.remove(record, table.word(record));

        assertThat(table.claim(1, TCP, table.hash(1, TCP))).isEqualTo(record);

        assertThat(table.packets(record) | table.bytes(record) | table.tcpFlags(record))
                .isZero();
        assertThat(table.pathEpoch(record)).isZero();
    }

    @Test
    void the_generation_wraps_without_touching_the_key() {
        for (int i = 0; i < 70_000; i++) {
            table.abandon(table.claim(1, TCP | 0xffff_ffffL, table.hash(1, TCP | 0xffff_ffffL)));
        }

        long record = open(1, TCP | 0xffff_ffffL, ConnectionState.UDP, 0);

        assertThat(find(1, TCP | 0xffff_ffffL)).isEqualTo(record);
        assertThat(table.word(record) >>> 48).isEqualTo(70_001 & 0xffff);
    }

    @Test
    void touching_counts_and_collects() {
        long record = open(1, TCP, ConnectionState.ESTABLISHED, 0);

        table.touch(record, 100, 60, 0x02);
        table.touch(record, 200, 65536, 0x90);

        assertThat(table.packets(record)).isEqualTo(2);
        assertThat(table.bytes(record)).isEqualTo(65596);
        assertThat(table.lastSeen(record)).isEqualTo(200);
        assertThat(table.tcpFlags(record)).isEqualTo(0x92);
    }

    @Test
    void a_full_window_refuses_and_names_the_oldest_half_open_record() {
        for (int i = 0; i < ConnectionTable.PROBE_LIMIT; i++) {
            int state = i == 3 || i == 9 ? ConnectionState.SYN_SENT : ConnectionState.ESTABLISHED;
            open(1, keyAt(120, i), state, i == 9 ? 1_000 : 2_000 - (i == 3 ? 0 : 2_000));
        }
        long key = keyAt(120, 16);
        int hash = table.hash(1, key);
        assertThat(table.claim(1, key, hash)).isEqualTo(ConnectionTable.FULL);

        long oldest = table.recyclable(hash, 3_000);

        assertThat(oldest).isEqualTo(find(1, keyAt(120, 9)));
        assertThat(table.remove(oldest, table.word(oldest))).isTrue();
        assertThat(table.claim(1, key, hash)).isEqualTo(oldest);
    }

    @Test
    void established_connections_are_never_offered_for_recycling() {
        for (int i = 0; i < ConnectionTable.PROBE_LIMIT; i++) {
            open(1, keyAt(0, i), i % 2 == 0 ? ConnectionState.ESTABLISHED : ConnectionState.UDP, 0);
        }

        assertThat(table.recyclable(table.hash(1, keyAt(0, 0)), Integer.MAX_VALUE))
                .isEqualTo(ConnectionTable.ABSENT);
    }

    @Test
    void recovery_gives_up_what_a_killed_process_was_writing() {
        long live = open(1, TCP, ConnectionState.ESTABLISHED, 0);
        table.claim(2, TCP, table.hash(2, TCP));

        assertThat(table.recover()).isEqualTo(1);

        assertThat(find(1, TCP)).isEqualTo(live);
        assertThat(open(2, TCP, ConnectionState.ESTABLISHED, 0)).isNotNegative();
    }

    @Test
    void another_attachment_finds_the_same_records() {
        MemorySegment memory = Arena.ofAuto().allocate(4096 + ConnectionTable4.regionBytes(32), 64);
        ConnectionTable4 one = ConnectionTable4.format(memory.asSlice(4096), 99);
        long record = one.claim(1, TCP, one.hash(1, TCP));
        one.publish(record);

        ConnectionTable4 other = new ConnectionTable4(memory.asReadOnly(), 4096);

        assertThat(other.slots()).isEqualTo(64);
        assertThat(other.find(1, TCP, other.hash(1, TCP))).isEqualTo(record + 4096);
        assertThat(ConnectionTable.keyOf(other.word(record + 4096))).isEqualTo(TCP);
    }

    @Test
    void an_unformatted_or_foreign_region_is_refused() {
        MemorySegment region = Arena.ofAuto().allocate(ConnectionTable6.regionBytes(32), 64);
        assertThatThrownBy(() -> new ConnectionTable4(region))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("magic 0x0");
        ConnectionTable6.format(region, 1);
        assertThatThrownBy(() -> new ConnectionTable4(region)).isInstanceOf(IllegalArgumentException.class);
        region.set(ValueLayout.JAVA_LONG, 16, 1 << 20);
        assertThatThrownBy(() -> new ConnectionTable6(region)).hasMessageContaining("1048576 slots");
        region.set(ValueLayout.JAVA_INT, 8, 2);
        assertThatThrownBy(() -> new ConnectionTable6(region)).hasMessageContaining("version 2");
        assertThatThrownBy(() -> ConnectionTable4.format(region.asSlice(0, 512), 1))
                .hasMessageContaining("512 bytes");
    }

    @Test
    void formatting_again_empties_the_table() {
        MemorySegment region = Arena.ofAuto().allocate(ConnectionTable4.regionBytes(32), 64);
        ConnectionTable4 before = ConnectionTable4.format(region, 1);
        before.publish(before.claim(1, TCP, before.hash(1, TCP)));

        ConnectionTable4 after = ConnectionTable4.format(region, 1);

        assertThat(after.find(1, TCP, after.hash(1, TCP))).isEqualTo(ConnectionTable.ABSENT);
    }
}
