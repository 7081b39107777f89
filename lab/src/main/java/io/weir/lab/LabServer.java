package io.weir.lab;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A back-end server of the lab: HTTP on port 8080 and UDP echo on port 7, over IPv4 and IPv6. {@code GET /} answers with
 * the server's name, {@code GET /bytes/N} with N bytes, {@code GET /slow/N} with N bytes over some seconds; the UDP echo
 * answers with the name, a space and the request.
 *
 * <p>One with {@link Workers} lets {@code GET /} wait for a worker and its work. It tells its load as {@code GET /metrics},
 * {@code GET /busy/N} occupies N workers until {@code /busy/0}, and {@code GET /health} answers always at once.
 */
public final class LabServer implements AutoCloseable {
    /** Where HTTP is served. */
    public static final int HTTP_PORT = 8080;
    /** Where UDP is echoed. */
    public static final int ECHO_PORT = 7;

    private static final int CHUNK = 64 * 1024;

    private final String name;
    private final HttpServer http;
    private final DatagramChannel echo;
    private final @Nullable Workers workers;
    private final AtomicLong requests = new AtomicLong();
    private @Nullable Future<Integer> echoing;
    private final AtomicLong datagrams = new AtomicLong();

    private LabServer(String name, @Nullable Workers workers) throws IOException {
        this.name = name;
        this.workers = workers;
        http = HttpServer.create(new InetSocketAddress("::", HTTP_PORT), 1024);
        echo = DatagramChannel.open(StandardProtocolFamily.INET6);
        echo.bind(new InetSocketAddress("::", ECHO_PORT));
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", this::answer);
        http.start();
    }

    /** Starts a server in a station, without bound on what it can do. */
    public static LabServer start(Station station, String name) {
        return Station.await(station.submit(() -> {
            LabServer server = new LabServer(name, null);
            server.echoing = station.submit(() -> {
                server.echo();
                return 0;
            });
            return server;
        }));
    }

    /** Starts a server in the network of this process; echoes in the calling thread until it is closed. */
    static void serve(String name, Workers workers) throws IOException {
        try (LabServer server = new LabServer(name, workers)) {
            server.echo();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.incrementAndGet();
            String path = exchange.getRequestURI().getPath();
            exchange.getResponseHeaders().set("X-Served-By", name);
            if (path.startsWith("/bytes/") || path.startsWith("/slow/")) {
                send(exchange, bytesAsked(path), path.startsWith("/slow/"));
                return;
            }
            byte[] body = (workers == null ? name + "\n" : work(path, workers)).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String work(String path, Workers capacity) throws InterruptedException {
        if (path.equals("/metrics")) {
            return capacity.metrics();
        }
        if (path.startsWith("/busy/")) {
            return capacity.occupy((int) Math.min(Integer.MAX_VALUE, number(path, 0))) + "\n";
        }
        if (!path.equals("/health")) {
            capacity.work();
        }
        return name + "\n";
    }

    private static long bytesAsked(String path) {
        return Math.clamp(number(path, 1), 1, 4L << 30);
    }

    /** The number at the end of a path. */
    private static long number(String path, long otherwise) {
        try {
            return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static void send(HttpExchange exchange, long bytes, boolean slow) throws IOException {
        exchange.sendResponseHeaders(200, bytes);
        byte[] chunk = new byte[CHUNK];
        long sent = 0;
        while (sent < bytes) {
            int n = (int) Math.min(CHUNK, bytes - sent);
            exchange.getResponseBody().write(chunk, 0, n);
            sent += n;
            if (slow) {
                exchange.getResponseBody().flush();
                try {
                    Thread.sleep(50);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private void echo() {
        ByteBuffer buffer = ByteBuffer.allocate(65_536);
        byte[] prefix = (name + " ").getBytes(StandardCharsets.UTF_8);
        while (true) {
            try {
                buffer.clear();
                buffer.put(prefix);
                var peer = echo.receive(buffer);
                buffer.flip();
                echo.send(buffer, peer);
                datagrams.incrementAndGet();
            } catch (AsynchronousCloseException e) {
                return;
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // An ICMP error about an earlier answer; the next request is independent of it.
                Thread.onSpinWait();
            }
        }
    }

    /** The server's name. */
    public String name() {
        return name;
    }

    /** HTTP requests answered. */
    public long requests() {
        return requests.get();
    }

    /** UDP requests answered. */
    public long datagrams() {
        return datagrams.get();
    }

    @Override
    public void close() {
        http.stop(0);
        try {
            echo.close();
            if (echoing != null) {
                echoing.cancel(true);
            }
        } catch (IOException e) {
            throw new LabException("closing " + name + ": " + e.getMessage(), e);
        }
    }
}
