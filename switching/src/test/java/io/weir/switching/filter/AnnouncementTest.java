package io.weir.switching.filter;

import static io.weir.switching.filter.ControlFrames.advance;
import static io.weir.switching.filter.ControlFrames.sentInside;
import static io.weir.switching.filter.ControlFrames.sentOutside;
import static io.weir.switching.filter.TestNode.OUTER_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pcap4j.packet.ArpPacket;
import org.pcap4j.packet.IcmpV6NeighborAdvertisementPacket;

class AnnouncementTest {
    private final TestNode node = TestNode.web();

    private static Set<String> announced(List<byte[]> frames) throws Exception {
        Set<String> addresses = new TreeSet<>();
        for (byte[] frame : frames) {
            if (TestFrame.isIpv6(frame)) {
                var header = ControlFrames.parse(frame, IcmpV6NeighborAdvertisementPacket.class)
                        .getHeader();
                assertThat(header.getOverrideFlag()).isTrue();
                assertThat(header.getSolicitedFlag()).isFalse();
                assertThat(TestFrame.mac(frame, 0)).isEqualTo(0x3333_0000_0001L);
                assertThat(ControlFrames.areChecksumsRight(frame)).isTrue();
                addresses.add(header.getTargetAddress().getHostAddress());
            } else {
                ArpPacket.ArpHeader header =
                        ControlFrames.parse(frame, ArpPacket.class).getHeader();
                InetAddress address = header.getSrcProtocolAddr();
                assertThat(header.getDstProtocolAddr()).isEqualTo(address);
                assertThat(TestFrame.mac(frame, 0)).isEqualTo(ControlFrames.BROADCAST);
                addresses.add(address.getHostAddress());
            }
        }
        return addresses;
    }

    private void poll(NeighbourResolver resolver, Egress egress, int ms) {
        int end = node.nowMs + ms;
        while (node.nowMs < end) {
            node.nowMs += 20;
            resolver.poll(node.nowMs);
            egress.flush();
        }
    }

    @Test
    void own_and_virtual_addresses_are_announced_twice_on_the_interfaces_that_answer_for_them() throws Exception {
        advance(node, 3_000);
        node.drain();
        Egress egress = new Egress(node.context);
        LocalAddresses local = new LocalAddresses(node.context);
        NeighbourResolver resolver =
                new NeighbourResolver(node.context, egress, local, new IcmpErrors(node.context, egress, local), 16);
        long before = node.counters.value(Counter.ANNOUNCEMENTS_SENT);
        resolver.announce(node.nowMs);
        poll(resolver, egress, 1_000);
        List<byte[]> outside = sentOutside(node);
        assertThat(announced(outside))
                .containsExactly(
                        "10.0.1.1",
                        "10.0.1.100",
                        "fd01:0:0:0:0:0:0:1",
                        "fd01:0:0:0:0:0:0:100",
                        "fe80:0:0:0:0:ff:fe00:101");
        assertThat(outside).hasSize(5);
        assertThat(outside)
                .allSatisfy(frame -> assertThat(TestFrame.mac(frame, 6)).isEqualTo(OUTER_MAC));
        assertThat(announced(sentInside(node)))
                .containsExactly("10.0.2.254", "fd02:0:0:0:0:0:0:254", "fe80:0:0:0:0:ff:fe00:201");
        poll(resolver, egress, 2_000);
        assertThat(sentOutside(node)).hasSize(5);
        poll(resolver, egress, 10_000);
        assertThat(sentOutside(node)).isEmpty();
        assertThat(node.counters.value(Counter.ANNOUNCEMENTS_SENT) - before).isEqualTo(16);
    }
}
