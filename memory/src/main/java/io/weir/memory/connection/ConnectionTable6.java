package io.weir.memory.connection;

import java.lang.foreign.MemorySegment;

/** Connections over IPv6. Stub: the same as {@link ConnectionTable4} with each address as two raw longs. */
public final class ConnectionTable6 extends ConnectionTable {
    public ConnectionTable6(MemorySegment memory) {
        super(memory);
    }

    @Override
    public long slots() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long recordAt(long index) {
        throw new UnsupportedOperationException("" + index);
    }

    /** Addresses raw: the longs at offsets 8, 16, 24 and 32 of the IPv6 header; key as in {@link ConnectionTable4#hash}. */
    public int hash(long source0, long source1, long destination0, long destination1, long key) {
        throw new UnsupportedOperationException("" + source0 + source1 + destination0 + destination1 + key);
    }

    public long touch(int hash) {
        throw new UnsupportedOperationException("" + hash);
    }

    public long find(long source0, long source1, long destination0, long destination1, long key, int hash) {
        throw new UnsupportedOperationException("" + source0 + source1 + destination0 + destination1 + key + hash);
    }

    public long claim(long source0, long source1, long destination0, long destination1, long key, int hash) {
        throw new UnsupportedOperationException("" + source0 + source1 + destination0 + destination1 + key + hash);
    }

    public void setTranslation(long record, long newAddress0, long newAddress1, int newPortRaw) {
        throw new UnsupportedOperationException("" + record + newAddress0 + newAddress1 + newPortRaw);
    }

    public long newAddress0(long record) {
        throw new UnsupportedOperationException("" + record);
    }

    public long newAddress1(long record) {
        throw new UnsupportedOperationException("" + record);
    }
}
