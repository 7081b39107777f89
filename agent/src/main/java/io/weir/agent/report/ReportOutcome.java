package io.weir.agent.report;

/** What became of a report; each is counted. The order is that of the counters in the node's memory. */
public enum ReportOutcome {
    ACCEPTED(204, "taken"),
    UNKNOWN_KEY(403, "names a key that is not configured"),
    BAD_AUTHENTICATION(403, "its authentication code does not match"),
    REPLAYED(409, "was seen before"),
    OUTSIDE_WINDOW(409, "its time is too far from ours"),
    MALFORMED(400, "is not a report of this protocol"),
    UNKNOWN_SERVER(404, "names a server that is not configured"),
    NOT_PERMITTED(403, "its key may not speak for its server"),
    ABSURD(422, "has a value no server can have"),
    RATE_LIMITED(429, "came when there were too many");

    private final int httpStatus;
    private final String meaning;

    ReportOutcome(int httpStatus, String meaning) {
        this.httpStatus = httpStatus;
        this.meaning = meaning;
    }

    /** Status of the answer to an HTTP POST of the report (RFC 9110 §15). */
    public int httpStatus() {
        return httpStatus;
    }

    /** What happened, to be read after "a report that". */
    public String meaning() {
        return meaning;
    }
}
