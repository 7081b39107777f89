package io.weir.switching.filter;

import io.weir.memory.routing.NeighbourTable;

/** What a neighbour entry becomes when something is heard from the neighbour. */
final class Confirmation {
    private Confirmation() {}

    /**
     * The neighbour was heard with this link-layer address.
     *
     * @param solicited in answer to us: it reaches us and we reach it. Otherwise only the address is news, and it still
     *     has to be confirmed (RFC 4861 §7.2.3 for IPv6; the same for ARP).
     */
    static void heard(NeighbourTable neighbours, int entry, long linkAddress, boolean solicited, int nowMs) {
        int state = neighbours.state(entry);
        if (solicited) {
            neighbours.confirm(entry, linkAddress, nowMs);
        } else if (!NeighbourTable.isResolved(state) || neighbours.linkAddress(entry) != linkAddress) {
            neighbours.confirm(entry, linkAddress, nowMs);
            neighbours.transition(entry, NeighbourTable.REACHABLE, NeighbourTable.STALE, nowMs);
        }
    }
}
