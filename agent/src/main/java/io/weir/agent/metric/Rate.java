package io.weir.agent.metric;

/**
 * The rate of a counter, from the values it had. A counter that has become smaller began anew at 0, because the server was
 * restarted or the counter wrapped: what it shows is taken as what was added since, as Prometheus' {@code rate} does.
 */
public final class Rate {
    private static final double NS_PER_SECOND = 1e9;

    private double last;
    private long lastNs;
    private boolean started;

    /** What was added since the last time, or {@link Reading#UNKNOWN} the first time. */
    public double difference(double counter) {
        double difference = !started ? Reading.UNKNOWN : counter < last ? counter : counter - last;
        last = counter;
        started = true;
        return difference;
    }

    /** The rate per second since the last time, or {@link Reading#UNKNOWN} the first time. */
    public double perSecond(double counter, long nowNs) {
        return perSecond(counter, nowNs, 0);
    }

    /** Likewise; some of what was added each time is the observer's own and does not count. */
    public double perSecond(double counter, long nowNs, double own) {
        long elapsedNs = nowNs - lastNs;
        double difference = difference(counter);
        lastNs = nowNs;
        return difference < 0 || elapsedNs <= 0
                ? Reading.UNKNOWN
                : Math.max(difference - own, 0) * NS_PER_SECOND / elapsedNs;
    }
}
