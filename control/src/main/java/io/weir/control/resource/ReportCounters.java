package io.weir.control.resource;

import io.weir.agent.report.ReportOutcome;

/** Counts what became of reports; in a node in its memory, where {@code weir stat} reads. Called by any thread. */
@FunctionalInterface
public interface ReportCounters {
    void count(ReportOutcome outcome);
}
