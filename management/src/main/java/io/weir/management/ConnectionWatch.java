package io.weir.management;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.jspecify.annotations.Nullable;

/**
 * Watches the connections of a listener: so many at once, so many new ones per second and address, and each either idle or
 * within a request for a bounded time, however slowly it sends. (The server's own idle timeout starts again with every
 * byte.)
 */
final class ConnectionWatch implements Connection.Listener, AutoCloseable {
    private final int most;
    private final Duration head;
    private final Duration exchange;
    private final @Nullable RateLimiter opened;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<EndPoint, Watched> watched = new ConcurrentHashMap<>();
    private final Thread thread;

    private static final class Watched {
        private volatile long deadlineNs;

        Watched(long deadlineNs) {
            this.deadlineNs = deadlineNs;
        }
    }

    /**
     * Starts watching.
     *
     * @param opened new connections by address; null for any number
     */
    ConnectionWatch(Limits limits, @Nullable RateLimiter opened) {
        most = limits.connections();
        head = limits.head();
        exchange = limits.exchange();
        this.opened = opened;
        thread = Thread.ofVirtual().name("management-watch").start(this::run);
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof SslConnection) {
            return; // the HTTP connection within it is opened at the same time
        }
        EndPoint endPoint = connection.getEndPoint();
        long now = System.nanoTime();
        watched.put(endPoint, new Watched(now + head.toNanos()));
        boolean isTooMany = open.incrementAndGet() > most;
        boolean isTooOften =
                opened != null && !opened.tryTake(RateLimiter.source(endPoint.getRemoteSocketAddress()), now);
        if (isTooMany || isTooOften) {
            endPoint.close();
        }
    }

    @Override
    public void onClosed(Connection connection) {
        if (!(connection instanceof SslConnection) && watched.remove(connection.getEndPoint()) != null) {
            open.decrementAndGet();
        }
    }

    /** A request has begun. */
    void begin(EndPoint endPoint) {
        allow(endPoint, exchange);
    }

    /** The request takes as long as it takes. */
    void stream(EndPoint endPoint) {
        allow(endPoint, Duration.ofDays(3650));
    }

    /** The request has ended. */
    void end(EndPoint endPoint) {
        allow(endPoint, head);
    }

    private void allow(EndPoint endPoint, Duration time) {
        Watched entry = watched.get(endPoint);
        if (entry != null) {
            entry.deadlineNs = System.nanoTime() + time.toNanos();
        }
    }

    private void run() {
        long pauseMs = Math.clamp(head.toMillis() / 8, 10, 1000);
        while (true) {
            try {
                TimeUnit.MILLISECONDS.sleep(pauseMs);
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            watched.forEach((endPoint, entry) -> {
                if (now - entry.deadlineNs > 0) {
                    endPoint.close();
                }
            });
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
