package io.weir.memory.counters;

/** Counters per interface and processor. The ordinal is the index in the region: append only. */
public enum InterfaceCounter {
    RECEIVED_PACKETS("frames received"),
    RECEIVED_BYTES("bytes received"),
    TRANSMITTED_PACKETS("frames transmitted"),
    TRANSMITTED_BYTES("bytes transmitted"),
    DROPPED_PACKETS("frames dropped that came in by this interface"),
    KERNEL_DROPPED_PACKETS("frames the kernel dropped before weir saw them"),
    TRUNCATED_PACKETS("frames longer than the receive buffer, or than the room the kernel had left"),
    TRANSMIT_ERRORS("frames that could not be transmitted"),
    DOWN_EVENTS("times the interface went down or disappeared"),
    UP_EVENTS("times the interface was taken (back) into service"),
    KERNEL_RING_FULL("frames the kernel dropped because the af_xdp receive ring was full"),
    KERNEL_FILL_EMPTY("times the kernel found no buffer in the af_xdp fill ring"),
    KERNEL_INVALID_DESCRIPTORS("af_xdp descriptors the kernel refused");

    private final String description;

    InterfaceCounter(String description) {
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

    /** The name as it is shown and documented. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
