package io.weir.memory.routing;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One side of the routing table: a trie of nodes of 256 entries, one octet of the address per level, for each family.
 *
 * <pre>
 *   0  u32 routes used, u32 route capacity, u32 nodes used, u32 node capacity            (one cache line)
 *  64  records of 64 bytes, number 0 unused:
 *      +0 u64 prefix0  +8 u64 prefix1  +16 u64 gateway0  +24 u64 gateway1  +32 u32 metric
 *      +36 u8 prefix length  +37 u8 interface  +38 u8 flags (1 on-link, 2 IPv6)
 *      nodes of 256 u32 entries; node 0 is the root of IPv4, node 1 that of IPv6:
 *      entry 0: no route   1..2^31-1: number of the route   bit 31 set: number of the node for the next octet
 * </pre>
 *
 * <p>Shorter prefixes are entered first and longer ones overwrite them, and a new node starts filled with the entry
 * it replaces, so the entry that a look-up ends at is that of the longest match: at most 4 loads in IPv4, 16 in IPv6.
 */
final class RoutingSide {
    static final int ROOT4 = 0;
    static final int ROOT6 = 1;
    static final int NODE = 0x8000_0000;
    static final int ROUTE_BYTES = 64;
    static final int NODE_BYTES = 1024;
    static final int ON_LINK = 1;
    static final int IPV6 = 2;

    static final long ROUTES_USED = 0;
    static final long ROUTES_OFFSET = 64;
    static final long PREFIX0 = 0;
    static final long PREFIX1 = 8;
    static final long GATEWAY0 = 16;
    static final long GATEWAY1 = 24;
    static final long METRIC = 32;
    static final long PREFIX_LENGTH = 36;
    static final long INTERFACE = 37;
    static final long FLAGS = 38;

    private final MemorySegment memory;
    private final int routeCapacity;
    private final int nodeCapacity;
    private final long nodes;
    private int routesUsed;
    private int nodesUsed;

    RoutingSide(MemorySegment memory, int routeCapacity) {
        this.memory = memory;
        this.routeCapacity = routeCapacity;
        this.nodes = nodesOffset(routeCapacity);
        this.nodeCapacity = (int) ((memory.byteSize() - nodes) / NODE_BYTES);
        if (nodeCapacity < 2) {
            throw new IllegalArgumentException("routing side: " + memory.byteSize() + " bytes have no room for "
                    + routeCapacity + " routes and two nodes");
        }
    }

    static long nodesOffset(int routeCapacity) {
        return ROUTES_OFFSET + (long) ROUTE_BYTES * (routeCapacity + 1);
    }

    /** Bytes of a side up to the end of the records in use. */
    static long recordsBytes(MemorySegment side) {
        return nodesOffset(side.get(ValueLayout.JAVA_INT, ROUTES_USED));
    }

    /** The route of a record in use. */
    static Route route(MemorySegment side, int number) {
        long at = ROUTES_OFFSET + (long) number * ROUTE_BYTES;
        int flags = side.get(ValueLayout.JAVA_BYTE, at + FLAGS);
        return new Route(
                (flags & IPV6) != 0,
                side.get(ValueLayout.JAVA_LONG, at + PREFIX0),
                side.get(ValueLayout.JAVA_LONG, at + PREFIX1),
                side.get(ValueLayout.JAVA_BYTE, at + PREFIX_LENGTH) & 0xff,
                side.get(ValueLayout.JAVA_BYTE, at + INTERFACE) & 0xff,
                (flags & ON_LINK) != 0,
                side.get(ValueLayout.JAVA_LONG, at + GATEWAY0),
                side.get(ValueLayout.JAVA_LONG, at + GATEWAY1),
                side.get(ValueLayout.JAVA_INT, at + METRIC));
    }

    /** Empties the side. */
    void begin() {
        routesUsed = 0;
        nodesUsed = 0;
        newNode(0);
        newNode(0);
    }

    /** Enters a route; prefixes must come in the order of their lengths, of equal ones the last counts. */
    void enter(Route route) {
        int number = record(route);
        int node = route.ipv6() ? ROOT6 : ROOT4;
        int level = 0;
        while (route.prefixLength() > 8 * (level + 1)) {
            node = descend(node, route.octet(level++));
        }
        int bits = route.prefixLength() - 8 * level;
        int first = bits == 0 ? 0 : route.octet(level) & (0xff00 >> bits) & 0xff;
        for (int k = first; k < first + (256 >> bits); k++) {
            memory.set(ValueLayout.JAVA_INT, entry(node, k), number);
        }
    }

    /** Writes the numbers of what is used. */
    void end() {
        memory.set(ValueLayout.JAVA_INT, ROUTES_USED, routesUsed);
        memory.set(ValueLayout.JAVA_INT, 4, routeCapacity);
        memory.set(ValueLayout.JAVA_INT, 8, nodesUsed);
        memory.set(ValueLayout.JAVA_INT, 12, nodeCapacity);
    }

    private int record(Route route) {
        if (routesUsed == routeCapacity) {
            throw new RoutingTableFullException("routing table: no room for more than " + routeCapacity + " routes");
        }
        int number = ++routesUsed;
        long at = ROUTES_OFFSET + (long) number * ROUTE_BYTES;
        memory.set(ValueLayout.JAVA_LONG, at + PREFIX0, route.prefix0());
        memory.set(ValueLayout.JAVA_LONG, at + PREFIX1, route.prefix1());
        memory.set(ValueLayout.JAVA_LONG, at + GATEWAY0, route.gateway0());
        memory.set(ValueLayout.JAVA_LONG, at + GATEWAY1, route.gateway1());
        memory.set(ValueLayout.JAVA_INT, at + METRIC, route.metric());
        memory.set(ValueLayout.JAVA_BYTE, at + PREFIX_LENGTH, (byte) route.prefixLength());
        memory.set(ValueLayout.JAVA_BYTE, at + INTERFACE, (byte) route.interfaceId());
        memory.set(
                ValueLayout.JAVA_BYTE, at + FLAGS, (byte) ((route.onLink() ? ON_LINK : 0) | (route.ipv6() ? IPV6 : 0)));
        return number;
    }

    private int descend(int node, int octet) {
        long at = entry(node, octet);
        int found = memory.get(ValueLayout.JAVA_INT, at);
        if (found < 0) {
            return found & ~NODE;
        }
        int made = newNode(found);
        memory.set(ValueLayout.JAVA_INT, at, made | NODE);
        return made;
    }

    private int newNode(int inherited) {
        if (nodesUsed == nodeCapacity) {
            throw new RoutingTableFullException(
                    "routing table: the prefixes need more than " + nodeCapacity + " nodes; plan for more routes");
        }
        int node = nodesUsed++;
        for (int k = 0; k < 256; k++) {
            memory.set(ValueLayout.JAVA_INT, entry(node, k), inherited);
        }
        return node;
    }

    private long entry(int node, int octet) {
        return nodes + (long) node * NODE_BYTES + 4L * octet;
    }
}
