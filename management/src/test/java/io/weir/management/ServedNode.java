package io.weir.management;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A played node behind a server on a free port and a Unix socket; every answer it gives is checked against the document. */
final class ServedNode implements AutoCloseable {
    static final String TOKEN = "0123456789abcdef";
    static final byte[] NOTHING = {};
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ApiDocument document = new ApiDocument();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder;
    private final ManagementServer server;

    /** An answer. */
    record Answered(int status, String body, HttpResponse<String> response) {
        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    ServedNode(ManagedNode node) {
        this(node, Limits.DEFAULT);
    }

    ServedNode(ManagedNode node, Limits limits) {
        try {
            folder = Files.createTempDirectory(
                    "weir", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            server = ManagementServer.start(ManagementServer.Options.loopback(0), node, socket(), TOKEN, limits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path socket() {
        return folder.resolve("api.socket");
    }

    InetSocketAddress address() {
        return server.address().orElseThrow();
    }

    String url(String path) {
        return "http://127.0.0.1:" + address().getPort() + path;
    }

    Answered get(String path) {
        return send("GET", path, TOKEN, null, NOTHING);
    }

    Answered send(String method, String path, String contentType, String body) {
        return send(method, path, TOKEN, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    Answered send(String method, String path) {
        return send(method, path, TOKEN, null, NOTHING);
    }

    Answered send(
            String method,
            String path,
            @Nullable String token,
            @Nullable String contentType,
            byte[] body,
            String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path)))
                .timeout(PATIENCE)
                .method(
                        method,
                        contentType == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (contentType != null && !contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String type = response.headers().firstValue("Content-Type").orElse("");
            if (!method.equals("HEAD")) {
                document.check(method, path, response.statusCode(), type, response.body());
            }
            return new Answered(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends bytes as they are and reads to the end of the connection. */
    String raw(String request) throws IOException {
        return raw(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    String raw(byte[] request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request);
            return readToTheEnd(socket);
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        socket.connect(address());
        return socket;
    }

    static String readToTheEnd(Socket socket) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        try {
            for (int count = socket.getInputStream().read(part);
                    count >= 0;
                    count = socket.getInputStream().read(part)) {
                bytes.write(part, 0, count);
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the server hangs; it has sent " + bytes, e);
        } catch (IOException e) {
            // A reset ends a connection as well.
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
        server.close();
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
