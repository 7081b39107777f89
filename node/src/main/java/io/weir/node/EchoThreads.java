package io.weir.node;

import io.weir.control.network.EchoSocket;
import io.weir.linux.Errno;
import io.weir.linux.PingSocket;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Platform threads that wait for echo replies in the kernel, where a virtual thread would hold its carrier up. They end when
 * they are not needed. A request that finds all of them waiting is sent when one is free, and has its whole time then.
 */
final class EchoThreads implements AutoCloseable {
    private static final int MOST_THREADS = 64;
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            MOST_THREADS,
            MOST_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("echo-", 0).daemon().factory());

    EchoThreads() {
        threads.allowCoreThreadTimeOut(true);
    }

    /** A socket whose waiting is done by these threads. */
    EchoSocket socket(IpAddress target, PingSocket socket) {
        return new Waiting(target, socket);
    }

    private final class Waiting implements EchoSocket {
        private final IpAddress target;
        private final PingSocket socket;
        private boolean busy;
        private boolean closed;

        Waiting(IpAddress target, PingSocket socket) {
            this.target = target;
            this.socket = socket;
        }

        @Override
        public Duration echo(Duration timeout) throws IOException, InterruptedException {
            int timeoutMs = Math.toIntExact(Math.max(1, timeout.toMillis()));
            Future<Long> reply;
            try {
                reply = threads.submit(() -> exchange(timeoutMs));
            } catch (RejectedExecutionException e) {
                throw new IOException("the control network is closed", e);
            }
            long result;
            try {
                result = reply.get();
            } catch (ExecutionException e) {
                throw new IOException(String.valueOf(e.getCause()), e);
            } finally {
                // not begun yet: never
                reply.cancel(false);
            }
            if (result == -Errno.ETIMEDOUT) {
                throw new SocketTimeoutException("no echo reply from " + target);
            }
            if (result < 0) {
                throw PlainSockets.failure(
                        (int) -result, "echo request to " + target + ": " + Errno.text((int) -result));
            }
            return Duration.ofNanos(result);
        }

        private long exchange(int timeoutMs) {
            synchronized (this) {
                if (closed) {
                    return -Errno.EBADF;
                }
                busy = true;
            }
            try {
                return socket.echo(timeoutMs);
            } finally {
                synchronized (this) {
                    busy = false;
                    if (closed) {
                        socket.close();
                    }
                }
            }
        }

        /** A thread that waits in the kernel closes the socket itself, after its time. */
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                if (!busy) {
                    socket.close();
                }
            }
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
