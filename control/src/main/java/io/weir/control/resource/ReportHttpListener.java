package io.weir.control.resource;

import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportOutcome;
import io.weir.agent.report.ReportVerifier.Verdict;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes reports by {@code POST /v1/reports} where no REST API runs: one request per connection, a few seconds for it, a
 * bounded number at a time. Needs no token, since a report authenticates itself.
 */
public final class ReportHttpListener implements AutoCloseable {
    /** Where reports are posted. */
    public static final String PATH = "/v1/reports";

    private static final System.Logger LOG = System.getLogger(ReportHttpListener.class.getName());
    private static final int MOST_CONNECTIONS = 64;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 64 << 10;
    private static final long REST_NS = 100_000_000;

    private final ServerSocketChannel channel;
    private final ReportReceiver receiver;
    private final ReportCounters counters;
    private final Semaphore places = new Semaphore(MOST_CONNECTIONS);

    /**
     * Begins to accept.
     *
     * @param channel bound, in blocking mode; closed by {@link #close}
     * @param counters of the receiver, for what never reaches it
     */
    public ReportHttpListener(ServerSocketChannel channel, ReportReceiver receiver, ReportCounters counters) {
        this.channel = channel;
        this.receiver = receiver;
        this.counters = counters;
        Thread.ofVirtual().name("report-http").start(this::acceptAll);
    }

    private void acceptAll() {
        while (channel.isOpen()) {
            try {
                SocketChannel connection = channel.accept();
                if (places.tryAcquire()) {
                    Thread.ofVirtual().name("report-http-request").start(() -> answer(connection));
                } else {
                    counters.count(ReportOutcome.RATE_LIMITED);
                    connection.close();
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "reports over HTTP: " + e);
                LockSupport.parkNanos(REST_NS);
            }
        }
    }

    private void answer(SocketChannel channel) {
        try (BoundedConnection connection =
                new BoundedConnection(channel, System.nanoTime() + TIMEOUT.toNanos(), MOST_BYTES)) {
            connection.write(answer(connection).getBytes(StandardCharsets.UTF_8));
            channel.shutdownOutput();
            connection.drain();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a report over HTTP: " + e);
        } finally {
            places.release();
        }
    }

    private String answer(BoundedConnection connection) throws IOException {
        String request;
        HttpExchange.Headers headers;
        try {
            request = connection.line(HttpExchange.MAX_LINE);
            headers = HttpExchange.readHeaders(connection);
        } catch (EOFException | SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return malformed(400, String.valueOf(e.getMessage()));
        }
        String[] words = request.split(" ", -1);
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            return malformed(400, "not a request of HTTP/1.1");
        }
        if (!words[1].equals(PATH)) {
            return malformed(404, "only " + PATH + " is here");
        }
        if (!words[0].equals("POST")) {
            return malformed(405, "only POST is taken");
        }
        if (headers.chunked() || headers.contentLength() < 0) {
            return malformed(411, "a report comes with its Content-Length");
        }
        if (headers.contentLength() > ReportCodec.MAX_BYTES) {
            return malformed(413, "a report has at most " + ReportCodec.MAX_BYTES + " bytes");
        }
        byte[] body = new byte[(int) headers.contentLength()];
        connection.readFully(body, 0, body.length);
        Verdict verdict = receiver.receive(body, 0, body.length, connection.peer(), LoadSource.HTTP);
        return verdict.outcome() == ReportOutcome.ACCEPTED
                ? "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
                : text(verdict.outcome().httpStatus(), verdict.outcome().name(), verdict.reason());
    }

    private String malformed(int status, String reason) {
        counters.count(ReportOutcome.MALFORMED);
        return text(status, ReportOutcome.MALFORMED.name(), reason);
    }

    private static String text(int status, String phrase, String reason) {
        String body = reason + "\n";
        return "HTTP/1.1 " + status + " " + phrase + (status == 405 ? "\r\nAllow: POST" : "")
                + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n\r\n" + body;
    }

    /** Accepts no more; requests under way end by themselves. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
