package io.weir.lab;

import java.time.Duration;

/**
 * How much a server of the lab can do, so that its load is its own although all of them share one machine.
 *
 * @param workers requests served at the same time; more wait for their turn
 * @param service time that a request keeps a worker
 */
public record Capacity(int workers, Duration service) {
    /** The most workers of a server. */
    public static final int MAX_WORKERS = 10_000;

    public Capacity {
        if (workers < 1 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException("workers: " + workers + " is not within 1.." + MAX_WORKERS);
        }
        if (service.isNegative()) {
            throw new IllegalArgumentException("service time: " + service + " is negative");
        }
    }

    /** Requests per second at which all workers are busy. */
    public double requestsPerSecond() {
        return service.isZero() ? Double.POSITIVE_INFINITY : workers * 1e9 / service.toNanos();
    }
}
