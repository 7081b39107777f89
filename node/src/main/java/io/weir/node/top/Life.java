package io.weir.node.top;

import io.weir.node.text.Cells;

/**
 * Whether a node lives.
 *
 * @param state what is known of it
 * @param silentMs since its control processor last said that it lives
 */
public record Life(State state, long silentMs) {
    /** What is known of a node. */
    public enum State {
        /** Its heartbeat is fresh. */
        RUNNING,
        /** Its process is there and its control processor is silent. */
        STUCK,
        /** Its process is gone. */
        ENDED
    }

    /** For people: {@code running}, {@code STUCK for 5 s}, {@code ENDED 12 s ago}. */
    public String text() {
        return switch (state) {
            case RUNNING -> "running";
            case STUCK -> "STUCK for " + Cells.duration(silentMs);
            case ENDED -> "ENDED " + Cells.duration(silentMs) + " ago";
        };
    }
}
