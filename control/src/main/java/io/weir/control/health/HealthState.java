package io.weir.control.health;

/** What the checks of a server have shown. */
public enum HealthState {
    /** No check has ended yet. */
    UNCHECKED,
    UP,
    DOWN
}
