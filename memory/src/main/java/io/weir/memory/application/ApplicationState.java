package io.weir.memory.application;

/** How an application is on one processor. The ordinal stands in the shared memory: append only. */
public enum ApplicationState {
    /** It was never started there. */
    ABSENT,
    RUNNING,
    /** It was stopped for the reason beside it; its packets get the configured fallback. */
    STOPPED;

    private static final ApplicationState[] VALUES = values();

    /** The index in the shared memory. */
    @SuppressWarnings("EnumOrdinal") // the order of declaration is the layout: append only
    public int index() {
        return ordinal();
    }

    /** The state with an index; {@link #ABSENT} for one that there is not. */
    public static ApplicationState of(int index) {
        return index >= 0 && index < VALUES.length ? VALUES[index] : ABSENT;
    }
}
