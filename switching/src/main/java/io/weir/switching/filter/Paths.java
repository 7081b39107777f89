package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RouteReader;

/**
 * Next-hop look-up: route, then neighbour, or the host's interface for its addresses, gives the egress interface and
 * both link-layer addresses. The result stands in this object until the next call. Resolved paths are remembered in a
 * small direct-mapped cache for as long as the path epoch ({@link NeighbourTable#epoch}) stays: every change of routes,
 * configuration or neighbours moves it on. It is read once in a cycle ({@link #beginCycle}).
 * The marker address of a network application leads to it. Addresses are raw; one thread; allocation-free.
 */
final class Paths {
    /** Egress interface and both link-layer addresses are known. */
    static final int RESOLVED = 0;
    /** The next hop's link-layer address is being asked for: hold the packet. */
    static final int PENDING = 1;

    static final int NO_ROUTE = 2;
    /** The next hop did not answer. */
    static final int UNREACHABLE = 3;
    /** The neighbour table has no room for the next hop. */
    static final int NO_SLOT = 4;

    private static final int CACHE_SLOTS = 512;

    private final RouteReader routes;
    private final NeighbourTable neighbours;
    private final ProcessorCounters counters;
    private final LocalAddresses local;
    private final ConfigurationReader configuration;

    // The cache, by slot.
    private final long[] key0 = new long[CACHE_SLOTS];
    private final long[] key1 = new long[CACHE_SLOTS];
    private final int[] cachedEpoch = new int[CACHE_SLOTS];
    private final int[] cachedEntry = new int[CACHE_SLOTS];
    private final int[] cachedEgress = new int[CACHE_SLOTS];
    private final long[] cachedDestinationMac = new long[CACHE_SLOTS];
    private final long[] cachedSourceMac = new long[CACHE_SLOTS];

    private int epoch;
    private int egress;
    private long destinationMac;
    private long sourceMac;
    private int nextHopEntry;

    Paths(ProcessorContext context, LocalAddresses local) {
        this.routes = context.routes;
        this.neighbours = context.neighbours;
        this.counters = context.counters;
        this.local = local;
        this.configuration = context.configuration;
    }

    /**
     * Reads the path epoch; before the cycle looks at configuration and routes. A change after that makes what the cycle
     * finds count as old, though the processor still looks at the tables as they were.
     */
    void beginCycle() {
        epoch = neighbours.epoch();
    }

    /** The path towards an IPv4 address. */
    int resolve4(int destination, int nowMs) {
        long destination1 = NeighbourTable.mapped(destination);
        int slot = slot(0, destination1);
        if (isCached(slot, 0, destination1)) {
            return take(slot);
        }
        int application = ConfigurationReader.application4(destination);
        if (application != 0) {
            return towards(application, slot, 0, destination1);
        }
        if (configuration.addressKind4(destination) == ConfigurationReader.HOST) {
            toHost();
            keep(slot, 0, destination1);
            return RESOLVED;
        }
        int route = routes.find4(destination);
        if (route == RouteReader.ABSENT) {
            return NO_ROUTE;
        }
        int nextHop = routes.isOnLink(route) ? destination : routes.gateway4(route);
        int result = neighbour(routes.interfaceId(route), 0, NeighbourTable.mapped(nextHop), nowMs);
        if (result == RESOLVED) {
            keep(slot, 0, destination1);
        }
        return result;
    }

    /** The path towards an IPv6 address. */
    int resolve6(long destination0, long destination1, int nowMs) {
        int slot = slot(destination0, destination1);
        if (isCached(slot, destination0, destination1)) {
            return take(slot);
        }
        int application = ConfigurationReader.application6(destination0, destination1);
        if (application != 0) {
            return towards(application, slot, destination0, destination1);
        }
        if (configuration.addressKind6(destination0, destination1) == ConfigurationReader.HOST) {
            toHost();
            keep(slot, destination0, destination1);
            return RESOLVED;
        }
        int route = routes.find6(destination0, destination1);
        if (route == RouteReader.ABSENT) {
            return NO_ROUTE;
        }
        boolean onLink = routes.isOnLink(route);
        long nextHop0 = onLink ? destination0 : routes.gateway0(route);
        long nextHop1 = onLink ? destination1 : routes.gateway1(route);
        int result = neighbour(routes.interfaceId(route), nextHop0, nextHop1, nowMs);
        if (result == RESOLVED) {
            keep(slot, destination0, destination1);
        }
        return result;
    }

    /** An application has no link: its id is the way. */
    private int towards(int application, int slot, long address0, long address1) {
        egress = application;
        destinationMac = 0;
        sourceMac = 0;
        nextHopEntry = NeighbourTable.ABSENT;
        keep(slot, address0, address1);
        return RESOLVED;
    }

    /** Addresses of the host are behind its interface whatever the routes say, and its device has one link-layer address. */
    private void toHost() {
        egress = configuration.host().interfaceId();
        sourceMac = local.linkAddress(egress);
        destinationMac = configuration.host().linkAddress();
        nextHopEntry = NeighbourTable.ABSENT;
    }

    private int neighbour(int interfaceId, long address0, long address1, int nowMs) {
        egress = interfaceId;
        sourceMac = local.linkAddress(interfaceId);
        int entry = neighbours.find(interfaceId, address0, address1);
        if (entry == NeighbourTable.ABSENT) {
            entry = neighbours.add(interfaceId, address0, address1, nowMs);
        }
        if (entry < 0) {
            return NO_SLOT;
        }
        nextHopEntry = entry;
        neighbours.use(entry, nowMs);
        long word = neighbours.word(entry);
        int state = NeighbourTable.stateOf(word);
        if (NeighbourTable.isResolved(state)) {
            destinationMac = NeighbourTable.linkAddressOf(word);
            return RESOLVED;
        }
        return state == NeighbourTable.FAILED ? UNREACHABLE : PENDING;
    }

    private static int slot(long address0, long address1) {
        long mixed = (address0 ^ Long.rotateLeft(address1, 29)) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 55); // nine bits: CACHE_SLOTS
    }

    private boolean isCached(int slot, long address0, long address1) {
        return cachedEpoch[slot] == epoch && key0[slot] == address0 && key1[slot] == address1;
    }

    private int take(int slot) {
        egress = cachedEgress[slot];
        destinationMac = cachedDestinationMac[slot];
        sourceMac = cachedSourceMac[slot];
        nextHopEntry = cachedEntry[slot];
        return RESOLVED;
    }

    private void keep(int slot, long address0, long address1) {
        key0[slot] = address0;
        key1[slot] = address1;
        cachedEpoch[slot] = epoch;
        cachedEntry[slot] = nextHopEntry;
        cachedEgress[slot] = egress;
        cachedDestinationMac[slot] = destinationMac;
        cachedSourceMac[slot] = sourceMac;
        counters.add(Counter.PATHS_RESOLVED, 1);
    }

    /** Interface the packet leaves by; after {@link #RESOLVED}, {@link #PENDING} and {@link #UNREACHABLE}. */
    int egress() {
        return egress;
    }

    /** The next hop's link-layer address; after {@link #RESOLVED} only. */
    long destinationMac() {
        return destinationMac;
    }

    /** The egress interface's link-layer address. */
    long sourceMac() {
        return sourceMac;
    }

    /** Neighbour entry of the next hop; after {@link #PENDING}. */
    int nextHopEntry() {
        return nextHopEntry;
    }

    /** The path epoch of the cycle, 1..65535: to be stored beside a path that is kept. */
    int epoch() {
        return epoch;
    }
}
