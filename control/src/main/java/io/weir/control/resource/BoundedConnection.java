package io.weir.control.resource;

import io.weir.wire.IpAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * One exchange over TCP that ends by a deadline, however slow the other side is, and reads no more than a limit. For one
 * thread, preferably a virtual one.
 */
final class BoundedConnection implements AutoCloseable {
    private final SocketChannel channel;
    private final Socket socket;
    private final long deadlineNs;
    private final byte[] buffer = new byte[8192];
    private int at;
    private int filled;
    private int left;

    /** @param mostBytes how much is read at most */
    BoundedConnection(SocketChannel channel, long deadlineNs, int mostBytes) {
        this.channel = channel;
        this.deadlineNs = deadlineNs;
        socket = channel.socket();
        left = mostBytes;
    }

    /** Connects to the first address that answers; the time is shared out among them. */
    static BoundedConnection open(
            TcpConnector connector, List<IpAddress> addresses, int port, Duration timeout, int mostBytes)
            throws IOException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        IOException last = new IOException("no address to connect to");
        for (int i = 0; i < addresses.size(); i++) {
            SocketChannel channel = connector.open(addresses.get(i));
            try {
                long remaining = (deadlineNs - System.nanoTime()) / (addresses.size() - i);
                InetAddress address = InetAddress.getByAddress(addresses.get(i).octets());
                channel.socket().connect(new InetSocketAddress(address, port), millis(remaining));
                return new BoundedConnection(channel, deadlineNs, mostBytes);
            } catch (IOException e) {
                channel.close();
                last = new IOException(
                        "no connection to " + addresses.get(i) + " port " + port + ": " + e.getMessage(), e);
            } catch (RuntimeException e) {
                channel.close();
                throw e;
            }
        }
        throw last;
    }

    private static int millis(long ns) throws SocketTimeoutException {
        if (ns <= 0) {
            throw new SocketTimeoutException("time is up");
        }
        return Math.clamp(ns / 1_000_000, 1, Integer.MAX_VALUE);
    }

    void write(byte[] bytes) throws IOException {
        // Requests and answers are far smaller than a socket's buffer, so this does not wait.
        socket.getOutputStream().write(bytes);
    }

    /** The next byte, or -1 at the end. */
    int read() throws IOException {
        return at < filled || fill() ? buffer[at++] & 0xff : -1;
    }

    /** Some bytes; -1 at the end. */
    int read(byte[] into, int offset, int length) throws IOException {
        if (at == filled && !fill()) {
            return -1;
        }
        int count = Math.min(length, filled - at);
        System.arraycopy(buffer, at, into, offset, count);
        at += count;
        return count;
    }

    /** Exactly so many bytes. */
    void readFully(byte[] into, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int count = read(into, offset + done, length - done);
            if (count < 0) {
                throw new EOFException("the connection ended after " + done + " of " + length + " bytes");
            }
            done += count;
        }
    }

    private boolean fill() throws IOException {
        if (left == 0) {
            throw new IOException("it sends more than is read");
        }
        socket.setSoTimeout(millis(deadlineNs - System.nanoTime()));
        int count = socket.getInputStream().read(buffer, 0, Math.min(buffer.length, left));
        if (count < 0) {
            return false;
        }
        left -= count;
        at = 0;
        filled = count;
        return true;
    }

    /** A line of Latin-1 without its CR LF; an error when it is longer or ends with the connection. */
    String line(int most) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int next = read();
            if (next < 0) {
                throw new EOFException("the connection ended in the middle of a line");
            }
            if (next == '\n') {
                int length = line.length();
                if (length > 0 && line.charAt(length - 1) == '\r') {
                    line.setLength(length - 1);
                }
                return line.toString();
            }
            if (line.length() == most) {
                throw new IOException("a line of more than " + most + " characters");
            }
            line.append((char) next);
        }
    }

    /** Reads away what still comes, so that closing does not reset the connection and lose an answer on its way. */
    void drain() throws IOException {
        at = filled;
        while (left > 0 && fill()) {
            at = filled;
        }
    }

    InetAddress peer() {
        return socket.getInetAddress();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
