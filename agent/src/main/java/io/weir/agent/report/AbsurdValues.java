package io.weir.agent.report;

import org.jspecify.annotations.Nullable;

/**
 * What no server can have, so that a report that claims it is dropped. The limits are far beyond any machine of today, and
 * near enough that sums of them stay exact.
 */
public final class AbsurdValues {
    /** Connections, and requests per second. */
    public static final double MOST_CLIENTS = 1e9;

    public static final double MOST_REQUESTS_PER_SECOND = 1e9;
    /** A day. */
    public static final double LONGEST_EXECUTION_SECONDS = 86_400;
    /** A utilisation above 1 by rounding is taken as 1. */
    public static final double ROUNDING = 0.001;

    private AbsurdValues() {}

    /** What is absurd about a report, or null when nothing is. */
    public static @Nullable String in(LoadReport report) {
        String fault = fault("clients", report.clients(), MOST_CLIENTS);
        fault = fault != null ? fault : fault("cpu", report.cpu(), 1 + ROUNDING);
        fault = fault != null ? fault : fault("memory", report.memory(), 1 + ROUNDING);
        fault = fault != null ? fault : fault("execution time", report.executionSeconds(), LONGEST_EXECUTION_SECONDS);
        return fault != null ? fault : fault("requests/s", report.requestsPerSecond(), MOST_REQUESTS_PER_SECOND);
    }

    private static @Nullable String fault(String metric, double value, double most) {
        // Written so that NaN is refused too.
        boolean plausible = value == LoadReport.UNKNOWN || (value >= 0 && value <= most);
        return plausible ? null : metric + " of " + value + " is not within 0.." + most;
    }

    /** The report with utilisations of at most 1, as rounding may have put them above. */
    public static LoadReport rounded(LoadReport report) {
        return new LoadReport(
                report.server(),
                report.clients(),
                Math.min(1, report.cpu()),
                Math.min(1, report.memory()),
                report.executionSeconds(),
                report.requestsPerSecond());
    }
}
