package io.weir.node.simulation;

import java.util.List;

/**
 * What came of a run.
 *
 * @param steady long after the start
 * @param change the first minute after one server became slow
 * @param after long after one server became slow
 * @param shares of new connections by server, second by second; empty arrays when the strategy has none
 */
record Outcome(Period steady, Period change, Period after, List<double[]> shares) {
    /**
     * Of the connections that came in a part of the run.
     *
     * @param median response time in seconds, and the 99th percentile likewise
     * @param maxToMean greatest load of a server to the mean; load is the work that came, to what the server can do
     */
    record Period(double median, double p99, double maxToMean) {}

    /** How much shares move once they should rest: standard deviation relative to the mean, the greatest of all servers. */
    double restlessness(int from, int to) {
        double worst = 0;
        for (int server = 0; server < shares.get(from).length; server++) {
            double sum = 0;
            double squares = 0;
            for (int second = from; second < to; second++) {
                double share = shares.get(second)[server];
                sum += share;
                squares += share * share;
            }
            double mean = sum / (to - from);
            worst = Math.max(worst, StrictMath.sqrt(Math.max(0, squares / (to - from) - mean * mean)) / mean);
        }
        return worst;
    }

    /** Mean share of a server in a part of the run. */
    double meanShare(int server, int from, int to) {
        return shares.subList(from, to).stream()
                .mapToDouble(each -> each[server])
                .average()
                .orElseThrow();
    }
}
