package io.weir.control.resource;

import io.weir.agent.report.ReportOutcome;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;

/** Counters of a process without a node's memory. */
public final class ReportTally implements ReportCounters {
    private final Map<ReportOutcome, LongAdder> counts = new EnumMap<>(ReportOutcome.class);

    /** All zero. */
    public ReportTally() {
        for (ReportOutcome outcome : ReportOutcome.values()) {
            counts.put(outcome, new LongAdder());
        }
    }

    @Override
    public void count(ReportOutcome outcome) {
        Objects.requireNonNull(counts.get(outcome)).increment();
    }

    /** Number of reports with this outcome. */
    public long of(ReportOutcome outcome) {
        return Objects.requireNonNull(counts.get(outcome)).sum();
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
