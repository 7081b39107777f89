package io.weir.lab.bench;

import io.weir.lab.Station;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Round trips of small UDP packets, one at a time with a pause between, so that a balancer that sleeps when idle pays for waking.
 *
 * @param sent requests sent
 * @param lost requests without an answer
 * @param p50Us median in microseconds
 * @param p99Us the value that 99 % stay below
 * @param p999Us the value that 99.9 % stay below
 */
record UdpPing(int sent, int lost, double p50Us, double p99Us, double p999Us) {
    private static final long PAUSE_NS = 150_000;
    private static final int TIMEOUT_MS = 250;
    private static final int PAYLOAD_BYTES = 18;

    static UdpPing run(Lane lane, String address, int seconds) {
        return Station.await(lane.client().submit(() -> measure(address, seconds)));
    }

    private static UdpPing measure(String address, int seconds) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(InetAddress.ofLiteral(address), Lane.ECHO_PORT);
            byte[] payload = new byte[PAYLOAD_BYTES];
            DatagramPacket request = new DatagramPacket(payload, PAYLOAD_BYTES);
            DatagramPacket answer = new DatagramPacket(new byte[PAYLOAD_BYTES], PAYLOAD_BYTES);
            long[] timesNs = new long[(int) (seconds * TimeUnit.SECONDS.toNanos(1) / PAUSE_NS) + 1];
            int answered = 0;
            int sent = 0;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (System.nanoTime() < end && answered < timesNs.length) {
                payload[0] = (byte) sent;
                payload[1] = (byte) (sent >> 8);
                sent++;
                long start = System.nanoTime();
                socket.send(request);
                try {
                    do {
                        socket.receive(answer);
                        // A late answer to an earlier request is passed over.
                    } while (answer.getData()[0] != payload[0] || answer.getData()[1] != payload[1]);
                    timesNs[answered++] = System.nanoTime() - start;
                } catch (SocketTimeoutException e) {
                    continue; // counted as lost
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
            if (answered == 0) {
                throw new MeasurementException("UDP ping: none of " + sent + " answered");
            }
            long[] sorted = Arrays.copyOf(timesNs, answered);
            Arrays.sort(sorted);
            return new UdpPing(
                    sent,
                    sent - answered,
                    quantileUs(sorted, 0.5),
                    quantileUs(sorted, 0.99),
                    quantileUs(sorted, 0.999));
        }
    }

    /** The smallest value that at least this part of the sorted values does not exceed. */
    static double quantileUs(long[] sortedNs, double part) {
        int rank = (int) Math.ceil(part * sortedNs.length);
        return sortedNs[Math.max(0, rank - 1)] / 1000.0;
    }
}
