package io.weir.memory.server;

/**
 * What the control processor knows about a server. A metric that is not known is {@link #UNKNOWN}.
 *
 * @param health result of the health check
 * @param message what the last check said; at most 95 bytes of UTF-8, longer ones are cut
 * @param draining an operator takes the server out of service: it gets no new connections
 * @param source where the metrics come from
 * @param reportMs when the last report arrived, on the map's clock
 * @param stale the last report is too old to be used
 * @param index the load that the master made of the metrics; 1 is the whole server
 * @param clients presently served
 * @param cpu utilisation, 0 to 1
 * @param memory utilisation, 0 to 1
 * @param executionSeconds mean execution time of a request
 * @param requestsPerSecond requests per second
 */
public record ServerStatus(
        Health health,
        String message,
        boolean draining,
        LoadSource source,
        long reportMs,
        boolean stale,
        double index,
        double clients,
        double cpu,
        double memory,
        double executionSeconds,
        double requestsPerSecond) {
    /** Value of a metric that nobody reported. */
    public static final double UNKNOWN = -1;

    /** Longest message in bytes of UTF-8. */
    public static final int MESSAGE_BYTES = 95;

    /** Of a server that nothing has been written about. */
    public static final ServerStatus NONE = new ServerStatus(
            Health.UNCHECKED,
            "",
            false,
            LoadSource.NONE,
            0,
            false,
            UNKNOWN,
            UNKNOWN,
            UNKNOWN,
            UNKNOWN,
            UNKNOWN,
            UNKNOWN);

    /** Result of the health check. The ordinal stands in the shared memory: append only. */
    public enum Health {
        /** No check is configured. */
        UNCHECKED,
        UP,
        DOWN,
        /** The first checks have not decided yet. */
        STARTING
    }

    /** Where metrics come from. The ordinal stands in the shared memory: append only. */
    public enum LoadSource {
        NONE,
        /** Reports of weir's load agent, or of anybody who speaks its protocol. */
        AGENT,
        /** Reports posted over HTTP. */
        HTTP,
        /** The agent-check protocol of HAProxy. */
        HAPROXY,
        /** A scraped Prometheus endpoint. */
        PROMETHEUS,
        /** What the switching processors see. */
        PASSIVE
    }
}
