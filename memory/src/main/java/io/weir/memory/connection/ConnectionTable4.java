package io.weir.memory.connection;

import io.weir.memory.map.Words;
import java.lang.foreign.MemorySegment;

/** Connections over IPv4: one cache line per record. Layout, protocol and errors: {@link ConnectionTable}. */
public final class ConnectionTable4 extends ConnectionTable {
    /** Bytes of a record. */
    public static final int RECORD_BYTES = 64;

    private static final int SHIFT = 6;
    /** "WEIRCON4", little-endian. */
    private static final long MAGIC = 0x344E_4F43_5249_4557L;

    private static final long PUBLISH_OFFSET = 8;
    private static final long ADDRESSES = -8;

    /** Attaches to a formatted region; IllegalArgumentException when it is none. */
    public ConnectionTable4(MemorySegment region) {
        this(region, 0);
    }

    /** Attaches to a formatted region that starts at {@code base} of {@code memory}; records are offsets of that memory. */
    public ConnectionTable4(MemorySegment memory, long base) {
        super(memory, base, MAGIC, RECORD_BYTES, PUBLISH_OFFSET);
    }

    /**
     * Bytes of a region for so many records; a translated connection takes two, direct return one. Slots are the power of two
     * that keeps the table between a quarter and half full at that number.
     *
     * <p>Why not fuller: share of claims refused with random keys under steady opening and closing, 16 probes
     * (ConnectionLoadTest): 0.005 % at 35 % load, 0.2 % at 50 %, 1 % at 60 %, 3.5 % at 70 %, 17 % at 85 %. A refusal first
     * recycles a half-open or closing record of the window. So ten million translated connections are 128 bytes of records
     * each, and with free slots 429 bytes each (4 GiB). With 32 probes 50 % would refuse 0.003 %, and 60 % 0.06 %, at twice the
     * cost of a look-up that finds nothing in an old table.
     */
    public static long regionBytes(long records) {
        return (ConnectionRegion.slotsFor(records) + 1) * RECORD_BYTES;
    }

    /** Empties the region, writes its header with a random {@code seed} and attaches to it. */
    public static ConnectionTable4 format(MemorySegment region, long seed) {
        ConnectionRegion.format(region, MAGIC, RECORD_BYTES, seed);
        return new ConnectionTable4(region);
    }

    /**
     * The hash that names the first slot to look at.
     *
     * @param addresses source | destination &lt;&lt; 32, raw: the eight bytes at offset 12 of the IPv4 header
     * @param key source port | destination port &lt;&lt; 16 | protocol &lt;&lt; 32, ports raw: the first four bytes of the TCP or UDP header
     */
    public int hash(long addresses, long key) {
        long h = (addresses ^ seed) * C1;
        h ^= h >>> 32;
        return finish(h, key);
    }

    /** Loads the first slot's publish word so that its cache line is on the way when {@link #find} needs it. */
    public long touch(int hash) {
        return Words.get64(memory, first + ((hash & mask) << SHIFT));
    }

    /** The live record with this key, or {@link #ABSENT}. */
    public long find(long addresses, long key, int hash) {
        long record = first + ((hash & mask) << SHIFT);
        long word = Words.acquire64(memory, record);
        if ((word & KEY_AND_STATE) == (key | STATE_LIVE)
                && Words.acquire64(memory, record + ADDRESSES) == addresses
                && Words.acquire64(memory, record) == word) {
            return record;
        }
        return (word & STATE_MASK) == STATE_EMPTY ? ABSENT : findBeyond(addresses, key, hash);
    }

    private long findBeyond(long addresses, long key, int hash) {
        long live = key | STATE_LIVE;
        for (int i = 1; i < PROBE_LIMIT; i++) {
            long record = first + (((hash + i) & mask) << SHIFT);
            long word = Words.acquire64(memory, record);
            if ((word & KEY_AND_STATE) == live
                    && Words.acquire64(memory, record + ADDRESSES) == addresses
                    && Words.acquire64(memory, record) == word) {
                return record;
            }
            if ((word & STATE_MASK) == STATE_EMPTY) {
                return ABSENT;
            }
        }
        return ABSENT;
    }

    /**
     * True when {@code record} still is the live record of this key with publish word {@code word}: the reader's second
     * look after it has read the fields, which also covers a record replaced between {@link #find} and {@link #word}.
     */
    public boolean isStill(long record, long word, long addresses, long key) {
        return (word & KEY_AND_STATE) == (key | STATE_LIVE)
                && Words.acquire64(memory, record + ADDRESSES) == addresses
                && isUnchanged(record, word);
    }

    /** Claims a slot for a new record: a record to fill in and publish, or FULL, EXISTS or BUSY. */
    public long claim(long addresses, long key, int hash) {
        return claim(addresses, 0, 0, 0, key, hash);
    }

    /** Source | destination &lt;&lt; 32 of the key, raw. */
    public long addresses(long record) {
        return Words.get64(memory, record + ADDRESSES);
    }

    /** Sets what the packet's destination (forward) or source (reverse) is replaced by, raw. */
    public void setTranslation(long record, int newAddressRaw, int newPortRaw) {
        setNewAddressWord(record, newAddressRaw);
        setNewPort(record, newPortRaw);
    }

    /** Address to write into the packet, raw. */
    public int newAddress(long record) {
        return newAddressWord(record);
    }

    @Override
    boolean hasAddresses(long record, long source0, long source1, long destination0, long destination1) {
        return Words.acquire64(memory, record + ADDRESSES) == source0;
    }

    @Override
    void setAddresses(long record, long source0, long source1, long destination0, long destination1) {
        Words.set64(memory, record + ADDRESSES, source0);
    }
}
