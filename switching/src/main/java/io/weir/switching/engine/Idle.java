package io.weir.switching.engine;

/**
 * Waits until one of a processor's interfaces may have frames. The engine knows only ports; the system call behind this
 * ({@code poll(2)} on {@link io.weir.port.Port#pollDescriptor}) is injected by the composition root.
 */
@FunctionalInterface
public interface Idle {
    /** Returns when an interface may have frames, after {@code timeoutMs} at the latest, or earlier for no reason. */
    void await(int timeoutMs);
}
