package io.weir.management.client;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a running node over its Unix socket, by HTTP/1.1 (RFC 9112). Each request has a connection of its own; any thread
 * may ask. {@code docs/api.md} lists the paths.
 */
public final class ManagementClient {
    private static final Duration ANSWER = Duration.ofSeconds(90);
    private static final Duration SILENCE = Duration.ofSeconds(15);
    private static final int MOST_BYTES = 256 << 20;
    private static final int LONGEST_EVENT = 64 << 20;

    private final Path socket;
    private final String token;
    private final Duration answer;
    private final Duration silence;

    /**
     * An answer.
     *
     * @param status HTTP status
     * @param body as text; errors are JSON objects with {@code error} and sometimes {@code field}
     */
    public record Response(int status, String body) {
        /** Whether it was done. */
        public boolean isSuccess() {
            return status >= 200 && status < 300;
        }
    }

    /**
     * A server-sent event.
     *
     * @param name {@code node} or {@code generation}
     * @param data a line of JSON
     */
    public record Event(String name, String data) {}

    private ManagementClient(Path socket, String token, Duration answer, Duration silence) {
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("the token has characters that a header cannot have");
        }
        this.socket = socket;
        this.token = token;
        this.answer = answer;
        this.silence = silence;
    }

    /** A client of the node that has this socket. */
    public static ManagementClient unix(Path socket, String token) {
        return new ManagementClient(socket, token, ANSWER, SILENCE);
    }

    /**
     * The same with other patience.
     *
     * @param wholeAnswer from the request to the end of its answer
     * @param betweenEvents longest silence while events are listened to
     */
    public ManagementClient withTimeouts(Duration wholeAnswer, Duration betweenEvents) {
        return new ManagementClient(socket, token, wholeAnswer, betweenEvents);
    }

    /**
     * Sends a request and waits for the answer, whatever its status.
     *
     * @param path with its query, percent-encoded
     * @param contentType of the body; null for no body
     * @throws IOException when nobody listens, the answer does not come in time or is not HTTP; an interrupt ends the wait
     *     with {@link java.nio.channels.ClosedByInterruptException}
     */
    public Response send(String method, String path, @Nullable String contentType, byte[] body) throws IOException {
        byte[] head = head(method, path, contentType, body.length);
        try (SocketChannel channel = connect();
                TimedChannel timed = new TimedChannel(channel, answer)) {
            timed.write(ByteBuffer.wrap(head));
            boolean isWhole = timed.tryWrite(ByteBuffer.wrap(body));
            HttpAnswerReader reader = HttpAnswerReader.open(timed, method);
            if (!isWhole && reader.status() < 400) {
                throw new IOException(socket + ": the connection was closed while the request was sent");
            }
            return new Response(reader.status(), new String(reader.readAll(MOST_BYTES), StandardCharsets.UTF_8));
        }
    }

    /** A GET. */
    public Response get(String path) throws IOException {
        return send("GET", path, null, new byte[0]);
    }

    /**
     * Listens to events until the node ends them or the thread is interrupted, which ends with
     * {@link java.nio.channels.ClosedByInterruptException}.
     *
     * @throws IOException also when the node refuses or falls silent
     */
    public void events(Consumer<Event> listener) throws IOException {
        try (SocketChannel channel = connect();
                TimedChannel timed = new TimedChannel(channel, silence)) {
            timed.write(ByteBuffer.wrap(head("GET", "/v1/events", null, 0)));
            HttpAnswerReader reader = HttpAnswerReader.open(timed, "GET");
            if (reader.status() != 200) {
                throw new IOException(socket + ": no events, status " + reader.status() + ": "
                        + new String(reader.readAll(1 << 20), StandardCharsets.UTF_8));
            }
            String name = "message";
            StringBuilder data = new StringBuilder();
            for (String line = reader.readLine(LONGEST_EVENT); line != null; line = reader.readLine(LONGEST_EVENT)) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        listener.accept(new Event(name, data.toString()));
                    }
                    name = "message";
                    data.setLength(0);
                    timed.startAgain();
                } else if (line.startsWith("event:")) {
                    name = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:")) {
                    data.append(data.isEmpty() ? "" : "\n")
                            .append(line.substring("data:".length()).strip());
                }
            }
        }
    }

    private SocketChannel connect() throws IOException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new IOException(
                    socket + ": cannot be connected to: " + e.getMessage() + " (is the node running?)", e);
        }
    }

    private byte[] head(String method, String path, @Nullable String contentType, int length) {
        requirePrintable(method);
        requirePrintable(path);
        StringBuilder head = new StringBuilder(256)
                .append(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ")
                .append(token)
                .append("\r\nConnection: close\r\n");
        if (contentType != null) {
            requirePrintable(contentType.replace(" ", ""));
            head.append("Content-Type: ").append(contentType).append("\r\n");
            head.append("Content-Length: ").append(length).append("\r\n");
        } else if (length > 0) {
            throw new IllegalArgumentException("a body of " + length + " bytes without a content type");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void requirePrintable(String text) {
        if (text.isEmpty() || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("'" + text + "' cannot be part of a request (percent-encode it)");
        }
    }
}
