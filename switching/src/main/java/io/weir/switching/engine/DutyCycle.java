package io.weir.switching.engine;

/** What a {@link PollLoop} runs, again and again, on one thread. */
@FunctionalInterface
public interface DutyCycle extends AutoCloseable {
    /**
     * One cycle; returns how much was done, 0 when there was nothing to do.
     *
     * @param nowMs the map's clock in milliseconds, wrapping
     * @param nowMicros the same reading in microseconds, wrapping: for delays, not for timers
     */
    int doWork(int nowMs, int nowMicros);

    /** True when there is or soon may be work that nothing would wake the loop for, so that it must not sleep. */
    default boolean hasBacklog() {
        return false;
    }

    /** The loop has ended. */
    @Override
    default void close() {}
}
