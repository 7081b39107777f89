package io.weir.memory.routing;

import java.lang.foreign.MemorySegment;

/**
 * Link-layer addresses of next hops (ARP, RFC 826; neighbour discovery, RFC 4861), shared by all switching processors.
 * Writers: the switching processors, one at a time per entry (compare-and-set on the entry's state word). IPv4 addresses are
 * stored as IPv4-mapped pairs, so both families share one table. The epoch is a number that changes whenever
 * a path taken earlier may be wrong: an entry's link-layer address changed, an entry failed. Stub.
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

    private final MemorySegment memory;

    public NeighbourTable(MemorySegment memory) {
        this.memory = memory;
    }

    /** 1..65535, never 0; changes when a path may have become wrong. */
    public int epoch() {
        throw new UnsupportedOperationException(memory.toString());
    }

    /** Moves on to the next epoch. */
    public void newEpoch() {
        throw new UnsupportedOperationException();
    }

    public int find(int interfaceId, long address0, long address1) {
        throw new UnsupportedOperationException("" + interfaceId + address0 + address1);
    }

    /** Adds an INCOMPLETE entry (or returns the existing one); FULL when no slot is free or may be reused. */
    public int add(int interfaceId, long address0, long address1, int nowMs) {
        throw new UnsupportedOperationException("" + interfaceId + address0 + address1 + nowMs);
    }

    public int state(int entry) {
        throw new UnsupportedOperationException("" + entry);
    }

    public long linkAddress(int entry) {
        throw new UnsupportedOperationException("" + entry);
    }

    /** Sets the link-layer address, state REACHABLE; starts a new epoch when a known address changed. */
    public void confirm(int entry, long linkAddress, int nowMs) {
        throw new UnsupportedOperationException("" + entry + linkAddress + nowMs);
    }

    /** Compare-and-set of the state; true when this call changed it (so that one processor sends the probe). */
    public boolean transition(int entry, int from, int to, int nowMs) {
        throw new UnsupportedOperationException("" + entry + from + to + nowMs);
    }

    // also: capacity(), entryAt(k) / isUsed(entry) for aging and listings, interfaceId, address0/1, changedAtMs,
    // probes and setProbes, remove(entry).
}
