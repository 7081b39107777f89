package io.weir.memory.connection;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Walks the live records of a table while switching processors change it: for listings, also over a read-only mapping.
 * An entry is consistent in itself (generation protocol of {@link ConnectionTable}); the walk as a whole is no snapshot:
 * a connection that opens or closes meanwhile may be missed. For one thread.
 */
public final class ConnectionReader {
    private final ConnectionTable table;
    private long nextSlot;
    private @Nullable ConnectionEntry entry;

    public ConnectionReader(ConnectionTable table) {
        this.table = table;
    }

    /** Moves on to the next live record; false at the end of the table. */
    public boolean next(int nowMs) {
        while (nextSlot < table.slots()) {
            if (read(table.recordAt(nextSlot++), nowMs)) {
                return true;
            }
        }
        entry = null;
        return false;
    }

    /** Reads one record; false when it is not live or changed hands while it was read. */
    public boolean read(long record, int nowMs) {
        long word = table.word(record);
        if (!ConnectionTable.isLive(word)) {
            return false;
        }
        ConnectionEntry read = switch (table) {
            case ConnectionTable4 ipv4 -> read4(ipv4, record, nowMs);
            case ConnectionTable6 ipv6 -> read6(ipv6, record, nowMs);
        };
        if (!table.isUnchanged(record, word)) {
            return false;
        }
        entry = read;
        return true;
    }

    /** The record last read; NoSuchElementException when there is none. */
    public ConnectionEntry entry() {
        if (entry == null) {
            throw new NoSuchElementException("no connection was read");
        }
        return entry;
    }

    private ConnectionEntry read4(ConnectionTable4 ipv4, long record, int nowMs) {
        long addresses = ipv4.addresses(record);
        return entry(
                record,
                nowMs,
                address4((int) addresses),
                address4((int) (addresses >>> 32)),
                address4(ipv4.newAddress(record)));
    }

    private ConnectionEntry read6(ConnectionTable6 ipv6, long record, int nowMs) {
        return entry(
                record,
                nowMs,
                address6(ipv6.source0(record), ipv6.source1(record)),
                address6(ipv6.destination0(record), ipv6.destination1(record)),
                address6(ipv6.newAddress0(record), ipv6.newAddress1(record)));
    }

    private ConnectionEntry entry(
            long record, int nowMs, InetAddress source, InetAddress destination, InetAddress newAddress) {
        return new ConnectionEntry(
                source,
                number(table.sourcePort(record)),
                destination,
                number(table.destinationPort(record)),
                table.protocol(record),
                table.kind(record),
                table.state(record),
                newAddress,
                number(table.newPort(record)),
                table.egress(record),
                table.service(record),
                table.server(record),
                Math.max(0, nowMs - table.lastSeen(record)),
                table.tcpFlags(record),
                table.packets(record),
                table.bytes(record));
    }

    private static int number(int portRaw) {
        return Short.reverseBytes((short) portRaw) & 0xFFFF;
    }

    private static InetAddress address4(int raw) {
        byte[] octets = new byte[4];
        ByteBuffer.wrap(octets).order(LITTLE_ENDIAN).putInt(raw);
        return address(octets);
    }

    private static InetAddress address6(long raw0, long raw1) {
        byte[] octets = new byte[16];
        ByteBuffer.wrap(octets).order(LITTLE_ENDIAN).putLong(raw0).putLong(raw1);
        return address(octets);
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new AssertionError("addresses have 4 or 16 octets", e);
        }
    }
}
