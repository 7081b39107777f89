package io.weir.management.client;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A channel whose reads and writes end at a deadline: Unix sockets know no timeouts of their own. */
final class TimedChannel implements AutoCloseable {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final Duration time;
    private long deadlineNs;

    TimedChannel(SocketChannel channel, Duration time) throws IOException {
        this.channel = channel;
        this.time = time;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, 0);
        startAgain();
    }

    /** The time begins again. */
    void startAgain() {
        deadlineNs = System.nanoTime() + time.toNanos();
    }

    void write(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
    }

    /** Writes; false when the other side takes no more, but may have answered already. */
    boolean tryWrite(ByteBuffer buffer) throws IOException {
        try {
            write(buffer);
            return true;
        } catch (SocketTimeoutException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads some bytes; -1 at the end. */
    int read(ByteBuffer buffer) throws IOException {
        while (true) {
            int count = channel.read(buffer);
            if (count != 0) {
                return count;
            }
            await(SelectionKey.OP_READ);
        }
    }

    private void await(int operation) throws IOException {
        key.interestOps(operation);
        while (true) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new SocketTimeoutException("no answer within " + time.toMillis() / 1000.0 + " s");
            }
            int ready = selector.select(leftMs);
            if (Thread.currentThread().isInterrupted()) {
                throw new ClosedByInterruptException();
            }
            if (ready > 0) {
                selector.selectedKeys().clear();
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
