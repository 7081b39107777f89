package io.weir.switching.application;

/** Measures the calls of applications; given by the composition root, because the processor time is a system call. */
public interface ApplicationClock {
    /** Nanoseconds that have passed. */
    long wallNanos();

    /** Nanoseconds for which the calling thread had a processor. */
    long processorNanos();
}
