package io.weir.memory.connection;

import java.lang.foreign.MemorySegment;

/** Connections over IPv4. Stub. */
public final class ConnectionTable4 extends ConnectionTable {
    public ConnectionTable4(MemorySegment memory) {
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

    /**
     * The hash that names the first slot to look at.
     *
     * @param addresses source | destination &lt;&lt; 32, raw: the eight bytes at offset 12 of the IPv4 header
     * @param key source port | destination port &lt;&lt; 16 | protocol &lt;&lt; 32, ports raw: the first four bytes of the TCP or UDP header
     */
    public int hash(long addresses, long key) {
        throw new UnsupportedOperationException("" + addresses + key);
    }

    /** Loads the first slot's publish word so that its cache line is on the way when {@link #find} needs it. */
    public long touch(int hash) {
        throw new UnsupportedOperationException("" + hash);
    }

    /** The live record with this key, or {@link #ABSENT}. */
    public long find(long addresses, long key, int hash) {
        throw new UnsupportedOperationException("" + addresses + key + hash);
    }

    /** Claims a slot for a new record: a record to fill in and publish, or FULL, EXISTS or BUSY. */
    public long claim(long addresses, long key, int hash) {
        throw new UnsupportedOperationException("" + addresses + key + hash);
    }

    public void setTranslation(long record, int newAddressRaw, int newPortRaw) {
        throw new UnsupportedOperationException("" + record + newAddressRaw + newPortRaw);
    }

    public int newAddress(long record) {
        throw new UnsupportedOperationException("" + record);
    }
}
