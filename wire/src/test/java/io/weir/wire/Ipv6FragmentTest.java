package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

class Ipv6FragmentTest extends HeaderContract<Ipv6FragmentView> {
    @Override
    byte[] example() {
        return hex("110005c9deadbeef");
    }

    @Override
    HeaderValue value() {
        return new Ipv6Fragment(IpProtocol.UDP, 1480, true, 0xdeadbeef);
    }

    @Override
    Ipv6FragmentView wrap(MemorySegment memory, long offset, int length) {
        return new Ipv6FragmentView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Ipv6Fragment.parse(bytes);
    }

    @Override
    void assertFields(Ipv6FragmentView view) {
        assertThat(view.nextHeader()).isEqualTo(IpProtocol.UDP);
        assertThat(view.fragmentOffset()).isEqualTo(1480);
        assertThat(view.isMoreFragments()).isTrue();
        assertThat(view.identification()).isEqualTo(0xdeadbeef);
    }

    @Override
    void writeFields(Ipv6FragmentView view) {
        view.nextHeader(IpProtocol.UDP);
        view.fragment(1480, true);
        view.identification(0xdeadbeef);
    }
}
