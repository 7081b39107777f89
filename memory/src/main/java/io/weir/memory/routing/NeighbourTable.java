package io.weir.memory.routing;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Link-layer addresses of next hops (ARP, RFC 826; neighbour discovery, RFC 4861), shared by all switching processors.
 * Writers: the switching processors, one at a time per entry (compare-and-set on the entry's state word). IPv4 addresses are
 * stored as IPv4-mapped pairs ({@link #mapped}), so both families share one table. The epoch is a number that changes
 * whenever a path taken earlier may be wrong: an entry's link-layer address changed, an entry failed.
 *
 * <pre>
 *   0  u32 epoch, u32 unused, u64 hash seed                                             (one cache line)
 *  64  entries of 64 bytes, a power of two, named by their index:
 *      +0  u64 word: link-layer address 48 bits | state &lt;&lt; 48 (4 bits) | generation &lt;&lt; 52 (12 bits)
 *      +8  u32 interface     +12 u32 changed, ms of the map's clock
 *      +16 u64 address0      +24 u64 address1        +32 u32 probes sent       +36 u32 last used, ms
 * </pre>
 *
 * <p>State and link-layer address stand in one word, so they are always read together. A slot is claimed by
 * compare-and-set of its word to the state "being written" with the next generation, gets its key, and is released by the
 * store of INCOMPLETE. A look-up loads the word, compares the key and loads the word again: another
 * generation means that the slot was rewritten meanwhile. Look-ups pass over removed entries and stop at a slot
 * never used. Two processors that add the same address claim the same first free slot; the loser waits a bounded time
 * for the winner's key and returns its entry (or gives up with FULL when the winner is not scheduled meanwhile). Only when an entry nearer to the start is removed at that very moment may
 * both add one; the farther one is never found again and ages away.
 *
 * <p>When full: {@link #add} gives up a FAILED entry within its window of {@value #PROBES} slots, and otherwise returns
 * {@link #FULL}; the packet that asked is dropped and a later one asks again.
 *
 * <p>Whoever keeps a path reads the epoch <em>before</em> it looks the entry up: a change in between then makes what it
 * kept out of date, never the other way round.
 */
public final class NeighbourTable {
    public static final int ABSENT = -1;
    public static final int FULL = -2;

    /** Asked for, no answer yet. */
    public static final int INCOMPLETE = 1;
    /** Confirmed recently. */
    public static final int REACHABLE = 2;
    /** Still used, to be confirmed. */
    public static final int STALE = 3;
    /** Asked again, still used. */
    public static final int PROBE = 4;
    /** Did not answer; kept for a while so that packets fail at once. */
    public static final int FAILED = 5;

    /** Slots a look-up goes through at most. */
    public static final int PROBES = 32;

    private static final int NEVER_USED = 0;
    private static final int BEING_WRITTEN = 6;
    private static final int REMOVED = 7;

    private static final int STATE_SHIFT = 48;
    private static final int GENERATION_SHIFT = 52;
    private static final long ADDRESS_MASK = (1L << STATE_SHIFT) - 1;
    private static final long GENERATION_MASK = -1L << GENERATION_SHIFT;
    private static final int GREATEST_EPOCH = 65_535;
    /** Loads of a word that another processor is writing: some microseconds. */
    private static final int PATIENCE = 1_000;

    private static final long EPOCH_OFFSET = 0;
    private static final long SEED_OFFSET = 8;
    private static final long ENTRIES_OFFSET = 64;
    private static final int ENTRY_SHIFT = 6;
    private static final long INTERFACE = 8;
    private static final long CHANGED = 12;
    private static final long ADDRESS0 = 16;
    private static final long ADDRESS1 = 24;
    private static final long PROBES_SENT = 32;
    private static final long USED = 36;
    /** How old the time of last use may be: it is written that often at most, because all processors share the line. */
    private static final int USE_RESOLUTION_MS = 1_000;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;
    private final int capacity;
    private final int mask;
    private final int probes;
    private final long seed;

    /** A table over memory of {@link #bytes}; zeros are an empty table. */
    public NeighbourTable(MemorySegment memory) {
        long slots = (memory.byteSize() - ENTRIES_OFFSET) >> ENTRY_SHIFT;
        if (slots < 1 || Long.bitCount(slots) != 1 || slots > 1 << 30) {
            throw new IllegalArgumentException(
                    "neighbour table: " + memory.byteSize() + " bytes are not 64 + 64 times a power of two");
        }
        this.memory = memory;
        this.capacity = (int) slots;
        this.mask = capacity - 1;
        this.probes = Math.min(PROBES, capacity);
        this.seed = memory.get(ValueLayout.JAVA_LONG, SEED_OFFSET);
    }

    /** Bytes of a table with {@code capacity} entries, a power of two. */
    public static long bytes(int capacity) {
        if (Integer.bitCount(capacity) != 1 || capacity < 1) {
            throw new IllegalArgumentException("neighbour table: " + capacity + " entries are not a power of two");
        }
        return ENTRIES_OFFSET + ((long) capacity << ENTRY_SHIFT);
    }

    /** Sets the seed of the hash, before the first table is made over the memory. */
    public static void initialise(MemorySegment memory, long seed) {
        memory.set(ValueLayout.JAVA_LONG, SEED_OFFSET, seed);
    }

    /** The second half of the IPv4-mapped pair (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2) of a raw address; the first is 0. */
    public static long mapped(int address) {
        return ((long) address << 32) | 0xffff_0000L;
    }

    /** True when the pair stands for an IPv4 address; {@link #unmapped} gives it. */
    public static boolean isMapped(long address0, long address1) {
        return address0 == 0 && (int) address1 == 0xffff_0000;
    }

    /** The raw IPv4 address of an IPv4-mapped pair. */
    public static int unmapped(long address1) {
        return (int) (address1 >>> 32);
    }

    /** 1..65535, never 0; changes when a path may have become wrong. */
    public int epoch() {
        return Math.max((int) INT.getAcquire(memory, EPOCH_OFFSET), 1);
    }

    /** Moves on to the next epoch. */
    public void newEpoch() {
        int stored;
        int next;
        do {
            stored = (int) INT.getAcquire(memory, EPOCH_OFFSET);
            next = Math.max(stored, 1) % GREATEST_EPOCH + 1;
        } while (!INT.compareAndSet(memory, EPOCH_OFFSET, stored, next));
    }

    /** The entry of an address, or {@link #ABSENT}. */
    public int find(int interfaceId, long address0, long address1) {
        int slot = hash(interfaceId, address0, address1);
        for (int k = 0; k < probes; k++) {
            int entry = (slot + k) & mask;
            long word = word(entry);
            if (word == 0) {
                return ABSENT;
            }
            if (holds(entry, word, interfaceId, address0, address1)) {
                return entry;
            }
        }
        return ABSENT;
    }

    /** Adds an INCOMPLETE entry (or returns the existing one); FULL when no slot is free or may be reused. */
    public int add(int interfaceId, long address0, long address1, int nowMs) {
        int slot = hash(interfaceId, address0, address1);
        for (int attempt = 0; attempt < PROBES; attempt++) {
            int vacant = ABSENT;
            int failed = ABSENT;
            for (int k = 0; k < probes; k++) {
                int entry = (slot + k) & mask;
                long word = settled(entry);
                int state = stateOf(word);
                if (isUsed(word)) {
                    if (holds(entry, word, interfaceId, address0, address1)) {
                        return entry;
                    }
                    failed = failed == ABSENT && state == FAILED ? entry : failed;
                } else if (state == BEING_WRITTEN) {
                    return FULL;
                } else if (vacant == ABSENT) {
                    vacant = entry;
                }
                if (word == 0) {
                    break;
                }
            }
            int chosen = vacant != ABSENT ? vacant : failed;
            if (chosen == ABSENT) {
                return FULL;
            }
            if (write(chosen, interfaceId, address0, address1, nowMs)) {
                return chosen;
            }
        }
        return FULL;
    }

    /** State and link-layer address of an entry, read together; see {@link #stateOf} and {@link #linkAddressOf}. */
    public long word(int entry) {
        return (long) LONG.getAcquire(memory, at(entry));
    }

    public static int stateOf(long word) {
        return (int) (word >>> STATE_SHIFT) & 0xf;
    }

    /** 48 bits, first octet highest; 0 when not known. */
    public static long linkAddressOf(long word) {
        return word & ADDRESS_MASK;
    }

    /** INCOMPLETE, REACHABLE, STALE, PROBE or FAILED; any other number: not an entry. */
    public int state(int entry) {
        return stateOf(word(entry));
    }

    public long linkAddress(int entry) {
        return linkAddressOf(word(entry));
    }

    /** Sets the link-layer address, state REACHABLE; starts a new epoch when a known address changed. */
    public void confirm(int entry, long linkAddress, int nowMs) {
        long word;
        do {
            word = word(entry);
            if (!isUsed(word)) {
                return;
            }
        } while (!LONG.compareAndSet(memory, at(entry), word, with(word, REACHABLE, linkAddress & ADDRESS_MASK)));
        INT.setOpaque(memory, at(entry) + PROBES_SENT, 0);
        INT.setRelease(memory, at(entry) + CHANGED, nowMs);
        long known = linkAddressOf(word);
        if (known != 0 && known != (linkAddress & ADDRESS_MASK)) {
            newEpoch();
        }
    }

    /**
     * Compare-and-set of the state; true when this call changed it (so that one processor sends the probe). An entry that
     * becomes FAILED loses its link-layer address and starts a new epoch.
     */
    public boolean transition(int entry, int from, int to, int nowMs) {
        long word = word(entry);
        long changed = with(word, to, to == FAILED || to == INCOMPLETE ? 0 : linkAddressOf(word));
        if (stateOf(word) != from || !LONG.compareAndSet(memory, at(entry), word, changed)) {
            return false;
        }
        INT.setRelease(memory, at(entry) + CHANGED, nowMs);
        if (linkAddressOf(word) != 0 && linkAddressOf(changed) == 0) {
            newEpoch();
        }
        return true;
    }

    /** Removes an entry if it still is in the given state; true when this call removed it. Paths over it end. */
    public boolean remove(int entry, int state) {
        long word = word(entry);
        if (stateOf(word) != state || !isUsed(word)) {
            return false;
        }
        if (!LONG.compareAndSet(memory, at(entry), word, with(word, REMOVED, 0))) {
            return false;
        }
        if (linkAddressOf(word) != 0) {
            newEpoch();
        }
        return true;
    }

    /** Slots of the table: entries are 0..capacity()-1, in use or not. */
    public int capacity() {
        return capacity;
    }

    public boolean isUsed(int entry) {
        return isUsed(word(entry));
    }

    public int interfaceId(int entry) {
        return (int) INT.getOpaque(memory, at(entry) + INTERFACE);
    }

    public long address0(int entry) {
        return (long) LONG.getOpaque(memory, at(entry) + ADDRESS0);
    }

    public long address1(int entry) {
        return (long) LONG.getOpaque(memory, at(entry) + ADDRESS1);
    }

    /** When the state was last set, on the map's clock. */
    public int changedAtMs(int entry) {
        return (int) INT.getAcquire(memory, at(entry) + CHANGED);
    }

    /** Requests sent since the last answer. */
    public int probes(int entry) {
        return (int) INT.getOpaque(memory, at(entry) + PROBES_SENT);
    }

    public void setProbes(int entry, int count) {
        INT.setOpaque(memory, at(entry) + PROBES_SENT, count);
    }

    /** True when the link-layer address may be sent to: REACHABLE, STALE or PROBE. */
    public static boolean isResolved(int state) {
        return state == REACHABLE || state == STALE || state == PROBE;
    }

    /** Notes that a path over the entry was looked up; {@link #usedAtMs} is exact to a second. */
    public void use(int entry, int nowMs) {
        long used = at(entry) + USED;
        if (nowMs - (int) INT.getOpaque(memory, used) >= USE_RESOLUTION_MS) {
            INT.setOpaque(memory, used, nowMs);
        }
    }

    /** When the entry was added or last used. */
    public int usedAtMs(int entry) {
        return (int) INT.getOpaque(memory, at(entry) + USED);
    }

    /**
     * Claims the next request for an entry, so that one processor sends it: true when this call counted it.
     *
     * @param count what {@link #probes} said
     * @param changedMs what {@link #changedAtMs} said; becomes {@code nowMs} unless this is the first request
     */
    public boolean claimProbe(int entry, int count, int changedMs, int nowMs) {
        long at = at(entry);
        if (count == 0) {
            return INT.compareAndSet(memory, at + PROBES_SENT, 0, 1);
        }
        // The time decides: who still sees the old one also still sees the old count.
        if (!INT.compareAndSet(memory, at + CHANGED, changedMs, nowMs)) {
            return false;
        }
        INT.setOpaque(memory, at + PROBES_SENT, count + 1);
        return true;
    }

    private boolean write(int entry, int interfaceId, long address0, long address1, int nowMs) {
        long at = at(entry);
        long word = word(entry);
        if (isUsed(word) ? stateOf(word) != FAILED : stateOf(word) == BEING_WRITTEN) {
            return false;
        }
        long claimed = ((word & GENERATION_MASK) + (1L << GENERATION_SHIFT)) | ((long) BEING_WRITTEN << STATE_SHIFT);
        if (!LONG.compareAndSet(memory, at, word, claimed)) {
            return false;
        }
        // The claim must be visible before the key changes, so that a look-up that meets half a key sees it.
        VarHandle.storeStoreFence();
        INT.setOpaque(memory, at + INTERFACE, interfaceId);
        LONG.setOpaque(memory, at + ADDRESS0, address0);
        LONG.setOpaque(memory, at + ADDRESS1, address1);
        INT.setOpaque(memory, at + CHANGED, nowMs);
        INT.setOpaque(memory, at + PROBES_SENT, 0);
        INT.setOpaque(memory, at + USED, nowMs);
        LONG.setRelease(memory, at, with(claimed, INCOMPLETE, 0));
        return true;
    }

    /** The word of an entry once nobody writes the slot, or the word as it is when patience ends. */
    private long settled(int entry) {
        long word = word(entry);
        for (int k = 0; stateOf(word) == BEING_WRITTEN && k < PATIENCE; k++) {
            Thread.onSpinWait();
            word = word(entry);
        }
        return word;
    }

    /** True when the slot holds this key, and already held it when {@code word} was loaded. */
    boolean holds(int entry, long word, int interfaceId, long address0, long address1) {
        if (!isUsed(word)
                || address1(entry) != address1
                || address0(entry) != address0
                || interfaceId(entry) != interfaceId) {
            return false;
        }
        VarHandle.loadLoadFence();
        long now = word(entry);
        return ((now ^ word) & GENERATION_MASK) == 0 && isUsed(now);
    }

    private static boolean isUsed(long word) {
        int state = stateOf(word);
        return state != NEVER_USED && state < BEING_WRITTEN;
    }

    private static long with(long word, int state, long linkAddress) {
        return (word & GENERATION_MASK) | ((long) state << STATE_SHIFT) | linkAddress;
    }

    private int hash(int interfaceId, long address0, long address1) {
        // A product spreads bits upwards only, and what differs in a raw address stands high: fold before each one.
        long h = (address0 ^ seed ^ interfaceId) * 0x9e37_79b9_7f4a_7c15L;
        h ^= (h >>> 32) ^ address1;
        h = (h ^ (h >>> 32)) * 0xbf58_476d_1ce4_e5b9L;
        return (int) (h >>> 32) & mask;
    }

    private static long at(int entry) {
        return ENTRIES_OFFSET + ((long) entry << ENTRY_SHIFT);
    }
}
