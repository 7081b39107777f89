package io.weir.applications.rtp;

import static io.weir.applications.rtp.Call.ALICE_PORT;
import static io.weir.applications.rtp.Call.BOB_PORT;
import static io.weir.applications.rtp.Call.FIRST_PORT;
import static io.weir.applications.rtp.Call.SAMPLES;
import static io.weir.applications.rtp.Call.rtcp;
import static io.weir.applications.rtp.Call.rtp;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestPackets;
import io.weir.application.testing.Verb;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets through the relay; each for IPv4 and IPv6. */
class RtpRelayTest {
    private static byte[] media(int sequence, int ssrc) {
        return rtp(sequence, sequence * SAMPLES, ssrc, new byte[SAMPLES]);
    }

    private static void assertRelayed(
            TestPackets packets, Call call, int fromPort, String to, int toPort, byte[] payload) {
        assertThat(packets.fate(0)).isEqualTo("REDIRECTED");
        IpPacket answer = packets.answer(0);
        assertThat(answer.source()).isEqualTo(InetAddress.ofLiteral(call.family.relay));
        assertThat(answer.sourcePort()).isEqualTo(fromPort);
        assertThat(answer.destination()).isEqualTo(InetAddress.ofLiteral(to));
        assertThat(answer.destinationPort()).isEqualTo(toPort);
        assertThat(answer.payload()).isEqualTo(payload);
        assertThat(answer.hops()).isEqualTo(63);
    }

