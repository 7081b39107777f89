package io.weir.applications.echo;

/** Counters; their order is that of the plan. */
enum EchoCounter {
    UDP_ECHOED("udp-echoed"),
    TCP_OPENED("tcp-opened"),
    TCP_ACKNOWLEDGED("tcp-acknowledged"),
    TCP_CLOSED("tcp-closed"),
    TCP_CONSUMED("tcp-consumed"),
    TCP_RESETS_RECEIVED("tcp-resets-received"),
    TCP_RESETS_SENT("tcp-resets-sent");

    final String text;

    EchoCounter(String text) {
        this.text = text;
    }

    @SuppressWarnings("EnumOrdinal") // the order is the plan's
    int number() {
        return ordinal();
    }
}
