package io.weir.applications.echo;

import static io.weir.application.testing.IpPacket.ACK;
import static io.weir.application.testing.IpPacket.FIN;
import static io.weir.application.testing.IpPacket.PSH;
import static io.weir.application.testing.IpPacket.RST;
import static io.weir.application.testing.IpPacket.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.application.ApplicationContext;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import io.weir.applications.Family;
import io.weir.applications.TcpClient;
import io.weir.applications.Wire;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EchoApplicationTest {
    private final TestNode node;

    EchoApplicationTest() throws SettingsException {
        node = TestNode.of(
                new EchoProvider(),
                Settings.NONE,
                new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.UDP, 7007, 7008),
                new Claim(InetAddress.ofLiteral("2001:db8::10"), Claim.TCP, 80, 80));
    }

    @ParameterizedTest
    @EnumSource
    void a_datagram_comes_back(Family family) {
        TestPackets packets = node.packets();
        for (int length : new int[] {0, 1, 2, 1200, 1472}) {
            packets.add(IpPacket.udp(family.client, 4000, family.own, 7, new byte[length]));
        }
        node.application().receive(packets);
        packets.verify();
        for (int row = 0; row < packets.size(); row++) {
            IpPacket answer = Wire.checked(packets.answerBytes(row));
            assertThat(answer.destination()).isEqualTo(InetAddress.ofLiteral(family.client));
            assertThat(answer.destinationPort()).isEqualTo(4000);
            assertThat(answer.sourcePort()).isEqualTo(7);
        }
        assertThat(Wire.checked(packets.answerBytes(3)).payload()).hasSize(1200);
        assertThat(node.counters()).hasToString("udp-echoed=5");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 53, 1023, 7007, 7008})
    void a_datagram_from_a_service_does_not_come_back_so_that_no_two_echo_for_ever(int sourcePort) {
        TestPackets packets = node.packets()
                .add(IpPacket.udp("192.0.2.1", sourcePort, "198.51.100.10", 7, new byte[8]))
                .add(IpPacket.udp("2001:db8::1", sourcePort, "2001:db8::10", 7, new byte[8]));
        node.application().receive(packets);
        packets.verify();
        assertThat(packets.dropReason(0)).isEqualTo("loop-suspected");
        assertThat(packets.dropReason(1)).isEqualTo("loop-suspected");
    }

    @ParameterizedTest
    @EnumSource
    void a_health_check_connects_and_closes(Family family) {
        TcpClient client = new TcpClient(node, family, 40000, 0xffff_fff0).connect();
        assertThat(client.send(client.segment(ACK, ""))).isNull();
        IpPacket closed = client.ask(FIN | ACK, "");
        assertThat(closed.flags()).isEqualTo(FIN | ACK);
        assertThat(closed.sequence()).isEqualTo(client.acknowledgment);
        assertThat(closed.acknowledgment()).isEqualTo(client.sequence + 1);
        assertThat(closed.bytes().length).isEqualTo(client.segment(FIN | ACK, "").length);
        client.sequence++;
        client.acknowledgment++;
        assertThat(client.send(client.segment(ACK, ""))).isNull();
        assertThat(node.counters()).hasToString("tcp-opened=1 tcp-closed=1 tcp-consumed=2");
    }

    @ParameterizedTest
    @EnumSource
    void data_is_acknowledged_and_thrown_away(Family family) {
        TcpClient client = new TcpClient(node, family, 40000, 1).connect();
        IpPacket answer = client.ask(PSH | ACK, "GET / HTTP/1.0\r\n\r\n");
        assertThat(answer.flags()).isEqualTo(ACK);
        assertThat(answer.acknowledgment()).isEqualTo(client.sequence + 18);
        assertThat(answer.payload()).isEmpty();
        assertThat(answer.window()).isPositive();
        client.sequence += 18;
        IpPacket last = client.ask(FIN | PSH | ACK, "bye");
        assertThat(last.flags()).isEqualTo(FIN | ACK);
        assertThat(last.acknowledgment()).isEqualTo(client.sequence + 4);
    }

    @Test
    void a_long_segment_in_pieces_is_acknowledged_whole() {
        TcpClient client = new TcpClient(node, Family.IPV4, 40000, 1).connect();
        IpPacket answer = client.ask(client.segment(ACK, new byte[20_000]));
        assertThat(answer.acknowledgment()).isEqualTo(client.sequence + 20_000);
    }

    @Test
    void what_is_sent_again_is_answered_again_the_same() {
        TcpClient client = new TcpClient(node, Family.IPV6, 40000, 77);
        assertThat(client.ask(SYN, "").bytes()).isEqualTo(client.ask(SYN, "").bytes());
        client.connect();
        assertThat(client.ask(ACK, "x").bytes()).isEqualTo(client.ask(ACK, "x").bytes());
        assertThat(client.ask(FIN | ACK, "").bytes())
                .isEqualTo(client.ask(FIN | ACK, "").bytes());
        client.acknowledgment++;
        IpPacket again = client.ask(FIN | ACK, "");
        assertThat(again.flags()).isEqualTo(ACK);
        assertThat(again.sequence()).isEqualTo(client.acknowledgment);
    }

    @Test
    void a_connection_that_was_never_opened_is_reset_by_its_own_numbers() {
        TcpClient client = new TcpClient(node, Family.IPV4, 40000, 1);
        client.acknowledgment = 12345;
        for (int flags : new int[] {ACK, FIN | ACK}) {
            IpPacket reset = client.ask(flags, "");
            assertThat(reset.flags()).isEqualTo(RST);
            assertThat(reset.sequence()).isEqualTo(12345);
        }
        assertThat(node.counters()).hasToString("tcp-resets-sent=2");
    }

    @Test
    void resets_are_never_answered_whatever_else_they_say() {
        TcpClient client = new TcpClient(node, Family.IPV4, 40000, 1).connect();
        for (int others = 0; others < 64; others++) {
            assertThat(client.send(client.segment(RST | others, "x"))).isNull();
            assertThat(client.fate).isEqualTo("CONSUMED");
        }
    }

    @Test
    void every_combination_of_flags_gets_at_most_one_answer_that_is_not_longer() {
        for (int known = 0; known < 4; known++) {
            TcpClient client = new TcpClient(node, Family.IPV6, 40000, 1).connect();
            client.acknowledgment += known - 1;
            for (int flags = 0; flags < 64; flags++) {
                for (String payload : new String[] {"", "data"}) {
                    byte[] segment = client.segment(flags, payload);
                    IpPacket answer = client.send(segment);
                    if (answer != null) {
                        assertThat(answer.bytes().length).isLessThanOrEqualTo(segment.length);
                        // Two reflectors that are set on each other come to rest.
                        assertThat(answer.flags() & (SYN | ACK)).isNotEqualTo(SYN);
                    }
                }
            }
        }
    }

    @Test
    void segments_that_nobody_sends_are_dropped() {
        TcpClient client = new TcpClient(node, Family.IPV4, 40000, 1).connect();
        for (int flags : new int[] {0, FIN, PSH, SYN | ACK, SYN | FIN}) {
            assertThat(client.send(client.segment(flags, ""))).isNull();
            assertThat(client.fate).isEqualTo("segment-unexpected");
        }
    }

    @Test
    void damaged_segments_are_dropped_as_such() {
        byte[] syn = new TcpClient(node, Family.IPV4, 40000, 1).segment(SYN, "");
        syn[24] ^= 1;
        TestPackets packets = node.packets().add(syn);
        node.application().receive(packets);
        assertThat(packets.fate(0)).isEqualTo("DAMAGED");
    }

    @Test
    void another_processor_knows_the_connection() {
        TcpClient client = new TcpClient(node, Family.IPV4, 40000, 1).connect();
        ApplicationContext context = node.context();
        NetworkApplication other = new EchoProvider()
                .create(new ApplicationContext(
                        context.settings(), context.claims(), 1, 2, context.counters(), context.shared()));
        TestPackets packets = node.packets().add(client.segment(FIN | ACK, ""));
        other.receive(packets);
        assertThat(packets.answer(0).flags()).isEqualTo(FIN | ACK);
    }

    @Test
    void numbers_differ_between_connections_and_nodes() throws SettingsException {
        int one = new TcpClient(node, Family.IPV4, 40000, 1).connect().acknowledgment;
        int two = new TcpClient(node, Family.IPV4, 40001, 1).connect().acknowledgment;
        TestNode elsewhere = TestNode.of(new EchoProvider(), Settings.NONE);
        int three = new TcpClient(elsewhere, Family.IPV4, 40000, 1).connect().acknowledgment;
        assertThat(one).isNotEqualTo(two).isNotEqualTo(three);
    }

    @Test
    void there_are_no_settings() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new EchoProvider().plan(Settings.of(Map.of("tpc", "no")), List.of()))
                .withMessageContaining("tpc");
    }
}
