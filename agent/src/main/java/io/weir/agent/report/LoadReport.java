package io.weir.agent.report;

/**
 * How busy a server is: the five raw metrics. One that is not known is {@link #UNKNOWN}.
 *
 * @param server name of the server, 1..63 bytes of UTF-8
 * @param clients clients presently served (established connections)
 * @param cpu CPU utilisation, 0..1 of what the server may use
 * @param memory memory utilisation, 0..1 of what the server may use
 * @param executionSeconds mean execution time of a request in seconds
 * @param requestsPerSecond requests per second
 */
public record LoadReport(
        String server, double clients, double cpu, double memory, double executionSeconds, double requestsPerSecond) {
    /** A metric that is not known. */
    public static final double UNKNOWN = -1;

    /** Whether a metric is known. */
    public static boolean isKnown(double metric) {
        return metric >= 0;
    }
}
