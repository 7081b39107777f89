package io.weir.switching.application;

/** What becomes of the packets of an application that was stopped. */
public enum Fallback {
    /** They are dropped. */
    DROP,
    /** TCP is answered with a reset, UDP dropped. */
    RESET
}
