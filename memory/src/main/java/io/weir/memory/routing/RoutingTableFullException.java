package io.weir.memory.routing;

/** The routes do not fit into a side of the routing table; the active side is still in force. */
public final class RoutingTableFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RoutingTableFullException(String message) {
        super(message);
    }
}
