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

    /** The mean of the last handshakes is smoothed over so many measurements. */
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

    /** What is seen of a server, of late. */
    Traffic of(int server, long nowMs) {
        Sample sample = samples.computeIfAbsent(server, number -> first(number, nowMs));
        long elapsedMs = nowMs - sample.atMs;
        if (elapsedMs >= LEAST_INTERVAL_MS) {
            measure(sample, server, elapsedMs / 1000.0);
            sample.atMs = nowMs;
        }
        return new Traffic(live(server), sample.newPerSecond, sample.handshakeSeconds, sample.refusedPerSecond);
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
        sample.newPerSecond = Math.max(0, opened - sample.opened) / seconds;
        sample.refusedPerSecond = Math.max(0, refused - sample.refused) / seconds;
        if (handshakes > sample.handshakes) {
            double mean = MICROS * (micros - sample.micros) / (handshakes - sample.handshakes);
            sample.handshakeSeconds = sample.handshakeSeconds < 0
                    ? mean
                    : sample.handshakeSeconds + SMOOTHING * (mean - sample.handshakeSeconds);
        }
        sample.opened = opened;
        sample.refused = refused;
        sample.handshakes = handshakes;
        sample.micros = micros;
    }
}
