package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ArpTest extends HeaderContract<ArpView> {
    @Override
    byte[] example() {
        return hex("000108000604000202005e1000010a01020302005e100002c0a8c8c9");
    }

    @Override
    HeaderValue value() {
        return new Arp(
                ArpView.REPLY,
                MacAddress.parse("02:00:5e:10:00:01"),
                Ipv4Address.parse("10.1.2.3"),
                MacAddress.parse("02:00:5e:10:00:02"),
                Ipv4Address.parse("192.168.200.201"));
    }

    @Override
    ArpView wrap(MemorySegment memory, long offset, int length) {
        return new ArpView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Arp.parse(bytes);
    }

    @Override
    void assertFields(ArpView view) {
        assertThat(view.operation()).isEqualTo(ArpView.REPLY);
        assertThat(view.senderMac()).isEqualTo(0x02005e100001L);
        assertThat(view.senderAddress()).isEqualTo(0x0a010203);
        assertThat(view.rawSenderAddress()).isEqualTo(0x0302010a);
        assertThat(view.targetMac()).isEqualTo(0x02005e100002L);
        assertThat(view.targetAddress()).isEqualTo(0xc0a8c8c9);
        assertThat(view.rawTargetAddress()).isEqualTo(0xc9c8a8c0);
    }

    @Override
    void writeFields(ArpView view) {
        view.initialize();
        view.operation(ArpView.REPLY);
        view.senderMac(0x02005e100001L);
        view.rawSenderAddress(0x0302010a);
        view.targetMac(0x02005e100002L);
        view.rawTargetAddress(0xc9c8a8c0);
    }

    @Test
    void only_ipv4_over_ethernet_is_valid() {
        assertInvalidWith(1, 6); // hardware type IEEE 802
        assertInvalidWith(2, 0x86); // protocol type
        assertInvalidWith(4, 8); // length of a link-layer address
        assertInvalidWith(5, 16); // length of a protocol address
    }

    @Test
    void a_reply_answers_the_request() {
        MacAddress asker = MacAddress.parse("02:00:5e:10:00:02");
        MacAddress owner = MacAddress.parse("02:00:5e:10:00:01");
        Arp request = Arp.request(asker, Ipv4Address.parse("192.168.200.201"), Ipv4Address.parse("10.1.2.3"));

        assertThat(request.reply(owner)).isEqualTo(value());
    }
}
