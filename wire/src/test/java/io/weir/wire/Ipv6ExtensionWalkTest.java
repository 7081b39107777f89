package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Ipv6ExtensionWalkTest {
    private static final String OPTIONS = "000401020304"; // padding only

    private static Ipv6ExtensionWalk walk(int nextHeader, String payload) {
        byte[] bytes = HexFormat.of().parseHex(payload);
        MemorySegment memory = Arena.ofAuto().allocate(bytes.length + 1L).asSlice(0, bytes.length);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
        return new Ipv6ExtensionWalk().wrap(memory, 0, bytes.length, nextHeader);
    }

    @Test
    void without_extension_headers_the_transport_comes_at_once() {
        Ipv6ExtensionWalk walk = walk(IpProtocol.TCP, "0102");

        assertThat(walk.outcome()).isEqualTo(Ipv6ExtensionWalk.REACHED);
        assertThat(walk.protocol()).isEqualTo(IpProtocol.TCP);
        assertThat(walk.transportOffset()).isZero();
        assertThat(walk.transportLength()).isEqualTo(2);
        assertThat(walk.hasFragmentHeader()).isFalse();
    }

    @Test
    void every_kind_is_passed_in_the_recommended_order() {
        Ipv6ExtensionWalk walk = walk(
                IpProtocol.HOP_BY_HOP,
                "3c00" + OPTIONS // hop-by-hop, destination options next
                        + "2b00" + OPTIONS // destination options, routing next
                        + "2c00040000000000" // routing of type 4, fragment next
                        + "3300000112345678" // fragment: first of several, authentication next
                        + "3c020000000000010000000200000003" // authentication, 4 · (2 + 2) bytes
                        + "1100" + OPTIONS // destination options, UDP next
                        + "00350035");

        assertThat(walk.outcome()).isEqualTo(Ipv6ExtensionWalk.REACHED);
        assertThat(walk.protocol()).isEqualTo(IpProtocol.UDP);
        assertThat(walk.headers()).isEqualTo(6);
        assertThat(walk.transportOffset()).isEqualTo(56);
        assertThat(walk.transportLength()).isEqualTo(4);
        assertThat(walk.isFragment()).isTrue();
        assertThat(walk.isMoreFragments()).isTrue();
        assertThat(walk.fragmentOffset()).isZero();
        assertThat(walk.fragmentIdentification()).isEqualTo(0x12345678);
        assertThat(walk.fragmentHeaderOffset()).isEqualTo(24);
    }

    @Test
    void a_later_fragment_has_no_transport_header() {
        Ipv6ExtensionWalk walk = walk(IpProtocol.FRAGMENT, "110005c812345678" + "ffff");

        assertThat(walk.outcome()).isEqualTo(Ipv6ExtensionWalk.LATER_FRAGMENT);
        assertThat(walk.protocol()).isEqualTo(IpProtocol.UDP);
        assertThat(walk.fragmentOffset()).isEqualTo(1480);
        assertThat(walk.isMoreFragments()).isFalse();
        assertThat(walk.isFragment()).isTrue();
        assertThat(walk.transportLength()).isEqualTo(2);
    }

    @Test
    void an_atomic_fragment_is_a_whole_packet() {
        Ipv6ExtensionWalk walk = walk(IpProtocol.FRAGMENT, "1100000012345678");

        assertThat(walk.outcome()).isEqualTo(Ipv6ExtensionWalk.REACHED);
        assertThat(walk.hasFragmentHeader()).isTrue();
        assertThat(walk.isFragment()).isFalse();
    }

    @Test
    void a_routing_header_of_type_0_is_refused() {
        assertThat(walk(IpProtocol.ROUTING, "0600000000000000").outcome()).isEqualTo(Ipv6ExtensionWalk.ROUTING_TYPE_0);
    }

    @Test
    void eight_headers_are_passed_and_nine_are_too_many() {
        String header = "3c00" + OPTIONS;
        String last = "0600" + OPTIONS;

        assertThat(walk(IpProtocol.DESTINATION_OPTIONS, header.repeat(7) + last).outcome())
                .isEqualTo(Ipv6ExtensionWalk.REACHED);
        assertThat(walk(IpProtocol.DESTINATION_OPTIONS, header.repeat(8) + last).outcome())
                .isEqualTo(Ipv6ExtensionWalk.TOO_MANY);
    }

    @Test
    void headers_beyond_the_packet_or_out_of_place_are_malformed() {
        assertThat(walk(IpProtocol.HOP_BY_HOP, "").outcome()).isEqualTo(Ipv6ExtensionWalk.MALFORMED);
        assertThat(walk(IpProtocol.HOP_BY_HOP, "06000000000000").outcome()).isEqualTo(Ipv6ExtensionWalk.MALFORMED);
        assertThat(walk(IpProtocol.HOP_BY_HOP, "0601" + OPTIONS).outcome()).isEqualTo(Ipv6ExtensionWalk.MALFORMED);
        assertThat(walk(IpProtocol.FRAGMENT, "06000000000000").outcome()).isEqualTo(Ipv6ExtensionWalk.MALFORMED);
        assertThat(walk(IpProtocol.FRAGMENT, "2c00000100000001" + "0600000100000001")
                        .outcome())
                .isEqualTo(Ipv6ExtensionWalk.MALFORMED);
        assertThat(walk(IpProtocol.DESTINATION_OPTIONS, "0000" + OPTIONS + "0600" + OPTIONS)
                        .outcome())
                .isEqualTo(Ipv6ExtensionWalk.MALFORMED);
        assertThat(walk(IpProtocol.AUTHENTICATION, "06ff000000000000").outcome())
                .isEqualTo(Ipv6ExtensionWalk.MALFORMED);
    }

    @Test
    void nothing_and_what_is_encrypted_have_no_transport() {
        assertThat(walk(IpProtocol.NO_NEXT_HEADER, "0102").outcome()).isEqualTo(Ipv6ExtensionWalk.NO_TRANSPORT);
        assertThat(walk(IpProtocol.ESP, "0102").outcome()).isEqualTo(Ipv6ExtensionWalk.NO_TRANSPORT);
    }
}
