package io.weir.switching.filter;

import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable6;

/** Pairs of IPv6 records. */
final class ConnectionPairs6 extends ConnectionPairs {
    private final ConnectionTable6 table;

    ConnectionPairs6(ProcessorContext context) {
        super(context.connections6, context);
        this.table = context.connections6;
    }

    @Override
    long other(long record) {
        long key = ConnectionTable.keyOf(table.word(record));
        long new0 = table.newAddress0(record);
        long new1 = table.newAddress1(record);
        int newPort = table.newPort(record);
        if (table.kind(record) == ConnectionTable.REVERSE) {
            long client0 = table.destination0(record);
            long client1 = table.destination1(record);
            long owner = (key & 0xff_0000_0000L) | (key >>> 16 & 0xffff) | (long) newPort << 16;
            return table.find(client0, client1, new0, new1, owner, table.hash(client0, client1, new0, new1, owner));
        }
        long client0 = table.source0(record);
        long client1 = table.source1(record);
        long reverse = ConnectionPairs4.reverseKey(key, newPort);
        return table.find(new0, new1, client0, client1, reverse, table.hash(new0, new1, client0, client1, reverse));
    }
}
