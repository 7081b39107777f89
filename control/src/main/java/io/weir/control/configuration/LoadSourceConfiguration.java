package io.weir.control.configuration;

import java.time.Duration;

/** Where the load of a server comes from when it has no agent that reports by itself. */
public sealed interface LoadSourceConfiguration {
    /** Asked so often. */
    Duration interval();

    /** A port that answers a connection with a line of HAProxy's agent-check text, such as {@code 75%}. */
    record AgentCheck(int port, Duration interval) implements LoadSourceConfiguration {}

    /**
     * Prometheus text over HTTP. A name is that of a metric, with labels in braces when it has several; empty leaves the
     * metric out.
     *
     * @param cpu gauge, 0..1
     * @param memory gauge, 0..1
     * @param clients gauge
     * @param executionSum counter, seconds of all requests
     * @param executionCount counter, requests
     */
    record Prometheus(
            int port,
            String path,
            Duration interval,
            String cpu,
            String memory,
            String clients,
            String executionSum,
            String executionCount)
            implements LoadSourceConfiguration {}
}
