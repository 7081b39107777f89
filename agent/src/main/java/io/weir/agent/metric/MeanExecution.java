package io.weir.agent.metric;

/**
 * The mean execution time of a request from two counters: the sum of all times and their number. Between requests the last
 * mean holds for {@value #HOLD_SECONDS} s, so that a quiet server does not lose it with every interval without a request.
 */
public final class MeanExecution {
    static final long HOLD_SECONDS = 60;

    private final Rate sum = new Rate();
    private final Rate count = new Rate();
    private double mean = Reading.UNKNOWN;
    private long meanNs;

    /** The mean in seconds of the requests since the last time, or {@link Reading#UNKNOWN}. */
    public double mean(double sumSeconds, double requests, long nowNs) {
        double seconds = sum.difference(sumSeconds);
        double number = count.difference(requests);
        if (seconds >= 0 && number > 0) {
            mean = seconds / number;
            meanNs = nowNs;
        } else if (nowNs - meanNs > HOLD_SECONDS * 1_000_000_000L) {
            mean = Reading.UNKNOWN;
        }
        return mean;
    }
}
