package io.weir.memory.map;

/**
 * The regions of the map in the order in which they stand in the file. The ordinal is the index in the header's region
 * table. A change to the layout of a region's records raises its layout number, and so changes the layout hash.
 */
public enum Region {
    HEADER("the node, at creation; the heartbeat by the control processor", 64, 1),
    COUNTERS("each block by the processor it belongs to", 64, 2),
    SIDES_CONFIGURATION("active word by the control processor, observed words by the switching processors", 64, 1),
    CONFIGURATION_A("the control processor, while B is active", 64, 2),
    CONFIGURATION_B("the control processor, while A is active", 64, 2),
    SIDES_ROUTING("active word by the control processor, observed words by the switching processors", 64, 1),
    ROUTING_A("the control processor, while B is active", 64, 1),
    ROUTING_B("the control processor, while A is active", 64, 1),
    NEIGHBOURS("the switching processors, one at a time per entry", 64, 1),
    CONNECTIONS4("the switching processors, one at a time per record", 64, 1),
    CONNECTIONS6("the switching processors, one at a time per record", 64, 1),
    QUEUES("descriptions by the control processor, values by the processor that polls the queue", 64, 1),
    RINGS("each ring by its one producer, its head by its one consumer", 128, 3),
    POOL("the stack of free chunks by all processors, each cache by its processor", 64, 1),
    PACKETS("whoever holds the buffer", 4096, 1),
    SERVERS("the control processor", 64, 1),
    APPLICATIONS("descriptions by the control processor, each block by its processor", 4096, 1);

    private final String writer;
    private final int alignment;
    private final int layout;

    Region(String writer, int alignment, int layout) {
        this.writer = writer;
        this.alignment = alignment;
        this.layout = layout;
    }

    /** Who writes the region. */
    public String writer() {
        return writer;
    }

    /** Least alignment of its first byte, in bytes. */
    public int alignment() {
        return alignment;
    }

    /** Number of the layout of its records, part of the layout hash. */
    public int layout() {
        return layout;
    }

    /** The index in the shared memory. */
    @SuppressWarnings("EnumOrdinal") // the order of declaration is the layout: append only
    public int index() {
        return ordinal();
    }

    /** The name as it is shown and documented, such as {@code routing-a}. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
