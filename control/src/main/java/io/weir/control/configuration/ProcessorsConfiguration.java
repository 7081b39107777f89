package io.weir.control.configuration;

import java.util.List;

/**
 * Which CPUs do what.
 *
 * @param control CPUs of the control processor; empty means not pinned
 * @param switching one CPU per switching processor; -1 means not pinned; at least one element
 * @param idle what a switching processor does when there is nothing to do
 */
public record ProcessorsConfiguration(List<Integer> control, List<Integer> switching, Idle idle) {
    public ProcessorsConfiguration {
        control = List.copyOf(control);
        switching = List.copyOf(switching);
    }

    /** Idle strategies. */
    public enum Idle {
        /** Spin, then yield, then sleep in poll(2) until a frame comes. */
        ADAPTIVE,
        /** Poll for ever: for dedicated cores. */
        BUSY
    }
}
