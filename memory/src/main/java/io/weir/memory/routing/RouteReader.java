package io.weir.memory.routing;

import io.weir.memory.map.Sides;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A switching processor's view of the routing table (longest-prefix match, both families, two sides). {@link #refresh}
 * once per batch pins the active side; every other method reads that side until the next refresh, and route handles are
 * valid as long. Addresses are raw. Allocation-free; one thread per reader.
 */
public final class RouteReader {
    /** No route. */
    public static final int ABSENT = 0;

    private final Sides sides;
    private final MemorySegment a;
    private final MemorySegment b;
    private final int processor;
    private final long nodes;
    private MemorySegment side;

    /**
     * The view of one processor; nothing is pinned before the first {@link #refresh}.
     *
     * @param capacity greatest number of routes, as given to {@link RoutingTable#bytes}
     * @param processor number of the switching processor, from 0
     */
    public RouteReader(Sides sides, MemorySegment a, MemorySegment b, int capacity, int processor) {
        this.sides = sides;
        this.a = a;
        this.b = b;
        this.processor = processor;
        this.nodes = RoutingSide.nodesOffset(capacity);
        this.side = a;
    }

    /** Pins the active side and publishes the generation seen; returns the generation. */
    public long refresh() {
        long active = sides.pin(processor);
        side = Sides.side(active) == Sides.A ? a : b;
        return Sides.generation(active);
    }

    /** The processor stops reading: a flip does not wait for it until its next {@link #refresh}. */
    public void retire() {
        sides.retire(processor);
    }

    /** Handle of the route for a raw IPv4 address, or {@link #ABSENT}. */
    public int find4(int address) {
        int entry = entry(RoutingSide.ROOT4, address & 0xff);
        if (entry < 0) {
            entry = entry(entry & ~RoutingSide.NODE, (address >>> 8) & 0xff);
            if (entry < 0) {
                entry = entry(entry & ~RoutingSide.NODE, (address >>> 16) & 0xff);
                if (entry < 0) {
                    entry = entry(entry & ~RoutingSide.NODE, address >>> 24);
                }
            }
        }
        return entry;
    }

    /** Handle of the route for a raw IPv6 address, or {@link #ABSENT}. */
    public int find6(long address0, long address1) {
        int entry = entry(RoutingSide.ROOT6, (int) address0 & 0xff);
        long rest = address0 >>> 8;
        for (int level = 1; entry < 0; level++) {
            if (level == 8) {
                rest = address1;
            }
            entry = entry(entry & ~RoutingSide.NODE, (int) rest & 0xff);
            rest >>>= 8;
        }
        return entry;
    }

    public int interfaceId(int route) {
        return side.get(ValueLayout.JAVA_BYTE, record(route) + RoutingSide.INTERFACE) & 0xff;
    }

    /** True when destinations of this route are on the link: the next hop is the destination itself. */
    public boolean isOnLink(int route) {
        return (side.get(ValueLayout.JAVA_BYTE, record(route) + RoutingSide.FLAGS) & RoutingSide.ON_LINK) != 0;
    }

    public int prefixLength(int route) {
        return side.get(ValueLayout.JAVA_BYTE, record(route) + RoutingSide.PREFIX_LENGTH) & 0xff;
    }

    public int gateway4(int route) {
        return (int) side.get(ValueLayout.JAVA_LONG, record(route) + RoutingSide.GATEWAY0);
    }

    public long gateway0(int route) {
        return side.get(ValueLayout.JAVA_LONG, record(route) + RoutingSide.GATEWAY0);
    }

    public long gateway1(int route) {
        return side.get(ValueLayout.JAVA_LONG, record(route) + RoutingSide.GATEWAY1);
    }

    private int entry(int node, int octet) {
        return side.get(ValueLayout.JAVA_INT, nodes + (long) node * RoutingSide.NODE_BYTES + 4L * octet);
    }

    private static long record(int route) {
        return RoutingSide.ROUTES_OFFSET + (long) route * RoutingSide.ROUTE_BYTES;
    }
}
