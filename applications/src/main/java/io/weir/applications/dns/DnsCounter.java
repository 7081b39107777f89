package io.weir.applications.dns;

/** Counters; their order is that of the plan. */
enum DnsCounter {
    QUERIES("queries"),
    ANSWERED("answered"),
    NO_DATA("no-data"),
    NAME_UNKNOWN("name-unknown"),
    REFUSED("refused"),
    FORMAT_ERRORS("format-errors"),
    NOT_IMPLEMENTED("not-implemented"),
    BAD_VERSION("bad-version"),
    TRUNCATED("truncated"),
    TCP_REFUSED("tcp-refused");

    final String text;

    DnsCounter(String text) {
        this.text = text;
    }

    @SuppressWarnings("EnumOrdinal") // the order is the plan's
    int number() {
        return ordinal();
    }
}
