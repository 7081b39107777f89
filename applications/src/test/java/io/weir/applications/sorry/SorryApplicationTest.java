package io.weir.applications.sorry;

import static io.weir.application.testing.IpPacket.ACK;
import static io.weir.application.testing.IpPacket.FIN;
import static io.weir.application.testing.IpPacket.PSH;
import static io.weir.application.testing.IpPacket.RST;
import static io.weir.application.testing.IpPacket.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.weir.application.Claim;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import io.weir.applications.Family;
import io.weir.applications.TcpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SorryApplicationTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n";
    private static final long PERIOD_MICROS = 65_536_000;

    private final TestNode node;

    SorryApplicationTest() throws SettingsException {
        node = TestNode.of(new SorryProvider(), Settings.of(Map.of("page", "closed\n", "retry-after", "2m")));
    }

    private TcpClient client() {
        return new TcpClient(node, Family.IPV4, 40000, 0x7fff_ffff);
    }

    private static String text(IpPacket packet) {
        return new String(packet.payload(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void a_request_gets_the_page_and_the_connection_ends(Family family) {
        TcpClient client = new TcpClient(node, family, 40000, 0xffff_ffff).connect();
        assertThat(client.send(client.segment(ACK, ""))).isNull();
        IpPacket answer = client.ask(PSH | ACK, GET);
        assertThat(answer.flags()).isEqualTo(ACK | PSH | FIN);
        assertThat(answer.sequence()).isEqualTo(client.acknowledgment);
        assertThat(answer.acknowledgment()).isEqualTo(client.sequence + GET.length());
        assertThat(text(answer)).isEqualTo("""
            HTTP/1.1 503 Service Unavailable\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: 7\r
            Retry-After: 120\r
            Cache-Control: no-store\r
            Connection: close\r
            \r
            closed
            """);
        client.sequence += GET.length();
        client.acknowledgment += answer.payload().length + 1;
        assertThat(client.send(client.segment(ACK, ""))).isNull();
        IpPacket closed = client.ask(FIN | ACK, "");
        assertThat(closed.flags()).isEqualTo(ACK);
        assertThat(closed.sequence()).isEqualTo(client.acknowledgment);
        assertThat(closed.acknowledgment()).isEqualTo(client.sequence + 1);
        assertThat(node.counters()).hasToString("opened=1 pages=1 closed=1 consumed=2");
    }

    @Test
    void any_client_of_many_gets_the_page_whatever_numbers_he_begins_with() {
        for (int i = 0; i < 400; i++) {
            TcpClient client = new TcpClient(node, i % 2 == 0 ? Family.IPV4 : Family.IPV6, 10_000 + i, i * 0x9e3779b1);
            client.connect();
            IpPacket answer = client.ask(PSH | ACK, GET);
            assertThat(answer.flags()).as("client %d", i).isEqualTo(ACK | PSH | FIN);
            client.sequence += GET.length();
            client.acknowledgment += answer.payload().length + 1;
            assertThat(client.ask(FIN | ACK, "").flags()).as("client %d", i).isEqualTo(ACK);
        }
    }

    @Test
    void a_request_that_comes_again_gets_the_same_page() {
        TcpClient client = client().connect();
        assertThat(client.ask(PSH | ACK, GET).bytes())
                .isEqualTo(client.ask(PSH | ACK, GET).bytes());
    }

    @Test
    void head_gets_no_body() {
        TcpClient client = client().connect();
        IpPacket answer = client.ask(PSH | ACK, "HEAD / HTTP/1.1\r\n\r\n");
        assertThat(text(answer)).contains("Content-Length: 7\r\n").endsWith("\r\n\r\n");
        client.sequence += 19;
        client.acknowledgment += answer.payload().length + 1;
        assertThat(client.ask(FIN | ACK, "").flags()).isEqualTo(ACK);
    }

    @Test
    void a_request_with_fin_gets_the_page_and_both_are_acknowledged() {
        TcpClient client = client().connect();
        IpPacket answer = client.ask(FIN | PSH | ACK, GET);
        assertThat(answer.acknowledgment()).isEqualTo(client.sequence + GET.length() + 1);
        assertThat(answer.payload()).isNotEmpty();
    }

    @Test
    void a_fin_without_a_request_is_answered_by_fin() {
        TcpClient client = client().connect();
        IpPacket answer = client.ask(FIN | ACK, "");
        assertThat(answer.flags()).isEqualTo(FIN | ACK);
        assertThat(answer.acknowledgment()).isEqualTo(client.sequence + 1);
        client.sequence++;
        client.acknowledgment++;
        assertThat(client.send(client.segment(ACK, ""))).isNull();
        assertThat(client.fate).isEqualTo("CONSUMED");
    }

    @Test
    void a_fin_that_overtakes_the_page_waits_for_it() {
        TcpClient client = client().connect();
        IpPacket answer = client.ask(PSH | ACK, GET);
        client.sequence += GET.length();
        // The page is lost, but not the FIN that was sent before it.
        assertThat(client.send(client.segment(FIN | ACK, ""))).isNull();
        client.acknowledgment += answer.payload().length + 1;
        assertThat(client.ask(FIN | ACK, "").acknowledgment()).isEqualTo(client.sequence + 1);
    }

    @Test
    void later_segments_of_a_request_wait_for_the_page_and_are_acknowledged_then() {
        int early = 0;
        for (int i = 0; i < 300; i++) {
            TcpClient client = new TcpClient(node, Family.IPV4, 20_000 + i, i * 7919).connect();
            byte[] first = client.segment(ACK, "POST / HTTP/1.1\r\nContent-Length: 3000\r\n\r\n");
            client.sequence += first.length - 40;
            byte[] second = client.segment(PSH | ACK, "x".repeat(1400));
            // The first is lost: were the second one acknowledged, the first would never come again.
            early += client.send(second) == null ? 0 : 1;
            IpPacket page = client.ask(first);
            assertThat(page.flags()).isEqualTo(ACK | PSH | FIN);
            client.acknowledgment += page.payload().length + 1;
            IpPacket acknowledged = client.ask(PSH | ACK, "x".repeat(1400));
            assertThat(acknowledged.flags()).isEqualTo(ACK);
            assertThat(acknowledged.acknowledgment()).isEqualTo(client.sequence + 1400);
        }
        // Seven bits tell a first segment from a later one: one in 127 is taken for a first one, and gets a reset or
        // page.
        assertThat(early).isLessThan(15);
    }

    @Test
    void a_request_letter_by_letter_gets_the_page_at_the_first() {
        TcpClient client = client().connect();
        IpPacket answer = client.ask(PSH | ACK, "G");
        assertThat(text(answer)).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void a_long_request_in_pieces_gets_the_page() {
        TcpClient client = client().connect();
        String request = "POST / HTTP/1.1\r\n\r\n" + "x".repeat(30_000);
        IpPacket answer = client.ask(PSH | ACK, request);
        assertThat(answer.acknowledgment()).isEqualTo(client.sequence + request.length());
        TestPackets pieces = node.packets().addInPieces(client.segment(PSH | ACK, GET), 3);
        assertThat(client.receive(pieces)).isNotNull();
    }

    @Test
    void what_is_not_http_is_reset() {
        TcpClient client = client().connect();
        for (String hello : new String[] {"\u0016\u0003\u0001\u0002", "\u0000", "get / http"}) {
            IpPacket reset = client.ask(PSH | ACK, hello);
            assertThat(reset.flags()).isEqualTo(RST);
            assertThat(reset.sequence()).isEqualTo(client.acknowledgment);
        }
        assertThat(node.counters().value("not-http")).isEqualTo(3);
    }

    @Test
    void the_cookie_lasts_one_period_more() {
        TcpClient client = client();
        client.nowMicros = 10 * PERIOD_MICROS - 1000;
        client.connect();
        client.nowMicros += PERIOD_MICROS;
        assertThat(client.ask(PSH | ACK, GET).payload()).isNotEmpty();
        client.nowMicros += 2000;
        IpPacket reset = client.ask(PSH | ACK, GET);
        assertThat(reset.flags()).isEqualTo(RST);
        assertThat(reset.sequence()).isEqualTo(client.acknowledgment);
        // The clock wraps: the period before the first is the last.
        TcpClient late = client();
        late.nowMicros = (1L << 32) * 1000 - 1000;
        late.connect();
        late.nowMicros = 1000;
        assertThat(late.ask(PSH | ACK, GET).payload()).isNotEmpty();
    }

    @Test
    void nobody_gets_a_page_who_guesses() {
        TcpClient client = client();
        client.sequence = 1;
        int pages = 0;
        for (int guess = 0; guess < 20_000; guess++) {
            client.acknowledgment = guess * 0x10001;
            IpPacket answer = client.send(client.segment(PSH | ACK, GET));
            pages += answer != null && answer.payload().length > 0 ? 1 : 0;
        }
        assertThat(pages).isZero();
    }

    @Test
    void an_acknowledgment_of_half_the_page_is_not_answered() {
        TcpClient client = client().connect();
        IpPacket answer = client.ask(PSH | ACK, GET);
        client.sequence += GET.length();
        client.acknowledgment += answer.payload().length / 2;
        assertThat(client.send(client.segment(ACK, ""))).isNull();
        assertThat(client.fate).isEqualTo("CONSUMED");
    }

    @Test
    void resets_are_consumed_and_strange_segments_dropped() {
        TcpClient client = client().connect();
        assertThat(client.send(client.segment(RST | ACK, GET))).isNull();
        assertThat(client.fate).isEqualTo("CONSUMED");
        for (int flags : new int[] {0, FIN, PSH, SYN | ACK, SYN | FIN}) {
            assertThat(client.send(client.segment(flags, GET))).isNull();
            assertThat(client.fate).isEqualTo("segment-unexpected");
        }
        TestPackets udp = node.packets().add(IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 80, new byte[3]));
        node.application().receive(udp);
        assertThat(udp.dropReason(0)).isEqualTo("protocol-unsupported");
    }

    @Test
    void a_damaged_request_is_dropped_as_such() {
        TcpClient client = client().connect();
        byte[] request = client.segment(PSH | ACK, GET);
        request[request.length - 5] ^= 1;
        assertThat(client.send(request)).isNull();
        assertThat(client.fate).isEqualTo("DAMAGED");
    }

    @Test
    void a_link_that_is_too_narrow_gets_no_page() {
        TcpClient client = client().connect();
        assertThat(client.receive(node.packets().mtu(100).add(client.segment(PSH | ACK, GET))))
                .isNull();
        assertThat(client.fate).isEqualTo("no-room");
    }

    @Test
    void a_page_may_come_from_a_file(@TempDir Path directory) throws IOException, SettingsException {
        Path file = Files.writeString(directory.resolve("sorry.html"), "<p>Später.\n");
        TestNode other = TestNode.of(new SorryProvider(), Settings.of(Map.of("file", file.toString())));
        TcpClient client = new TcpClient(other, Family.IPV6, 40000, 5).connect();
        assertThat(text(client.ask(PSH | ACK, GET)))
                .contains("Content-Type: text/html; charset=utf-8", "Content-Length: 12", "Retry-After: 30")
                .endsWith("\r\n\r\n<p>Später.\n");
    }

    @Test
    void without_settings_there_is_a_page() throws SettingsException {
        TestNode other = TestNode.of(new SorryProvider(), Settings.NONE);
        TcpClient client = new TcpClient(other, Family.IPV6, 40000, 5).connect();
        assertThat(text(client.ask(PSH | ACK, GET))).contains("<h1>Out of service</h1>");
    }

    @Test
    void wrong_settings_are_refused_with_what_would_be_right(@TempDir Path directory) throws IOException {
        refused(Map.of("page", "x".repeat(1100)), "page: 1100 bytes are too long; with the header");
        Path file = Files.writeString(directory.resolve("long"), "x".repeat(9000));
        refused(Map.of("file", file.toString()), "file: 1221 bytes are too long");
        refused(Map.of("file", directory + "/none"), "cannot read");
        refused(Map.of("file", "a\0b"), "cannot read");
        refused(Map.of("file", file.toString(), "page", "x"), "leave one of them out");
        refused(Map.of("pages", "x"), "there are: file, page, retry-after");
        refused(Map.of("retry-after", "soon"), "is no duration");
    }

    @Test
    void udp_alone_is_nothing_to_listen_on() {
        Claim udp = new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.UDP, 80, 80);
        Claim tcp = new Claim(udp.address(), Claim.TCP, 80, 80);
        assertThatNoException().isThrownBy(() -> new SorryProvider().plan(Settings.NONE, List.of(udp, tcp)));
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new SorryProvider().plan(Settings.NONE, List.of(udp)))
                .withMessageContaining("write protocol: tcp");
    }

    private static void refused(Map<String, String> settings, String message) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new SorryProvider().plan(Settings.of(settings), List.of()))
                .withMessageContaining(message);
    }
}
