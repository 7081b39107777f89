package io.weir.control.resource;

import io.weir.agent.report.ReportOutcome;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counters of a process without a node's memory. */
public final class ReportTally implements ReportCounters {
    private final AtomicLongArray counts = new AtomicLongArray(ReportOutcome.values().length);

    @Override
    public void count(ReportOutcome outcome) {
        counts.incrementAndGet(outcome.ordinal());
    }

    /** Number of reports with this outcome. */
    public long of(ReportOutcome outcome) {
        return counts.get(outcome.ordinal());
    }

    /** Such as {@code accepted 12, replayed 1}: what is not zero, and always what was accepted. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ");
        for (ReportOutcome outcome : ReportOutcome.values()) {
            if (outcome == ReportOutcome.ACCEPTED || of(outcome) != 0) {
                text.add(outcome.name().toLowerCase(Locale.ROOT).replace('_', '-') + " " + of(outcome));
            }
        }
        return text.toString();
    }
}
