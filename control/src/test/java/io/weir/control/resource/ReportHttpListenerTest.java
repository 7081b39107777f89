package io.weir.control.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.report.ReportOutcome;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportHttpListenerTest {
    private final ReceivedReports received = new ReceivedReports(1000);
    private ServerSocketChannel channel;
    private ReportHttpListener listener;

    @BeforeEach
    void listen() throws IOException {
        channel = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener = new ReportHttpListener(channel, received.receiver, received.tally);
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @Test
    void a_posted_report_is_taken_once() throws Exception {
        byte[] report = ReceivedReports.report(ReceivedReports.ALL, "web-1", 3);

        assertThat(post(report)).startsWith("HTTP/1.1 204 ");
        assertThat(received.next().source()).isEqualTo(LoadSource.HTTP);
        assertThat(post(report)).startsWith("HTTP/1.1 409 ").endsWith("number 3 of server web-1 was seen before\n");
    }

    @Test
    void what_is_refused_is_answered_with_its_status() throws Exception {
        byte[] forged = ReceivedReports.report(ReceivedReports.ALL, "web-1", 3);
        forged[20] ^= 1;
        assertThat(post(forged)).startsWith("HTTP/1.1 403 ");
        assertThat(post(ReceivedReports.report(ReceivedReports.ALL, "web-9", 1)))
                .startsWith("HTTP/1.1 404 ");
        assertThat(post(ReceivedReports.report(ReceivedReports.WEB, "db-1", 1))).startsWith("HTTP/1.1 403 ");
        assertThat(post(new byte[10])).startsWith("HTTP/1.1 400 ");
        assertThat(received.resources.loads()).isEmpty();
    }

    @Test
    void requests_that_are_none_are_refused_and_counted() throws Exception {
        assertThat(ask("POST /v1/reports HTTP/1.1\r\nContent-Length: 5000\r\n\r\n", new byte[5000]))
                .startsWith("HTTP/1.1 413 ");
        assertThat(ask("POST /v1/reports HTTP/1.1\r\n\r\n", new byte[0])).startsWith("HTTP/1.1 411 ");
        assertThat(ask("POST /v1/reports HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", new byte[0]))
                .startsWith("HTTP/1.1 411 ");
        assertThat(ask("GET /v1/reports HTTP/1.1\r\n\r\n", new byte[0])).startsWith("HTTP/1.1 405 ");
        assertThat(ask("POST / HTTP/1.1\r\n\r\n", new byte[0])).startsWith("HTTP/1.1 404 ");
        assertThat(ask("hello\r\n\r\n", new byte[0])).startsWith("HTTP/1.1 400 ");
        assertThat(ask("POST /v1/reports HTTP/1.1\r\nContent-Length: -1\r\n\r\n", new byte[0]))
                .startsWith("HTTP/1.1 400 ");
        assertThat(ask("POST /v1/reports HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", new byte[0]))
                .startsWith("HTTP/1.1 400 ");
        assertThat(ask("x".repeat(20_000) + "\r\n\r\n", new byte[0])).startsWith("HTTP/1.1 400 ");
        assertThat(received.tally.of(ReportOutcome.MALFORMED)).isEqualTo(9);
    }

    @Test
    void many_connections_that_say_nothing_leave_the_listener_alive() throws Exception {
        Socket[] silent = new Socket[64];
        for (int i = 0; i < silent.length; i++) {
            silent[i] = new Socket(
                    InetAddress.getLoopbackAddress(), channel.socket().getLocalPort());
        }
        // The next is turned away at once, or has its turn when the kernel accepted it before the others.
        byte[] report = ReceivedReports.report(ReceivedReports.ALL, "web-1", 3);
        try {
            post(report);
        } catch (IOException e) {
            assertThat(received.tally.of(ReportOutcome.RATE_LIMITED)).isPositive();
        }
        for (Socket socket : silent) {
            socket.close();
        }
        String answer = "";
        for (int i = 1; i < 1000 && answer.isEmpty(); i++) {
            try {
                answer = post(ReceivedReports.report(ReceivedReports.ALL, "web-1", 3 + i));
            } catch (IOException e) {
                Thread.onSpinWait(); // the places of the closed ones become free one by one
            }
        }
        assertThat(answer).startsWith("HTTP/1.1 204 ");
    }

    private String post(byte[] body) throws IOException {
        return ask("POST /v1/reports HTTP/1.1\r\nHost: node\r\nContent-Length: " + body.length + "\r\n\r\n", body);
    }

    private String ask(String head, byte[] body) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), channel.socket().getLocalPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
