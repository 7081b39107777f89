package io.weir.switching.filter;

import static io.weir.switching.filter.ControlFrames.UNKNOWN;
import static io.weir.switching.filter.ControlFrames.arp;
import static io.weir.switching.filter.ControlFrames.arpRequest;
import static io.weir.switching.filter.ControlFrames.inside;
import static io.weir.switching.filter.ControlFrames.linkAddress;
import static io.weir.switching.filter.ControlFrames.outside;
import static io.weir.switching.filter.ControlFrames.state;
import static io.weir.switching.filter.TestNode.CLIENT;
import static io.weir.switching.filter.TestNode.CLIENT_MAC;
import static io.weir.switching.filter.TestNode.INNER_MAC;
import static io.weir.switching.filter.TestNode.OUTER_MAC;
import static io.weir.switching.filter.TestNode.VIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.routing.NeighbourTable;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.packet.ArpPacket;
import org.pcap4j.packet.namednumber.ArpOperation;

class ArpTest {
    private static final long STRANGER = 0x02_00_00_00_01_55L;

    private final TestNode node = TestNode.web();

    @ParameterizedTest
    @ValueSource(strings = {"10.0.1.1", VIP})
    void own_and_virtual_addresses_of_the_network_are_answered_to_the_asker(String target) {
        List<byte[]> sent = outside(node, arpRequest(STRANGER, "10.0.1.50", target));

        assertThat(sent).hasSize(1);
        byte[] reply = sent.getFirst();
        assertThat(TestFrame.mac(reply, 0)).isEqualTo(STRANGER);
        assertThat(TestFrame.mac(reply, 6)).isEqualTo(OUTER_MAC);
        ArpPacket.ArpHeader header = ControlFrames.parse(reply, ArpPacket.class).getHeader();
        assertThat(header.getOperation()).isEqualTo(ArpOperation.REPLY);
        assertThat(header.getSrcHardwareAddr().toString()).isEqualTo("02:00:00:00:01:01");
        assertThat(header.getSrcProtocolAddr().getHostAddress()).isEqualTo(target);
        assertThat(header.getDstHardwareAddr().toString()).isEqualTo("02:00:00:00:01:55");
        assertThat(header.getDstProtocolAddr().getHostAddress()).isEqualTo("10.0.1.50");
        assertThat(node.counters.value(Counter.ARP_REPLIES_SENT)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.1.1", VIP, "10.0.1.77"})
    void addresses_of_other_networks_and_stations_are_not_answered(String target) {
        assertThat(inside(node, arpRequest(STRANGER, "10.0.2.50", target))).isEmpty();
        assertThat(node.counters.dropped(DropReason.CONTROL_MESSAGE_CONSUMED)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void a_virtual_address_of_no_network_is_answered_everywhere() {
        TestNode.Builder builder = TestNode.builder();
        builder.image.add(new Service(
                9,
                "anywhere",
                TestFrame.TCP,
                80,
                ConfigurationReader.NAT,
                ConfigurationReader.MAGLEV,
                List.of(TestNode.of("203.0.113.5")),
                Members.NONE,
                Members.NONE));
        TestNode anywhere = builder.build();
        assertThat(outside(anywhere, arpRequest(STRANGER, "10.0.1.50", "203.0.113.5")))
                .hasSize(1);
        assertThat(inside(anywhere, arpRequest(STRANGER, "10.0.2.50", "203.0.113.5")))
                .hasSize(1);
    }

    @Test
    void padding_of_a_short_frame_is_kept_and_what_is_beyond_cut_off() {
        byte[] request = arpRequest(STRANGER, "10.0.1.50", VIP);
        assertThat(request).hasSize(42);
        assertThat(outside(node, request).getFirst()).hasSize(42);
        assertThat(outside(node, Arrays.copyOf(request, 60)).getFirst()).hasSize(60);
        assertThat(outside(node, Arrays.copyOf(request, 300)).getFirst()).hasSize(60);
    }

    @Test
    void an_address_probe_is_answered_and_not_learnt() {
        byte[] reply = outside(node, arpRequest(STRANGER, "0.0.0.0", VIP)).getFirst();
        ArpPacket.ArpHeader header = ControlFrames.parse(reply, ArpPacket.class).getHeader();
        assertThat(header.getSrcProtocolAddr().getHostAddress()).isEqualTo(VIP);
        assertThat(header.getDstProtocolAddr().getHostAddress()).isEqualTo("0.0.0.0");
        assertThat(state(node, 1, "0.0.0.0")).isEqualTo(NeighbourTable.ABSENT);
    }

    @Test
    void who_asks_for_us_from_the_link_is_learnt_and_others_are_not() {
        outside(node, arpRequest(STRANGER, "10.0.1.50", VIP));
        assertThat(state(node, 1, "10.0.1.50")).isEqualTo(NeighbourTable.STALE);
        assertThat(linkAddress(node, 1, "10.0.1.50")).isEqualTo(STRANGER);

        outside(node, arpRequest(STRANGER, "10.0.1.51", "10.0.1.52"));
        assertThat(state(node, 1, "10.0.1.51")).isEqualTo(NeighbourTable.ABSENT);

        assertThat(outside(node, arpRequest(STRANGER, "192.0.2.1", VIP))).hasSize(1);
        assertThat(state(node, 1, "192.0.2.1")).as("not of this link").isEqualTo(NeighbourTable.ABSENT);
    }

    @Test
    void an_announcement_updates_an_entry_but_makes_none() {
        int epoch = node.neighbours.epoch();
        outside(node, arpRequest(STRANGER, CLIENT, CLIENT));
        assertThat(linkAddress(node, 1, CLIENT)).isEqualTo(STRANGER);
        assertThat(node.neighbours.epoch()).as("kept paths are out of date").isNotEqualTo(epoch);

        outside(node, arpRequest(STRANGER, "10.0.1.60", "10.0.1.60"));
        assertThat(state(node, 1, "10.0.1.60")).isEqualTo(NeighbourTable.ABSENT);
    }

    @Test
    void an_unsolicited_reply_makes_no_entry() {
        assertThat(outside(node, arp(OUTER_MAC, 2, STRANGER, "10.0.1.61", OUTER_MAC, "10.0.1.1")))
                .isEmpty();
        assertThat(state(node, 1, "10.0.1.61")).isEqualTo(NeighbourTable.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.1.1", VIP})
    void a_claim_to_one_of_our_addresses_is_refused(String address) {
        assertThat(outside(node, arpRequest(STRANGER, address, address))).isEmpty();
        assertThat(outside(node, arp(OUTER_MAC, 2, STRANGER, address, OUTER_MAC, "10.0.1.1")))
                .isEmpty();
        assertThat(node.counters.dropped(DropReason.ARP_INVALID)).isEqualTo(2);
    }

    @Test
    void our_own_announcement_coming_back_by_another_interface_is_no_claim() {
        assertThat(outside(node, arpRequest(INNER_MAC, VIP, VIP))).isEmpty();
        assertThat(node.counters.dropped(DropReason.ARP_INVALID)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "hardware type, 15, 6",
        "protocol type, 16, 9",
        "hardware length, 18, 8",
        "protocol length, 19, 16",
        "operation, 21, 3",
        "group sender, 22, 3",
        "sender other than the Ethernet source, 27, 1",
        "loopback sender, 28, 127",
        "multicast sender, 28, 224"
    })
    void malformed_messages_are_refused(String what, int at, int value) {
        byte[] request = arpRequest(STRANGER, "10.0.1.50", VIP);
        request[at] = (byte) value;
        assertThat(outside(node, request)).as(what).isEmpty();
        assertThat(node.counters.dropped(DropReason.ARP_INVALID)).as(what).isEqualTo(1);
        assertThat(state(node, 1, "10.0.1.50")).isEqualTo(NeighbourTable.ABSENT);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void a_truncated_message_is_refused() {
        byte[] request = arp(ControlFrames.BROADCAST, 1, CLIENT_MAC, CLIENT, UNKNOWN, VIP);
        for (int length = 14; length < 42; length++) {
            assertThat(outside(node, Arrays.copyOf(request, length))).isEmpty();
        }
        assertThat(node.counters.dropped(DropReason.ARP_INVALID)).isEqualTo(28);
    }
}
