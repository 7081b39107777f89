package io.weir.memory.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class ConnectionReaderTest {
    private static long raw(InetAddress address, int offset, int length) {
        byte[] octets = new byte[8];
        System.arraycopy(address.getAddress(), offset, octets, 0, length);
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    @Test
    void an_ipv4_connection_is_shown_in_numbers_and_addresses() throws UnknownHostException {
        InetAddress client = InetAddress.getByName("192.0.2.1");
        InetAddress service = InetAddress.getByName("203.0.113.200");
        InetAddress server = InetAddress.getByName("10.1.0.11");
        MemorySegment region = Arena.ofAuto().allocate(ConnectionTable4.regionBytes(32), 64);
        ConnectionTable4 table = ConnectionTable4.format(region, 1);
        long addresses = raw(client, 0, 4) | (raw(service, 0, 4) << 32);
        long key = (6L << 32) | 0x5000_409cL; // ports 40000 and 80 as they stand in the packet
        long record = table.claim(addresses, key, table.hash(addresses, key));
        table.setTranslation(record, (int) raw(server, 0, 4), 0x901f);
        table.setConnection(record, ConnectionTable.FORWARD, ConnectionState.ESTABLISHED, 3, 5, 1_000);
        table.setPath(record, 2, 1, 1, 1);
        table.publish(record);
        table.touch(record, 2_000, 1500, 0x12);

        ConnectionReader reader = new ConnectionReader(new ConnectionTable4(region.asReadOnly()));

        assertThat(reader.next(5_000)).isTrue();
        assertThat(reader.entry())
                .isEqualTo(new ConnectionEntry(
                        client,
                        40000,
                        service,
                        80,
                        6,
                        ConnectionTable.FORWARD,
                        ConnectionState.ESTABLISHED,
                        server,
                        8080,
                        2,
                        3,
                        5,
                        3_000,
                        0x12,
                        1,
                        1500));
        assertThat(reader.next(5_000)).isFalse();
        assertThatThrownBy(reader::entry).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void an_ipv6_connection_is_shown_in_numbers_and_addresses() throws UnknownHostException {
        InetAddress client = InetAddress.getByName("2001:db8::1");
        InetAddress service = InetAddress.getByName("2001:db8:1::80");
        InetAddress server = InetAddress.getByName("fd00::b");
        ConnectionTable6 table =
                ConnectionTable6.format(Arena.ofAuto().allocate(ConnectionTable6.regionBytes(32), 128), 1);
        long key = (17L << 32) | 0x3500_409cL;
        int hash = 0;
        long record =
                table.claim(raw(client, 0, 8), raw(client, 8, 8), raw(service, 0, 8), raw(service, 8, 8), key, hash);
        table.setTranslation(record, raw(server, 0, 8), raw(server, 8, 8), 0x3500);
        table.publish(record);

        ConnectionReader reader = new ConnectionReader(table);

        assertThat(reader.read(record, 0)).isTrue();
        assertThat(reader.entry().source()).isEqualTo(client);
        assertThat(reader.entry().destination()).isEqualTo(service);
        assertThat(reader.entry().newAddress()).isEqualTo(server);
        assertThat(reader.entry().destinationPort()).isEqualTo(53);
        assertThat(reader.entry().newPort()).isEqualTo(53);
    }

    @Test
    void records_that_are_not_live_are_passed_over() {
        ConnectionTable4 table =
                ConnectionTable4.format(Arena.ofAuto().allocate(ConnectionTable4.regionBytes(32), 64), 1);
        long removed = table.claim(1, 1, 0);
        table.publish(removed);
        long live = table.claim(1, 2, 0);
        table.publish(live);
        table.claim(1, 3, 0);
        table.remove(removed, table.word(removed));

        ConnectionReader reader = new ConnectionReader(table);

        assertThat(reader.next(0)).isTrue();
        assertThat(reader.entry().sourcePort()).isEqualTo(0x0200);
        assertThat(reader.next(0)).isFalse();
        assertThat(reader.read(removed, 0)).isFalse();
    }
}
