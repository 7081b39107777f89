package io.weir.applications.sorry;

/** Drop reasons; their order is that of the plan. */
enum SorryDrop {
    PROTOCOL_UNSUPPORTED("protocol-unsupported"),
    SEGMENT_UNEXPECTED("segment-unexpected"),
    NO_ROOM("no-room");

    final String text;

    SorryDrop(String text) {
        this.text = text;
    }

    @SuppressWarnings("EnumOrdinal") // the order is the plan's
    int number() {
        return ordinal();
    }
}
