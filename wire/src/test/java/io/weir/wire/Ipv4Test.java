package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Ipv4Test extends HeaderContract.Checksummed<Ipv4View> {
    @Override
    byte[] example() {
        return hex("46b90020beef40003f1151aa0a010203c0a8c8c9940400007878787878787878");
    }

    @Override
    Ipv4 value() {
        return new Ipv4(
                0xb9,
                0xbeef,
                true,
                false,
                0,
                63,
                IpProtocol.UDP,
                Ipv4Address.parse("10.1.2.3"),
                Ipv4Address.parse("192.168.200.201"),
                Octets.ofHex("94040000"),
                8);
    }

    @Override
    Ipv4View wrap(MemorySegment memory, long offset, int length) {
        return new Ipv4View().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Ipv4.parse(bytes);
    }

    @Override
    int minimumLength() {
        return example().length;
    }

    @Override
    void assertFields(Ipv4View view) {
        assertThat(view.version()).isEqualTo(4);
        assertThat(view.headerLength()).isEqualTo(24);
        assertThat(view.trafficClass()).isEqualTo(0xb9);
        assertThat(view.dscp()).isEqualTo(46);
        assertThat(view.ecn()).isEqualTo(1);
        assertThat(view.totalLength()).isEqualTo(32);
        assertThat(view.payloadLength()).isEqualTo(8);
        assertThat(view.payloadOffset()).isEqualTo(24);
        assertThat(view.identification()).isEqualTo(0xbeef);
        assertThat(view.isDontFragment()).isTrue();
        assertThat(view.isMoreFragments()).isFalse();
        assertThat(view.isFragment()).isFalse();
        assertThat(view.fragmentOffset()).isZero();
        assertThat(view.timeToLive()).isEqualTo(63);
        assertThat(view.protocol()).isEqualTo(IpProtocol.UDP);
        assertThat(view.checksum()).isEqualTo(0x51aa);
        assertThat(view.rawChecksum()).isEqualTo(0xaa51);
        assertThat(view.source()).isEqualTo(0x0a010203);
        assertThat(view.rawSource()).isEqualTo(0x0302010a);
        assertThat(view.destination()).isEqualTo(0xc0a8c8c9);
        assertThat(view.rawDestination()).isEqualTo(0xc9c8a8c0);
        assertThat(view.hasOptions()).isTrue();
        OptionWalk options = view.options(new OptionWalk());
        assertThat(options.next()).isTrue();
        assertThat(options.kind()).isEqualTo(0x94);
        assertThat(options.dataLength()).isEqualTo(2);
        assertThat(options.dataOffset()).isEqualTo(22);
        assertThat(options.next()).isFalse();
        assertThat(options.isMalformed()).isFalse();
    }

    @Override
    void writeFields(Ipv4View view) {
        view.headerLength(24);
        view.trafficClass(0xb9);
        view.totalLength(32);
        view.identification(0xbeef);
        view.fragment(true, false, 0);
        view.timeToLive(63);
        view.protocol(IpProtocol.UDP);
        view.rawSource(0x0302010a);
        view.destination(0xc0a8c8c9);
        value().options().emit(view.memory(), Ipv4View.HEADER_LENGTH);
        view.fillChecksum();
    }

    @Override
    boolean isChecksumCorrect(Ipv4View view) {
        return view.isChecksumCorrect();
    }

    @Override
    int checksumOffset() {
        return Ipv4View.CHECKSUM_OFFSET;
    }

    @Override
    void fillChecksum(Ipv4View view) {
        view.fillChecksum();
    }

    @Override
    int coveredLength() {
        return 24;
    }

    @Test
    void wrong_versions_and_lengths_are_not_valid() {
        assertInvalidWith(0, 0x66); // version 6
        assertInvalidWith(0, 0x44); // header of 16 bytes
        assertInvalidWith(0, 0x49); // header longer than the packet
        assertInvalidWith(3, 33); // packet longer than the bytes
        assertInvalidWith(3, 23); // packet shorter than its header
        assertInvalidWith(3, 0);
    }

    @Test
    void a_fragment_is_recognized() {
        byte[] bytes = hex("4500001cbeef20b93f1106b30a010203c0a8c8c97878787878787878");
        Ipv4View view = wrap(exactly(bytes), 0, bytes.length);

        assertThat(view.isValid()).isTrue();
        assertThat(view.isChecksumCorrect()).isTrue();
        assertThat(view.isFragment()).isTrue();
        assertThat(view.isMoreFragments()).isTrue();
        assertThat(view.fragmentOffset()).isEqualTo(1480);
        assertThat(Ipv4.parse(view))
                .isEqualTo(
                        Ipv4.of(Ipv4Address.parse("10.1.2.3"), Ipv4Address.parse("192.168.200.201"), IpProtocol.UDP, 8)
                                .withTimeToLive(63)
                                .withFragment(0xbeef, 1480, true));
    }

    @Test
    void a_cut_off_packet_is_valid_as_truncated_when_its_header_is_there() {
        for (int length = 0; length < example().length; length++) {
            byte[] cut = Arrays.copyOf(example(), length);
            assertThat(wrap(exactly(cut), 0, length).isValidTruncated()).isEqualTo(length >= 24);
        }
    }

    @Test
    void taking_a_hop_away_keeps_the_checksum_right() {
        Random random = new Random(1624);
        for (int i = 0; i < 10_000; i++) {
            Ipv4 header = new RandomHeaders(random).ipv4(IpProtocol.UDP, 8);
            Ipv4 before = header.withTimeToLive(Math.max(1, header.timeToLive()));
            byte[] bytes = Arrays.copyOf(before.toBytes(), before.headerLength() + 8);
            Ipv4View view = wrap(MemorySegment.ofArray(bytes), 0, bytes.length);

            view.decrementTimeToLive();

            assertThat(view.isChecksumCorrect()).isTrue();
            assertThat(Ipv4.parse(view)).isEqualTo(before.withTimeToLive(before.timeToLive() - 1));
            // A header that is not zero everywhere never has the checksum 0xffff (RFC 1624 §3).
            assertThat(view.checksum()).isNotEqualTo(0xffff);
        }
    }
}
