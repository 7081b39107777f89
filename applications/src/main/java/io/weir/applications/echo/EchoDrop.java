package io.weir.applications.echo;

/** Drop reasons; their order is that of the plan. */
enum EchoDrop {
    LOOP_SUSPECTED("loop-suspected"),
    SEGMENT_UNEXPECTED("segment-unexpected");

    final String text;

    EchoDrop(String text) {
        this.text = text;
    }

    @SuppressWarnings("EnumOrdinal") // the order is the plan's
    int number() {
        return ordinal();
    }
}
