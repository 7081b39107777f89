package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

class IcmpTest extends HeaderContract.Checksummed<IcmpView> {

    @Override
    byte[] example() {
        return hex("08004b811234567868656c6c6f");
    }

    @Override
    HeaderValue value() {
        return Icmp.echo(IcmpView.ECHO_REQUEST, 0x1234, 0x5678);
    }

    @Override
    IcmpView wrap(MemorySegment memory, long offset, int length) {
        return new IcmpView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Icmp.parse(bytes);
    }

    @Override
    void assertFields(IcmpView view) {
        assertThat(view.type()).isEqualTo(IcmpView.ECHO_REQUEST);
        assertThat(view.code()).isZero();
        assertThat(view.checksum()).isEqualTo(0x4b81);
        assertThat(view.identifier()).isEqualTo(0x1234);
        assertThat(view.sequence()).isEqualTo(0x5678);
        assertThat(view.rest()).isEqualTo(0x12345678);
        assertThat(view.isError()).isFalse();
        assertThat(view.payloadOffset()).isEqualTo(8);
        assertThat(view.payloadLength()).isEqualTo(5);
    }

    @Override
    void writeFields(IcmpView view) {
        view.type(IcmpView.ECHO_REQUEST);
        view.code(0);
        view.rest(0x12345678);
        view.fillChecksum();
    }

    @Override
    int openChecksumOffset() {
        return checksumOffset();
    }

    @Override
    boolean isChecksumCorrect(IcmpView view) {
        return view.isChecksumCorrect();
    }

    @Override
    int checksumOffset() {
        return IcmpView.CHECKSUM_OFFSET;
    }

    @Override
    void fillChecksum(IcmpView view) {
        view.fillChecksum();
    }
}
