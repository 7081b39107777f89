package io.weir.applications.sorry;

/** Counters; their order is that of the plan. */
enum SorryCounter {
    OPENED("opened"),
    PAGES("pages"),
    CLOSED("closed"),
    ACKNOWLEDGED("acknowledged"),
    CONSUMED("consumed"),
    CONTINUED("continued"),
    NOT_HTTP("not-http"),
    RESETS_RECEIVED("resets-received"),
    RESETS_SENT("resets-sent");

    final String text;

    SorryCounter(String text) {
        this.text = text;
    }

    @SuppressWarnings("EnumOrdinal") // the order is the plan's
    int number() {
        return ordinal();
    }
}
