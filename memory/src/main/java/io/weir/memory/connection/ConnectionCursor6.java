package io.weir.memory.connection;

import io.weir.memory.map.Words;

/** Look-ups of one processor in the table of IPv6 connections. */
public final class ConnectionCursor6 extends ConnectionCursor {
    private static final int SHIFT = 7;

    private long newAddress0;
    private long newAddress1;

    public ConnectionCursor6(ConnectionTable6 table) {
        super(table);
    }

    /** Loads the first slot's publish word and source so that both cache lines are on the way for {@link #find}. */
    public long touch(int hash) {
        long at = first + ((hash & mask) << SHIFT);
        return Words.get64(memory, at) ^ Words.get64(memory, at + ConnectionTable6.SOURCE0);
    }

    /** Finds and reads the live record of a key; arguments as {@link ConnectionTable6#find}. */
    public boolean find(long source0, long source1, long destination0, long destination1, long key, int hash) {
        for (int i = 0; i < ConnectionTable.PROBE_LIMIT; i++) {
            long at = first + (((hash + i) & mask) << SHIFT);
            long word = Words.acquire64(memory, at);
            if ((word & ConnectionTable.KEY_AND_STATE) == (key | ConnectionTable.STATE_LIVE)
                    && hasAddresses(at, source0, source1, destination0, destination1)) {
                return read(at, word);
            }
            if ((word & ConnectionTable.STATE_MASK) == ConnectionTable.STATE_EMPTY) {
                return false;
            }
        }
        return false;
    }

    private boolean hasAddresses(long at, long source0, long source1, long destination0, long destination1) {
        return Words.get64(memory, at + ConnectionTable6.SOURCE0) == source0
                && Words.get64(memory, at + ConnectionTable6.SOURCE1) == source1
                && Words.get64(memory, at + ConnectionTable6.DESTINATION0) == destination0
                && Words.get64(memory, at + ConnectionTable6.DESTINATION1) == destination1;
    }

    @Override
    void readMore(long at) {
        newAddress0 = Words.get64(memory, at + ConnectionTable6.NEW_ADDRESS0);
        newAddress1 = Words.get64(memory, at + ConnectionTable6.NEW_ADDRESS1);
    }

    /** First half of the address to write into the packet, raw. */
    public long newAddress0() {
        return newAddress0;
    }

    /** Second half. */
    public long newAddress1() {
        return newAddress1;
    }
}
