package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class Ipv6OptionsTest extends HeaderContract<Ipv6OptionsView> {
    @Override
    byte[] example() {
        return hex("3a00050200000100");
    }

    @Override
    HeaderValue value() {
        return new Ipv6OptionsHeader(IpProtocol.ICMPV6, Octets.ofHex("050200000100"));
    }

    @Override
    Ipv6OptionsView wrap(MemorySegment memory, long offset, int length) {
        return new Ipv6OptionsView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Ipv6OptionsHeader.parse(bytes);
    }

    @Override
    void assertFields(Ipv6OptionsView view) {
        assertThat(view.nextHeader()).isEqualTo(IpProtocol.ICMPV6);
        assertThat(view.headerLength()).isEqualTo(8);
        for (int round = 0; round < 2; round++) {
            assertThat(view.next()).isTrue();
            assertThat(view.optionType()).isEqualTo(5);
            assertThat(view.dataLength()).isEqualTo(2);
            assertThat(view.dataOffset()).isEqualTo(4);
            assertThat(view.next()).isFalse();
            assertThat(view.isMalformed()).isFalse();
            view.rewind();
        }
    }

    @Override
    void writeFields(Ipv6OptionsView view) {
        view.nextHeader(IpProtocol.ICMPV6);
        view.headerLength(8);
        Octets.ofHex("050200000100").emit(view.memory(), Ipv6OptionsView.OPTIONS_OFFSET);
    }

    @Test
    void an_option_beyond_the_header_is_malformed() {
        byte[] bytes = example();
        bytes[3] = 5;
        Ipv6OptionsView view = wrap(exactly(bytes), 0, bytes.length);

        assertThat(view.isValid()).isTrue();
        assertThat(view.next()).isFalse();
        assertThat(view.isMalformed()).isTrue();
    }

    @Test
    void an_option_type_without_room_for_its_length_is_malformed() {
        Ipv6OptionsView view = wrap(exactly(hex("3a00000000000005")), 0, 8);

        assertThat(view.next()).isFalse();
        assertThat(view.isMalformed()).isTrue();
    }
}
