package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class UdpTest extends HeaderContract.Checksummed<UdpView> {
    private static final long PSEUDO_HEADER = Checksum.pseudoHeader4(
            Ipv4Address.parse("10.1.2.3").raw(),
            Ipv4Address.parse("192.168.200.201").raw(),
            IpProtocol.UDP,
            13);

    @Override
    byte[] example() {
        return hex("9c400035000d7e007175657279");
    }

    @Override
    HeaderValue value() {
        return new Udp(40000, 53, 5);
    }

    @Override
    UdpView wrap(MemorySegment memory, long offset, int length) {
        return new UdpView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Udp.parse(bytes);
    }

    @Override
    int minimumLength() {
        return example().length;
    }

    @Override
    void assertFields(UdpView view) {
        assertThat(view.sourcePort()).isEqualTo(40000);
        assertThat(view.rawSourcePort()).isEqualTo(0x409c);
        assertThat(view.destinationPort()).isEqualTo(53);
        assertThat(view.rawDestinationPort()).isEqualTo(0x3500);
        assertThat(view.rawPorts()).isEqualTo(0x3500409c);
        assertThat(view.datagramLength()).isEqualTo(13);
        assertThat(view.checksum()).isEqualTo(0x7e00);
        assertThat(view.payloadOffset()).isEqualTo(8);
        assertThat(view.payloadLength()).isEqualTo(5);
    }

    @Override
    void writeFields(UdpView view) {
        view.sourcePort(40000);
        view.destinationPort(53);
        view.datagramLength(13);
        view.fillChecksum(PSEUDO_HEADER);
    }

    @Override
    int openChecksumOffset() {
        return checksumOffset();
    }

    @Override
    boolean isChecksumCorrect(UdpView view) {
        return view.isChecksumCorrect(PSEUDO_HEADER);
    }

    @Override
    int checksumOffset() {
        return UdpView.CHECKSUM_OFFSET;
    }

    @Override
    void fillChecksum(UdpView view) {
        view.fillChecksum(PSEUDO_HEADER);
    }

    @Test
    void wrong_lengths_are_not_valid() {
        assertInvalidWith(5, 14);
        assertInvalidWith(5, 7);
        assertInvalidWith(5, 0);
    }

    @Test
    void a_checksum_that_comes_out_as_zero_is_sent_as_all_ones() {
        // The payload is chosen so that everything sums up to 0xffff.
        byte[] bytes = hex("00000000000a00000000");
        long pseudoHeader = 0;
        int sum = Checksum.fold(Checksum.sum(MemorySegment.ofArray(bytes), 0, 10));
        bytes[8] = (byte) (0xffff - sum);
        bytes[9] = (byte) ((0xffff - sum) >>> 8);
        UdpView view = wrap(exactly(bytes), 0, bytes.length);

        view.fillChecksum(pseudoHeader);

        assertThat(view.checksum()).isEqualTo(0xffff);
        assertThat(view.isChecksumCorrect(pseudoHeader)).isTrue();
    }

    @Test
    void a_datagram_cut_off_is_valid_as_truncated_when_its_header_is_there() {
        assertThat(wrap(exactly(hex("9c400035000d7e00")), 0, 8).isValidTruncated())
                .isTrue();
        assertThat(wrap(exactly(hex("9c40003500077e00")), 0, 8).isValidTruncated())
                .isFalse();
        assertThat(wrap(exactly(hex("9c400035000d7e")), 0, 7).isValidTruncated())
                .isFalse();
    }
}
