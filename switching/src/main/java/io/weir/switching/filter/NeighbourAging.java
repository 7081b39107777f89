package io.weir.switching.filter;

import io.weir.memory.routing.NeighbourTable;

/**
 * The timers of neighbour entries (RFC 4861 §7.3, for ARP likewise). Every processor's hand passes over the whole table
 * a few times per second, a slice per poll; a compare-and-set decides which processor makes a change and so sends what
 * belongs to it.
 *
 * <pre>
 * INCOMPLETE --asked 3 times, 1 s apart--&gt; FAILED --3 s--&gt; removed
 * REACHABLE --30 s, ± a quarter--&gt; STALE --5 s, if used in the last 10 min--&gt; PROBE --asked 3 times--&gt; FAILED
 *                                    |
 *                                    +--not used for 10 min--&gt; new path epoch --1 min, still not used--&gt; removed
 * </pre>
 *
 * Kept paths do not tell the table that they are used. The new epoch before removal makes whoever still uses one look it
 * up again, which does.
 */
final class NeighbourAging {
    /** RETRANS_TIMER, RFC 4861 §10. */
    static final int RETRANSMIT_MS = 1_000;
    /** MAX_UNICAST_SOLICIT and MAX_MULTICAST_SOLICIT, RFC 4861 §10. */
    static final int TRIES = 3;
    /** REACHABLE_TIME, RFC 4861 §10. */
    static final int REACHABLE_MS = 30_000;
    /** DELAY_FIRST_PROBE_TIME, RFC 4861 §10. */
    static final int DELAY_PROBE_MS = 5_000;
    /** How long packets to a dead next hop are dropped at once before it is asked again. */
    static final int FAILED_MS = 3_000;
    /** Without use for this long an entry is a candidate for removal. */
    static final int UNUSED_MS = 600_000;
    /** How long users have to show themselves after the new epoch. */
    static final int LAST_CALL_MS = 60_000;

    /** Entries looked at per poll while a pass is under way. */
    static final int SLICE = 64;
    /** Time from the start of one pass to the start of the next: the timers' resolution. */
    static final int PASS_MS = 100;

    private final NeighbourTable neighbours;
    private final Solicitor solicitor;
    private final int capacity;

    private int hand;
    private int passStartedMs;
    private boolean started;
    private int lastCallMs;
    private boolean lastCallMade;

    NeighbourAging(NeighbourTable neighbours, Solicitor solicitor) {
        this.neighbours = neighbours;
        this.solicitor = solicitor;
        this.capacity = neighbours.capacity();
        this.hand = capacity;
    }

    /** Looks at the next slice when a pass is due or under way; returns how many entries changed. */
    int poll(int nowMs) {
        if (hand >= capacity) {
            if (started && nowMs - passStartedMs < PASS_MS) {
                return 0;
            }
            started = true;
            passStartedMs = nowMs;
            hand = 0;
        }
        int end = Math.min(capacity, hand + SLICE);
        int changes = 0;
        for (; hand < end; hand++) {
            if (neighbours.isUsed(hand)) {
                changes += age(hand, nowMs) ? 1 : 0;
            }
        }
        return changes;
    }

    private boolean age(int entry, int nowMs) {
        int changedMs = neighbours.changedAtMs(entry);
        int ageMs = nowMs - changedMs;
        int state = neighbours.state(entry);
        return switch (state) {
            case NeighbourTable.INCOMPLETE, NeighbourTable.PROBE -> askAgain(entry, state, changedMs, nowMs);
            case NeighbourTable.REACHABLE ->
                ageMs >= reachableMs(entry)
                        && neighbours.transition(entry, NeighbourTable.REACHABLE, NeighbourTable.STALE, nowMs);
            case NeighbourTable.STALE -> ageStale(entry, ageMs, nowMs);
            case NeighbourTable.FAILED -> ageMs >= FAILED_MS && neighbours.remove(entry, NeighbourTable.FAILED);
            default -> false;
        };
    }

    /** In INCOMPLETE and PROBE: the next request, or the end. */
    private boolean askAgain(int entry, int state, int changedMs, int nowMs) {
        int tries = neighbours.probes(entry);
        if (tries > 0 && nowMs - changedMs < RETRANSMIT_MS) {
            return false;
        }
        if (tries >= TRIES) {
            return neighbours.transition(entry, state, NeighbourTable.FAILED, nowMs);
        }
        return ask(entry, state, tries, changedMs, nowMs);
    }

    /** Sends the first request for a new entry, if no other processor has. */
    void askFirst(int entry, int nowMs) {
        ask(entry, NeighbourTable.INCOMPLETE, 0, nowMs, nowMs);
    }

    /** Sends a request if no other processor has just done so. */
    private boolean ask(int entry, int state, int tries, int changedMs, int nowMs) {
        if (!neighbours.claimProbe(entry, tries, changedMs, nowMs)) {
            return false;
        }
        solicitor.ask(entry, state == NeighbourTable.PROBE);
        return true;
    }

    private boolean ageStale(int entry, int ageMs, int nowMs) {
        int unusedMs = nowMs - neighbours.usedAtMs(entry);
        if (unusedMs >= UNUSED_MS + LAST_CALL_MS) {
            return neighbours.remove(entry, NeighbourTable.STALE);
        }
        if (unusedMs >= UNUSED_MS) {
            callUsers(nowMs);
            return false;
        }
        if (ageMs < DELAY_PROBE_MS) {
            return false;
        }
        neighbours.setProbes(entry, 0);
        return neighbours.transition(entry, NeighbourTable.STALE, NeighbourTable.PROBE, nowMs);
    }

    /** A new epoch, once for all entries that became candidates in the same minute. */
    private void callUsers(int nowMs) {
        if (!lastCallMade || nowMs - lastCallMs >= LAST_CALL_MS / 2) {
            lastCallMade = true;
            lastCallMs = nowMs;
            neighbours.newEpoch();
        }
    }

    /** REACHABLE_TIME ± a quarter by entry, so that entries made together are not all probed together. */
    private static int reachableMs(int entry) {
        int spread = (((entry * 0x9e37_79b9) >>> 16) * (REACHABLE_MS / 2)) >>> 16;
        return REACHABLE_MS - REACHABLE_MS / 4 + spread;
    }
}
