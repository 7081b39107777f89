package io.weir.agent.report;

/** What became of a report; each is counted. The order is that of the counters in the node's memory. */
public enum ReportOutcome {
    ACCEPTED("taken"),
    UNKNOWN_KEY("names a key that is not configured"),
    BAD_AUTHENTICATION("its authentication code does not match"),
    REPLAYED("was seen before"),
    OUTSIDE_WINDOW("its time is too far from ours"),
    MALFORMED("is not a report of this protocol"),
    UNKNOWN_SERVER("names a server that is not configured"),
    NOT_PERMITTED("its key may not speak for its server"),
    ABSURD("has a value no server can have"),
    RATE_LIMITED("came when there were too many");

    private final String meaning;

    ReportOutcome(String meaning) {
        this.meaning = meaning;
    }

    /** What happened, to be read after "a report that". */
    public String meaning() {
        return meaning;
    }
}
