package io.weir.switching.engine;

/** What a processor does while there is nothing to do. */
public enum IdleMode {
    /** Polls on: for a processor of its own. */
    BUSY,
    /** Spins for a while, then yields for a while, then sleeps until an interface has frames. */
    ADAPTIVE
}
