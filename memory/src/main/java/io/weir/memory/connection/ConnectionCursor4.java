package io.weir.memory.connection;

import io.weir.memory.map.Words;

/** Look-ups of one processor in the table of IPv4 connections. */
public final class ConnectionCursor4 extends ConnectionCursor {
    private static final int SHIFT = 6;
    private static final long ADDRESSES = -8;

    public ConnectionCursor4(ConnectionTable4 table) {
        super(table);
    }

    /** Loads the first slot's publish word so that its cache line is on the way when {@link #find} needs it. */
    public long touch(int hash) {
        return Words.get64(memory, first + ((hash & mask) << SHIFT));
    }

    /** Finds and reads the live record of a key; arguments as {@link ConnectionTable4#find}. */
    public boolean find(long addresses, long key, int hash) {
        long at = first + ((hash & mask) << SHIFT);
        long word = Words.acquire64(memory, at);
        if ((word & ConnectionTable.KEY_AND_STATE) == (key | ConnectionTable.STATE_LIVE)
                && Words.get64(memory, at + ADDRESSES) == addresses) {
            return read(at, word);
        }
        return (word & ConnectionTable.STATE_MASK) != ConnectionTable.STATE_EMPTY && findBeyond(addresses, key, hash);
    }

    private boolean findBeyond(long addresses, long key, int hash) {
        for (int i = 1; i < ConnectionTable.PROBE_LIMIT; i++) {
            long at = first + (((hash + i) & mask) << SHIFT);
            long word = Words.acquire64(memory, at);
            if ((word & ConnectionTable.KEY_AND_STATE) == (key | ConnectionTable.STATE_LIVE)
                    && Words.get64(memory, at + ADDRESSES) == addresses) {
                return read(at, word);
            }
            if ((word & ConnectionTable.STATE_MASK) == ConnectionTable.STATE_EMPTY) {
                return false;
            }
        }
        return false;
    }

    @Override
    void readMore(long at) {}

    /** Address to write into the packet, raw. */
    public int newAddress() {
        return newAddressWord();
    }
}
