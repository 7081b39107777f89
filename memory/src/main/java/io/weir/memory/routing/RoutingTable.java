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
 * When the routes do not fit, nothing changes.
 */
public final class RoutingTable {
    // Shorter prefixes first; of equal ones the smaller metric last, so that it overwrites the others.
    private static final Comparator<Route> ENTRY_ORDER = Comparator.comparingInt(Route::prefixLength)
            .thenComparing(Comparator.comparingInt(Route::metric).reversed());

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
        if (sides.active() == 0) {
            // Generation 0: the processors find a table without routes.
            side[Sides.A].begin();
            side[Sides.A].end();
        }
    }

    /**
     * Bytes of one side for the given number of routes. Nodes are planned for four per route, which a mixed table needs at
     * most; a table of many IPv6 prefixes that share nothing may need up to fifteen, and is refused when it does.
     */
    public static long bytes(int routes) {
        return RoutingSide.nodesOffset(routes) + (long) RoutingSide.NODE_BYTES * (64 + 4L * routes);
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

    /** The routes of one side; for tools, which compare {@link Sides#active} before and after. */
    public static List<Route> read(MemorySegment side) {
        int count = side.get(ValueLayout.JAVA_INT, RoutingSide.ROUTES_USED);
        List<Route> routes = new ArrayList<>(count);
        for (int number = 1; number <= count; number++) {
            long at = RoutingSide.ROUTES_OFFSET + (long) number * RoutingSide.ROUTE_BYTES;
            int flags = side.get(ValueLayout.JAVA_BYTE, at + RoutingSide.FLAGS);
            routes.add(new Route(
                    (flags & RoutingSide.IPV6) != 0,
                    side.get(ValueLayout.JAVA_LONG, at + RoutingSide.PREFIX0),
                    side.get(ValueLayout.JAVA_LONG, at + RoutingSide.PREFIX1),
                    side.get(ValueLayout.JAVA_BYTE, at + RoutingSide.PREFIX_LENGTH) & 0xff,
                    side.get(ValueLayout.JAVA_BYTE, at + RoutingSide.INTERFACE) & 0xff,
                    (flags & RoutingSide.ON_LINK) != 0,
                    side.get(ValueLayout.JAVA_LONG, at + RoutingSide.GATEWAY0),
                    side.get(ValueLayout.JAVA_LONG, at + RoutingSide.GATEWAY1),
                    side.get(ValueLayout.JAVA_INT, at + RoutingSide.METRIC)));
        }
        return routes;
    }
}
