package io.weir.memory.application;

/** What is counted of every application. The ordinal stands in the shared memory: append only. */
public enum ApplicationCount {
    PACKETS("packets handed to it"),
    BATCHES("calls with packets"),
    NANOSECONDS("time spent in it"),
    ANSWERED("packets sent back to where they came from"),
    REDIRECTED("packets sent on to other stations"),
    SENT("packets of its own"),
    CONSUMED("packets that needed no answer"),
    DROPPED("packets it dropped, all its reasons"),
    FALLEN_BACK("packets that got the fallback"),
    SUSPICIONS("batches that took longer than the budget by the wall clock");

    private final String description;

    ApplicationCount(String description) {
        this.description = description;
    }

    public String description() {
        return description;
    }

    /** The index in the shared memory. */
    @SuppressWarnings("EnumOrdinal") // the order of declaration is the layout: append only
    public int index() {
        return ordinal();
    }

    /** The name as it is shown, such as {@code fallen-back}. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
