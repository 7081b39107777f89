package io.weir.memory.connection;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.weir.memory.map.Words;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What the tables for IPv4 (64-byte records) and IPv6 (128-byte records) have in common. A record is named by the
 * offset of its publish word; everything but the addresses stands at the same distance from it in both tables, so that
 * expiry, counting and TCP tracking are written once, and a BPF program can read the same bytes.
 *
 * <pre>
 * region: one header record, then the slots (a power of two), so that slot n is element n + 1 of a BPF array map
 *   0 u64 magic   8 u32 version  12 u32 record bytes  16 u64 slots  24 u64 hash seed  32 u32 probe limit
 *
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
 * "Raw" means the bytes as they stand in the packet, loaded as a little-endian number.
 *
 * <p><b>Slot states</b> in the publish word: 0 EMPTY, 1 BUSY, 2 LIVE, 3 TOMBSTONE, 4 CLAIMING. A look-up probes at most
 * {@value #PROBE_LIMIT} slots and stops at the first EMPTY one; only LIVE ever matches.
 *
 * <p><b>Writers</b> are all switching processors, one at a time per record: a claim compare-and-sets a free slot to
 * CLAIMING with the next generation, the fields are written while the slot is BUSY, and the release store of LIVE
 * publishes them. <b>Readers</b> load the publish word (acquire), the addresses, the fields, and then the publish word
 * again: unless the whole word, generation included, is the same, what was read may belong to two connections and counts
 * as a miss ({@link #isUnchanged}). The generation has 16 bits: a reader would have to sleep through exactly a multiple of
 * 65,536 reuses of one slot to be deceived.
 *
 * <p><b>One live record per key.</b> Two processors that claim the same key usually meet at the same slot, and one
 * compare-and-set fails. They take different slots only when an earlier slot of the window became free in between.
 * So a claimer, once its CLAIMING word stands, looks through the window again; both do so after their own
 * compare-and-set, hence at least one sees the other. Who sees the key LIVE, BUSY, or CLAIMING in an earlier slot gives
 * up; who sees it CLAIMING in a later slot takes that claim away (compare-and-set to TOMBSTONE). The claim counts once
 * a second compare-and-set, CLAIMING to BUSY, succeeds; nobody takes a BUSY slot away and nothing is written into the
 * slot before. So the earliest claimer wins unless another had already won, and nobody waits for anybody. While a slot is
 * not LIVE only ports and protocol tell its key; a claim of another connection with the same ports in the same window at the
 * same instant may therefore be told {@link #BUSY} although it need not, never the reverse.
 *
 * <p><b>Tombstones</b> are left by every removal and never turn EMPTY again while processors run: the second look above
 * relies on a look-up path that does not shrink. They are reused by claims, first slot first. An old table may hold few
 * EMPTY slots, so a look-up that finds nothing costs up to {@value #PROBE_LIMIT} neighbouring cache lines, never more.
 * {@link #recover} clears what a killed process left behind.
 *
 * <p><b>A sole writer</b> ({@link #writeAlone}) has nobody to compete with: its claims take the first free slot without a
 * second look, and its removals turn a tombstone EMPTY again when the slot behind it is EMPTY: no look-up that passes the
 * one would have passed the other. So windows stay short however old the table is. Readers in other processes see the
 * same transitions of the publish word as ever.
 *
 * <p><b>Full</b> means no free slot in the window of one key. Claim then returns {@link #FULL} and {@link #recyclable}
 * names the oldest half-open or closing record there; established ones stay.
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

    /** Slots a look-up inspects at most. */
    public static final int PROBE_LIMIT = 16;

    /** Bits of the publish word that hold ports and protocol. */
    public static final long KEY_MASK = 0xFF_FFFF_FFFFL;

    // Odd constants with well-spread bits: 2^64 / golden ratio, and the multiplier of wyhash's successor rrmxmx.
    static final long C1 = 0x9E37_79B9_7F4A_7C15L;
    static final long C2 = 0xD6E8_FEB8_6659_FD93L;

    static final long STATE_MASK = 0xFFL << 40;
    static final long STATE_EMPTY = 0;
    static final long STATE_BUSY = 1L << 40;
    static final long STATE_LIVE = 2L << 40;
    static final long STATE_TOMBSTONE = 3L << 40;
    static final long STATE_CLAIMING = 4L << 40;
    static final long KEY_AND_STATE = KEY_MASK | STATE_MASK;
    static final long GENERATION_ONE = 1L << 48;
    static final long GENERATION_MASK = 0xFFFFL << 48;

    /** Times a claim starts again after another processor changed the window under it. */
    private static final int CLAIM_ATTEMPTS = 8;

    /** Bounds the work of one removal; more tombstones in a row are rare at a load of one half. */
    private static final int MOST_CLEARED = 64;

    static final ValueLayout.OfLong U64 = JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
    static final ValueLayout.OfInt U32 = JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    static final VarHandle WORD = JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle();
    private static final VarHandle EPOCH =
            ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN).varHandle();

    private static final long NEW_ADDRESS = 8;
    private static final long NEW_PORT = 12;
    private static final long KIND = 14;
    private static final long STATE = 15;
    private static final long DESTINATION_MAC = 16;
    /** Eight bytes that end with the source MAC. */
    private static final long SOURCE_MAC_END = 20;

    private static final long SOURCE_MAC = 22;
    private static final long EGRESS = 28;
    private static final long TCP_FLAGS = 29;
    private static final long PATH_EPOCH = 30;
    private static final long LAST_SEEN = 32;
    private static final long SERVICE = 36;
    private static final long SERVER = 38;
    private static final long PACKETS = 40;
    private static final long BYTES = 48;

    protected final MemorySegment memory;
    /** Publish word of slot 0. */
    final long first;
    /** Slots minus one. */
    final long mask;

    final long seed;
    /** Record size as a power of two. */
    private final int shift;

    private boolean alone;

    /** Attaches to a formatted region that starts at {@code base} of {@code memory}. */
    ConnectionTable(MemorySegment memory, long base, long magic, int recordBytes, long publishOffset) {
        ConnectionRegion.check(memory, base, magic, recordBytes);
        this.memory = memory;
        this.first = base + recordBytes + publishOffset;
        this.mask = ConnectionRegion.slots(memory, base) - 1;
        this.seed = ConnectionRegion.seed(memory, base);
        this.shift = Integer.numberOfTrailingZeros(recordBytes);
    }

    /** From now on this object, used by one thread, is the only writer of the table. */
    public final void writeAlone() {
        alone = true;
    }

    abstract boolean hasAddresses(long record, long source0, long source1, long destination0, long destination1);

    abstract void setAddresses(long record, long source0, long source1, long destination0, long destination1);

    /**
     * The last rounds of both hashes: adds the ports and protocol to a hash of the addresses. Keys of real traffic stand in
     * rows: neighbouring ports, neighbouring addresses. With one multiplication fewer such rows pile up: at load 0.5 a
     * set of 32 ports of each of some thousand clients found 7 % of the windows full, instead of 0.03 %.
     */
    static int finish(long addresses, long key) {
        long h = (addresses + key) * C2;
        return (int) (((h ^ (h >>> 32)) * C1) >>> 32);
    }

    /** Number of record slots, a power of two. */
    public final long slots() {
        return mask + 1;
    }

    /** The record in slot {@code index} (0 to {@link #slots()} - 1), live or not. */
    public final long recordAt(long index) {
        return first + ((index & mask) << shift);
    }

    /** The random number that makes the hash unpredictable from outside; also stands in the region's header. */
    public final long seed() {
        return seed;
    }

    /** Acquire-loads the publish word. */
    public final long word(long record) {
        return Words.acquire64(memory, record);
    }

    /** True when a publish word belongs to a live record. */
    public static boolean isLive(long word) {
        return (word & STATE_MASK) == STATE_LIVE;
    }

    /** Source port, destination port and protocol in a publish word: the key as look-ups take it. */
    public static long keyOf(long word) {
        return word & KEY_MASK;
    }

    /**
     * The reader's second look: true when the publish word still is {@code word}, so that all fields loaded since
     * {@link #word} returned it belong to one connection.
     */
    public final boolean isUnchanged(long record, long word) {
        VarHandle.loadLoadFence();
        return Words.acquire64(memory, record) == word;
    }

    // Between claim and publish the claiming processor alone sets the fields.

    /**
     * Claims a free slot of the window, first slot first; the algorithm and its argument stand in the class comment.
     * The record returned is cleared but for its key.
     */
    long claim(long source0, long source1, long destination0, long destination1, long key, int hash) {
        for (int attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
            int free = -1;
            long freeWord = 0;
            for (int i = 0; i < PROBE_LIMIT; i++) {
                long record = recordAt(hash + (long) i);
                long word = word(record);
                long state = word & STATE_MASK;
                if (state == STATE_EMPTY || state == STATE_TOMBSTONE) {
                    if (free < 0) {
                        free = i;
                        freeWord = word;
                    }
                    if (state == STATE_EMPTY) {
                        break;
                    }
                } else if ((word & KEY_MASK) == key) {
                    if (state != STATE_LIVE) {
                        return BUSY;
                    }
                    if (hasAddresses(record, source0, source1, destination0, destination1)
                            && isUnchanged(record, word)) {
                        return EXISTS;
                    }
                }
            }
            if (free < 0) {
                return FULL;
            }
            if (alone) {
                return takeAlone(
                        source0, source1, destination0, destination1, key, recordAt(hash + (long) free), freeWord);
            }
            long result = take(source0, source1, destination0, destination1, key, hash, free, freeWord);
            if (result != ABSENT) {
                return result;
            }
        }
        return BUSY;
    }

    /** Takes a free slot that nobody else can want. */
    private long takeAlone(
            long source0, long source1, long destination0, long destination1, long key, long record, long freeWord) {
        long generation = (freeWord & GENERATION_MASK) + GENERATION_ONE;
        WORD.setOpaque(memory, record, generation | STATE_BUSY | key);
        // A reader that sees a new field must find the old publish word gone.
        VarHandle.storeStoreFence();
        clear(record);
        setAddresses(record, source0, source1, destination0, destination1);
        return record;
    }

    /** Takes the free slot at {@code own} of the window: a record, EXISTS or BUSY; ABSENT when the slot was lost. */
    private long take(
            long source0,
            long source1,
            long destination0,
            long destination1,
            long key,
            int hash,
            int own,
            long freeWord) {
        long record = recordAt(hash + (long) own);
        long generation = (freeWord & GENERATION_MASK) + GENERATION_ONE;
        long claiming = generation | STATE_CLAIMING | key;
        if (!WORD.compareAndSet(memory, record, freeWord, claiming)) {
            return ABSENT;
        }
        VarHandle.fullFence();
        long verdict = contest(source0, source1, destination0, destination1, key, hash, own);
        if (verdict != ABSENT) {
            WORD.compareAndSet(memory, record, claiming, generation | STATE_TOMBSTONE);
            return verdict;
        }
        if (!WORD.compareAndSet(memory, record, claiming, generation | STATE_BUSY | key)) {
            return ABSENT;
        }
        VarHandle.fullFence();
        clear(record);
        setAddresses(record, source0, source1, destination0, destination1);
        return record;
    }

    /** The second look of a claimer in slot {@code own} of the window: ABSENT when nobody else has the key. */
    private long contest(
            long source0, long source1, long destination0, long destination1, long key, int hash, int own) {
        int i = 0;
        while (i < PROBE_LIMIT) {
            long record = recordAt(hash + (long) i);
            long word = word(record);
            long state = word & STATE_MASK;
            if (state == STATE_EMPTY) {
                return ABSENT;
            }
            if (i == own || state == STATE_TOMBSTONE || (word & KEY_MASK) != key) {
                i++;
            } else if (state == STATE_LIVE) {
                if (hasAddresses(record, source0, source1, destination0, destination1) && isUnchanged(record, word)) {
                    return EXISTS;
                }
                i++;
            } else if (state == STATE_BUSY || i < own) {
                return BUSY;
            } else {
                // Whether this succeeds or not, the slot is looked at once more: it may have won just now.
                WORD.compareAndSet(memory, record, word, (word & GENERATION_MASK) | STATE_TOMBSTONE);
            }
        }
        return ABSENT;
    }

    private void clear(long record) {
        Words.set64(memory, record + 8, 0);
        Words.set64(memory, record + 16, 0);
        Words.set64(memory, record + 24, 0);
        Words.set64(memory, record + 32, 0);
        Words.set64(memory, record + 40, 0);
        Words.set64(memory, record + 48, 0);
    }

    /**
     * Sets where the packets of this connection leave: of a claimed record, or of a live one when the path was resolved
     * anew. The epoch is 0 while the rest changes; a reader takes {@link #pathEpoch} before and after the path.
     *
     * @param destinationMac 48-bit number, first octet highest; {@code sourceMac} likewise
     * @param epoch of the neighbour table when the path was resolved, 1 to 65535; 0 when it is not resolved
     */
    public final void setPath(long record, int egress, long destinationMac, long sourceMac, int epoch) {
        EPOCH.setOpaque(memory, record + PATH_EPOCH, (short) 0);
        VarHandle.storeStoreFence();
        // Destination and source MAC as they will stand in the frame: twelve bytes, most significant octet first.
        Words.set64(memory, record + DESTINATION_MAC, Long.reverseBytes((destinationMac << 16) | (sourceMac >>> 32)));
        Words.set32(memory, record + DESTINATION_MAC + 8, Integer.reverseBytes((int) sourceMac));
        Words.set8(memory, record + EGRESS, (byte) egress);
        EPOCH.setRelease(memory, record + PATH_EPOCH, (short) epoch);
    }

    /** Sets what a connection is, and its idle clock. */
    public final void setConnection(long record, int kind, int state, int service, int server, int nowMs) {
        Words.set8(memory, record + KIND, (byte) kind);
        Words.set8(memory, record + STATE, (byte) state);
        Words.set16(memory, record + SERVICE, (short) service);
        Words.set16(memory, record + SERVER, (short) server);
        Words.set32(memory, record + LAST_SEEN, nowMs);
    }

    /** Makes a claimed record visible with a release store. */
    public final void publish(long record) {
        long word = Words.get64(memory, record);
        WORD.setRelease(memory, record, (word & ~STATE_MASK) | STATE_LIVE);
    }

    /** Gives a claimed record up (tombstone). */
    public final void abandon(long record) {
        long word = Words.get64(memory, record);
        WORD.setRelease(memory, record, (word & GENERATION_MASK) | STATE_TOMBSTONE);
        if (alone) {
            clearTombstones(record);
        }
    }

    /** Removes a live record if its publish word still is {@code word}; true when this call removed it. */
    public final boolean remove(long record, long word) {
        if (!isLive(word) || !WORD.compareAndSet(memory, record, word, (word & GENERATION_MASK) | STATE_TOMBSTONE)) {
            return false;
        }
        if (alone) {
            clearTombstones(record);
        }
        return true;
    }

    /** Turns the tombstones that end in {@code record} EMPTY if the next slot is EMPTY; they keep their generations. */
    private void clearTombstones(long record) {
        long index = (record - first) >> shift;
        if ((word(recordAt(index + 1)) & STATE_MASK) != STATE_EMPTY) {
            return;
        }
        for (int i = 0; i < MOST_CLEARED; i++) {
            long at = recordAt(index - i);
            long word = word(at);
            if ((word & STATE_MASK) != STATE_TOMBSTONE) {
                return;
            }
            WORD.setOpaque(memory, at, word & GENERATION_MASK);
        }
    }

    /**
     * A live record within the probe window of {@code hash} that may be given up for a new connection: half-open or
     * closing, never established; the oldest of them. {@link #ABSENT} when there is none. Before it is removed, take its
     * word, look at its state again and pass that word to {@link #remove}: another processor may have moved it on.
     */
    public final long recyclable(int hash, int nowMs) {
        long oldest = ABSENT;
        int oldestAgeMs = -1;
        for (int i = 0; i < PROBE_LIMIT; i++) {
            long record = recordAt(hash + (long) i);
            long word = word(record);
            if (!isLive(word) || !ConnectionState.isRecyclable(state(record))) {
                continue;
            }
            // Negative when another processor's clock was read later than ours.
            int ageMs = Math.max(0, nowMs - lastSeen(record));
            if (ageMs > oldestAgeMs && isUnchanged(record, word)) {
                oldest = record;
                oldestAgeMs = ageMs;
            }
        }
        return oldest;
    }

    /**
     * Turns records that a killed process was writing into tombstones. Only while no switching processor runs.
     *
     * @return number of records given up
     */
    public final long recover() {
        long recovered = 0;
        for (long i = 0; i <= mask; i++) {
            long record = recordAt(i);
            long state = word(record) & STATE_MASK;
            if (state == STATE_BUSY || state == STATE_CLAIMING) {
                abandon(record);
                recovered++;
            }
        }
        return recovered;
    }

    // Accessors of a live record. Plain loads and stores: consistent as a whole only between word and isUnchanged.

    /**
     * Counts a packet. The sums are not atomic: two processors on one record at the same instant may lose a packet, as
     * in every other reader and writer of this record, the BPF program included.
     */
    public final void touch(long record, int nowMs, int bytes, int tcpFlags) {
        Words.set64(memory, record + PACKETS, Words.get64(memory, record + PACKETS) + 1);
        Words.set64(memory, record + BYTES, Words.get64(memory, record + BYTES) + bytes);
        Words.set32(memory, record + LAST_SEEN, nowMs);
        int seen = Words.get8(memory, record + TCP_FLAGS);
        Words.set8(memory, record + TCP_FLAGS, (byte) (seen | tcpFlags));
    }

    public final int kind(long record) {
        return Words.get8(memory, record + KIND);
    }

    /** The {@link ConnectionState}. */
    public final int state(long record) {
        return Words.get8(memory, record + STATE);
    }

    public final void setState(long record, int state) {
        Words.set8(memory, record + STATE, (byte) state);
    }

    /** Interface the packets leave by, 1 to 255. */
    public final int egress(long record) {
        return Words.get8(memory, record + EGRESS) & 0xFF;
    }

    /** 48-bit number, first octet highest. */
    public final long destinationMac(long record) {
        return Long.reverseBytes(Words.get64(memory, record + DESTINATION_MAC)) >>> 16;
    }

    /** 48-bit number, first octet highest. */
    public final long sourceMac(long record) {
        return Long.reverseBytes(Words.get64(memory, record + SOURCE_MAC_END)) & 0xFFFF_FFFF_FFFFL;
    }

    /** The first eight of the twelve bytes of destination and source MAC, raw: to be stored at the frame's start. */
    public final long macsRaw0(long record) {
        return Words.get64(memory, record + DESTINATION_MAC);
    }

    /** The last four of the twelve bytes of destination and source MAC, raw: to be stored at the frame's byte 8. */
    public final int macsRaw1(long record) {
        return Words.get32(memory, record + SOURCE_MAC + 2);
    }

    /** Epoch of the path; 0 when it is not resolved or is being changed. Acquire. */
    public final int pathEpoch(long record) {
        return Words.acquire16(memory, record + PATH_EPOCH) & 0xFFFF;
    }

    /** Milliseconds of the map's clock when the last packet was counted; wraps, compare by subtraction. */
    public final int lastSeen(long record) {
        return Words.get32(memory, record + LAST_SEEN);
    }

    public final void setLastSeen(long record, int nowMs) {
        Words.set32(memory, record + LAST_SEEN, nowMs);
    }

    /** All TCP flags seen so far, or-ed. */
    public final int tcpFlags(long record) {
        return Words.get8(memory, record + TCP_FLAGS) & 0xFF;
    }

    /** Service number, 0 when none. */
    public final int service(long record) {
        return Words.get16(memory, record + SERVICE) & 0xFFFF;
    }

    /** Server number, 0 when none. */
    public final int server(long record) {
        return Words.get16(memory, record + SERVER) & 0xFFFF;
    }

    public final long packets(long record) {
        return Words.get64(memory, record + PACKETS);
    }

    public final long bytes(long record) {
        return Words.get64(memory, record + BYTES);
    }

    /** Port to write into the packet, raw. */
    public final int newPort(long record) {
        return Words.get16(memory, record + NEW_PORT) & 0xFFFF;
    }

    final void setNewPort(long record, int newPortRaw) {
        Words.set16(memory, record + NEW_PORT, (short) newPortRaw);
    }

    final int newAddressWord(long record) {
        return Words.get32(memory, record + NEW_ADDRESS);
    }

    final void setNewAddressWord(long record, int raw) {
        Words.set32(memory, record + NEW_ADDRESS, raw);
    }

    /** Source port of the key, raw. */
    public final int sourcePort(long record) {
        return (int) Words.get64(memory, record) & 0xFFFF;
    }

    /** Destination port of the key, raw. */
    public final int destinationPort(long record) {
        return ((int) Words.get64(memory, record)) >>> 16;
    }

    /** Transport protocol number of the key. */
    public final int protocol(long record) {
        return (int) (Words.get64(memory, record) >>> 32) & 0xFF;
    }
}
