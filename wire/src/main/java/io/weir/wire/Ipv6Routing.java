package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv6 routing header; see {@link Ipv6RoutingView}.
 *
 * @param nextHeader {@link IpProtocol} of what follows
 * @param routingType kind of routing header
 * @param segmentsLeft nodes still to be visited
 * @param data type-specific, 4 bytes plus a multiple of 8
 */
public record Ipv6Routing(int nextHeader, int routingType, int segmentsLeft, Octets data) implements HeaderValue {
    public Ipv6Routing {
        Fields.requireUnsigned("next header", nextHeader, 8);
        Fields.requireUnsigned("routing type", routingType, 8);
        Fields.requireUnsigned("segments left", segmentsLeft, 8);
        Fields.requireMultiple("routing header", Ipv6RoutingView.DATA_OFFSET + data.length(), 8, 2048);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid
     */
    public static Ipv6Routing parse(Ipv6RoutingView view) {
        Fields.valid("IPv6 routing header", view);
        return new Ipv6Routing(
                view.nextHeader(),
                view.routingType(),
                view.segmentsLeft(),
                Octets.of(
                        view.memory(),
                        view.offset() + Ipv6RoutingView.DATA_OFFSET,
                        view.headerLength() - Ipv6RoutingView.DATA_OFFSET));
    }

    /** Like {@link #parse(Ipv6RoutingView)} for bytes of their own. */
    public static Ipv6Routing parse(byte[] bytes) {
        return parse(new Ipv6RoutingView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return Ipv6RoutingView.DATA_OFFSET + data.length();
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        Ipv6RoutingView view = new Ipv6RoutingView().wrap(memory, offset, headerLength());
        view.nextHeader(nextHeader);
        view.headerLength(headerLength());
        view.routingType(routingType);
        view.segmentsLeft(segmentsLeft);
        data.emit(memory, offset + Ipv6RoutingView.DATA_OFFSET);
        return headerLength();
    }
}
