package io.weir.memory.server;

/** What became of a report of load that somebody sent. The ordinal is the index in the region: append only. */
public enum ReportOutcome {
    ACCEPTED("verified and kept"),
    UNKNOWN_KEY("signed with a key that is not configured"),
    BAD_AUTHENTICATION("its authentication code is wrong: forged or damaged"),
    REPLAYED("its sequence number has been seen before"),
    OUTSIDE_WINDOW("its time is too far from the clock here"),
    MALFORMED("truncated, or not in the form of a report"),
    UNKNOWN_SERVER("about a server that is not configured"),
    NOT_PERMITTED("the key may not report for this server"),
    ABSURD("a metric is not a number, negative or impossibly large"),
    RATE_LIMITED("more reports than the limit allows");

    private final String description;

    ReportOutcome(String description) {
        this.description = description;
    }

    /** One line for people. */
    public String description() {
        return description;
    }

    /** The index in the shared memory. */
    @SuppressWarnings("EnumOrdinal") // the order of declaration is the layout: append only
    public int index() {
        return ordinal();
    }

    /** The name as it is shown and documented, such as {@code unknown-key}. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
