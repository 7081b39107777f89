package io.weir.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Passes the bytes of TCP connections to this machine's loopback address on to a Unix socket and back. Unix sockets do not
 * belong to a network namespace, so that the other end may live in another. Bounded: connections beyond
 * {@link #MOST_CONNECTIONS} wait in the kernel's queue.
 */
final class SocketRelay implements AutoCloseable {
    static final int MOST_CONNECTIONS = 64;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final System.Logger LOG = System.getLogger(SocketRelay.class.getName());

    private final ServerSocketChannel server;
    private final Supplier<Path> target;
    private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    private SocketRelay(ServerSocketChannel server, Supplier<Path> target) {
        this.server = server;
        this.target = target;
    }

    /**
     * Begins to relay.
     *
     * @param port on 127.0.0.1; 0 takes a free one
     * @param target asked for the Unix socket of each new connection; a {@link NodeException} of it is answered to the
     *     caller in HTTP
     */
    static SocketRelay start(int port, Supplier<Path> target) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), MOST_CONNECTIONS);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        SocketRelay relay = new SocketRelay(server, target);
        Thread.ofVirtual().name("relay").start(relay::accept);
        return relay;
    }

    /** The port on 127.0.0.1. */
    int port() {
        return server.socket().getLocalPort();
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                free.acquire();
                SocketChannel caller = accepted();
                Thread.ofVirtual().name("relay-out").start(() -> serve(caller));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "relay: " + e.getMessage());
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private SocketChannel accepted() throws IOException {
        boolean complete = false;
        try {
            SocketChannel caller = server.accept();
            complete = true;
            return caller;
        } finally {
            if (!complete) {
                free.release();
            }
        }
    }

    /** Out of file descriptors, accept fails at once, again and again. */
    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel caller) {
        open.add(caller);
        try (caller) {
            caller.setOption(StandardSocketOptions.TCP_NODELAY, true);
            try (SocketChannel node = SocketChannel.open(UnixDomainSocketAddress.of(target.get()))) {
                open.add(node);
                Thread back = Thread.ofVirtual().name("relay-back").start(() -> pump(node, caller));
                pump(caller, node);
                back.join();
                open.remove(node);
            } catch (NodeException e) {
                refuse(caller, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                refuse(caller, "the node does not answer: " + e.getMessage());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "relay: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(caller);
            free.release();
        }
    }

    /** Until one side ends: then the other learns that nothing more comes. When it fails, both are closed. */
    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void refuse(SocketChannel caller, String message) throws IOException {
        byte[] body = (message + "\n").getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                + body.length + "\r\nConnection: close\r\n\r\n";
        ByteBuffer all = ByteBuffer.allocate(head.length() + body.length)
                .put(head.getBytes(StandardCharsets.US_ASCII))
                .put(body)
                .flip();
        while (all.hasRemaining()) {
            caller.write(all);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "relay: " + e.getMessage());
        }
    }

    /** Waits until it is closed; usually the process is ended before. */
    void awaitClose() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        open.forEach(SocketRelay::closeQuietly);
    }
}
