package io.weir.control.resource;

/** Whether a server wants new connections, in its own words. */
public enum Availability {
    /** It wants them, or said nothing. */
    AVAILABLE,
    /** It wants no new ones. */
    DRAINING,
    /** It says that it does not work. */
    DOWN,
    /** Somebody works on it. */
    MAINTENANCE
}
