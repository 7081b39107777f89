package io.weir.management.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.management.client.ManagementClient.Event;
import io.weir.management.client.ManagementClient.Response;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against answers that are written down; {@code ApiTest} and its neighbours have it talk to the server. */
final class ManagementClientTest {
    @TempDir
    Path folder;

    private Path socket() {
        return folder.resolve("s");
    }

    private ManagementClient client() {
        return ManagementClient.unix(socket(), "secret").withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    /** Answers one connection with the bytes, and gives what was asked. */
    private CompletableFuture<String> answering(String answer, boolean isClosed) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket()));
        CompletableFuture<String> request = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (server;
                    SocketChannel caller = server.accept()) {
                ByteBuffer buffer = ByteBuffer.allocate(65536);
                String text = "";
                while (!text.contains("\r\n\r\n")) {
                    if (caller.read(buffer) < 0) {
                        break;
                    }
                    text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
                }
                caller.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                request.complete(text);
                if (!isClosed) {
                    buffer.clear();
                    while (caller.read(buffer) >= 0) {
                        buffer.clear();
                    }
                }
            } catch (IOException e) {
                request.completeExceptionally(e);
            }
        });
        return request;
    }

    @Test
    void a_request_carries_the_token_and_the_body() throws IOException, ExecutionException, InterruptedException {
        CompletableFuture<String> request = answering("HTTP/1.1 204 No Content\r\n\r\n", false);

        Response response =
                client().send("PUT", "/v1/x?file=a.yaml", "application/yaml", "a: 1".getBytes(StandardCharsets.UTF_8));

        assertThat(response).isEqualTo(new Response(204, ""));
        assertThat(response.isSuccess()).isTrue();
        assertThat(request.get())
                .startsWith("PUT /v1/x?file=a.yaml HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\n")
                .contains("Content-Type: application/yaml\r\nContent-Length: 4\r\n");
    }

    @Test
    void a_body_of_some_length_is_read() throws IOException {
        var _ = answering("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nnothing-more", false);

        assertThat(client().get("/")).isEqualTo(new Response(404, "nothing"));
    }

    @Test
    @SuppressWarnings("StringConcatToTextBlock") // the ends of the lines matter
    void a_body_in_chunks_is_read() throws IOException {
        var _ = answering(
                "HTTP/1.1 100 Continue\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "3\r\n"
                        + "abc\r\n"
                        + "A;x=y\r\n"
                        + "0123456789\r\n"
                        + "0\r\n\r\n",
                false);

        assertThat(client().get("/")).isEqualTo(new Response(200, "abc0123456789"));
    }

    @Test
    void a_body_to_the_end_of_the_connection_is_read() throws IOException {
        var _ = answering("HTTP/1.0 200 OK\r\n\r\nall of it", true);

        assertThat(client().get("/")).isEqualTo(new Response(200, "all of it"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab"
            })
    void what_is_not_an_answer_is_an_error(String bytes) throws IOException {
        var _ = answering(bytes, true);

        assertThatThrownBy(() -> client().get("/")).isInstanceOf(IOException.class);
    }

    @Test
    void an_answer_that_does_not_come_is_not_waited_for() throws IOException {
        var _ = answering("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort", false);
        ManagementClient client = client().withTimeouts(Duration.ofMillis(100), Duration.ofMillis(100));

        assertThatThrownBy(() -> client.get("/")).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void nobody_there_is_said_so() {
        assertThatThrownBy(() -> client().get("/"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(socket().toString())
                .hasMessageContaining("is the node running?");
    }

    @Test
    @SuppressWarnings("StringConcatToTextBlock") // the ends of the lines matter
    void events_are_read_line_by_line() throws IOException {
        var _ = answering(
                "HTTP/1.1 200 OK\r\n"
                        + "Content-Type: text/event-stream\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "d\r\n"
                        + "retry: 2000\n\n\r\n"
                        + "7\r\n"
                        + "event: \r\n"
                        + "1d\r\n"
                        + "node\n"
                        + ": a comment\n"
                        + "data: {\"a\":1\r\n"
                        + "3\r\n"
                        + "}\n\n\r\n"
                        + "b\r\n"
                        + "data:x\r\n\r\n\n\r\n"
                        + "0\r\n\r\n",
                false);
        List<Event> events = new ArrayList<>();

        client().events(events::add);

        assertThat(events).containsExactly(new Event("node", "{\"a\":1}"), new Event("message", "x"));
    }

    @Test
    void refused_events_are_an_error() throws IOException {
        var _ = answering("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nfull", false);

        assertThatThrownBy(() -> client().events(event -> {})).hasMessageContaining("status 503: full");
    }

    @Test
    void an_interrupt_ends_the_listening() throws IOException, InterruptedException, ExecutionException {
        var _ = answering("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n", false);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        CompletableFuture<Event> first = new CompletableFuture<>();
        Thread listener = Thread.ofPlatform().start(() -> {
            try {
                client().events(first::complete);
                end.complete(new AssertionError("no end"));
            } catch (IOException e) {
                end.complete(e);
            }
        });
        assertThat(first.get()).isEqualTo(new Event("message", "1"));
        listener.interrupt();

        assertThat(end.get()).isInstanceOf(ClosedByInterruptException.class);
        listener.join();
    }

    @Test
    void what_would_break_the_request_is_refused() {
        assertThatThrownBy(() -> client().get("/a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client().get("/\r\nX: y")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ManagementClient.unix(socket(), "a\nb")).isInstanceOf(IllegalArgumentException.class);
    }
}
