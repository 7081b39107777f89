package io.weir.management;

import java.time.Duration;

/**
 * How much of the machine callers may take. The Unix socket is the owner's: what counts by address does not count there.
 *
 * @param configurationBytes longest configuration (the loader's greatest file)
 * @param bodyBytes longest other body
 * @param head a connection that has not sent a whole request head after this is closed; also how long it is kept alive
 * @param body a body that has not come after this is answered with 408
 * @param change longest wait for the node to make a change
 * @param connections at once, by listener
 * @param requests at once
 * @param uploads configurations that are received at once
 * @param listeners listeners to events at once
 * @param requestsPerSecond by address; twice as many in a burst
 * @param failuresPerSecond wrong tokens by address
 * @param failuresBurst wrong tokens in a burst
 * @param snapshotAge how old the snapshot may be that requests share
 * @param tick time between two {@code node} events
 */
record Limits(
        int configurationBytes,
        int bodyBytes,
        Duration head,
        Duration body,
        Duration change,
        int connections,
        int requests,
        int uploads,
        int listeners,
        int requestsPerSecond,
        double failuresPerSecond,
        int failuresBurst,
        Duration snapshotAge,
        Duration tick) {
    static final Limits DEFAULT = new Limits(
            16 << 20,
            64 << 10,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            128,
            64,
            2,
            32,
            200,
            1,
            20,
            Duration.ofMillis(200),
            Duration.ofSeconds(1));

    /** Longest time from the head of a request to the end of its answer, events apart. */
    Duration exchange() {
        return body.plus(change).plus(head);
    }

    Limits withTimes(Duration headTime, Duration bodyTime) {
        return new Limits(
                configurationBytes,
                bodyBytes,
                headTime,
                bodyTime,
                change,
                connections,
                requests,
                uploads,
                listeners,
                requestsPerSecond,
                failuresPerSecond,
                failuresBurst,
                snapshotAge,
                tick);
    }

    Limits withCounts(int connectionCount, int requestCount, int listenerCount, int rate) {
        return new Limits(
                configurationBytes,
                bodyBytes,
                head,
                body,
                change,
                connectionCount,
                requestCount,
                uploads,
                listenerCount,
                rate,
                failuresPerSecond,
                failuresBurst,
                snapshotAge,
                tick);
    }

    Limits withTick(Duration time) {
        return new Limits(
                configurationBytes,
                bodyBytes,
                head,
                body,
                change,
                connections,
                requests,
                uploads,
                listeners,
                requestsPerSecond,
                failuresPerSecond,
                failuresBurst,
                snapshotAge,
                time);
    }

    Limits withPatience(Duration time) {
        return new Limits(
                configurationBytes,
                bodyBytes,
                head,
                body,
                time,
                connections,
                requests,
                uploads,
                listeners,
                requestsPerSecond,
                failuresPerSecond,
                failuresBurst,
                snapshotAge,
                tick);
    }
}
