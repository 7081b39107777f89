package io.weir.switching.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.IcmpV6CommonPacket;
import org.pcap4j.packet.IllegalRawDataException;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.IpV6Packet;
import org.pcap4j.packet.TcpPacket;
import org.pcap4j.packet.UdpPacket;

/** The list itself, and its expected frames against pcap4j. */
class ScenarioListTest {
    static List<Scenario> scenarios() {
        return Scenarios.all();
    }

    @Test
    void names_are_unique_and_fit_for_file_names() {
        Set<String> names = new HashSet<>();
        for (Scenario scenario : Scenarios.all()) {
            assertThat(scenario.name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
            assertThat(names.add(scenario.name())).as(scenario.name()).isTrue();
            assertThat(scenario.description()).isNotBlank();
            assertThat(scenario.steps()).as(scenario.name()).isNotEmpty();
        }
        assertThat(names).hasSizeGreaterThan(80);
    }

    /** What must leave is right in pcap4j's eyes: lengths, checksums, and not a byte lost by building it again. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void expected_frames_have_the_checksums_pcap4j_computes(Scenario scenario) throws IllegalRawDataException {
        for (Scenario.Step step : scenario.steps()) {
            if (step instanceof Scenario.Transmit transmit && transmit.offload() == 0) {
                byte[] frame = transmit.frame();
                EthernetPacket packet = EthernetPacket.newPacket(frame, 0, frame.length);
                assertThat(packet.getRawData()).isEqualTo(frame);
                verify(packet);
            }
        }
    }

    private static void verify(EthernetPacket packet) {
        IpV4Packet ipv4 = packet.get(IpV4Packet.class);
        IpV6Packet ipv6 = packet.get(IpV6Packet.class);
        TcpPacket tcp = packet.get(TcpPacket.class);
        UdpPacket udp = packet.get(UdpPacket.class);
        IcmpV4CommonPacket icmp = packet.get(IcmpV4CommonPacket.class);
        IcmpV6CommonPacket icmpv6 = packet.get(IcmpV6CommonPacket.class);
        if (ipv4 != null) {
            assertThat(ipv4.getHeader().hasValidChecksum(false)).isTrue();
            var header = ipv4.getHeader();
            boolean whole = !header.getMoreFragmentFlag() && header.getFragmentOffset() == 0;
            if (tcp != null && whole && icmp == null) {
                assertThat(tcp.hasValidChecksum(header.getSrcAddr(), header.getDstAddr(), false))
                        .isTrue();
            }
            if (udp != null && whole && icmp == null) {
                assertThat(udp.hasValidChecksum(header.getSrcAddr(), header.getDstAddr(), true))
                        .isTrue();
            }
            if (icmp != null) {
                assertThat(icmp.hasValidChecksum(false)).isTrue();
            }
        }
        if (ipv6 != null) {
            var header = ipv6.getHeader();
            if (tcp != null && icmpv6 == null) {
                assertThat(tcp.hasValidChecksum(header.getSrcAddr(), header.getDstAddr(), false))
                        .isTrue();
            }
            if (udp != null && icmpv6 == null) {
                assertThat(udp.hasValidChecksum(header.getSrcAddr(), header.getDstAddr(), false))
                        .isTrue();
            }
            if (icmpv6 != null) {
                assertThat(icmpv6.hasValidChecksum(header.getSrcAddr(), header.getDstAddr(), false))
                        .isTrue();
            }
        }
    }
}
