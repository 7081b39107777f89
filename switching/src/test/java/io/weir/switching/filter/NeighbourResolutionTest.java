package io.weir.switching.filter;

import static io.weir.switching.filter.ControlFrames.advance;
import static io.weir.switching.filter.ControlFrames.advertisement;
import static io.weir.switching.filter.ControlFrames.arp;
import static io.weir.switching.filter.ControlFrames.entry;
import static io.weir.switching.filter.ControlFrames.inside;
import static io.weir.switching.filter.ControlFrames.sentInside;
import static io.weir.switching.filter.ControlFrames.sentOutside;
import static io.weir.switching.filter.ControlFrames.state;
import static io.weir.switching.filter.TestNode.CLIENT;
import static io.weir.switching.filter.TestNode.CLIENT6;
import static io.weir.switching.filter.TestNode.CLIENT_MAC;
import static io.weir.switching.filter.TestNode.INNER_MAC;
import static io.weir.switching.filter.TestNode.OUTER_MAC;
import static io.weir.switching.filter.TestNode.SERVER_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.routing.NeighbourTable;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pcap4j.packet.ArpPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.IcmpV6NeighborSolicitationPacket;
import org.pcap4j.packet.namednumber.ArpOperation;

/** Asking, waiting, timers: from a packet without a known next hop to its fate. */
class NeighbourResolutionTest {
    private static final String ABSENT = "10.0.2.77";
    private static final String ABSENT6 = "fd02::12:3477";
    private static final long LATE_MAC = 0x02_00_00_00_02_77L;

    private final TestNode node = TestNode.web();

    @BeforeEach
    void let_the_announcements_of_the_start_go_by() {
        advance(node, 3_000);
        node.drain();
    }

    private void send(String destination, int port) {
        boolean isIpv6 = destination.contains(":");
        byte[] frame = TestFrame.udp()
                .from(isIpv6 ? CLIENT6 : CLIENT, port)
                .to(destination, 9)
                .macs(OUTER_MAC, CLIENT_MAC)
                .payload(20)
                .build();
        node.outside.inject(frame);
        node.processor.doWork(node.nowMs);
    }

    @Test
    void the_first_packet_makes_a_request_and_waits_for_the_answer() {
        send(ABSENT, 1001);
        send(ABSENT, 1002);
        List<byte[]> asked = sentInside(node);
        assertThat(asked).hasSize(1);
        byte[] request = asked.getFirst();
        assertThat(TestFrame.mac(request, 0)).isEqualTo(ControlFrames.BROADCAST);
        ArpPacket.ArpHeader header =
                ControlFrames.parse(request, ArpPacket.class).getHeader();
        assertThat(header.getOperation()).isEqualTo(ArpOperation.REQUEST);
        assertThat(header.getSrcProtocolAddr().getHostAddress()).isEqualTo("10.0.2.254");
        assertThat(header.getSrcHardwareAddr().toString()).isEqualTo("02:00:00:00:02:01");
        assertThat(header.getDstProtocolAddr().getHostAddress()).isEqualTo(ABSENT);
        assertThat(node.counters.value(Counter.PACKETS_HELD)).isEqualTo(2);

        List<byte[]> sent = inside(node, arp(INNER_MAC, 2, LATE_MAC, ABSENT, INNER_MAC, "10.0.2.254"));
        assertThat(sent)
                .extracting(TestFrame::flow)
                .containsExactly("10.0.1.9:1001 > 10.0.2.77:9", "10.0.1.9:1002 > 10.0.2.77:9");
        assertThat(sent).allSatisfy(frame -> {
            assertThat(TestFrame.mac(frame, 0)).isEqualTo(LATE_MAC);
            assertThat(TestFrame.mac(frame, 6)).isEqualTo(INNER_MAC);
            assertThat(TestFrame.hops(frame)).isEqualTo(63);
            assertThat(TestFrame.hasCorrectChecksums(frame)).isTrue();
        });
        assertThat(node.missingBuffers()).isZero();
        send(ABSENT, 1003);
        assertThat(sentInside(node)).hasSize(1);
    }

