package io.weir.applications.rtp;

import static io.weir.applications.rtp.Call.FIRST_PORT;
import static io.weir.applications.rtp.Call.LAST_PORT;
import static io.weir.applications.rtp.Call.SAMPLES;
import static io.weir.applications.rtp.Call.rtp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationControl.Answer;
import io.weir.application.Claim;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.application.testing.TestCounters;
import io.weir.application.testing.TestNode;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RtpControlTest {
    private static final int PAIRS = (LAST_PORT + 1 - FIRST_PORT) / 2;

    private static final List<Claim> CLAIMS =
            List.of(new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.UDP, 20_000, 20_009));

    private final AtomicLong clock = new AtomicLong(1_000_000);

    /** Another control part on the same memory, under this test's clock. */
    private RtpControl control(TestNode node, Claim... claims) {
        List<Claim> listens =
                claims.length > 0 ? List.of(claims) : node.context().claims();
        return new RtpControl(
                new ApplicationContext(
                        node.context().settings(),
                        listens,
                        1,
                        1,
                        new TestCounters(node.plan()),
                        node.context().shared()),
                RtpSettings.checked(node.context().settings()),
                clock::get);
    }

    private static Call relay(Map<String, ?> settings) throws SettingsException {
        return new Call(Call.Family.IPV4, settings);
    }

    @ParameterizedTest
    @EnumSource
    void a_session_has_a_pair_of_ports_for_each_side(Call.Family family) throws Exception {
        Call call = relay(Map.of());
        Answer answer = call.request(
                "POST",
                "sessions",
                "{\"label\":\"call \\\"7\\\" ü\",\"family\":\"" + family.key() + "\",\"codec\":\"G729\"}");
        assertThat(answer.status()).isEqualTo(201);
        Map<String, @Nullable Object> session = Call.json(answer);
        assertThat(session.get("label")).isEqualTo("call \"7\" ü");
        assertThat(session.get("state")).isEqualTo("active");
        assertThat(session.get("codec")).isEqualTo("g729");
        assertThat(session.get("clockRate")).isEqualTo(8_000.0);
        Set<Double> ports = new HashSet<>();
        for (String name : new String[] {"a", "b"}) {
            Map<String, @Nullable Object> side = Call.object(Call.json(answer), name);
            assertThat(InetAddress.ofLiteral((String) side.get("address")))
                    .isEqualTo(InetAddress.ofLiteral(family.relay));
            double rtp = Call.number(side, "rtp");
            assertThat(rtp % 2).isZero();
            assertThat(side.get("rtcp")).isEqualTo(rtp + 1);
            assertThat(ports.add(rtp)).isTrue();
        }
        assertThat(call.request("GET", "sessions/1", "").json()).isEqualTo(answer.json());
    }

    @Test
    void sides_may_have_different_addresses_of_the_relay() throws Exception {
        Claim outer = new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.UDP, 20_000, 20_001);
        Claim inner = new Claim(InetAddress.ofLiteral("10.0.0.10"), Claim.UDP, 20_001, 20_004);
        TestNode node = TestNode.of(new RtpRelayProvider(), Settings.NONE, outer, inner);
        Answer answer = control(node)
                .handle("POST", "sessions", "{\"a\":{\"relay\":\"198.51.100.10\"},\"b\":{\"relay\":\"10.0.0.10\"}}");
        assertThat(Call.object(Call.json(answer), "a"))
                .containsEntry("address", "198.51.100.10")
                .containsEntry("rtp", 20_000.0);
        assertThat(Call.object(Call.json(answer), "b"))
                .containsEntry("address", "10.0.0.10")
                .containsEntry("rtp", 20_002.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | JSON, character 1: an object",
                "{ | JSON, character 2: '\"' is wanted",
                "{\"a\":{} | JSON, character 8: '}'",
                "{\"label\":\"x\"} {} | JSON, character 15: nothing more",
                "{\"label\":1} | label: a string is wanted",
                "{\"lable\":\"x\"} | lable: there is no such field; there are label, family",
                "{\"a\":{},\"a\":{}} | \"a\" stands there twice",
                "{\"label\":\"0123456789012345678901234567890123456789012345678901234567890123\"} | label: longer than"
                        + " 63",
                "{\"codec\":\"morse\"} | codec: \"morse\" is none of other, pcmu",
                "{\"clockRate\":999} | clockRate: a whole number within 1000..1000000",
                "{\"clockRate\":8000.5} | clockRate: a whole number",
                "{\"clockRate\":\"8000\"} | clockRate: a whole number",
                "{\"secure\":1} | secure: true or false",
                "{\"family\":\"ipx\"} | family: \"ipx\" is neither ipv4 nor ipv6",
                "{\"a\":7} | a: an object is wanted",
                "{\"a\":{\"adress\":\"x\"}} | a.adress: there is no such field; there are relay",
                "{\"a\":{\"address\":\"station.example\"}} | a.address: \"station.example\" is no IP address",
                "{\"b\":{\"address\":\"224.0.0.1\"}} | b.address: 224.0.0.1 is no address of a station",
                "{\"b\":{\"address\":\"0.0.0.0\"}} | b.address: 0.0.0.0 is no address of a station",
                "{\"b\":{\"address\":\"127.0.0.1\"}} | b.address: 127.0.0.1 is no address of a station",
                "{\"b\":{\"address\":\"198.51.100.10\"}} | b.address: 198.51.100.10 is the relay's own",
                "{\"b\":{\"port\":4000}} | b.port: without b.address",
                "{\"b\":{\"address\":\"192.0.2.1\",\"port\":0}} | b.port: a whole number within 1..65535",
                "{\"b\":{\"address\":\"192.0.2.1\",\"port\":65536}} | b.port: a whole number",
                "{\"a\":{\"relay\":\"198.51.100.11\"}} | a.relay: 198.51.100.11 is no address the relay listens on",
                "{\"a\":{\"address\":\"192.0.2.1\"},\"b\":{\"address\":\"2001:db8::1\"}} | both sides are of one"
                        + " address family",
                "{\"a\":{\"relay\":\"198.51.100.10\"},\"b\":{\"address\":\"2001:db8::1\"}} | both sides are of one"
                        + " address family",
                "{\"family\":\"ipv6\",\"b\":{\"address\":\"192.0.2.1\"}} | but this is IPv4 and family is IPv6"
            })
    void a_wrong_request_is_told_what_is_wrong(String body, String message) throws Exception {
        Call call = relay(Map.of());
        Answer answer = call.request("POST", "sessions", body);
        assertThat(answer.status()).as(answer.json()).isEqualTo(400);
        assertThat((String) Call.json(answer).get("error")).contains(message);
        assertThat(Call.json(call.request("GET", "sessions", ""))).containsEntry("sessions", List.of());
    }

    @Test
    void a_family_without_an_address_is_refused() throws Exception {
        TestNode node = TestNode.of(
                new RtpRelayProvider(),
                Settings.NONE,
                new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.UDP, 20_000, 20_009));
        Answer answer = control(node).handle("POST", "sessions", "{\"a\":{\"address\":\"2001:db8::1\"}}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json()).contains("a.address: the relay has no IPv6 address");
    }

    @Test
    void what_is_not_there_is_not_found() throws Exception {
        Call call = Call.begun(Call.Family.IPV4);
        for (String path : new String[] {
            "",
            "session",
            "sessions/",
            "sessions/2",
            "sessions/0",
            "sessions/x",
            "sessions/1/a",
            "sessions/-1",
            "sessions/9999999999999999999"
        }) {
            assertThat(call.request("GET", path, "").status()).as(path).isEqualTo(404);
        }
        assertThat(call.request("DELETE", "sessions", "").status()).isEqualTo(405);
        assertThat(call.request("PUT", "sessions/1", "").status()).isEqualTo(405);
        assertThat(call.request("DELETE", "sessions/1", "").status()).isEqualTo(200);
        assertThat(call.request("GET", "sessions/1", "").status()).isEqualTo(404);
        assertThat(call.request("DELETE", "sessions/1", "").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | a, b: one of them",
                "{\"label\":\"x\"} | label: there is no such field; there are a, b",
                "{\"a\":{\"relay\":\"198.51.100.10\"}} | a.relay: the relay's address stays",
                "{\"a\":{\"address\":\"2001:db8::1\"}} | both sides are of one address family"
            })
    void a_wrong_change_is_told_what_is_wrong(String body, String message) throws Exception {
        Call call = Call.begun(Call.Family.IPV4);
        Answer answer = call.request("POST", "sessions/1", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json()).contains(message);
    }

    @Test
    void when_no_ports_are_free_a_session_is_refused_until_one_ended_a_second_ago() throws Exception {
        Call call = relay(Map.of());
        RtpControl control = control(call.node);
        for (int k = 0; k < PAIRS / 2; k++) {
            assertThat(control.handle("POST", "sessions", "{}").status()).isEqualTo(201);
        }
        Answer answer = control.handle("POST", "sessions", "{}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json()).contains("no ports are free on 198.51.100.10");
        assertThat(control.handle("POST", "sessions", "{\"family\":\"ipv6\"}").status())
                .as("of the other address there are")
                .isEqualTo(201);
        assertThat(control.handle("DELETE", "sessions/3", "").status()).isEqualTo(200);
        clock.addAndGet(PortPool.REST_MS - 1);
        assertThat(control.handle("POST", "sessions", "{}").status()).isEqualTo(409);
        clock.addAndGet(1);
        assertThat(control.handle("POST", "sessions", "{}").status()).isEqualTo(201);
        assertThat(control.handle("POST", "sessions", "{}").status()).isEqualTo(409);
    }

    @Test
    void there_are_no_more_sessions_than_are_set() throws Exception {
        Call call = relay(Map.of("sessions", "2"));
        RtpControl control = control(call.node);
        control.handle("POST", "sessions", "{}");
        control.handle("POST", "sessions", "{}");
        Answer answer = control.handle("POST", "sessions", "{}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json()).contains("there are 2 sessions, as many as are set");
    }

    @Test
    void a_session_that_ended_idle_is_shown_until_its_place_is_needed() throws Exception {
        Call call = relay(Map.of("sessions", "2", "idle", "1s"));
        call.begin("{\"label\":\"first\"}");
        call.pass(700);
        call.begin("{\"label\":\"second\"}");
        call.pass(400);
        assertThat(call.request("GET", "sessions/1", "").json()).contains("\"state\":\"ended\",\"ended\":\"idle\"");
        assertThat(call.request("POST", "sessions/1", "{\"a\":{\"address\":\"192.0.2.1\"}}")
                        .status())
                .isEqualTo(409);
        assertThat(call.request("GET", "sessions", "").json())
                .contains("\"first\"")
                .contains("\"second\"");
        call.begin("{\"label\":\"third\"}");
        assertThat(call.request("GET", "sessions/1", "").status()).isEqualTo(404);
        assertThat(call.request("POST", "sessions", "{}").status()).isEqualTo(409);
        assertThat(call.id).isEqualTo(3);
    }

    @Test
    void an_ended_session_gives_its_ports_back_once() throws Exception {
        Call call = relay(Map.of("idle", "1s"));
        RtpControl control = control(call.node);
        for (int round = 0; round < 20; round++) {
            for (int k = 0; k < PAIRS / 2; k++) {
                assertThat(control.handle("POST", "sessions", "{}").status()).isEqualTo(201);
            }
            assertThat(control.handle("POST", "sessions", "{}").status()).isEqualTo(409);
            call.pass(1_200);
            control.handle("GET", "sessions", "");
            control.handle("DELETE", "sessions/" + (round * PAIRS / 2 + 1), "");
            clock.addAndGet(1_000);
        }
    }

    @Test
    void the_final_statistics_come_with_the_end() throws Exception {
        Call call = Call.established(Call.Family.IPV4);
        Answer answer = call.request("DELETE", "sessions/" + call.id, "");
        assertThat(answer.status()).isEqualTo(200);
        Map<String, @Nullable Object> stream = Call.object(Call.object(Call.json(answer), "a"), "stream");
        assertThat(stream)
                .containsEntry("packets", 3.0)
                .containsEntry("bytes", 3.0 * (12 + SAMPLES))
                .containsEntry("lost", 0.0)
                .containsEntry("jitterMs", 2.5) // 40 ms late, once
                .containsEntry("ssrc", "00000001")
                .containsEntry("mos", 4.4);
    }

    @Test
    void the_age_of_the_last_packet_and_the_duration_are_told() throws Exception {
        Call call = Call.established(Call.Family.IPV4);
        call.pass(1_234);
        assertThat(call.stream("a")).containsEntry("lastPacketMs", 1_234.0);
        assertThat(call.session()).containsEntry("durationMs", 1_234.0 + 5 * 20);
    }

    @Test
    void a_new_control_part_takes_sessions_over() throws Exception {
        Call call = Call.established(Call.Family.IPV4);
        RtpControl next = control(call.node);
        assertThat(next.handle("GET", "sessions/1", "").json())
                .isEqualTo(call.request("GET", "sessions/1", "").json());
        Set<Double> ports = new HashSet<>();
        ports.add((double) call.portA);
        ports.add((double) call.portB);
        for (int k = 0; k < PAIRS / 2 - 1; k++) {
            Answer answer = next.handle("POST", "sessions", "{}");
            assertThat(answer.status()).isEqualTo(201);
            for (String side : new String[] {"a", "b"}) {
                assertThat(ports.add(Call.number(Call.object(Call.json(answer), side), "rtp")))
                        .isTrue();
            }
        }
        assertThat(next.handle("POST", "sessions", "{}").status()).isEqualTo(409);
        assertThat(call.alice(rtp(103, 3 * SAMPLES, 1, new byte[SAMPLES])).fate(0))
                .isEqualTo("REDIRECTED");
    }

    @Test
    void with_other_addresses_nothing_is_taken_over() throws Exception {
        Call call = Call.established(Call.Family.IPV4);
        RtpControl next =
                control(call.node, new Claim(InetAddress.ofLiteral("198.51.100.99"), Claim.UDP, FIRST_PORT, LAST_PORT));
        assertThat(Call.json(next.handle("GET", "sessions", ""))).containsEntry("sessions", List.of());
        assertThat(call.alice(rtp(103, 3 * SAMPLES, 1, new byte[SAMPLES])).fate(0))
                .isEqualTo("no-session");
    }

    @Test
    void a_session_given_out_again_knows_nothing_of_the_one_before() throws Exception {
        Call call = relay(Map.of("sessions", "1"));
        RtpControl control = control(call.node);
        for (int k = 1; k < 100; k++) {
            Answer answer = control.handle("POST", "sessions", "{}");
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.json()).doesNotContain("latched\":").doesNotContain("stream");
            call.id = k;
            call.portA = Call.number(Call.object(Call.json(answer), "a"), "rtp").intValue();
            call.portB = Call.number(Call.object(Call.json(answer), "b"), "rtp").intValue();
            call.establish();
            assertThat(control.handle("DELETE", "sessions/" + k, "").json()).contains("\"latched\":{");
            clock.addAndGet(1_000);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sessions, 0, is no whole number within 1..32768",
        "sessions, 32769, is no whole number within 1..32768",
        "idle, 50ms, 50 ms is not within 100ms..24h",
        "relatch, 25h, is not within 100ms..24h",
        "relatch, soon, is no duration",
        "ports, 7, there is no such setting"
    })
    void wrong_settings_are_refused(String name, String value, String message) {
        assertThatThrownBy(() -> new RtpRelayProvider().plan(Settings.of(Map.of(name, value)), CLAIMS))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(message);
    }

    @Test
    void wrong_claims_are_refused() {
        assertThatThrownBy(() -> TestNode.of(new RtpRelayProvider(), Settings.NONE))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("the relay needs an address and a range of ports");
        Claim tcp = new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.TCP, 20_000, 20_009);
        assertThatThrownBy(() -> TestNode.of(new RtpRelayProvider(), Settings.NONE, tcp))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("RTP comes over UDP alone");
        Claim odd = new Claim(InetAddress.ofLiteral("2001:db8::10"), Claim.UDP, 20_001, 20_002);
        assertThatThrownBy(() -> TestNode.of(new RtpRelayProvider(), Settings.NONE, odd))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("no even port with its odd neighbour");
        Claim[] many = new Claim[9];
        for (int k = 0; k < many.length; k++) {
            many[k] = new Claim(InetAddress.ofLiteral("198.51.100." + k), Claim.UDP, 20_000, 20_009);
        }
        assertThatThrownBy(() -> TestNode.of(new RtpRelayProvider(), Settings.NONE, many))
                .hasMessageContaining("more than 8 addresses");
    }
}
