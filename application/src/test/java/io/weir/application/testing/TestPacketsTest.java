package io.weir.application.testing;

import static io.weir.application.testing.IpPacket.ACK;
import static io.weir.application.testing.IpPacket.SYN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.weir.application.ApplicationPlan;
import io.weir.application.Claim;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kit against packets of its own, whose bytes {@code KitOracleTest} of the shipped applications compares with pcap4j. */
class TestPacketsTest {
    private static final ApplicationPlan PLAN = new ApplicationPlan(List.of("seen"), List.of("unwanted", "too-long"));

    private final TestPackets packets = new TestPackets(PLAN, List.of());

    private static byte[] udp(String from, String to, String payload) {
        return IpPacket.udp(from, 4000, to, 7, payload.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 198.51.100.10, 4", "2001:db8::1, 2001:db8::10, 6"})
    void a_row_is_read_where_it_stands(String client, String own, int version) {
        packets.add(udp(client, own, "hello"))
                .add(IpPacket.tcp(client, 4001, own, 80, 1, 0, SYN, new byte[4], new byte[0]));
        assertThat(packets.size()).isEqualTo(2);
        assertThat(packets.version(0)).isEqualTo(version);
        assertThat(packets.protocol(0)).isEqualTo(Claim.UDP);
        assertThat(packets.transport(0) - packets.network(0)).isEqualTo(version == 4 ? 20 : 40);
        assertThat(packets.payload(0) - packets.transport(0)).isEqualTo(8);
        assertThat(packets.payloadLength(0)).isEqualTo(5);
        assertThat(packets.contiguous(0)).isEqualTo(5);
        assertThat(packets.room(0)).isEqualTo(version == 4 ? 1472 : 1452);
        assertThat(packets.sourcePort(0)).isEqualTo(4000);
        assertThat(packets.destinationPort(0)).isEqualTo(7);
        assertThat(packets.memory().get(JAVA_BYTE, packets.payload(0))).isEqualTo((byte) 'h');
        assertThat(packets.isIntact(0)).isTrue();
        assertThat(packets.protocol(1)).isEqualTo(Claim.TCP);
        assertThat(packets.payload(1) - packets.transport(1)).isEqualTo(24);
        assertThat(packets.payloadLength(1)).isZero();
        assertThat(packets.isIntact(1)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 198.51.100.10", "2001:db8::1, 2001:db8::10"})
    void a_reflected_packet_goes_back_with_its_checksum(String client, String own) throws Exception {
        packets.add(udp(client, own, "odd")).reflect(0);
        IpPacket answer = packets.answer(0);
        assertThat(answer.source()).isEqualTo(InetAddress.ofLiteral(own));
        assertThat(answer.destination()).isEqualTo(InetAddress.ofLiteral(client));
        assertThat(answer.sourcePort()).isEqualTo(7);
        assertThat(answer.destinationPort()).isEqualTo(4000);
        assertThat(answer.hops()).isEqualTo(64);
        assertThat(answer.payload()).asString().isEqualTo("odd");
        packets.verify();
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 198.51.100.10", "2001:db8::1, 2001:db8::10"})
    void answers_have_plain_headers_and_the_payload_that_was_written(String client, String own) {
        packets.add(udp(client, own, "x"))
                .add(IpPacket.tcp(client, 4001, own, 80, 1, 2, ACK, new byte[8], new byte[9]));
        packets.memory().set(JAVA_BYTE, packets.payload(0), (byte) 'y');
        packets.memory().set(JAVA_BYTE, packets.payload(0) + 1, (byte) 'z');
        packets.answerUdp(0, 2);
        packets.memory().set(JAVA_BYTE, packets.transport(1) + 20, (byte) 'p');
        packets.answerTcp(1, 77, 88, SYN | ACK, 1000, 1);
        assertThat(packets.answer(0).payload()).asString().isEqualTo("yz");
        IpPacket segment = packets.answer(1);
        assertThat(segment)
                .hasToString("TCP SYN ACK from " + InetAddress.ofLiteral(own).getHostAddress()
                        + " port 80 to " + InetAddress.ofLiteral(client).getHostAddress()
                        + " port 4001, sequence 77, acknowledgment 88, 1 bytes");
        assertThat(segment.window()).isEqualTo(1000);
        assertThat(segment.payload()).asString().isEqualTo("p");
        packets.verify();
    }

    @Test
    void an_answer_leaves_ipv4_options_out() {
        byte[] plain = udp("192.0.2.1", "198.51.100.10", "hello");
        byte[] packet = new byte[plain.length + 4];
        System.arraycopy(plain, 0, packet, 0, 20);
        System.arraycopy(plain, 20, packet, 24, plain.length - 20);
        packet[0] = 0x46;
        packet[3] = (byte) (packet[3] + 4);
        Arrays.fill(packet, 20, 24, (byte) 1);
        MemorySegment header = MemorySegment.ofArray(packet);
        IpHeaders.setU16(header, 10, 0);
        IpHeaders.setU16(header, 10, InternetChecksum.finish(InternetChecksum.sum(header, 0, 24)));
        packets.add(packet).answerUdp(0, 5);
        assertThat(packets.answerBytes(0)).hasSize(33);
        assertThat(packets.answer(0).payload()).asString().isEqualTo("hello");
        packets.again().reflect(0);
        assertThat(packets.answerBytes(0)).hasSize(37);
        packets.verify();
    }

    @Test
    void an_answer_leaves_ipv6_extension_headers_out() {
        byte[] plain = udp("2001:db8::1", "2001:db8::10", "hello");
        byte[] packet = new byte[plain.length + 8];
        System.arraycopy(plain, 0, packet, 0, 40);
        System.arraycopy(plain, 40, packet, 48, plain.length - 40);
        packet[5] = (byte) (packet[5] + 8);
        packet[6] = 60; // destination options, of one PadN
        packet[40] = 17;
        packet[42] = 1;
        packet[43] = 4;
        packets.add(packet);
        assertThat(packets.isIntact(0)).isTrue();
        packets.answerUdp(0, 5);
        assertThat(packets.answerBytes(0)).hasSize(plain.length);
        assertThat(packets.answer(0).payload()).asString().isEqualTo("hello");
        packets.again().reflect(0);
        assertThat(packets.answer(0).payload()).asString().isEqualTo("hello");
        assertThat(packets.answerBytes(0)).hasSize(packet.length);
        packets.verify();
    }

    @Test
    void a_redirected_packet_has_new_ends_and_one_hop_less() throws Exception {
        packets.add(udp("192.0.2.1", "198.51.100.10", "hello"));
        packets.redirect4(0, 0xc6336414, 5000, 0xc0000202, 6000);
        IpPacket there = packets.answer(0);
        assertThat(there).hasToString("UDP from 198.51.100.20 port 5000 to 192.0.2.2 port 6000, 5 bytes");
        assertThat(there.hops()).isEqualTo(63);
        TestPackets six = new TestPackets(PLAN, List.of()).add(udp("2001:db8::1", "2001:db8::10", "hello"));
        six.redirect6(0, 0x20010db800000000L, 0x10, 5000, 0x20010db800000000L, 2, 6000);
        assertThat(six.answer(0).destination()).isEqualTo(InetAddress.ofLiteral("2001:db8::2"));
        assertThat(six.answer(0).source()).isEqualTo(InetAddress.ofLiteral("2001:db8::10"));
    }

    @Test
    void without_hops_left_nothing_is_redirected() {
        byte[] packet = udp("2001:db8::1", "2001:db8::10", "hello");
        packet[7] = 1;
        packets.add(packet).redirect6(0, 0, 1, 1, 0, 2, 2);
        assertThat(packets.verb(0)).isEqualTo(Verb.EXPIRED);
    }

    @Test
    void redirected_and_own_packets_come_from_where_the_application_listens() {
        Claim claim = new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.UDP, 7, 8);
        TestPackets own = new TestPackets(PLAN, List.of(claim)).add(udp("192.0.2.1", "198.51.100.10", "x"));
        own.redirect4(0, 0xc633640a, 8, 1, 1);
        own.again();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> own.redirect4(0, 0xc633640a, 9, 1, 1))
                .withMessageContaining("port 9");
        own.again().consume(0);
        write(own, own.allocate(), udp("198.51.100.10", "192.0.2.1", "x"));
        assertThatExceptionOfType(AssertionError.class).isThrownBy(own::verify).withMessageContaining("port 4000");
    }

    @Test
    void drops_tell_their_reason_and_their_numbers_are_checked() {
        packets.add(udp("192.0.2.1", "198.51.100.10", "x")).drop(0, 1);
        assertThat(packets.dropReason(0)).isEqualTo("too-long");
        packets.again().dropDamaged(0);
        assertThat(packets.dropReason(0)).isNull();
        assertThat(packets.fate(0)).isEqualTo("DAMAGED");
        packets.again();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> packets.drop(0, 2))
                .withMessageContaining("unwanted");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> packets.answer(0))
                .withMessageContaining("NONE");
    }

    @Test
    void every_row_gets_exactly_one_verb() {
        packets.add(udp("192.0.2.1", "198.51.100.10", "x"));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(packets::verify)
                .withMessageContaining("no fate");
        packets.consume(0);
        packets.verify();
        assertThatIllegalStateException().isThrownBy(() -> packets.reflect(0)).withMessageContaining("CONSUMED");
        assertThatIllegalStateException().isThrownBy(() -> packets.payload(0));
    }

    @Test
    void damage_is_noticed_and_reflected_as_it_is() {
        byte[] damaged = udp("192.0.2.1", "198.51.100.10", "hello");
        damaged[damaged.length - 1] ^= 1;
        packets.add(damaged).addWithOpenChecksum(damaged);
        assertThat(packets.isIntact(0)).isFalse();
        assertThat(packets.isIntact(1)).isTrue();
        packets.reflect(0);
        packets.reflect(1);
        assertThatIllegalArgumentException().isThrownBy(() -> packets.answer(0)).withMessageContaining("checksum");
        assertThat(packets.answer(1).payload()).hasSize(5);
    }

    @Test
    void udp_over_ipv4_may_have_no_checksum() {
        byte[] packet = udp("192.0.2.1", "198.51.100.10", "hello");
        packet[26] = 0;
        packet[27] = 0;
        packets.add(packet);
        assertThat(packets.isIntact(0)).isTrue();
        packets.redirect4(0, 1, 1, 2, 2);
        assertThat(packets.answerBytes(0)[26]).isZero();
        assertThat(packets.answer(0).destinationPort()).isEqualTo(2);
    }

    @Test
    void a_long_datagram_stands_in_pieces() {
        byte[] payload = new byte[5001];
        Arrays.fill(payload, (byte) 3);
        packets.add(IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 7, payload))
                .addInPieces(udp("192.0.2.1", "198.51.100.10", "hello"), 2);
        assertThat(packets.payloadLength(0)).isEqualTo(5001);
        assertThat(packets.contiguous(0)).isEqualTo(TestPackets.BUFFER_BYTES - 28);
        assertThat(packets.contiguous(1)).isEqualTo(2);
        assertThat(packets.isIntact(0)).isTrue();
        assertThat(packets.isIntact(1)).isTrue();
        packets.reflect(0);
        packets.reflect(1);
        assertThat(packets.answer(0).payload()).isEqualTo(payload);
        assertThat(packets.answer(1).payload()).asString().isEqualTo("hello");
    }

