package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

class VlanTest extends HeaderContract<VlanView> {
    @Override
    byte[] example() {
        return hex("babc0800");
    }

    @Override
    HeaderValue value() {
        return new Vlan(5, true, 0xabc, EtherType.IPV4);
    }

    @Override
    VlanView wrap(MemorySegment memory, long offset, int length) {
        return new VlanView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Vlan.parse(bytes);
    }

    @Override
    void assertFields(VlanView view) {
        assertThat(view.priority()).isEqualTo(5);
        assertThat(view.isDropEligible()).isTrue();
        assertThat(view.identifier()).isEqualTo(0xabc);
        assertThat(view.etherType()).isEqualTo(EtherType.IPV4);
    }

    @Override
    void writeFields(VlanView view) {
        view.control(5, true, 0xabc);
        view.etherType(EtherType.IPV4);
    }
}
