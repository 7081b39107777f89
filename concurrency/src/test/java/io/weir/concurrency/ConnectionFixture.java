package io.weir.concurrency;

import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;
import java.lang.foreign.MemorySegment;

/** A table of sixteen slots, small enough to be made anew for every run of a race, and records that tell their key. */
final class ConnectionFixture {
    /** Transport protocol TCP in a key. */
    static final long TCP = 6L << 32;

    static final int MISS = 0;
    static final int MIXED = -1;

    private static final long SEED = 0x5DEE_CE66_D1CE_4E5BL;

    private ConnectionFixture() {}

    static ConnectionTable4 table() {
        return ConnectionTable4.format(memory(ConnectionTable4.regionBytes(8)), SEED);
    }

    static MemorySegment memory(long bytes) {
        return MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
    }

    /**
     * Opens a connection whose fields all derive from {@code tag} (1 to 255); returns 1 when it was published, else 0.
     * One hash for all keys: they share the window and collide on its first slots.
     */
    static int open(ConnectionTable4 table, long addresses, long key, int hash, int tag) {
        long record = table.claim(addresses, key, hash);
        if (record < 0) {
            return 0;
        }
        table.setTranslation(record, tag * 0x0101_0101, tag);
        table.setConnection(record, ConnectionTable.FORWARD, ConnectionState.SYN_SENT, tag, tag, tag);
        table.setPath(record, tag, tag, tag, tag);
        table.publish(record);
        return 1;
    }

    /** The tag of the live connection with this key, read under the generation protocol. */
    static int read(ConnectionTable4 table, long addresses, long key, int hash) {
        long record = table.find(addresses, key, hash);
        if (record < 0) {
            return MISS;
        }
        long word = table.word(record);
        int tag = tagOf(table, record);
        return table.isStill(record, word, addresses, key) ? tag : MISS;
    }

    private static int tagOf(ConnectionTable4 table, long record) {
        int tag = table.service(record);
        boolean same = table.newAddress(record) == tag * 0x0101_0101
                && table.newPort(record) == tag
                && table.server(record) == tag
                && table.egress(record) == tag
                && table.destinationMac(record) == tag
                && table.sourceMac(record) == tag
                && table.lastSeen(record) == tag;
        return same ? tag : MIXED;
    }

    static int liveRecords(ConnectionTable table, long key) {
        int live = 0;
        for (long i = 0; i < table.slots(); i++) {
            long word = table.word(table.recordAt(i));
            if (ConnectionTable.isLive(word) && ConnectionTable.keyOf(word) == key) {
                live++;
            }
        }
        return live;
    }
}
