package io.weir.memory.routing;

import io.weir.memory.map.Sides;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The routing table as its one writer, the control processor, sees it: a whole new table is built on the back-up side
 * and put in force by one flip. Layout of a side: {@link RoutingSide}; memory ordering and grace period: {@link Sides}.
 * When the routes do not fit, nothing changes. Sides of zeros are a table without routes.
 */
public final class RoutingTable {
    // Shorter prefixes first; of equal ones the smaller metric last, so that it overwrites the others.
    private static final Comparator<Route> ENTRY_ORDER = Comparator.comparingInt(Route::prefixLength)
            .thenComparing(Comparator.comparingInt(Route::metric).reversed());

    private static final int READ_ATTEMPTS = 100;

    private final Sides sides;
    private final MemorySegment[] memory;
    private final RoutingSide[] side;

    /**
     * A table over its two sides.
     *
     * @param sides the flip between them
     * @param a side A, of {@link #bytes} bytes
     * @param b side B, of the same length
     * @param capacity greatest number of routes, as given to {@link #bytes}
     */
    public RoutingTable(Sides sides, MemorySegment a, MemorySegment b, int capacity) {
        this.sides = sides;
        this.memory = new MemorySegment[] {a, b};
        this.side = new RoutingSide[] {new RoutingSide(a, capacity), new RoutingSide(b, capacity)};
    }

    /**
     * Bytes of one side for the given number of routes. Four nodes of 1 KiB are planned for each of the first 4096 routes
     * and half a node for each further one, for the prefixes of a large table share their first octets. Prefixes that share
     * nothing need up to 3 nodes each in IPv4 and up to 15 in IPv6; a table that needs more nodes than planned is refused.
     */
    public static long bytes(int routes) {
        long nodes = 64 + 4L * Math.min(routes, 4096) + Math.max(routes - 4096, 0) / 2;
        return RoutingSide.nodesOffset(routes) + RoutingSide.NODE_BYTES * nodes;
    }

    /** True when {@link #replace} may be called: all processors have observed the table in force. */
    public boolean isWritable() {
        return sides.isQuiescent();
    }

    /**
     * Puts a new table in force.
     *
     * @return its generation
     * @throws RoutingTableFullException when it does not fit; the table before stays in force
     * @throws IllegalStateException when a processor may still read the back-up side
     */
    public long replace(List<Route> routes) {
        if (!sides.isQuiescent()) {
            throw new IllegalStateException("the back-up side of the routing table may still be read: a processor has"
                    + " not observed generation " + Sides.generation(sides.active()));
        }
        List<Route> ordered = new ArrayList<>(routes);
        ordered.sort(ENTRY_ORDER);
        RoutingSide backup = side[Sides.side(sides.active()) ^ 1];
        backup.begin();
        for (Route route : ordered) {
            backup.enter(route);
        }
        backup.end();
        return sides.flip();
    }

    /** The routes in force, by prefix length. */
    public List<Route> routes() {
        return read(memory[Sides.side(sides.active())]);
    }

    /**
     * The routes in force as a tool sees them that no flip waits for.
     *
     * @throws IllegalStateException when the table changed during each of many attempts
     */
    public static List<Route> read(Sides sides, MemorySegment a, MemorySegment b) {
        for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
            long active = sides.active();
            MemorySegment side = Sides.side(active) == Sides.A ? a : b;
            MemorySegment records = side.asSlice(0, RoutingSide.recordsBytes(side));
            MemorySegment copy = MemorySegment.ofArray(records.toArray(ValueLayout.JAVA_LONG));
            if (sides.isStill(active)) {
                return read(copy);
            }
        }
        throw new IllegalStateException(
                "the routing table changed during each of " + READ_ATTEMPTS + " attempts to read it");
    }

    private static List<Route> read(MemorySegment side) {
        int count = side.get(ValueLayout.JAVA_INT, RoutingSide.ROUTES_USED);
        List<Route> routes = new ArrayList<>(count);
        for (int number = 1; number <= count; number++) {
            routes.add(RoutingSide.route(side, number));
        }
        return routes;
    }
}
