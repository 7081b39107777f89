package io.weir.switching.filter;

import static io.weir.switching.filter.ControlFrames.advertisement;
import static io.weir.switching.filter.ControlFrames.linkAddress;
import static io.weir.switching.filter.ControlFrames.outside;
import static io.weir.switching.filter.ControlFrames.solicitation;
import static io.weir.switching.filter.ControlFrames.state;
import static io.weir.switching.filter.TestNode.CLIENT6;
import static io.weir.switching.filter.TestNode.CLIENT_MAC;
import static io.weir.switching.filter.TestNode.OUTER_MAC;
import static io.weir.switching.filter.TestNode.VIP6;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.routing.NeighbourTable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.packet.IcmpV6NeighborAdvertisementPacket;
import org.pcap4j.packet.IpV6Packet;

class NdpTest {
    private static final long STRANGER = 0x02_00_00_00_01_55L;
    private static final String STRANGER6 = "fd01::50";
    /** Of 02:00:00:00:01:01, RFC 4291 appendix A: the universal/local bit is inverted. */
    private static final String OWN_LINK_LOCAL = "fe80::ff:fe00:101";

    private final TestNode node = TestNode.web();

    @ParameterizedTest
    @CsvSource({"fd01::1, fd01::50", "fd01::100, fd01::50", "fe80::ff:fe00:101, fe80::50"})
    void own_virtual_and_link_local_addresses_are_answered(String target, String asker) throws Exception {
        List<byte[]> sent = outside(node, solicitation(STRANGER, asker, target, STRANGER));

        assertThat(sent).hasSize(1);
        byte[] answer = sent.getFirst();
        assertThat(TestFrame.mac(answer, 0)).isEqualTo(STRANGER);
        assertThat(TestFrame.mac(answer, 6)).isEqualTo(OUTER_MAC);
        assertThat(TestFrame.addressOf(answer, true)).isEqualTo(TestFrame.address(target));
        assertThat(TestFrame.addressOf(answer, false)).isEqualTo(TestFrame.address(asker));
        assertThat(ControlFrames.parse(answer, IpV6Packet.class).getHeader().getHopLimitAsInt())
                .isEqualTo(255);
        IcmpV6NeighborAdvertisementPacket.IcmpV6NeighborAdvertisementHeader header = ControlFrames.parse(
                        answer, IcmpV6NeighborAdvertisementPacket.class)
                .getHeader();
        assertThat(header.getTargetAddress().getAddress()).isEqualTo(TestFrame.address(target));
        assertThat(header.getRouterFlag()).isTrue();
        assertThat(header.getSolicitedFlag()).isTrue();
        assertThat(header.getOverrideFlag()).isTrue();
        assertThat(header.getOptions()).hasSize(1);
        assertThat(header.getOptions().getFirst().getRawData()).containsExactly(2, 1, 2, 0, 0, 0, 1, 1);
        assertThat(ControlFrames.areChecksumsRight(answer)).isTrue();
        assertThat(state(node, 1, asker)).isEqualTo(NeighbourTable.STALE);
        assertThat(linkAddress(node, 1, asker)).isEqualTo(STRANGER);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void duplicate_address_detection_is_answered_to_all_nodes() {
        byte[] answer = outside(node, solicitation(STRANGER, "::", VIP6, 0)).getFirst();
        assertThat(TestFrame.mac(answer, 0)).isEqualTo(0x3333_0000_0001L);
        assertThat(TestFrame.addressOf(answer, false)).isEqualTo(TestFrame.address("ff02::1"));
        assertThat(ControlFrames.parse(answer, IcmpV6NeighborAdvertisementPacket.class)
                        .getHeader()
                        .getSolicitedFlag())
                .isFalse();
        assertThat(ControlFrames.areChecksumsRight(answer)).isTrue();
    }

    @Test
    void a_unicast_solicitation_without_option_is_answered_to_its_sender() {
        byte[] probe = solicitation(OUTER_MAC, "fd01::1", CLIENT_MAC, CLIENT6, "fd01::1", 0);
        assertThat(TestFrame.mac(outside(node, probe).getFirst(), 0)).isEqualTo(CLIENT_MAC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd02::254", "fd01::77", "fe80::ff:fe00:201"})
    void other_addresses_are_not_answered(String target) {
        assertThat(outside(node, solicitation(STRANGER, STRANGER6, target, STRANGER)))
                .isEmpty();
        assertThat(node.counters.dropped(DropReason.CONTROL_MESSAGE_CONSUMED)).isEqualTo(1);
        assertThat(state(node, 1, STRANGER6)).isEqualTo(NeighbourTable.ABSENT);
    }

    @ParameterizedTest
    @CsvSource({
        "hop limit 254, 21, 254",
        "code, 55, 1",
        "wrong checksum, 57, 99",
        "option length zero, 79, 0",
        "option beyond the message, 79, 2",
        "option not the Ethernet source, 85, 1"
    })
    void malformed_solicitations_are_refused(String what, int at, int value) {
        byte[] frame = solicitation(STRANGER, STRANGER6, VIP6, STRANGER);
        frame[at] = (byte) value;
        if (at >= 54 && at != 57) {
            fixChecksum(frame);
        }
        assertThat(outside(node, frame)).as(what).isEmpty();
        assertThat(node.counters.dropped(DropReason.NDP_INVALID)).as(what).isEqualTo(1);
        assertThat(state(node, 1, STRANGER6)).isEqualTo(NeighbourTable.ABSENT);
        assertThat(node.missingBuffers()).isZero();
    }

    private static void fixChecksum(byte[] frame) {
        frame[56] = 0;
        frame[57] = 0;
        int sum = ~ControlFrames.plainSum(
                frame, 54, frame.length, ControlFrames.plainSum(frame, 22, 54, frame.length - 54 + 58));
        frame[56] = (byte) (sum >>> 8);
        frame[57] = (byte) sum;
    }

    @Test
    void duplicate_address_detection_with_an_option_is_refused() {
        assertThat(outside(node, solicitation(STRANGER, "::", VIP6, STRANGER))).isEmpty();
        assertThat(node.counters.dropped(DropReason.NDP_INVALID)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd01::1", VIP6, OWN_LINK_LOCAL})
    void a_claim_to_one_of_our_addresses_is_refused(String address) {
        outside(node, advertisement(0x3333_0000_0001L, "ff02::1", STRANGER, address, STRANGER, false, true));
        outside(node, solicitation(STRANGER, address, "fd01::77", STRANGER));
        assertThat(node.counters.dropped(DropReason.NDP_INVALID)).isEqualTo(2);
    }

    private void advertise(long mac, boolean isSolicited, boolean isOverride) {
        long senderMac = mac == 0 ? CLIENT_MAC : mac;
        outside(node, advertisement(OUTER_MAC, "fd01::1", senderMac, CLIENT6, mac, isSolicited, isOverride));
    }

    @Test
    void an_advertisement_makes_no_entry() {
        outside(node, advertisement(OUTER_MAC, "fd01::1", STRANGER, STRANGER6, STRANGER, true, true));
        assertThat(state(node, 1, STRANGER6)).isEqualTo(NeighbourTable.ABSENT);
    }

    @Test
    void a_solicited_advertisement_resolves_and_an_unsolicited_one_leaves_stale() {
        var raw = TestNode.of(STRANGER6);
        node.neighbours.add(1, raw.address0(), raw.address1(), node.nowMs);
        outside(node, advertisement(OUTER_MAC, "fd01::1", STRANGER, STRANGER6, 0, true, true));
        assertThat(state(node, 1, STRANGER6)).as("no address in it").isEqualTo(NeighbourTable.INCOMPLETE);
        outside(node, advertisement(OUTER_MAC, "fd01::1", STRANGER, STRANGER6, STRANGER, false, false));
        assertThat(state(node, 1, STRANGER6)).isEqualTo(NeighbourTable.STALE);
        outside(node, advertisement(OUTER_MAC, "fd01::1", STRANGER, STRANGER6, STRANGER, true, false));
        assertThat(state(node, 1, STRANGER6)).isEqualTo(NeighbourTable.REACHABLE);
    }

    @Test
    void without_override_another_address_only_makes_the_entry_stale() {
        advertise(STRANGER, true, false);
        assertThat(linkAddress(node, 1, CLIENT6)).isEqualTo(CLIENT_MAC);
        assertThat(state(node, 1, CLIENT6)).isEqualTo(NeighbourTable.STALE);
    }

    @Test
    void override_replaces_the_address() {
        int epoch = node.neighbours.epoch();
        advertise(STRANGER, false, true);
        assertThat(linkAddress(node, 1, CLIENT6)).isEqualTo(STRANGER);
        assertThat(state(node, 1, CLIENT6)).isEqualTo(NeighbourTable.STALE);
        assertThat(node.neighbours.epoch()).isNotEqualTo(epoch);
        advertise(0, true, false);
        assertThat(state(node, 1, CLIENT6)).as("confirmed without an address").isEqualTo(NeighbourTable.REACHABLE);
    }

    @Test
    void an_unsolicited_advertisement_of_the_known_address_changes_nothing() {
        advertise(CLIENT_MAC, false, true);
        assertThat(state(node, 1, CLIENT6)).isEqualTo(NeighbourTable.REACHABLE);
        assertThat(node.counters.value(Counter.NEIGHBOUR_ADVERTISEMENTS_SENT)).isZero();
    }

    @Test
    void a_multicast_advertisement_that_says_solicited_is_refused() {
        outside(node, advertisement(0x3333_0000_0001L, "ff02::1", CLIENT_MAC, CLIENT6, CLIENT_MAC, true, true));
        assertThat(node.counters.dropped(DropReason.NDP_INVALID)).isEqualTo(1);
    }
}
