package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

class Ipv6RoutingTest extends HeaderContract<Ipv6RoutingView> {
    private static final String DATA = "0000000020010db8000000000000000000000009";

    @Override
    byte[] example() {
        return hex("3a020201" + DATA);
    }

    @Override
    HeaderValue value() {
        return new Ipv6Routing(IpProtocol.ICMPV6, 2, 1, Octets.ofHex(DATA));
    }

    @Override
    Ipv6RoutingView wrap(MemorySegment memory, long offset, int length) {
        return new Ipv6RoutingView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Ipv6Routing.parse(bytes);
    }

    @Override
    void assertFields(Ipv6RoutingView view) {
        assertThat(view.nextHeader()).isEqualTo(IpProtocol.ICMPV6);
        assertThat(view.headerLength()).isEqualTo(24);
        assertThat(view.routingType()).isEqualTo(2);
        assertThat(view.segmentsLeft()).isEqualTo(1);
    }

    @Override
    void writeFields(Ipv6RoutingView view) {
        view.nextHeader(IpProtocol.ICMPV6);
        view.headerLength(24);
        view.routingType(2);
        view.segmentsLeft(1);
        Octets.ofHex(DATA).emit(view.memory(), Ipv6RoutingView.DATA_OFFSET);
    }
}
