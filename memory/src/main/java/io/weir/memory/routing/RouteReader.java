package io.weir.memory.routing;

/** A switching processor's view of the routing table (longest-prefix match, both families, two sides). Stub. */
public final class RouteReader {
    public static final int ABSENT = 0;

    /** Pins the active side and publishes the generation seen; returns the generation. */
    public long refresh() {
        throw new UnsupportedOperationException();
    }

    /** Handle of the route for a raw IPv4 address, or {@link #ABSENT}. */
    public int find4(int address) {
        throw new UnsupportedOperationException("" + address);
    }

    public int find6(long address0, long address1) {
        throw new UnsupportedOperationException("" + address0 + address1);
    }

    public int interfaceId(int route) {
        throw new UnsupportedOperationException("" + route);
    }

    /** True when destinations of this route are on the link: the next hop is the destination itself. */
    public boolean isOnLink(int route) {
        throw new UnsupportedOperationException("" + route);
    }

    public int gateway4(int route) {
        throw new UnsupportedOperationException("" + route);
    }

    public long gateway0(int route) {
        throw new UnsupportedOperationException("" + route);
    }

    public long gateway1(int route) {
        throw new UnsupportedOperationException("" + route);
    }
}
