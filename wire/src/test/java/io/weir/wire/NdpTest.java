package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NdpTest extends HeaderContract.Checksummed<NdpView> {
    private static final MacAddress MAC = MacAddress.parse("02:00:5e:10:00:02");
    private static final Ipv6Address TARGET = Ipv6Address.parse("fe80::2");

    @Override
    byte[] example() {
        return hex("8800ba0960000000fe800000000000000000000000000002020102005e100002");
    }

    @Override
    HeaderValue value() {
        return new Ndp.NeighbourAdvertisement(false, true, true, TARGET, Optional.of(MAC));
    }

    @Override
    NdpView wrap(MemorySegment memory, long offset, int length) {
        return new NdpView().wrap(memory, offset, length);
    }

    @Override
    HeaderValue parse(byte[] bytes) {
        return Ndp.parse(bytes);
    }

    @Override
    int minimumLength() {
        return NdpView.HEADER_LENGTH;
    }

    @Override
    void assertFields(NdpView view) {
        assertThat(view.type()).isEqualTo(Icmpv6View.NEIGHBOUR_ADVERTISEMENT);
        assertThat(view.checksum()).isEqualTo(0xba09);
        assertThat(view.flags()).isEqualTo(NdpView.SOLICITED | NdpView.OVERRIDE);
        assertThat(view.targetHigh()).isEqualTo(TARGET.high());
        assertThat(view.targetLow()).isEqualTo(TARGET.low());
        assertThat(view.rawTarget0()).isEqualTo(TARGET.raw0());
        assertThat(view.rawTarget1()).isEqualTo(TARGET.raw1());
        assertThat(view.linkLayerAddress(NdpView.TARGET_LINK_LAYER_ADDRESS)).isEqualTo(MAC.bits());
        assertThat(view.linkLayerAddress(NdpView.SOURCE_LINK_LAYER_ADDRESS)).isEqualTo(NdpView.ABSENT);
    }

    @Override
    void writeFields(NdpView view) {
        view.type(Icmpv6View.NEIGHBOUR_ADVERTISEMENT);
        view.flags(NdpView.SOLICITED | NdpView.OVERRIDE);
        view.rawTarget(TARGET.raw0(), TARGET.raw1());
        view.firstOption(NdpView.TARGET_LINK_LAYER_ADDRESS, MAC.bits());
        fillChecksum(view);
    }

    @Override
    int openChecksumOffset() {
        return checksumOffset();
    }

    private static long pseudoHeader(String from, String to, int length) {
        Ipv6Address source = Ipv6Address.parse(from);
        Ipv6Address destination = Ipv6Address.parse(to);
        return Checksum.pseudoHeader6(
                source.raw0(), source.raw1(), destination.raw0(), destination.raw1(), IpProtocol.ICMPV6, length);
    }

    @Override
    boolean isChecksumCorrect(NdpView view) {
        return view.isChecksumCorrect(pseudoHeader("fe80::2", "fe80::1", 32));
    }

    @Override
    int checksumOffset() {
        return NdpView.CHECKSUM_OFFSET;
    }

    @Override
    void fillChecksum(NdpView view) {
        view.fillChecksum(pseudoHeader("fe80::2", "fe80::1", 32));
    }

    @Test
    void a_solicitation_is_parsed_and_emitted() {
        byte[] bytes = hex("87001c8700000000fe800000000000000000000000000002010102005e100001");
        Ndp solicitation = new Ndp.NeighbourSolicitation(TARGET, Optional.of(MacAddress.parse("02:00:5e:10:00:01")));

        NdpView view = wrap(exactly(bytes), 0, bytes.length);
        assertThat(Ndp.parse(view)).isEqualTo(solicitation);
        assertThat(view.isChecksumCorrect(pseudoHeader("fe80::1", "ff02::1:ff00:2", 32)))
                .isTrue();
        bytes[2] = 0;
        bytes[3] = 0;
        assertThat(Octets.of(solicitation.toBytes())).isEqualTo(Octets.of(bytes));
    }

    @Test
    void a_router_solicitation_is_emitted() {
        assertThat(Octets.of(new Ndp.RouterSolicitation(Optional.of(MAC)).toBytes()))
                .isEqualTo(Octets.ofHex("8500000000000000010102005e100002"));
    }

    @Test
    void options_of_impossible_length_are_not_valid() {
        assertInvalidWith(25, 0);
        assertInvalidWith(25, 2);
        for (int length = NdpView.HEADER_LENGTH + 1; length < example().length; length++) {
            assertThat(wrap(exactly(example()), 0, length).isValid()).isFalse();
        }
    }

    @Test
    void other_types_and_codes_are_not_valid() {
        assertInvalidWith(0, 134);
        assertInvalidWith(0, 137);
        assertInvalidWith(1, 1);
    }

    @Test
    void the_option_is_found_behind_others() {
        byte[] bytes = hex("8800ba0960000000fe800000000000000000000000000002"
                + "0e02000000000000000000000000aabb" // nonce, RFC 3971
                + "020102005e100002");

        assertThat(Ndp.parse(bytes)).isEqualTo(value());
    }
}
