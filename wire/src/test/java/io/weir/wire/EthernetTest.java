package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

class EthernetTest extends HeaderContract<EthernetView> {
    @Override
    byte[] example() {
        return hex("02005e10000102005e10000286dd");
    }

    @Override
    HeaderValue value() {
        return new Ethernet(
                MacAddress.parse("02:00:5e:10:00:01"), MacAddress.parse("02:00:5e:10:00:02"), EtherType.IPV6);
    }

    @Override
    EthernetView wrap(MemorySegment memory, long offset, int length) {
        return new EthernetView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Ethernet.parse(bytes);
    }

    @Override
    void assertFields(EthernetView view) {
        assertThat(view.destination()).isEqualTo(0x02005e100001L);
        assertThat(view.source()).isEqualTo(0x02005e100002L);
        assertThat(view.etherType()).isEqualTo(0x86dd);
        assertThat(view.isTagged()).isFalse();
    }

    @Override
    void writeFields(EthernetView view) {
        view.destination(0x02005e100001L);
        view.source(0x02005e100002L);
        view.etherType(EtherType.IPV6);
    }
}
