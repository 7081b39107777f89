package io.weir.memory.queue;

/** What a processor tells of a queue that it polls, a few times per second. The ordinal is the index in the region: append only. */
public enum QueueValue {
    RECEIVED("frames taken from the queue"),
    TRANSMITTED("frames handed to the queue for transmission"),
    FILL_LEVEL("free buffers that wait in the fill ring for received frames, now"),
    TRANSMIT_OUTSTANDING("frames handed to the kernel and not yet sent, now"),
    KERNEL_DROPPED("frames the kernel dropped before weir saw them, for whatever reason"),
    KERNEL_RING_FULL("of those, because the receive ring was full"),
    KERNEL_FILL_EMPTY("times the kernel found no free buffer in the fill ring"),
    KERNEL_INVALID("descriptors that the kernel refused");

    private final String description;

    QueueValue(String description) {
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

    /** The name as it is shown, such as {@code fill-level}. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
