package io.weir.control.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.agent.report.ReportOutcome;
import io.weir.control.configuration.LoadSourceConfiguration;
import io.weir.control.configuration.LoadSourceConfiguration.AgentCheck;
import io.weir.control.configuration.LoadSourceConfiguration.Prometheus;
import io.weir.memory.server.ServerStatus.LoadSource;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadPollersTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final TcpConnector DIRECT = target -> SocketChannel.open();

    private final ReceivedReports received = new ReceivedReports(1000);
    private final List<ServerSocket> servers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
    }

    @Test
    void an_agent_check_is_a_wish_over_both_families() throws Exception {
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            int port = answering(address, () -> "drain 60%\n");
            agentCheck(port, TIMEOUT, address).poll();

            ServerLoad load = received.next();
            assertThat(load.source()).isEqualTo(LoadSource.HAPROXY);
            assertThat(load.wish().weightPercent()).hasValue(60);
            assertThat(load.availability()).isEqualTo(Availability.DRAINING);
        }
    }

    @Test
    void the_second_address_is_asked_when_the_first_does_not_answer() throws Exception {
        int port = answering("127.0.0.1", () -> "up\n");
        agentCheck(port, TIMEOUT, "::1", "127.0.0.1").poll();

        assertThat(received.next().availability()).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void answers_that_say_nothing_never_end_or_never_come_are_errors_and_move_nothing() throws Exception {
        assertThatThrownBy(agentCheck(answering("127.0.0.1", () -> "\n"), TIMEOUT, "127.0.0.1")::poll)
                .hasMessageContaining("says nothing");
        assertThatThrownBy(agentCheck(answering("127.0.0.1", () -> "75%"), TIMEOUT, "127.0.0.1")::poll)
                .hasMessageContaining("no end of line");
        assertThatThrownBy(agentCheck(answering("127.0.0.1", () -> "x".repeat(9999)), TIMEOUT, "127.0.0.1")::poll)
                .hasMessageContaining("no end of line");
        try (ServerSocket silent = new ServerSocket()) {
            silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThatThrownBy(agentCheck(silent.getLocalPort(), Duration.ofMillis(50), "127.0.0.1")::poll)
                    .isInstanceOf(IOException.class);
        }
        try (Socket mute = new Socket()) { // bound, so that nobody else gets the port, but not listening
            mute.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThatThrownBy(agentCheck(mute.getLocalPort(), TIMEOUT, "127.0.0.1")::poll)
                    .hasMessageContaining("no connection to 127.0.0.1 port " + mute.getLocalPort());
        }
        assertThat(received.resources.loads()).isEmpty();
    }

    @Test
    void a_page_of_metrics_is_a_report_in_each_form_http_has() throws Exception {
        String page = "cpu 0.25\nopen 4\ntook_sum 1\ntook_count 2\n";
        List<String> answers = List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: " + page.length() + "\r\n\r\n" + page + "beyond",
                "HTTP/1.0 200 OK\r\n\r\n" + page,
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "a;x=y\r\n" + page.substring(0, 10) + "\r\n" + Integer.toHexString(page.length() - 10)
                        + "\r\n"
                        + page.substring(10) + "\r\n0\r\n\r\n");
        for (String answer : answers) {
            prometheus(answering("127.0.0.1", () -> answer)).poll();
            ServerLoad load = received.next();
            assertThat(load.source()).isEqualTo(LoadSource.PROMETHEUS);
            assertThat(load.report().cpu()).isEqualTo(0.25);
            assertThat(load.report().clients()).isEqualTo(4);
        }
        assertThat(received.tally.of(ReportOutcome.ACCEPTED)).isEqualTo(3);
    }

    @Test
    void pages_that_are_none_are_errors_with_a_reason_and_move_nothing() throws Exception {
        String ok = "HTTP/1.1 200 OK\r\n";
        List<String[]> cases = List.of(
                new String[] {"HTTP/1.1 404 Not Found\r\n\r\n", "404 Not Found"},
                new String[] {"SSH-2.0-x\r\n\r\n", "SSH-2.0-x"},
                new String[] {ok + "Content-Length: 99999999999\r\n\r\n", "more than"},
                new String[] {ok + "Content-Length: 100\r\n\r\ncpu 1\n", "ended after 6 of 100"},
                new String[] {ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "not one length"},
                new String[] {ok + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", "not the size of a chunk"},
                new String[] {ok + "Transfer-Encoding: chunked\r\n\r\n7ffffff\r\n", "more than"},
                new String[] {ok + "Transfer-Encoding: gzip\r\n\r\n", "gzip"},
                new String[] {ok + "x: y\r\n".repeat(200) + "\r\n", "header lines"},
                new String[] {ok + "x".repeat(10_000) + "\r\n", "a line of more than"},
                new String[] {ok + "\r\nother 1\n", "has none of the metrics"},
                new String[] {ok + "\r\ncpu x\n", "line 1: cpu: \"x\" is not a number"},
                new String[] {ok + "\r\ncpu 1e30\n", "cpu of 1.0E30"},
                new String[] {ok + "\r\ncpu -1\n", "cpu of -Infinity"},
                new String[] {ok + "\r\n" + "x".repeat(5 << 20), "more than"},
                new String[] {"", "ended"});
        for (String[] one : cases) {
            assertThatThrownBy(prometheus(answering("127.0.0.1", () -> one[0]))::poll)
                    .as(one[1])
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(one[1]);
        }
        assertThat(received.resources.loads()).isEmpty();
        assertThat(received.tally.of(ReportOutcome.ABSURD)).isEqualTo(2);
    }

    @Test
    void servers_are_asked_again_and_again_until_they_are_configured_away() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        int port = answering("127.0.0.1", () -> asked.incrementAndGet() + "%\n");
        LoadPollers pollers = new LoadPollers(DIRECT, received.resources, received.tally, () -> 0);
        PolledServer server = server(new AgentCheck(port, Duration.ofMillis(5)), "127.0.0.1");
        pollers.configure(List.of(server));
        for (int i = 1; i <= 3; i++) {
            assertThat(received.next().wish().weightPercent()).hasValue(i);
        }
        assertThat(pollers.faults()).isEmpty();

        pollers.configure(List.of());
        assertThat(received.resources.load("web-1").orElseThrow().availability())
                .isEqualTo(Availability.AVAILABLE);
        pollers.close();
        pollers.configure(List.of(server));
    }

    @Test
    void a_server_that_fails_is_named_until_it_answers_again() throws Exception {
        LinkedBlockingQueue<Integer> failures = new LinkedBlockingQueue<>();
        TcpConnector failing = target -> {
            failures.add(1);
            throw new IOException("no route to " + target);
        };
        try (LoadPollers pollers = new LoadPollers(failing, received.resources, received.tally, () -> 0)) {
            pollers.configure(List.of(server(new AgentCheck(1, Duration.ofMillis(5)), "127.0.0.1")));
            assertThat(failures.poll(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(failures.poll(20, TimeUnit.SECONDS)).isNotNull();

            // The second attempt came, so the first has left its word.
            assertThat(pollers.faults()).containsEntry("web-1", "no route to 127.0.0.1");
        }
    }

    private static PolledServer server(LoadSourceConfiguration source, String... addresses) {
        List<IpAddress> list = new ArrayList<>();
        for (String address : addresses) {
            list.add(IpAddress.parse(address));
        }
        return new PolledServer("web-1", list, source);
    }

    private AgentCheckPoller agentCheck(int port, Duration timeout, String... addresses) {
        AgentCheck check = new AgentCheck(port, Duration.ofSeconds(1));
        return new AgentCheckPoller(server(check, addresses), check, DIRECT, received.resources, () -> 0, timeout);
    }

    private PrometheusPoller prometheus(int port) {
        Prometheus page =
                new Prometheus(port, "/metrics", Duration.ofSeconds(1), "cpu", "", "open", "took_sum", "took_count");
        return new PrometheusPoller(
                server(page, "127.0.0.1"), page, DIRECT, received.resources, received.tally, () -> 0, () -> 0, TIMEOUT);
    }

    /** A server that answers each connection with a text and closes it. */
    private int answering(String address, Supplier<String> text) throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(address, 0));
        servers.add(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(text.get().getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    InputStream in = socket.getInputStream();
                    while (in.read() >= 0) {
                        Thread.onSpinWait(); // read away the request, so that closing resets nothing
                    }
                } catch (IOException e) {
                    Thread.onSpinWait(); // the client went away, or the test ended
                }
            }
        });
        return server.getLocalPort();
    }
}
