package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class Ipv6Test extends HeaderContract<Ipv6View> {
    @Override
    byte[] example() {
        return hex("6b9abcde0004063f20010db8000000000000000000010002fe80000000000000ffeeddccbbaa998879797979");
    }

    @Override
    HeaderValue value() {
        return new Ipv6(
                0xb9,
                0xabcde,
                4,
                IpProtocol.TCP,
                63,
                Ipv6Address.parse("2001:db8::1:2"),
                Ipv6Address.parse("fe80::ffee:ddcc:bbaa:9988"));
    }

    @Override
    Ipv6View wrap(MemorySegment memory, long offset, int length) {
        return new Ipv6View().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Ipv6.parse(bytes);
    }

    @Override
    int minimumLength() {
        return example().length;
    }

    @Override
    void assertFields(Ipv6View view) {
        assertThat(view.version()).isEqualTo(6);
        assertThat(view.trafficClass()).isEqualTo(0xb9);
        assertThat(view.dscp()).isEqualTo(46);
        assertThat(view.ecn()).isEqualTo(1);
        assertThat(view.flowLabel()).isEqualTo(0xabcde);
        assertThat(view.payloadLength()).isEqualTo(4);
        assertThat(view.totalLength()).isEqualTo(44);
        assertThat(view.nextHeader()).isEqualTo(IpProtocol.TCP);
        assertThat(view.hopLimit()).isEqualTo(63);
        assertThat(view.sourceHigh()).isEqualTo(0x20010db8_00000000L);
        assertThat(view.sourceLow()).isEqualTo(0x00010002L);
        assertThat(view.rawSource0()).isEqualTo(0xb80d0120L);
        assertThat(view.rawSource1()).isEqualTo(0x02000100_00000000L);
        assertThat(view.destinationHigh()).isEqualTo(0xfe80_0000_0000_0000L);
        assertThat(view.destinationLow()).isEqualTo(0xffee_ddcc_bbaa_9988L);
        assertThat(view.rawDestination0()).isEqualTo(0x80feL);
        assertThat(view.rawDestination1()).isEqualTo(0x8899_aabb_ccdd_eeffL);
    }

    @Override
    void writeFields(Ipv6View view) {
        view.trafficClassAndFlowLabel(0xb9, 0xabcde);
        view.payloadLength(4);
        view.nextHeader(IpProtocol.TCP);
        view.hopLimit(63);
        view.rawSource(0xb80d0120L, 0x02000100_00000000L);
        view.destination(0xfe80_0000_0000_0000L, 0xffee_ddcc_bbaa_9988L);
    }

    @Test
    void wrong_versions_and_lengths_are_not_valid() {
        assertInvalidWith(0, 0x4b);
        assertInvalidWith(5, 5);
        assertInvalidWith(4, 0xff);
    }

    @Test
    void a_cut_off_packet_is_valid_as_truncated_when_its_header_is_there() {
        byte[] bytes = example();
        bytes[5] = 100;
        Ipv6View view = wrap(exactly(bytes), 0, bytes.length);

        assertThat(view.isValid()).isFalse();
        assertThat(view.isValidTruncated()).isTrue();
        assertThat(view.extensions(new Ipv6ExtensionWalk()).transportLength()).isEqualTo(4);
        assertThat(wrap(exactly(bytes), 0, 39).isValidTruncated()).isFalse();
    }
}
