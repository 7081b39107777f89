package io.weir.control.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.weir.control.configuration.CheckConfiguration;
import io.weir.control.configuration.CheckConfiguration.CommandProbe;
import io.weir.control.configuration.CheckConfiguration.HttpProbe;
import io.weir.control.configuration.CheckConfiguration.IcmpProbe;
import io.weir.control.configuration.CheckConfiguration.Probe;
import io.weir.control.configuration.CheckConfiguration.TcpProbe;
import io.weir.control.configuration.CheckConfiguration.UdpProbe;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probes against real servers on loopback addresses. */
class NetworkProberTest {
    private static final IpAddress V4 = IpAddress.parse("127.0.0.1");
    private static final IpAddress V6 = IpAddress.parse("::1");
    private static final int LONG_MS = 10_000;

    private final NetworkProber prober = new NetworkProber(new LoopbackNetwork());

    @AfterEach
    void close() {
        prober.close();
    }

    private ProbeResult probe(Probe probe, int timeoutMs, IpAddress address) throws InterruptedException {
        CheckConfiguration check =
                new CheckConfiguration("c", probe, Duration.ofMinutes(1), Duration.ofMillis(timeoutMs), 2, 3, 0);
        return prober.probe(new CheckedServer("web-1", List.of(address), check), address);
    }

    private ProbeResult probe(Probe probe) throws InterruptedException {
        return probe(probe, LONG_MS, V4);
    }

    private static HttpProbe http(int port, String path, List<Integer> statuses, @Nullable String body) {
        return new HttpProbe(port, false, false, path, null, statuses, body);
    }

    private static ServerSocket listen(IpAddress address) throws IOException {
        return new ServerSocket(0, 10, InetAddress.getByAddress(address.octets()));
    }