    @Test
    void own_packets_leave_and_buffers_are_not_kept() {
        long packet = packets.allocate();
        long other = packets.allocate();
        write(packets, packet, udp("198.51.100.10", "192.0.2.1", "news"));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(packets::verify)
                .withMessageContaining("1 buffers");
        packets.release(other);
        packets.verify();
        assertThat(packets.sent()).hasSize(1);
        assertThat(IpPacket.parse(packets.sent().getFirst()).payload())
                .asString()
                .isEqualTo("news");
        assertThatIllegalArgumentException().isThrownBy(() -> packets.release(packet));
    }

    @Test
    void an_application_holds_64_buffers_at_most_and_there_may_be_fewer() {
        for (int i = 0; i < 64; i++) {
            assertThat(packets.allocate()).isNotZero();
        }
        assertThat(packets.allocate()).isZero();
        packets.again().leaveFree(1);
        assertThat(packets.allocate()).isNotZero();
        assertThat(packets.allocate()).isZero();
    }

    @Test
    void bytes_outside_and_aligned_layouts_are_noticed() {
        packets.add(udp("192.0.2.1", "198.51.100.10", "x"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> packets.memory().get(ValueLayout.JAVA_INT, packets.payload(0) + 2));
        packets.memory().set(JAVA_BYTE, packets.network(0) - 1, (byte) 1);
        packets.consume(0);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(packets::verify)
                .withMessageContaining("outside");
    }

    @Test
    void what_no_node_would_hand_over_is_refused() {
        byte[] packet = udp("192.0.2.1", "198.51.100.10", "hello");
        for (int length = 0; length < packet.length; length++) {
            byte[] cut = Arrays.copyOf(packet, length);
            assertThatIllegalArgumentException().isThrownBy(() -> packets.add(cut));
        }
        assertThat(packets.size()).isZero();
    }

    @Test
    void counters_are_read_by_name() {
        TestCounters counters = new TestCounters(PLAN);
        counters.add(0, 3);
        assertThat(counters.value("seen")).isEqualTo(3);
        assertThat(counters).hasToString("seen=3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counters.value("heard"))
                .withMessageContaining("seen");
    }

    private static void write(TestPackets packets, long at, byte[] packet) {
        MemorySegment.copy(packet, 0, packets.memory(), JAVA_BYTE, at, packet.length);
        packets.send(at, packet.length);
    }
}
