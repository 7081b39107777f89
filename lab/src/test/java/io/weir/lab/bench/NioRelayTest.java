package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The relay that weir's is measured against does relay. */
class NioRelayTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void packets_go_to_where_the_other_side_comes_from() throws Exception {

        int first = freePorts();
        Thread relay = Thread.ofPlatform().start(() -> {
            try {
                NioRelay.main(new String[] {"127.0.0.1", "127.0.0.1", String.valueOf(first), "1"});
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        try (DatagramSocket a = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
                DatagramSocket b = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            b.setSoTimeout(50);
            a.setSoTimeout(5_000);
            byte[] rtp = ByteBuffer.allocate(20)
                    .putInt(0x80000001)
                    .putInt(160)
                    .putInt(7)
                    .array();
            DatagramPacket toA = new DatagramPacket(rtp, rtp.length, LOOPBACK, first);
            DatagramPacket toB = new DatagramPacket(rtp, rtp.length, LOOPBACK, first + 2);
            DatagramPacket received = new DatagramPacket(new byte[100], 100);
            for (int attempt = 0; ; attempt++) {
                a.send(toA);
                b.send(toB);
                try {
                    b.receive(received);
                    break;
                } catch (java.net.SocketTimeoutException e) {
                    assertThat(attempt).as("attempts").isLessThan(100); // it may not have opened its ports yet
                }
            }
            assertThat(received.getPort()).isEqualTo(first + 2);
            assertThat(received.getLength()).isEqualTo(rtp.length);
            a.receive(received);
            assertThat(received.getPort()).isEqualTo(first);
        } finally {
            relay.interrupt();
            relay.join();
        }
    }

    /** The first of four ports that are free at this moment. */
    private static int freePorts() throws Exception {
        for (int port = 40_000; port < 60_000; port += 4) {
            boolean free = true;
            for (int k = 0; k < 4; k++) {
                try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, port + k))) {
                    free &= socket.isBound();
                } catch (java.net.BindException e) {
                    free = false;
                }
            }
            if (free) {
                return port;
            }
        }
        throw new AssertionError("no ports are free");
    }
}
