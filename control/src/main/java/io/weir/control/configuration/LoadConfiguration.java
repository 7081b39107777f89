package io.weir.control.configuration;

import java.time.Duration;

/**
 * The closed loop from load reports to weights.
 *
 * @param interval between two decisions of the master
 * @param stale age from which on a report is not used
 * @param index parts of the load index
 * @param step greatest relative change of a weight in one decision, 0..1
 * @param floor least weight, as a share of the configured one
 * @param ceiling greatest weight, as a multiple of the configured one
 */
public record LoadConfiguration(
        Duration interval, Duration stale, Index index, double step, double floor, double ceiling) {
    public static final LoadConfiguration DEFAULTS =
            new LoadConfiguration(Duration.ofSeconds(1), Duration.ofSeconds(10), Index.DEFAULTS, 0.2, 0.1, 4);

    /**
     * The load index of a server is the weighted mean of its known parts, each relative to a full load: CPU and memory as
     * they are, clients over {@code fullClients}, execution time over {@code fullExecution}, requests/s over
     * {@code fullRequests}.
     *
     * @param clients weight of the part, 0 leaves it out; likewise the next four
     * @param fullClients clients at full load
     * @param fullExecution mean execution time at full load
     * @param fullRequests requests per second at full load
     */
    public record Index(
            double clients,
            double cpu,
            double memory,
            double execution,
            double requests,
            double fullClients,
            Duration fullExecution,
            double fullRequests) {
        public static final Index DEFAULTS = new Index(0, 1, 0, 0, 0, 1000, Duration.ofSeconds(1), 1000);
    }
}
