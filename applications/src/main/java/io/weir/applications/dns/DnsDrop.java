package io.weir.applications.dns;

/** Drop reasons; their order is that of the plan. */
enum DnsDrop {
    HEADER_CUT_OFF("header-cut-off"),
    RESPONSE_RECEIVED("response-received"),
    RATE_LIMITED("rate-limited"),
    SOURCE_PORT_INVALID("source-port-invalid"),
    NO_ROOM("no-room"),
    SEGMENT_UNEXPECTED("segment-unexpected");

    final String text;

    DnsDrop(String text) {
        this.text = text;
    }

    @SuppressWarnings("EnumOrdinal") // the order is the plan's
    int number() {
        return ordinal();
    }
}
