package io.weir.switching.filter;

import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;

/** Pairs of IPv4 records. */
final class ConnectionPairs4 extends ConnectionPairs {
    private static final long LOW_32 = 0xffff_ffffL;

    private final ConnectionTable4 table;

    ConnectionPairs4(ProcessorContext context) {
        super(context.connections4, context);
        this.table = context.connections4;
    }

    /** Key of the reverse record: the server answers the client from {@code server} and {@code serverPort}. */
    static long reverseKey(long key, int serverPort) {
        return (key & 0xff_0000_0000L) | (key & 0xffff) << 16 | serverPort;
    }

    static long reverseAddresses(long addresses, int server) {
        return addresses << 32 | (server & LOW_32);
    }

    @Override
    long other(long record) {
        long key = ConnectionTable.keyOf(table.word(record));
        long addresses = table.addresses(record);
        int newAddress = table.newAddress(record);
        int newPort = table.newPort(record);
        if (table.kind(record) == ConnectionTable.REVERSE) {
            // From the server; the owner's key is client to virtual address: our destination to our new source.
            addresses = addresses >>> 32 | (long) newAddress << 32;
            key = (key & 0xff_0000_0000L) | (key >>> 16 & 0xffff) | (long) newPort << 16;
        } else {
            addresses = reverseAddresses(addresses, newAddress);
            key = reverseKey(key, newPort);
        }
        return table.find(addresses, key, table.hash(addresses, key));
    }
}
