package io.weir.control;

import io.weir.control.master.policy.MemberSituation.Traffic;
import io.weir.memory.counters.CountersReader;
import java.util.HashMap;
import java.util.Map;

/**
 * What the switching processors see of each server, as rates: from the differences of their counters. Not thread-safe.
 */
final class TrafficMeter {
    /** Shorter differences than this say little. */
    private static final int LEAST_INTERVAL_MS = 900;

    /** Weight of a new measurement in the smoothed value. */
    private static final double SMOOTHING = 0.3;

    private static final double MICROS = 1e-6;

    private final CountersReader counters;
    private final Map<Integer, Sample> samples = new HashMap<>();

    private static final class Sample {
        long atMs;
        long opened;
        long refused;
        long handshakes;
        long micros;
        double newPerSecond = -1;
        double refusedPerSecond = -1;
        double handshakeSeconds = -1;
    }

    TrafficMeter(CountersReader counters) {
        this.counters = counters;
    }

    /** Connections that a server has now. */
    long live(int server) {
        return counters.serverLive(server);
    }

    /**
     * What is seen of a server, of late. A connection's record outlives the connection, by its timeout and until the
     * sweeper comes by; what is open is estimated by taking those off.
     *
     * @param lingerSeconds how long the record of a closed connection stays, on average
     */
    Traffic of(int server, double lingerSeconds, long nowMs) {
        Sample sample = samples.computeIfAbsent(server, number -> first(number, nowMs));
        long elapsedMs = nowMs - sample.atMs;
        if (elapsedMs >= LEAST_INTERVAL_MS) {
            measure(sample, server, elapsedMs / 1000.0);
            sample.atMs = nowMs;
        }
        double open = sample.newPerSecond < 0
                ? live(server)
                : Math.max(0, live(server) - sample.newPerSecond * lingerSeconds);
        return new Traffic(open, sample.newPerSecond, sample.handshakeSeconds, sample.refusedPerSecond);
    }

    private Sample first(int server, long nowMs) {
        Sample sample = new Sample();
        sample.atMs = nowMs;
        sample.opened = counters.serverOpened(server);
        sample.refused = counters.serverRefused(server);
        sample.handshakes = counters.serverHandshakes(server);
        sample.micros = counters.serverHandshakeMicros(server);
        return sample;
    }

    private void measure(Sample sample, int server, double seconds) {
        long opened = counters.serverOpened(server);
        long refused = counters.serverRefused(server);
        long handshakes = counters.serverHandshakes(server);
        long micros = counters.serverHandshakeMicros(server);
        sample.newPerSecond = smoothed(sample.newPerSecond, Math.max(0, opened - sample.opened) / seconds);
        sample.refusedPerSecond = Math.max(0, refused - sample.refused) / seconds;
        if (handshakes > sample.handshakes) {
            double mean = MICROS * (micros - sample.micros) / (handshakes - sample.handshakes);
            sample.handshakeSeconds = smoothed(sample.handshakeSeconds, mean);
        }
        sample.opened = opened;
        sample.refused = refused;
        sample.handshakes = handshakes;
        sample.micros = micros;
    }

    private static double smoothed(double before, double value) {
        return before < 0 ? value : before + SMOOTHING * (value - before);
    }
}
