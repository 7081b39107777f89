package io.weir.control.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HttpResponseTest {
    private static HttpResponse of(String text) {
        return new HttpResponse(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String body(String text) throws IOException {
        HttpResponse response = of(text);
        response.readHead();
        return response.readBody();
    }

    @Test
    void a_body_ends_by_length_by_chunks_or_by_the_connection() throws IOException {
        assertThat(body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello more"))
                .isEqualTo("hello");
        assertThat(body("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"))
                .isEqualTo("hello");
        assertThat(body("HTTP/1.0 200 OK\nServer: x\n\nhello")).isEqualTo("hello");
        assertThat(body("HTTP/1.1 204 No Content\r\n\r\n")).isEmpty();
    }

    @Test
    void interim_responses_are_passed_over() throws IOException {
        assertThat(of("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
                        .readHead())
                .isEqualTo(200);
        assertThatIOException()
                .isThrownBy(() -> of("HTTP/1.1 100 Continue\r\n\r\n".repeat(20)).readHead())
                .withMessageContaining("interim");
    }

    @Test
    void what_is_no_http_is_named() {
        assertThatIOException()
                .isThrownBy(() -> of("SSH-2.0-OpenSSH\r\n").readHead())
                .withMessage("HTTP: \"SSH-2.0-OpenSSH\" is no status line");
        assertThatIOException().isThrownBy(() -> of("").readHead()).withMessage("HTTP: closed without an answer");
        assertThatIOException()
                .isThrownBy(() -> of("HTTP/1.1 200 OK\r\nA: b").readHead())
                .withMessage("HTTP: closed within the head");
        assertThatIOException()
                .isThrownBy(() -> of("HTTP/1.1 200 OK\r\n folded\r\n\r\n").readHead())
                .withMessageContaining("no header field");
    }

    @Test
    void contradicting_lengths_are_refused() {
        for (String fields : new String[] {
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: -1",
            "Content-Length: 5, 5",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip"
        }) {
            assertThatIOException()
                    .as(fields)
                    .isThrownBy(() ->
                            of("HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\nhello").readHead());
        }
    }

    @Test
    void a_body_that_is_cut_off_is_an_error() {
        assertThatIOException()
                .isThrownBy(() -> body("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"))
                .withMessage("HTTP: closed after 5 of 50 bytes of body");
        assertThatIOException()
                .isThrownBy(() -> body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"))
                .withMessage("HTTP: the body ends within a chunk");
        assertThatIOException()
                .isThrownBy(() -> body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"))
                .withMessage("HTTP: \"zz\" is no chunk size");
    }

    @Test
    void head_and_body_are_bounded() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> of("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(10_000) + "\r\n")
                        .readHead())
                .withMessageContaining("head longer than 16384 bytes");
        String large = "x".repeat(200_000);
        assertThat(body("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + large))
                .hasSize(HttpResponse.MOST_BODY_BYTES);
        assertThat(body("HTTP/1.1 200 OK\r\n\r\n" + large)).hasSize(HttpResponse.MOST_BODY_BYTES);
        assertThat(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" + large))
                .hasSize(HttpResponse.MOST_BODY_BYTES);
    }

    @Test
    void random_mutations_are_read_or_refused() {
        String good = "HTTP/1.1 200 OK\r\nContent-Type: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.getBytes(StandardCharsets.ISO_8859_1);
            for (int k = 0; k <= random.nextInt(4); k++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            HttpResponse response = new HttpResponse(
                    new ByteArrayInputStream(bytes, 0, bytes.length - (random.nextBoolean() ? 0 : random.nextInt(20))));
            try {
                response.readHead();
                response.readBody();
                read++;
            } catch (IOException e) {
                assertThat(e.getMessage()).startsWith("HTTP: ");
            }
        }
        assertThat(read).isPositive();
    }
}
