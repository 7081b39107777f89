package io.weir.port.afpacket;

import io.weir.linux.Namespaces;
import io.weir.port.Offload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;

/** One TCP connection of the kernel from namespace to namespace, with two ports between them. */
final class TcpTransfer {
    private static final int CHUNK_BYTES = 1 << 16;

    private static final int PORT = 7000;

    private final CountDownLatch listening = new CountDownLatch(1);
    private final Switch bridge;
    private final AfPacketPort left;
    private final AfPacketPort right;

    /** Frames that stood for several packets on the wire. */
    long segmented;

    TcpTransfer(Switch bridge, AfPacketPort left, AfPacketPort right) {
        this.bridge = bridge;
        this.left = left;
        this.right = right;
    }

    /** Sends so many random bytes; true when all arrived unchanged. Throws when that takes more than 15 seconds. */
    boolean run(String client, String server, String serverAddress, long bytes) throws Exception {
        FutureTask<Long> sum = new FutureTask<>(() -> serve(server, serverAddress));
        Thread.ofPlatform().daemon().start(sum);
        FutureTask<Long> sent = new FutureTask<>(() -> send(client, serverAddress, bytes));
        Thread.ofPlatform().daemon().start(sent);

        long end = System.nanoTime() + 15_000_000_000L;
        while (!sum.isDone() && System.nanoTime() < end) {
            if (pass(left, right) + pass(right, left) == 0) {
                bridge.waitFor(10, left, right);
            }
        }
        if (!sum.isDone()) {
            throw new IllegalStateException("the transfer did not end");
        }
        return sum.get().equals(sent.get());
    }

    private int pass(AfPacketPort from, AfPacketPort to) {
        int received = bridge.forward(from, to);
        for (int i = 0; i < received; i++) {
            if (Offload.segmentationType(bridge.batch.offload[i]) != 0) {
                segmented++;
            }
        }
        return received;
    }

    private long serve(String namespace, String address) throws Exception {
        Namespaces.enter(namespace);
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral(address), PORT));
            listening.countDown();
            try (Socket connection = listener.accept()) {
                CRC32C sum = new CRC32C();
                byte[] chunk = new byte[CHUNK_BYTES];
                for (int n; (n = connection.getInputStream().read(chunk)) > 0; ) {
                    sum.update(chunk, 0, n);
                }
                return sum.getValue();
            }
        }
    }

    private long send(String namespace, String address, long bytes) throws Exception {
        Namespaces.enter(namespace);
        listening.await();
        try (Socket connection = new Socket(InetAddress.ofLiteral(address), PORT)) {
            CRC32C sum = new CRC32C();
            byte[] chunk = new byte[CHUNK_BYTES];
            new Random(1).nextBytes(chunk);
            for (long left = bytes; left > 0; left -= chunk.length) {
                chunk[0]++;
                int n = (int) Math.min(left, chunk.length);
                sum.update(chunk, 0, n);
                connection.getOutputStream().write(chunk, 0, n);
            }
            return sum.getValue();
        }
    }
}
