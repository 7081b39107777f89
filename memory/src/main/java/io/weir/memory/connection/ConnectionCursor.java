package io.weir.memory.connection;

import io.weir.memory.map.Words;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * One switching processor's look-ups: finds the record of a packet and reads all it says in few loads, as one consistent
 * whole. What it read stays in the cursor until the next look-up. The readers' side of the protocol in
 * {@link ConnectionTable}, for the one place where every nanosecond counts; one thread per cursor.
 */
public abstract sealed class ConnectionCursor permits ConnectionCursor4, ConnectionCursor6 {
    // From the publish word; the drawing stands in ConnectionTable.
    private static final long TRANSLATION = 8;
    private static final long MACS = 16;
    private static final long PATH = 24;
    private static final long TCP_FLAGS = 29;
    private static final long LAST_SEEN = 32;
    private static final long PACKETS = 40;
    private static final long BYTES = 48;
    /** Bits of the path word that change with every packet: the TCP flags seen. */
    private static final long FLAGS_MASK = 0xFFL << 40;

    final MemorySegment memory;
    /** Publish word of slot 0. */
    final long first;

    final long mask;
    private final ConnectionTable table;

    private long record;
    private long word;
    private long translation;
    private long macs;
    private long path;
    private boolean isPathConsistent;

    ConnectionCursor(ConnectionTable table) {
        this.table = table;
        this.memory = table.memory;
        this.first = table.first;
        this.mask = table.mask;
    }

    /** Reads a record; true when it still is what {@code before} says. */
    final boolean read(long at, long before) {
        translation = Words.get64(memory, at + TRANSLATION);
        long pathBefore = Words.acquire64(memory, at + PATH);
        macs = Words.get64(memory, at + MACS);
        readMore(at);
        VarHandle.loadLoadFence();
        path = pathBefore;
        isPathConsistent = ((pathBefore ^ Words.get64(memory, at + PATH)) & ~FLAGS_MASK) == 0;
        record = at;
        word = before;
        return Words.acquire64(memory, at) == before;
    }

    /** Reads what only one family has. */
    abstract void readMore(long at);

    /** The record last found, as the table names it. */
    public final long record() {
        return record;
    }

    /** Its publish word. */
    public final long word() {
        return word;
    }

    /** The table looked through. */
    public final ConnectionTable table() {
        return table;
    }

    public final int kind() {
        return (int) (translation >>> 48) & 0xFF;
    }

    /** The {@link ConnectionState}. */
    public final int state() {
        return (int) (translation >>> 56);
    }

    /** New address (IPv4), raw. */
    final int newAddressWord() {
        return (int) translation;
    }

    /** Port to write into the packet, raw. */
    public final int newPort() {
        return (int) (translation >>> 32) & 0xFFFF;
    }

    /** True when the path was resolved in the neighbour table's epoch {@code epoch} and could be read undisturbed. */
    public final boolean isPathOf(int epoch) {
        return (int) (path >>> 48) == epoch && isPathConsistent;
    }

    public final int egress() {
        return (int) (path >>> 32) & 0xFF;
    }

    /** The first eight of the twelve bytes of destination and source MAC, raw. */
    public final long macsRaw0() {
        return macs;
    }

    /** The last four of them, raw. */
    public final int macsRaw1() {
        return (int) path;
    }

    /** Counts a packet, as {@link ConnectionTable#touch}. */
    public final void touch(int nowMs, int bytes, int tcpFlags) {
        long at = record;
        Words.set64(memory, at + PACKETS, Words.get64(memory, at + PACKETS) + 1);
        Words.set64(memory, at + BYTES, Words.get64(memory, at + BYTES) + bytes);
        Words.set32(memory, at + LAST_SEEN, nowMs);
        int seen = (int) (path >>> 40) & 0xFF;
        if ((tcpFlags & ~seen) != 0) {
            Words.set8(memory, at + TCP_FLAGS, (byte) (seen | tcpFlags));
        }
    }
}
