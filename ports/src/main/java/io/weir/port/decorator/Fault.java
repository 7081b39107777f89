package io.weir.port.decorator;

/** What a {@link FaultyPort} does to a frame. */
public enum Fault {
    LOSS,
    DUPLICATION,
    REORDERING,
    CORRUPTION,
    TRUNCATION
}
