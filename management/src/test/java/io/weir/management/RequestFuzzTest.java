package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Whatever is sent, the answer is never a 5xx and never a wait. */
final class RequestFuzzTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration HANGS = Duration.ofSeconds(20);
    private static final String TOKEN = "t";
    private static final List<String> ROUTES = List.of(
            "PUT /v1/configuration",
            "POST /v1/configuration/preview",
            "POST /v1/rollback",
            "PUT /v1/servers/5-1/drain",
            "DELETE /v1/servers/5-1/drain",
            "PUT /v1/services/web/servers/5-1/weight",
            "DELETE /v1/services/web/servers/5-1/weight",
            "POST /v1/reports",
            "GET /v1/node",
            "GET /metrics");
    private static final List<String> TYPES =
            List.of("application/json", "application/yaml", "application/octet-stream", "");

    /** One server for all runs of the process, which never closes it. */
    private static final class Served {
        private static final Path SOCKET = start();

        private static Path start() {
            try {
                Path socket = Files.createTempDirectory("weir-fuzz").resolve("s");
                ManagementServer server = ManagementServer.start(
                        ManagementServer.Options.UNIX_ONLY,
                        new LivelyNode(System::currentTimeMillis),
                        socket,
                        TOKEN,
                        Limits.DEFAULT.withTimes(SHORT, SHORT));
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                return socket;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @FuzzTest(maxDuration = "20s")
    void bytes_on_the_socket(byte[] bytes) throws IOException {
        check(bytes);
    }

    @FuzzTest(maxDuration = "20s")
    void bodies_of_all_routes(FuzzedDataProvider data) throws IOException {
        String route = data.pickValue(ROUTES);
        String type = data.pickValue(TYPES);
        String query = data.consumeBoolean()
                ? ""
                : "?file=" + data.consumeAsciiString(20).replaceAll("[\\s#]", "+");
        boolean isChunked = data.consumeBoolean();
        byte[] body = data.consumeRemainingAsBytes();
        String head = route + query + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer " + TOKEN
                + "\r\nContent-Type: " + type + "\r\n"
                + (isChunked
                        ? "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length) + "\r\n"
                        : "Content-Length: " + body.length + "\r\n\r\n");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head.getBytes(StandardCharsets.ISO_8859_1));
        request.write(body);
        if (isChunked) {
            request.write((body.length == 0 ? "\r\n" : "\r\n0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        String answer = check(request.toByteArray());

        assertThat(answer).startsWith("HTTP/1.1 ");
    }

    private static String check(byte[] request) throws IOException {
        StringBuilder answer = new StringBuilder();
        Thread hang = null;
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(Served.SOCKET))) {
            hang = Thread.ofVirtual().start(() -> closeAfter(channel));
            try {
                ByteBuffer out = ByteBuffer.wrap(request);
                while (out.hasRemaining()) {
                    channel.write(out);
                }
                channel.shutdownOutput();
            } catch (java.nio.channels.AsynchronousCloseException e) {
                throw new AssertionError("the server takes no more and says nothing", e);
            } catch (IOException e) {
                // It has answered and closed before it had all of it.
            }
            ByteBuffer in = ByteBuffer.allocate(8192);
            while (channel.read(in.clear()) >= 0) {
                answer.append(StandardCharsets.ISO_8859_1.decode(in.flip()));
                if (answer.indexOf("text/event-stream") >= 0) {
                    break; // events end when their listener goes
                }
            }
        } catch (java.nio.channels.AsynchronousCloseException e) {
            throw new AssertionError("the server hangs after " + answer, e);
        } catch (IOException e) {
            // A reset is an end as well.
        } finally {
            if (hang != null) {
                hang.interrupt();
            }
        }
        assertThat(answer.toString()).doesNotContain("HTTP/1.1 500", "HTTP/1.1 503");
        return answer.toString();
    }

    private static void closeAfter(SocketChannel channel) {
        try {
            Thread.sleep(HANGS);
            channel.close();
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt();
        }
    }
}
