package io.weir.port.tap;

import io.weir.linux.Namespaces;
import io.weir.port.FrameBatch;
import io.weir.wire.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;

/** Two hosts and between them the simplest switch: what one sends the other receives. */
final class TwoHosts {
    private static final int PORT = 7000;
    private static final int CHUNK_BYTES = 1 << 16;
    private static final byte[] TO_DEVICE = new MacAddress(HostSide.DEVICE).octets();
    private static final byte[] FROM_WEIR = new MacAddress(HostSide.WEIR).octets();

    private final HostSide left;
    private final HostSide right;

    /** Bytes of the longest frame. */
    int longest;
    /** Frames in several buffers. */
    int chains;

    TwoHosts(HostSide left, HostSide right) {
        this.left = left;
        this.right = right;
    }

    /** Sends so many random bytes over TCP from the left host to the right one, and others back; true when all arrived. */
    boolean transfer(String leftAddress, String rightAddress, int bytes) throws Exception {
        CountDownLatch listening = new CountDownLatch(1);
        FutureTask<Long> server = new FutureTask<>(() -> serve(rightAddress, bytes, listening));
        FutureTask<Long> client = new FutureTask<>(() -> {
            listening.await();
            return connect(leftAddress, rightAddress, bytes);
        });
        Thread.ofPlatform().daemon().start(server);
        Thread.ofPlatform().daemon().start(client);
        long end = System.nanoTime() + 20_000_000_000L;
        while (!(server.isDone() && client.isDone())) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the transfer did not end");
            }
            if (pass(left, right) + pass(right, left) == 0) {
                left.receive(1);
                hand(left, right);
            }
        }
        return server.get().equals(sum(1, bytes)) && client.get().equals(sum(2, bytes));
    }

    private int pass(HostSide from, HostSide to) {
        from.receive(0);
        return hand(from, to);
    }

    private int hand(HostSide from, HostSide to) {
        int count = from.batch.size();
        for (int i = 0; i < count; i++) {
            longest = Math.max(longest, from.batch.length[i]);
            chains += from.batch.owner[i] == FrameBatch.CHAIN ? 1 : 0;
            byte[] frame = from.raw(i);
            System.arraycopy(TO_DEVICE, 0, frame, 0, 6);
            System.arraycopy(FROM_WEIR, 0, frame, 6, 6);
            to.send(0, frame, from.batch.offload[i]);
        }
        from.releaseAll();
        return count;
    }

    private long serve(String address, int bytes, CountDownLatch listening) throws Exception {
        return Namespaces.call(right.namespace(), () -> {
            try (ServerSocket listener = new ServerSocket()) {
                listener.bind(new InetSocketAddress(InetAddress.ofLiteral(address), PORT));
                listening.countDown();
                try (Socket connection = listener.accept()) {
                    long sum = receive(connection, bytes);
                    send(connection, 2, bytes);
                    return sum;
                }
            }
        });
    }

    private long connect(String from, String to, int bytes) throws Exception {
        return Namespaces.call(left.namespace(), () -> {
            try (Socket connection = new Socket(InetAddress.ofLiteral(to), PORT, InetAddress.ofLiteral(from), 0)) {
                send(connection, 1, bytes);
                return receive(connection, bytes);
            }
        });
    }

    private static void send(Socket connection, int seed, int bytes) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        Random random = new Random(seed);
        for (int left = bytes; left > 0; left -= chunk.length) {
            random.nextBytes(chunk);
            connection.getOutputStream().write(chunk, 0, Math.min(left, chunk.length));
        }
    }

    private static long receive(Socket connection, int bytes) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int left = bytes; left > 0; ) {
            int n = connection.getInputStream().read(chunk, 0, Math.min(left, chunk.length));
            if (n < 0) {
                break;
            }
            sum.update(chunk, 0, n);
            left -= n;
        }
        return sum.getValue();
    }

    private static long sum(int seed, int bytes) {
        CRC32C sum = new CRC32C();
        byte[] chunk = new byte[CHUNK_BYTES];
        Random random = new Random(seed);
        for (int left = bytes; left > 0; left -= chunk.length) {
            random.nextBytes(chunk);
            sum.update(chunk, 0, Math.min(left, chunk.length));
        }
        return sum.getValue();
    }
}
