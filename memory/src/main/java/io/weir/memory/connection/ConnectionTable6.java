package io.weir.memory.connection;

import io.weir.memory.map.Words;
import java.lang.foreign.MemorySegment;

/**
 * Connections over IPv6: the same as {@link ConnectionTable4} with each address as two raw longs; two cache lines per
 * record, addresses in the first. Layout, protocol and errors: {@link ConnectionTable}.
 */
public final class ConnectionTable6 extends ConnectionTable {
    /** Bytes of a record. */
    public static final int RECORD_BYTES = 128;

    private static final int SHIFT = 7;
    /** "WEIRCON6", little-endian. */
    private static final long MAGIC = 0x364E_4F43_5249_4557L;

    private static final long PUBLISH_OFFSET = 72;
    static final long SOURCE0 = -72;
    static final long SOURCE1 = -64;
    static final long DESTINATION0 = -56;
    static final long DESTINATION1 = -48;
    static final long NEW_ADDRESS0 = -40;
    static final long NEW_ADDRESS1 = -32;

    /** Attaches to a formatted region; IllegalArgumentException when it is none. */
    public ConnectionTable6(MemorySegment region) {
        this(region, 0);
    }

    /** Attaches to a formatted region that starts at {@code base} of {@code memory}; records are offsets of that memory. */
    public ConnectionTable6(MemorySegment memory, long base) {
        super(memory, base, MAGIC, RECORD_BYTES, PUBLISH_OFFSET);
    }

    /** Bytes of a region for so many records; sized as {@link ConnectionTable4#regionBytes}. */
    public static long regionBytes(long records) {
        return (ConnectionRegion.slotsFor(records) + 1) * RECORD_BYTES;
    }

    /** Empties the region, writes its header with a random {@code seed} and attaches to it. */
    public static ConnectionTable6 format(MemorySegment region, long seed) {
        ConnectionRegion.format(region, MAGIC, RECORD_BYTES, seed);
        return new ConnectionTable6(region);
    }

    /** Addresses raw: the longs at offsets 8, 16, 24 and 32 of the IPv6 header; key as in {@link ConnectionTable4#hash}. */
    public int hash(long source0, long source1, long destination0, long destination1, long key) {
        long h = (source0 ^ seed) * C1;
        h ^= h >>> 32;
        h = (h + source1) * C2;
        h ^= h >>> 32;
        h = (h + destination0) * C1;
        h ^= h >>> 32;
        h = (h + destination1) * C1;
        h ^= h >>> 32;
        return finish(h, key);
    }

    /** Loads the first slot's publish word and source so that both cache lines are on the way for {@link #find}. */
    public long touch(int hash) {
        long record = first + ((hash & mask) << SHIFT);
        return Words.get64(memory, record) ^ Words.get64(memory, record + SOURCE0);
    }

    /** The live record with this key, or {@link #ABSENT}. */
    public long find(long source0, long source1, long destination0, long destination1, long key, int hash) {
        long record = first + ((hash & mask) << SHIFT);
        long word = Words.acquire64(memory, record);
        if ((word & KEY_AND_STATE) == (key | STATE_LIVE)
                && hasAddresses(record, source0, source1, destination0, destination1)
                && Words.acquire64(memory, record) == word) {
            return record;
        }
        return (word & STATE_MASK) == STATE_EMPTY
                ? ABSENT
                : findBeyond(source0, source1, destination0, destination1, key, hash);
    }

    private long findBeyond(long source0, long source1, long destination0, long destination1, long key, int hash) {
        long live = key | STATE_LIVE;
        for (int i = 1; i < PROBE_LIMIT; i++) {
            long record = first + (((hash + i) & mask) << SHIFT);
            long word = Words.acquire64(memory, record);
            if ((word & KEY_AND_STATE) == live
                    && hasAddresses(record, source0, source1, destination0, destination1)
                    && Words.acquire64(memory, record) == word) {
                return record;
            }
            if ((word & STATE_MASK) == STATE_EMPTY) {
                return ABSENT;
            }
        }
        return ABSENT;
    }

    /** As {@link ConnectionTable4#isStill}. */
    public boolean isStill(
            long record, long word, long source0, long source1, long destination0, long destination1, long key) {
        return (word & KEY_AND_STATE) == (key | STATE_LIVE)
                && hasAddresses(record, source0, source1, destination0, destination1)
                && isUnchanged(record, word);
    }

    /** Claims a slot for a new record: a record to fill in and publish, or FULL, EXISTS or BUSY. */
    @Override
    public long claim(long source0, long source1, long destination0, long destination1, long key, int hash) {
        return super.claim(source0, source1, destination0, destination1, key, hash);
    }

    /** First half of the key's source address, raw. */
    public long source0(long record) {
        return Words.get64(memory, record + SOURCE0);
    }

    /** Second half of the key's source address, raw. */
    public long source1(long record) {
        return Words.get64(memory, record + SOURCE1);
    }

    /** First half of the key's destination address, raw. */
    public long destination0(long record) {
        return Words.get64(memory, record + DESTINATION0);
    }

    /** Second half of the key's destination address, raw. */
    public long destination1(long record) {
        return Words.get64(memory, record + DESTINATION1);
    }

    /** Sets what the packet's destination (forward) or source (reverse) is replaced by, raw. */
    public void setTranslation(long record, long newAddress0, long newAddress1, int newPortRaw) {
        Words.set64(memory, record + NEW_ADDRESS0, newAddress0);
        Words.set64(memory, record + NEW_ADDRESS1, newAddress1);
        setNewPort(record, newPortRaw);
    }

    /** First half of the address to write into the packet, raw. */
    public long newAddress0(long record) {
        return Words.get64(memory, record + NEW_ADDRESS0);
    }

    /** Second half of the address to write into the packet, raw. */
    public long newAddress1(long record) {
        return Words.get64(memory, record + NEW_ADDRESS1);
    }

    @Override
    boolean hasAddresses(long record, long source0, long source1, long destination0, long destination1) {
        return Words.acquire64(memory, record + SOURCE0) == source0
                && Words.acquire64(memory, record + SOURCE1) == source1
                && Words.acquire64(memory, record + DESTINATION0) == destination0
                && Words.acquire64(memory, record + DESTINATION1) == destination1;
    }

    @Override
    void setAddresses(long record, long source0, long source1, long destination0, long destination1) {
        Words.set64(memory, record + SOURCE0, source0);
        Words.set64(memory, record + SOURCE1, source1);
        Words.set64(memory, record + DESTINATION0, destination0);
        Words.set64(memory, record + DESTINATION1, destination1);
    }
}
