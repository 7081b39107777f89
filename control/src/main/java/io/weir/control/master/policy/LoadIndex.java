package io.weir.control.master.policy;

import io.weir.agent.report.LoadReport;
import io.weir.control.configuration.LoadConfiguration;

/** One number for how busy a server is: 0 idle, 1 fully loaded, more when clients or times exceed what full load means. */
public final class LoadIndex {
    /** No part of the index is known. */
    public static final double UNKNOWN = -1;

    /** No part counts for more: a single absurd metric must not hide the others. */
    static final double GREATEST_PART = 2;

    private LoadIndex() {}

    /** The weighted mean of the parts that are known; {@link #UNKNOWN} when none is. */
    public static double of(LoadReport report, LoadConfiguration.Index index) {
        double seconds = index.fullExecution().toNanos() * 1e-9;
        Mean mean = new Mean();
        mean.add(index.clients(), report.clients(), index.fullClients(), GREATEST_PART);
        mean.add(index.cpu(), report.cpu(), 1, 1);
        mean.add(index.memory(), report.memory(), 1, 1);
        mean.add(index.execution(), report.executionSeconds(), seconds, GREATEST_PART);
        mean.add(index.requests(), report.requestsPerSecond(), index.fullRequests(), GREATEST_PART);
        return mean.value();
    }

    private static final class Mean {
        private double sum;
        private double weights;

        /** Leaves out metrics that are not known, which not-a-number and infinity are, too. */
        void add(double weight, double metric, double full, double greatest) {
            if (weight > 0 && full > 0 && LoadReport.isKnown(metric) && Double.isFinite(metric)) {
                sum += weight * Math.min(metric / full, greatest);
                weights += weight;
            }
        }

        double value() {
            return weights > 0 ? sum / weights : UNKNOWN;
        }
    }
}