    @Test
    void an_ipv6_next_hop_is_asked_for_at_its_solicited_node_address() {
        send(ABSENT6, 1001);
        byte[] asked = sentInside(node).getFirst();
        assertThat(TestFrame.mac(asked, 0)).isEqualTo(0x3333_ff12_3477L);
        assertThat(TestFrame.addressOf(asked, true)).isEqualTo(TestFrame.address("fd02::254"));
        assertThat(TestFrame.addressOf(asked, false)).isEqualTo(TestFrame.address("ff02::1:ff12:3477"));
        assertThat(TestFrame.hops(asked)).isEqualTo(255);
        assertThat(ControlFrames.areChecksumsRight(asked)).isTrue();
        var header = ControlFrames.parse(asked, IcmpV6NeighborSolicitationPacket.class)
                .getHeader();
        assertThat(header.getTargetAddress().getAddress()).isEqualTo(TestFrame.address(ABSENT6));
        assertThat(header.getOptions().getFirst().getRawData()).containsExactly(1, 1, 2, 0, 0, 0, 2, 1);

        List<byte[]> sent =
                inside(node, advertisement(INNER_MAC, "fd02::254", LATE_MAC, ABSENT6, LATE_MAC, true, true));
        assertThat(sent).hasSize(1);
        assertThat(TestFrame.mac(sent.getFirst(), 0)).isEqualTo(LATE_MAC);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void three_requests_a_second_apart_and_then_the_packets_fail_and_their_senders_hear_of_it() {
        send(ABSENT, 1001);
        send(ABSENT, 1002);
        advance(node, 900);
        assertThat(sentInside(node)).hasSize(1);
        advance(node, 1_900);
        assertThat(sentInside(node)).as("asked again after one and two seconds").hasSize(2);
        assertThat(sentOutside(node)).isEmpty();
        advance(node, 400);
        assertThat(sentInside(node)).isEmpty();
        assertThat(state(node, 2, ABSENT)).isEqualTo(NeighbourTable.FAILED);
        assertThat(node.counters.dropped(DropReason.NEIGHBOUR_UNRESOLVED)).isEqualTo(2);
        List<byte[]> told = sentOutside(node);
        assertThat(told).hasSize(2);
        assertThat(TestFrame.mac(told.getFirst(), 0)).isEqualTo(CLIENT_MAC);
        assertThat(ControlFrames.areChecksumsRight(told.getFirst())).isTrue();
        var icmp =
                ControlFrames.parse(told.getFirst(), IcmpV4CommonPacket.class).getHeader();
        assertThat(icmp.getType().value()).isEqualTo((byte) 3);
        assertThat(icmp.getCode().value()).isEqualTo((byte) 1);
        assertThat(TestFrame.flow(ControlFrames.quoted(told.getFirst()))).isEqualTo("10.0.1.9:1001 > 10.0.2.77:9");

        send(ABSENT, 1003);
        assertThat(node.counters.dropped(DropReason.NEIGHBOUR_UNRESOLVED))
                .as("at once")
                .isEqualTo(3);
        advance(node, 3_200);
        assertThat(state(node, 2, ABSENT)).isEqualTo(NeighbourTable.ABSENT);
        sentInside(node);
        send(ABSENT, 1004);
        assertThat(sentInside(node)).as("asked anew").hasSize(1);
        node.processor.doWork(node.nowMs);
    }

    @Test
    void one_dead_next_hop_gets_a_quarter_of_the_room() {
        for (int k = 0; k < 70; k++) {
            send(ABSENT, 2000 + k);
        }
        assertThat(node.counters.value(Counter.PACKETS_HELD)).isEqualTo(64);
        assertThat(node.counters.dropped(DropReason.NEIGHBOUR_QUEUE_FULL)).isEqualTo(6);
        send("10.0.2.78", 3000);
        assertThat(node.counters.value(Counter.PACKETS_HELD)).isEqualTo(65);
        advance(node, 4_000);
        node.drain();
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void the_room_for_waiting_packets_is_bounded_and_comes_back() {
        for (int host = 20; host < 60; host++) {
            for (int k = 0; k < 8; k++) {
                send("10.0.2." + host, 2000 + k);
            }
        }
        assertThat(node.counters.value(Counter.PACKETS_HELD)).isEqualTo(256);
        assertThat(node.counters.dropped(DropReason.NEIGHBOUR_QUEUE_FULL)).isEqualTo(320 - 256);
        advance(node, 8_000);
        node.drain();
        assertThat(node.missingBuffers()).isZero();
        assertThat(node.counters.dropped(DropReason.NEIGHBOUR_UNRESOLVED)).isEqualTo(256);
    }

    @Test
    void a_used_neighbour_is_asked_alone_before_it_is_given_up() {
        int entry = entry(node, 2, "10.0.2.1");
        int epoch = node.neighbours.epoch();
        int requests = 0;
        int probes = 0;
        for (int k = 0; k < 55 && node.neighbours.state(entry) != NeighbourTable.FAILED; k++) {
            advance(node, 1_000);
            for (byte[] frame : sentInside(node)) {
                boolean isForServer =
                        TestFrame.mac(frame, 0) == SERVER_MAC + 1 && frame[12] == 0x08 && frame[13] == 0x06;
                probes += isForServer ? 1 : 0;
                requests += TestFrame.mac(frame, 0) == ControlFrames.BROADCAST ? 1 : 0;
            }
        }
        assertThat(probes).isEqualTo(3);
        assertThat(requests).as("no broadcast while the address is known").isZero();
        assertThat(node.neighbours.epoch()).isNotEqualTo(epoch);
    }

    @Test
    void an_answer_to_the_probe_keeps_the_neighbour() {
        int entry = entry(node, 2, "10.0.2.1");
        for (int k = 0; k < 60 && node.neighbours.state(entry) != NeighbourTable.PROBE; k++) {
            advance(node, 1_000);
        }
        assertThat(node.neighbours.state(entry)).isEqualTo(NeighbourTable.PROBE);
        inside(node, arp(INNER_MAC, 2, SERVER_MAC + 1, "10.0.2.1", INNER_MAC, "10.0.2.254"));
        assertThat(node.neighbours.state(entry)).isEqualTo(NeighbourTable.REACHABLE);
        assertThat(node.neighbours.probes(entry)).isZero();
    }

    @Test
    void an_unused_neighbour_is_removed_after_a_last_call_to_its_users() {
        int entry = entry(node, 2, "10.0.2.1");
        for (int k = 0; k < 30; k++) {
            node.neighbours.confirm(entry, SERVER_MAC + 1, node.nowMs);
            advance(node, 20_000);
            node.drain();
        }
        int epoch = node.neighbours.epoch();
        advance(node, 45_000);
        node.drain();
        assertThat(node.neighbours.state(entry)).isEqualTo(NeighbourTable.STALE);
        assertThat(node.neighbours.epoch()).as("users are to look it up again").isNotEqualTo(epoch);
        advance(node, 30_000);
        assertThat(state(node, 2, "10.0.2.1")).isEqualTo(NeighbourTable.ABSENT);
    }

    @Test
    void without_a_free_buffer_nothing_is_asked_and_nothing_is_lost_for_good() {
        var view = node.storage.view(1);
        java.util.ArrayList<Long> taken = new java.util.ArrayList<>();
        for (long buffer = view.acquire(); buffer != 0; buffer = view.acquire()) {
            taken.add(buffer);
        }
        advance(node, 60_000);
        taken.forEach(view::release);
        node.drain();
        assertThat(node.missingBuffers()).isZero();
    }
}