    /** A socket with a port that refuses: bound, so that nobody else gets it, but not listening. */
    private static Socket mute() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByAddress(V4.octets()), 0));
        return socket;
    }

    /** A server that sends something to one client, then runs an action on the connection. */
    private interface Talk {
        void to(Socket client) throws Exception;
    }

    private static int serve(Talk talk) throws IOException {
        ServerSocket server = listen(V4);
        Thread.ofVirtual().start(() -> {
            try (server;
                    Socket client = server.accept()) {
                talk.to(client);
            } catch (Exception e) {
                // the client has gone
            }
        });
        return server.getLocalPort();
    }

    @Test
    void tcp_is_good_when_the_handshake_succeeds() throws Exception {
        for (IpAddress address : List.of(V4, V6)) {
            try (ServerSocket server = listen(address)) {
                ProbeResult result = probe(new TcpProbe(server.getLocalPort()), LONG_MS, address);
                assertThat(result.good()).as(result.message()).isTrue();
                assertThat(result.message()).matches("TCP handshake in [0-9.]+ ms");
            }
        }
    }

    @Test
    void tcp_ends_with_a_reset_so_that_no_side_waits() throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        int port = serve(client -> {
            try {
                ending.complete("end of stream " + client.getInputStream().read());
            } catch (IOException e) {
                ending.complete(e.getMessage());
            }
        });
        probe(new TcpProbe(port));
        assertThat(ending.get(10, TimeUnit.SECONDS)).contains("reset");
    }

    @Test
    void a_closed_port_refuses() throws Exception {
        try (Socket mute = mute()) {
            int port = mute.getLocalPort();
            assertThat(probe(new TcpProbe(port))).isEqualTo(ProbeResult.bad("connection refused"));
            assertThat(probe(http(port, "/", List.of(), null))).isEqualTo(ProbeResult.bad("connection refused"));
            assertThat(probe(new UdpProbe(port, "x", null))).isEqualTo(ProbeResult.bad("ICMP port unreachable"));
        }
    }

    @Test
    void http_looks_at_status_host_and_body() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = ("host=" + exchange.getRequestHeaders().getFirst("Host") + " status: ok")
                    .getBytes(StandardCharsets.UTF_8);
            int status = exchange.getRequestURI().getQuery() == null
                    ? 200
                    : Integer.parseInt(exchange.getRequestURI().getQuery());
            // 0: chunked
            exchange.sendResponseHeaders(status, status == 204 ? -1 : status == 200 ? 0 : body.length);
            if (status != 204) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            assertThat(probe(http(port, "/", List.of(), null)).message()).matches("HTTP 200 in [0-9.]+ ms");
            assertThat(probe(http(port, "/", List.of(), "status: *ok")).good()).isTrue();
            assertThat(probe(http(port, "/", List.of(), "host=127.0.0.1:" + port))
                            .good())
                    .isTrue();
            assertThat(probe(http(port, "/?204", List.of(), null)).good()).isTrue();
            assertThat(probe(http(port, "/?418", List.of(200, 418), "ok")).good())
                    .isTrue();
            assertThat(probe(new HttpProbe(port, false, false, "/", "shop.example", List.of(), "host=shop.example "))
                            .good())
                    .isTrue();

            ProbeResult wrongStatus = probe(http(port, "/?503", List.of(), null));
            assertThat(wrongStatus.good()).isFalse();
            assertThat(wrongStatus.message()).matches("HTTP 503 in [0-9.]+ ms \\(wanted 200-399\\)");
            assertThat(probe(http(port, "/", List.of(204, 418), null)).message())
                    .endsWith("(wanted 204, 418)");
            assertThat(probe(http(port, "/", List.of(), "broken")).message())
                    .matches("HTTP 200 in [0-9.]+ ms, body without a match of \"broken\"");
            assertThat(probe(http(port, "/a b", List.of(), null)).message()).contains("percent-encoding");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_silent_server_is_given_up_in_time() throws Exception {
        try (ServerSocket silent = listen(V4)) {
            int port = silent.getLocalPort();
            assertThat(probe(http(port, "/", List.of(), null), 150, V4))
                    .isEqualTo(ProbeResult.bad("no answer within 150 ms"));
            assertThat(probe(new HttpProbe(port, true, false, "/", null, List.of(), null), 150, V4))
                    .isEqualTo(ProbeResult.bad("no answer within 150 ms"));
        }
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThat(probe(new UdpProbe(silent.getLocalPort(), "x", null), 150, V4))
                    .isEqualTo(ProbeResult.bad("no answer within 150 ms"));
        }
    }

    @Test
    void a_server_that_drips_is_given_up_in_time() throws Exception {
        int port = serve(client -> {
            OutputStream out = client.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nA: ".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                Thread.sleep(10);
            }
        });
        assertThat(probe(http(port, "/", List.of(), null), 200, V4))
                .isEqualTo(ProbeResult.bad("no answer within 200 ms"));
    }

    @Test
    void an_endless_body_is_read_to_its_bound_only() throws Exception {
        int port = serve(client -> {
            OutputStream out = client.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(new byte[8192]);
            }
        });
        assertThat(probe(http(port, "/", List.of(), "needle")).message()).contains("body without a match");
    }

    @Test
    void what_is_no_http_is_named() throws Exception {
        int port = serve(
                client -> client.getOutputStream().write("220 mail ESMTP\r\n".getBytes(StandardCharsets.US_ASCII)));
        assertThat(probe(http(port, "/", List.of(), null)))
                .isEqualTo(ProbeResult.bad("HTTP: \"220 mail ESMTP\" is no status line"));
    }

    @Test
    void udp_looks_at_the_answer() throws Exception {
        try (DatagramSocket echo = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
                    while (true) {
                        echo.receive(packet);
                        echo.send(packet);
                        packet.setLength(2048);
                    }
                } catch (IOException e) {
                    // closed
                }
            });
            int port = echo.getLocalPort();
            assertThat(probe(new UdpProbe(port, "ping\\x00", "^ping\\x00$")).message())
                    .matches("UDP answer of 5 bytes in [0-9.]+ ms");
            assertThat(probe(new UdpProbe(port, "", null)).good()).isTrue();
            assertThat(probe(new UdpProbe(port, "ping", "pong")).message()).endsWith("without a match of \"pong\"");
            assertThat(probe(new UdpProbe(port, "\\q", null)).message()).contains("is no escape");
        }
    }

    @Test
    void icmp_tells_the_time_or_the_error() throws Exception {
        assertThat(probe(new IcmpProbe())).isEqualTo(ProbeResult.good("echo reply in 0.4 ms"));
        assertThat(probe(new IcmpProbe(), 300, IpAddress.parse("192.0.2.1")))
                .isEqualTo(ProbeResult.bad("no answer within 300 ms"));
        assertThat(probe(new IcmpProbe(), 300, IpAddress.parse("ff02::1")))
                .isEqualTo(ProbeResult.bad("no route to host"));
    }

    private static CommandProbe shell(String script) {
        return new CommandProbe(List.of("sh", "-c", script));
    }

    @Test
    void a_command_speaks_by_its_exit_status_and_first_line() throws Exception {
        assertThat(probe(shell("echo $WEIR_SERVER at $WEIR_ADDRESS; echo more")))
                .isEqualTo(ProbeResult.good("web-1 at 127.0.0.1"));
        assertThat(probe(shell("exit 0"))).isEqualTo(ProbeResult.good("exit status 0"));
        assertThat(probe(shell("echo no disk >&2; exit 3"))).isEqualTo(ProbeResult.bad("exit status 3: no disk"));
        assertThat(probe(new CommandProbe(List.of("/nowhere/check"))).message()).contains("/nowhere/check");
    }

    @Test
    void a_command_that_prints_without_end_is_not_held_up() throws Exception {
        assertThat(probe(shell("head -c 3000000 /dev/zero | tr '\\0' 'x'; exit 4"))
                        .message())
                .startsWith("exit status 4: xxx");
    }

    @Test
    void a_command_is_killed_in_time_with_its_children(@TempDir Path folder) throws Exception {
        Path child = folder.resolve("child");
        ProbeResult result = probe(shell("sleep 1000 & echo $! > " + child + "; wait"), 500, V4);

        assertThat(result).isEqualTo(ProbeResult.bad("not finished within 500 ms"));
        long pid = Long.parseLong(Files.readString(child).strip());
        ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
    }

    @Test
    void a_child_left_behind_does_not_hold_the_check_up() throws Exception {
        assertThat(probe(shell("sleep 3 & echo started"))).isEqualTo(ProbeResult.good("started"));
    }

    @Test
    void an_interrupt_ends_a_check_without_a_result() throws Exception {
        try (ServerSocket silent = listen(V4)) {
            CompletableFuture<Object> outcome = new CompletableFuture<>();
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    outcome.complete(probe(http(silent.getLocalPort(), "/", List.of(), null)));
                } catch (InterruptedException e) {
                    outcome.complete("interrupted");
                }
            });
            Socket client = silent.accept();
            thread.interrupt();
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
            client.close();
        }
    }
}
