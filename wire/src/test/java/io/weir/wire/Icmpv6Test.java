package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

class Icmpv6Test extends HeaderContract.Checksummed<Icmpv6View> {
    private static final long PSEUDO_HEADER = Checksum.pseudoHeader6(
            Ipv6Address.parse("2001:db8::1").raw0(),
            Ipv6Address.parse("2001:db8::1").raw1(),
            Ipv6Address.parse("2001:db8::2").raw0(),
            Ipv6Address.parse("2001:db8::2").raw1(),
            IpProtocol.ICMPV6,
            13);

    @Override
    byte[] example() {
        return hex("800077c41234567868656c6c6f");
    }

    @Override
    HeaderValue value() {
        return Icmpv6.echo(Icmpv6View.ECHO_REQUEST, 0x1234, 0x5678);
    }

    @Override
    Icmpv6View wrap(MemorySegment memory, long offset, int length) {
        return new Icmpv6View().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Icmpv6.parse(bytes);
    }

    @Override
    void assertFields(Icmpv6View view) {
        assertThat(view.type()).isEqualTo(Icmpv6View.ECHO_REQUEST);
        assertThat(view.code()).isZero();
        assertThat(view.checksum()).isEqualTo(0x77c4);
        assertThat(view.identifier()).isEqualTo(0x1234);
        assertThat(view.sequence()).isEqualTo(0x5678);
        assertThat(view.rest()).isEqualTo(0x12345678);
        assertThat(view.isError()).isFalse();
        assertThat(view.payloadOffset()).isEqualTo(8);
        assertThat(view.payloadLength()).isEqualTo(5);
    }

    @Override
    void writeFields(Icmpv6View view) {
        view.type(Icmpv6View.ECHO_REQUEST);
        view.code(0);
        view.rest(0x12345678);
        view.fillChecksum(PSEUDO_HEADER);
    }

    @Override
    int openChecksumOffset() {
        return checksumOffset();
    }

    @Override
    boolean isChecksumCorrect(Icmpv6View view) {
        return view.isChecksumCorrect(PSEUDO_HEADER);
    }

    @Override
    int checksumOffset() {
        return Icmpv6View.CHECKSUM_OFFSET;
    }

    @Override
    void fillChecksum(Icmpv6View view) {
        view.fillChecksum(PSEUDO_HEADER);
    }
}
