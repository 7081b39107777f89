package io.weir.memory.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class ConnectionCursorTest {
    private static final long KEY = 0x1234_5678L | 6L << 32;
    private static final long DESTINATION_MAC = 0x02_11_22_33_44_55L;
    private static final long SOURCE_MAC = 0x02_66_77_88_99_aaL;

    private final Arena arena = Arena.ofAuto();
    private final ConnectionTable4 table4 =
            ConnectionTable4.format(arena.allocate(ConnectionTable4.regionBytes(64), 64), 9);
    private final ConnectionTable6 table6 =
            ConnectionTable6.format(arena.allocate(ConnectionTable6.regionBytes(64), 128), 9);
    private final ConnectionCursor4 cursor4 = new ConnectionCursor4(table4);
    private final ConnectionCursor6 cursor6 = new ConnectionCursor6(table6);

    private static void describe(ConnectionTable table, long record) {
        table.setConnection(record, ConnectionTable.REVERSE, ConnectionState.ESTABLISHED, 7, 9, 1_000);
        table.setPath(record, 200, DESTINATION_MAC, SOURCE_MAC, 40_000);
        table.publish(record);
    }

    private static void check(ConnectionCursor cursor, long record) {
        assertThat(cursor.record()).isEqualTo(record);
        assertThat(cursor.word()).isEqualTo(cursor.table().word(record));
        assertThat(cursor.kind()).isEqualTo(ConnectionTable.REVERSE);
        assertThat(cursor.state()).isEqualTo(ConnectionState.ESTABLISHED);
        assertThat(cursor.newPort()).isEqualTo(0xfedc);
        assertThat(cursor.egress()).isEqualTo(200);
        assertThat(cursor.macsRaw0()).isEqualTo(cursor.table().macsRaw0(record));
        assertThat(cursor.macsRaw1()).isEqualTo(cursor.table().macsRaw1(record));
        assertThat(cursor.isPathOf(40_000)).isTrue();
        assertThat(cursor.isPathOf(39_999)).isFalse();
    }

    @Test
    void reads_all_that_an_ipv4_record_says() {
        int hash = table4.hash(42, KEY);
        long record = table4.claim(42, KEY, hash);
        table4.setTranslation(record, 0xcafe_babe, 0xfedc);
        assertThat(cursor4.find(42, KEY, hash)).as("claimed, not live").isFalse();
        describe(table4, record);
        assertThat(cursor4.find(42, KEY, hash)).isTrue();
        assertThat(cursor4.newAddress()).isEqualTo(0xcafe_babe);
        check(cursor4, record);
        assertThat(cursor4.find(43, KEY, hash)).isFalse();
        assertThat(cursor4.find(42, KEY + 1, hash)).isFalse();
    }

    @Test
    void reads_all_that_an_ipv6_record_says() {
        int hash = table6.hash(1, 2, 3, 4, KEY);
        long record = table6.claim(1, 2, 3, 4, KEY, hash);
        table6.setTranslation(record, 0x1111_2222_3333_4444L, 0x5555_6666_7777_8888L, 0xfedc);
        describe(table6, record);
        assertThat(cursor6.find(1, 2, 3, 4, KEY, hash)).isTrue();
        assertThat(cursor6.newAddress0()).isEqualTo(0x1111_2222_3333_4444L);
        assertThat(cursor6.newAddress1()).isEqualTo(0x5555_6666_7777_8888L);
        check(cursor6, record);
        assertThat(cursor6.find(1, 2, 3, 5, KEY, hash)).isFalse();
    }

    @Test
    void finds_what_stands_behind_other_records_and_tombstones() {
        int hash = 5;
        long[] records = new long[ConnectionTable.PROBE_LIMIT];
        for (int k = 0; k < records.length; k++) {
            records[k] = table4.claim(k, KEY, hash);
            describe(table4, records[k]);
        }
        table4.remove(records[3], table4.word(records[3]));
        for (int k = 0; k < records.length; k++) {
            assertThat(cursor4.find(k, KEY, hash)).isEqualTo(k != 3);
        }
    }

    @Test
    void counts_what_the_table_counts() {
        int hash = table4.hash(42, KEY);
        long record = table4.claim(42, KEY, hash);
        describe(table4, record);
        cursor4.find(42, KEY, hash);
        cursor4.touch(2_000, 100, 0x12);
        cursor4.find(42, KEY, hash);
        cursor4.touch(3_000, 50, 0x01);
        assertThat(table4.packets(record)).isEqualTo(2);
        assertThat(table4.bytes(record)).isEqualTo(150);
        assertThat(table4.lastSeen(record)).isEqualTo(3_000);
        assertThat(table4.tcpFlags(record)).isEqualTo(0x13);
    }

    @Test
    void rows_of_neighbouring_ports_and_addresses_do_not_pile_up() {
        ConnectionTable4 table = ConnectionTable4.format(arena.allocate(ConnectionTable4.regionBytes(1 << 16), 64), 77);
        long full = 0;
        for (int flow = 0; flow < 1 << 15; flow++) {
            long client = Integer.toUnsignedLong(Integer.reverseBytes(0x0b00_0000 + flow / 32));
            long port = Short.toUnsignedLong(Short.reverseBytes((short) (1024 + flow % 32)));
            long[] addresses = {client | 0x6401_000aL << 32, 0x0102_000aL | client << 32};
            long[] keys = {port | 0x5000L << 16 | 6L << 32, 0x901fL | port << 16 | 6L << 32};
            for (int side = 0; side < 2; side++) {
                long record = table.claim(addresses[side], keys[side], table.hash(addresses[side], keys[side]));
                full += record == ConnectionTable.FULL ? 1 : 0;
            }
        }
        // 2^16 records in 2^17 slots: random keys find about 0.03 % of the windows full.
        assertThat(full).isLessThan(100);
    }
}
