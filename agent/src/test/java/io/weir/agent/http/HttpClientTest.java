package io.weir.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.agent.Loopback;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpClientTest {
    private static final HttpClient CLIENT = new HttpClient(10_000, 1000);

    @SuppressWarnings("NullAway.Init")
    private Loopback server;

    @BeforeEach
    void start() throws IOException {
        server = new Loopback();
    }

    @AfterEach
    void end() throws IOException {
        server.close();
    }

    @Test
    void a_body_of_known_length() throws IOException {
        server.body("grüezi");
        HttpAnswer answer = CLIENT.get(server.url());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("grüezi");
        assertThat(server.requests().getFirst())
                .startsWith("GET /path?x=1 HTTP/1.1\r\nHost: 127.0.0.1:")
                .contains("\r\nConnection: close\r\n");
    }

    @Test
    void a_body_in_chunks() throws IOException {
        server.raw("""
            HTTP/1.1 200 OK\r
            transfer-encoding: Chunked\r
            \r
            5\r
            hello\r
            6;name=value\r
             world\r
            0\r
            \r
            """);
        assertThat(CLIENT.get(server.url()).text()).isEqualTo("hello world");
    }

    @Test
    void a_body_to_the_end_of_the_connection() throws IOException {
        server.raw("HTTP/1.0 200 OK\nServer: old\n\nall");
        assertThat(CLIENT.get(server.url()).text()).isEqualTo("all");
    }

    @Test
    void interim_answers_are_passed_over() throws IOException {
        server.raw("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
        assertThat(CLIENT.get(server.url()).status()).isEqualTo(204);
    }

    @Test
    void a_post_sends_its_body() throws IOException {
        server.status("202 Accepted", "");
        assertThat(CLIENT.post(server.url(), "application/octet-stream", new byte[] {'a', 'b'})
                        .status())
                .isEqualTo(202);
        assertThat(server.requests().getFirst()).startsWith("POST /path").endsWith("Content-Length: 2\r\n\r\nab");
    }

    @Test
    void ipv6() throws IOException {
        try (Loopback six = new Loopback("::1")) {
            six.body("six");
            assertThat(CLIENT.get(six.url()).text()).isEqualTo("six");
            assertThat(six.requests().getFirst()).contains("Host: [0:0:0:0:0:0:0:1]:");
        }
    }

    @Test
    void too_large_answers_are_refused_however_they_come() {
        String large = "x".repeat(1001);
        for (String head :
                new String[] {"Content-Length: 1001\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"}) {
            server.raw("HTTP/1.1 200 OK\r\n" + head + large);
            assertThatThrownBy(() -> CLIENT.get(server.url()))
                    .as(head)
                    .hasMessage("the answer has more than 1000 bytes");
        }
        server.raw("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(5000) + "\r\n");
        assertThatThrownBy(() -> CLIENT.get(server.url())).hasMessage("headers have more than 16384 bytes");
    }

    @Test
    void what_is_no_http_is_said_so() {
        for (String text : new String[] {
            "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n",
            ""
        }) {
            server.raw(text);
            assertThatThrownBy(() -> CLIENT.get(server.url())).as(text).isInstanceOf(IOException.class);
        }
    }

    @Test
    void an_answer_that_drips_is_over_at_the_deadline() {
        server.answer(socket -> {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('a');
                Thread.onSpinWait();
            }
        });
        HttpClient patient = new HttpClient(300, 1000);
        assertThatThrownBy(() -> patient.get(server.url()))
                .hasMessageMatching("no answer within 300 ms|headers have more than 16384 bytes");
        server.answer(socket -> socket.getInputStream().read());
        assertThatThrownBy(() -> patient.get(server.url())).hasMessage("no answer within 300 ms");
    }

    @Test
    void nobody_there() throws IOException {
        try (Socket mute = new Socket()) { // bound, so that nobody else gets the port, but not listening
            mute.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            URI url = URI.create("http://127.0.0.1:" + mute.getLocalPort() + "/");
            assertThatThrownBy(() -> CLIENT.get(url)).hasMessageContaining("refused");
        }
        assertThatThrownBy(() -> CLIENT.get(URI.create("http://no.such.host.invalid/")))
                .hasMessage("no.such.host.invalid: no such host");
    }

    @Test
    void only_urls_of_http_with_a_host_can_be_asked() {
        for (String good : new String[] {"http://a/", "HTTPS://[::1]:8443", "http://127.0.0.1:80/x?y#z"}) {
            assertThat(HttpClient.canAsk(URI.create(good))).as(good).isTrue();
        }
        for (String bad : new String[] {"ftp://a/", "http:///x", "a", "http://a:70000/", "mailto:x@y"}) {
            assertThat(HttpClient.canAsk(URI.create(bad))).as(bad).isFalse();
        }
    }
}