    @ParameterizedTest
    @EnumSource
    void media_go_to_where_the_other_sides_come_from(Call.Family family) throws Exception {
        Call call = Call.begun(family);
        assertThat(call.alice(media(100, 1)).fate(0)).as("probation").isEqualTo("source-not-latched");
        assertThat(call.alice(media(101, 1)).fate(0)).isEqualTo("peer-not-latched");
        assertThat(call.bob(media(7, 2)).fate(0)).isEqualTo("source-not-latched");
        byte[] fromBob = media(8, 2);
        assertRelayed(call.bob(fromBob), call, call.portA, family.alice, ALICE_PORT, fromBob);
        byte[] fromAlice = media(102, 1);
        assertRelayed(call.alice(fromAlice), call, call.portB, family.bob, BOB_PORT, fromAlice);
        assertThat(call.node.counters().value("latches")).isEqualTo(2);
        assertThat(call.node.counters().value("rtp-relayed")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void nothing_of_the_payload_is_touched(Call.Family family) throws Exception {
        Call call = Call.established(family);
        byte[] event = rtp(103, 3 * SAMPLES, 1, new byte[] {5, (byte) 0x8a, 3, 32}); // digit 5 of RFC 4733
        event[1] = (byte) (0x80 | 101);
        byte[] noise = rtp(104, 4 * SAMPLES, 1, new byte[] {78}); // RFC 3389
        noise[1] = 13;
        for (byte[] payload : new byte[][] {event, noise}) {
            assertRelayed(call.alice(payload), call, call.portB, family.bob, BOB_PORT, payload);
        }
    }

    @ParameterizedTest
    @EnumSource
    void packets_for_no_session_are_dropped(Call.Family family) throws Exception {
        Call call = Call.established(family);
        int free = Math.max(call.portA, call.portB) + 2;
        assertThat(call.send(family.alice, ALICE_PORT, free, media(1, 1)).fate(0))
                .isEqualTo("no-session");
        assertThat(call.request("DELETE", "sessions/" + call.id, "").status()).isEqualTo(200);
        assertThat(call.alice(media(103, 1)).fate(0)).isEqualTo("no-session");
        assertThat(call.send(family.alice, ALICE_PORT + 1, call.portA + 1, rtcp(1))
                        .fate(0))
                .isEqualTo("no-session");
    }

    @ParameterizedTest
    @EnumSource
    void malformed_packets_are_dropped_whoever_sends_them(Call.Family family) throws Exception {
        Call call = Call.established(family);
        byte[] whole = media(103, 1);
        for (int length = 0; length < 12; length++) {
            assertThat(call.alice(Arrays.copyOf(whole, length)).fate(0)).isEqualTo("rtp-malformed");
        }
        byte[] version = whole.clone();
        version[0] = 0x40;
        assertThat(call.alice(version).fate(0)).isEqualTo("rtp-malformed");
        byte[] report = rtcp(1);
        for (int length = 0; length < report.length; length++) {
            if (length != 8) {
                assertThat(call.send(family.alice, ALICE_PORT + 1, call.portA + 1, Arrays.copyOf(report, length))
                                .fate(0))
                        .as("%d bytes", length)
                        .isEqualTo("rtcp-malformed");
            }
        }
        assertThat(call.alice(Arrays.copyOf(report, 20)).fate(0)).isEqualTo("rtcp-malformed");
        assertThat(call.alice(whole).verb(0)).isEqualTo(Verb.REDIRECTED);
    }

    @ParameterizedTest
    @EnumSource
    void a_stranger_neither_gets_media_nor_sends_any(Call.Family family) throws Exception {
        Call call = Call.established(family);
        for (int k = 0; k < 20; k++) {
            // Alice's next sequence numbers and SSRC, guessed: from another address, and from another port of hers.
            assertThat(call.send(family.mallory, ALICE_PORT, call.portA, media(103 + k, 1))
                            .fate(0))
                    .isEqualTo("source-not-latched");
            assertThat(call.send(family.alice, ALICE_PORT + 2, call.portA, media(103 + k, 1))
                            .fate(0))
                    .isEqualTo("source-not-latched");
            assertThat(call.send(family.mallory, ALICE_PORT, call.portA, rtcp(1))
                            .fate(0))
                    .isEqualTo("source-not-latched");
            byte[] fromBob = media(202 + k, 2);
            assertRelayed(call.bob(fromBob), call, call.portA, family.alice, ALICE_PORT, fromBob);
            assertThat(call.alice(media(103 + k, 1)).verb(0)).isEqualTo(Verb.REDIRECTED);
        }
        assertThat(Call.number(call.stream("a"), "packets")).isEqualTo(3 + 20);
        assertThat(Call.number(call.stream("a"), "lost")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void packets_out_of_sequence_do_not_latch(Call.Family family) throws Exception {
        Call call = Call.begun(family);
        for (int sequence : new int[] {10, 12, 11, 500, 9}) {
            assertThat(call.send(family.mallory, 9, call.portA, media(sequence, 1))
                            .fate(0))
                    .isEqualTo("source-not-latched");
        }
        // In sequence, but by two sources or from two addresses.
        call.alice(media(20, 1));
        assertThat(call.alice(media(21, 3)).fate(0)).isEqualTo("source-not-latched");
        assertThat(call.send(family.mallory, 9, call.portA, media(22, 3)).fate(0))
                .isEqualTo("source-not-latched");
        assertThat(call.side("a")).doesNotContainKeys("latched", "stream");
    }

    @ParameterizedTest
    @EnumSource
    void after_silence_a_side_may_come_from_elsewhere(Call.Family family) throws Exception {
        Call call = Call.established(family);
        call.pass(4_900);
        assertThat(call.send(family.alice, 4_444, call.portA, media(103, 1)).fate(0))
                .isEqualTo("source-not-latched");
        call.pass(100);
        assertThat(call.send(family.alice, 4_444, call.portA, media(104, 1)).fate(0))
                .as("probation")
                .isEqualTo("source-not-latched");
        assertThat(call.send(family.alice, 4_444, call.portA, media(105, 1)).verb(0))
                .isEqualTo(Verb.REDIRECTED);
        byte[] fromBob = media(300, 2);
        assertRelayed(call.bob(fromBob), call, call.portA, family.alice, 4_444, fromBob);
        assertThat(call.node.counters().value("relatches")).isEqualTo(1);
        assertThat(Call.number(call.stream("a"), "sources"))
                .as("the same source")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void an_expected_address_is_the_only_one_that_latches(Call.Family family) throws Exception {
        Call call = new Call(family, Map.of());
        call.begin("{\"a\":{\"address\":\"" + family.alice + "\"},\"family\":\"" + family.key() + "\"}");
        call.send(family.mallory, 9, call.portA, media(1, 9));
        assertThat(call.send(family.mallory, 9, call.portA, media(2, 9)).fate(0))
                .isEqualTo("source-not-latched");
        assertThat(call.send(family.mallory, 9, call.portA + 1, rtcp(9)).fate(0))
                .isEqualTo("source-not-latched");
        call.establish();
        call.pass(10_000);
        call.send(family.mallory, 9, call.portA, media(1, 9));
        assertThat(call.send(family.mallory, 9, call.portA, media(2, 9)).fate(0))
                .isEqualTo("source-not-latched");
    }

    @ParameterizedTest
    @EnumSource
    void a_side_whose_port_is_known_gets_media_before_it_has_sent_any(Call.Family family) throws Exception {
        Call call = new Call(family, Map.of());
        call.begin("{\"a\":{\"address\":\"" + family.alice + "\",\"port\":" + ALICE_PORT + "}}");
        call.bob(media(1, 2));
        byte[] fromBob = media(2, 2);
        assertRelayed(call.bob(fromBob), call, call.portA, family.alice, ALICE_PORT, fromBob);
        assertThat(call.send(family.alice, ALICE_PORT + 2, call.portA, media(1, 1))
                        .fate(0))
                .isEqualTo("source-not-latched");
        assertThat(call.alice(media(1, 1)).verb(0)).isEqualTo(Verb.REDIRECTED);
        assertThat(call.alice(media(2, 1)).verb(0)).isEqualTo(Verb.REDIRECTED);
        assertThat(Call.number(call.stream("a"), "packets")).isEqualTo(2);
        assertThat(Call.number(call.stream("a"), "expected")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void a_changed_expectation_moves_a_side_at_once(Call.Family family) throws Exception {
        Call call = Call.established(family);
        String path = "sessions/" + call.id;
        assertThat(call.request("POST", path, "{\"a\":{\"address\":\"" + family.mallory + "\"}}")
                        .status())
                .isEqualTo(200);
        assertThat(call.alice(media(103, 1)).verb(0))
                .as("until the new one sends")
                .isEqualTo(Verb.REDIRECTED);
        call.send(family.mallory, 4_100, call.portA, media(1, 7));
        assertThat(call.send(family.mallory, 4_100, call.portA, media(2, 7)).verb(0))
                .isEqualTo(Verb.REDIRECTED);
        assertThat(call.alice(media(104, 1)).fate(0)).isEqualTo("source-not-latched");
        call.request("POST", path, "{\"a\":{\"address\":\"" + family.alice + "\",\"port\":4002}}");
        byte[] fromBob = media(300, 2);
        assertRelayed(call.bob(fromBob), call, call.portA, family.alice, 4_002, fromBob);
        call.request("POST", path, "{\"a\":null}");
        assertThat(call.side("a")).doesNotContainKey("expected");
        assertRelayed(call.bob(fromBob), call, call.portA, family.alice, 4_002, fromBob);
    }

    @ParameterizedTest
    @EnumSource
    void rtcp_has_ports_of_its_own(Call.Family family) throws Exception {
        Call call = Call.established(family);
        assertThat(call.send(family.alice, ALICE_PORT + 1, call.portA + 1, rtcp(1))
                        .fate(0))
                .isEqualTo("peer-not-latched");
        byte[] report = rtcp(2);
        assertRelayed(
                call.send(family.bob, BOB_PORT + 1, call.portB + 1, report),
                call,
                call.portA + 1,
                family.alice,
                ALICE_PORT + 1,
                report);
        assertRelayed(
                call.send(family.alice, ALICE_PORT + 1, call.portA + 1, report),
                call,
                call.portB + 1,
                family.bob,
                BOB_PORT + 1,
                report);
        assertThat(call.send(family.mallory, ALICE_PORT + 1, call.portA + 1, report)
                        .fate(0))
                .isEqualTo("source-not-latched");
        assertThat(Call.number(call.side("a"), "rtcpPackets")).isEqualTo(2);
        assertThat(call.node.counters().value("rtcp-relayed")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void rtcp_that_a_stranger_latched_first_is_taken_back(Call.Family family) throws Exception {
        Call call = Call.begun(family);
        call.send(family.mallory, 9, call.portA + 1, rtcp(9));
        call.establish();
        assertThat(call.send(family.mallory, 9, call.portA + 1, rtcp(9)).fate(0))
                .isEqualTo("peer-not-latched");
        call.send(family.alice, ALICE_PORT + 1, call.portA + 1, rtcp(1));
        assertThat(call.send(family.mallory, 9, call.portA + 1, rtcp(9)).fate(0))
                .isEqualTo("source-not-latched");
        byte[] report = rtcp(2);
        assertRelayed(
                call.send(family.bob, BOB_PORT + 1, call.portB + 1, report),
                call,
                call.portA + 1,
                family.alice,
                ALICE_PORT + 1,
                report);
    }

    @ParameterizedTest
    @EnumSource
    void rtcp_may_share_the_port_of_rtp(Call.Family family) throws Exception {
        Call call = Call.established(family);
        byte[] report = rtcp(1);
        assertRelayed(call.alice(report), call, call.portB, family.bob, BOB_PORT, report);
        // Bob has a port for it.
        assertRelayed(
                call.send(family.bob, BOB_PORT + 1, call.portB + 1, report),
                call,
                call.portA,
                family.alice,
                ALICE_PORT,
                report);
        assertRelayed(call.alice(report), call, call.portB + 1, family.bob, BOB_PORT + 1, report);
        assertThat(call.side("a")).containsEntry("rtcpMux", true);
        assertThat(call.side("b")).containsEntry("rtcpMux", false);
    }

    @ParameterizedTest
    @EnumSource
    void rtcp_alone_does_not_latch_the_port_of_rtp(Call.Family family) throws Exception {
        Call call = Call.begun(family);
        assertThat(call.alice(rtcp(1)).fate(0)).isEqualTo("source-not-latched");
    }

    @ParameterizedTest
    @EnumSource
    void a_damaged_packet_does_not_latch(Call.Family family) throws Exception {
        Call call = Call.begun(family);
        call.alice(media(1, 1));
        byte[] packet = IpPacket.udp(family.alice, ALICE_PORT, family.relay, call.portA, media(2, 1));
        packet[packet.length - 1] ^= 1;
        assertThat(call.receive(packet).verb(0)).isEqualTo(Verb.DAMAGED);
        byte[] report = IpPacket.udp(family.alice, ALICE_PORT, family.relay, call.portA + 1, rtcp(1));
        report[report.length - 1] ^= 1;
        assertThat(call.receive(report).verb(0)).isEqualTo(Verb.DAMAGED);
        assertThat(call.side("a")).doesNotContainKeys("latched", "rtcpLatched");
    }

    @ParameterizedTest
    @EnumSource
    void the_relay_itself_is_no_side(Call.Family family) throws Exception {
        Call call = Call.begun(family);
        for (int k = 0; k < 3; k++) {
            assertThat(call.send(family.relay, FIRST_PORT + 8, call.portA, media(k, 1))
                            .fate(0))
                    .isEqualTo("source-not-latched");
        }
        assertThat(call.send(family.relay, FIRST_PORT + 9, call.portA + 1, rtcp(1))
                        .fate(0))
                .isEqualTo("source-not-latched");
    }

    @ParameterizedTest
    @EnumSource
    void a_session_of_which_nothing_is_heard_ends(Call.Family family) throws Exception {
        Call call = Call.established(family);
        call.pass(59_000);
        assertThat(call.session()).containsEntry("state", "active");
        assertThat(call.send(family.alice, ALICE_PORT + 1, call.portA + 1, rtcp(1))
                        .fate(0))
                .as("RTCP is heard, too")
                .isEqualTo("peer-not-latched");
        call.pass(59_900);
        assertThat(call.session()).containsEntry("state", "active");
        call.pass(200);
        assertThat(call.session()).containsEntry("state", "ended").containsEntry("ended", "idle");
        assertThat(call.alice(media(103, 1)).fate(0)).isEqualTo("no-session");
        assertThat(call.node.counters().value("sessions-ended-idle")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_session_that_nobody_uses_ends_as_well_also_when_the_clock_wraps(Call.Family family) throws Exception {
        Call call = new Call(family, Map.of("idle", "2s"));
        call.micros = (1L << 31) * 1_000 - 500_000;
        call.tick();
        call.begin("{}");
        call.pass(1_500);
        assertThat(call.session()).containsEntry("state", "active");
        call.pass(600);
        assertThat(call.session()).containsEntry("ended", "idle");
    }

    @ParameterizedTest
    @EnumSource
    void a_datagram_in_pieces_is_relayed_whole(Call.Family family) throws Exception {
        Call call = Call.established(family);
        byte[] payload = rtp(103, 3 * SAMPLES, 1, new byte[1_200]);
        TestPackets packets = call.node
                .packets()
                .at(call.micros)
                .addInPieces(IpPacket.udp(family.alice, ALICE_PORT, family.relay, call.portA, payload), 40);
        call.node.application().receive(packets);
        packets.verify();
        assertRelayed(packets, call, call.portB, family.bob, BOB_PORT, payload);
    }

    @Test
    void srtp_passes_when_the_session_says_so() throws Exception {
        Call call = new Call(Call.Family.IPV4, Map.of());
        call.begin("{\"secure\":true}");
        call.establish();
        byte[] encrypted = rtp(103, 3 * SAMPLES, 1, new byte[] {1, 2, 3, (byte) 200});
        encrypted[0] |= 0x20;
        assertThat(call.alice(encrypted).verb(0)).isEqualTo(Verb.REDIRECTED);
        byte[] control = Arrays.copyOf(rtcp(1), 33);
        Arrays.fill(control, 8, 33, (byte) 0x5a);
        assertThat(call.alice(control).verb(0)).isEqualTo(Verb.REDIRECTED);
    }

    @Test
    void two_processors_share_the_sessions() throws Exception {
        Call call = Call.established(Call.Family.IPV4);
        var context = call.node.context();
        var second = new RtpRelayProvider()
                .create(new io.weir.application.ApplicationContext(
                        context.settings(),
                        context.claims(),
                        1,
                        2,
                        new io.weir.application.testing.TestCounters(call.node.plan()),
                        context.shared()));
        byte[] payload = media(103, 1);
        TestPackets packets = call.node
                .packets()
                .at(call.micros)
                .add(IpPacket.udp(call.family.alice, ALICE_PORT, call.family.relay, call.portA, payload));
        second.receive(packets);
        assertRelayed(packets, call, call.portB, call.family.bob, BOB_PORT, payload);
        assertThat(Call.number(call.stream("a"), "packets")).isEqualTo(4);
    }
}
