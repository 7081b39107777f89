package io.weir.memory.connection;

import java.lang.foreign.MemorySegment;

/**
 * What the tables for IPv4 (64-byte records) and IPv6 (128-byte records) have in common. A record is named by the
 * offset of its publish word; everything but the addresses stands at the same distance from it in both tables, so that
 * expiry, counting and TCP tracking are written once, and a BPF program can read the same bytes.
 *
 * <pre>
 * IPv4 record                               IPv6 record
 *  0 u64 source | destination (raw)          0 16 bytes source
 *  8 u64 publish word  &lt;- record             16 16 bytes destination
 * 16 ..                                     32 16 bytes new address
 *                                           48 24 bytes reserved
 *                                           72 u64 publish word  &lt;- record
 *                                           80 ..
 * from the publish word:
 *  +0 u64 source port | destination port &lt;&lt; 16 (both raw) | protocol &lt;&lt; 32 | state &lt;&lt; 40 | generation &lt;&lt; 48
 *  +8 u32 new address (IPv4, raw)           +12 u16 new port (raw)
 * +14 u8 kind                               +15 u8 connection state
 * +16 6 bytes destination MAC               +22 6 bytes source MAC
 * +28 u8 egress interface                   +29 u8 TCP flags seen
 * +30 u16 path epoch (0: path not resolved) +32 u32 last seen, milliseconds of the map's clock
 * +36 u16 service                           +38 u16 server
 * +40 u64 packets                           +48 u64 bytes
 * </pre>
 *
 * "Raw" means the bytes as they stand in the packet, loaded as a little-endian number. Writer and reader protocol:
 * notes in {@code docs/adr}. Stub: to be filled in.
 */
public abstract sealed class ConnectionTable permits ConnectionTable4, ConnectionTable6 {
    /** No such record. */
    public static final long ABSENT = -1;
    /** No slot within the probe limit. */
    public static final long FULL = -2;
    /** A live record with this key exists. */
    public static final long EXISTS = -3;
    /** Another processor is writing a record with this key. */
    public static final long BUSY = -4;

    /** Kind: towards the server, destination rewritten. */
    public static final int FORWARD = 1;
    /** Kind: from the server, source rewritten. */
    public static final int REVERSE = 2;
    /** Kind: towards the server, only MAC addresses rewritten. */
    public static final int DIRECT = 3;

    protected final MemorySegment memory;

    protected ConnectionTable(MemorySegment memory) {
        this.memory = memory;
    }

    /** Number of record slots, a power of two. */
    public abstract long slots();

    /** The record in slot {@code index}, live or not. */
    public abstract long recordAt(long index);

    /** Acquire-loads the publish word. */
    public final long word(long record) {
        throw new UnsupportedOperationException("" + record);
    }

    /** True when a publish word belongs to a live record. */
    public static boolean isLive(long word) {
        throw new UnsupportedOperationException("" + word);
    }

    // Between claim and publish the claiming processor alone sets the fields.

    public final void setPath(long record, int egress, long destinationMac, long sourceMac, int epoch) {
        throw new UnsupportedOperationException("" + record + egress + destinationMac + sourceMac + epoch);
    }

    public final void setConnection(long record, int kind, int state, int service, int server, int nowMs) {
        throw new UnsupportedOperationException("" + record + kind + state + service + server + nowMs);
    }

    /** Makes a claimed record visible with a release store. */
    public final void publish(long record) {
        throw new UnsupportedOperationException("" + record);
    }

    /** Gives a claimed record up (tombstone). */
    public final void abandon(long record) {
        throw new UnsupportedOperationException("" + record);
    }

    /** Removes a live record if its publish word still is {@code word}; true when this call removed it. */
    public final boolean remove(long record, long word) {
        throw new UnsupportedOperationException("" + record + word);
    }

    /**
     * A live record within the probe window of {@code hash} that may be given up for a new connection: half-open or
     * closing, never established; the oldest of them. {@link #ABSENT} when there is none.
     */
    public final long recyclable(int hash, int nowMs) {
        throw new UnsupportedOperationException("" + hash + nowMs);
    }

    // Accessors of a live record: kind, state, setState, egress, destinationMac, sourceMac, pathEpoch, lastSeen,
    // touch(record,
    // nowMs, bytes, tcpFlags) [packets+1, bytes+n, flags|=, last seen], service, server, packets, bytes, newPort,
    // sourcePort, destinationPort, protocol. MAC addresses are 48-bit numbers, first octet highest.
}
