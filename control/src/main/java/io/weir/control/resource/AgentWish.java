package io.weir.control.resource;

import io.weir.agent.report.AgentCheckText;
import io.weir.agent.report.AgentCheckText.Administrative;
import io.weir.agent.report.AgentCheckText.State;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a server asked for by HAProxy's agent check. Answers add up: what one does not mention stays as an earlier one said
 * (HAProxy configuration manual §5.2).
 *
 * @param weightPercent share of the configured weight it wants; empty: all of it
 * @param state its operating state
 * @param administrative what its administrator wants
 * @param maxConnections the most connections it wants; 0 or empty for no limit
 * @param message its description of the state; may be empty
 * @param receivedMs time of the last answer
 */
public record AgentWish(
        OptionalInt weightPercent,
        Optional<State> state,
        Optional<Administrative> administrative,
        OptionalInt maxConnections,
        String message,
        long receivedMs) {
    /** Nothing was asked for. */
    public static final AgentWish NONE =
            new AgentWish(OptionalInt.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty(), "", 0);

    /** This wish with what a further answer says. */
    AgentWish with(AgentCheckText text, long nowMs) {
        return new AgentWish(
                text.weightPercent().isPresent() ? text.weightPercent() : weightPercent,
                text.state().or(() -> state),
                text.administrative().or(() -> administrative),
                text.maxConnections().isPresent() ? text.maxConnections() : maxConnections,
                text.state().isPresent() ? text.message() : message,
                nowMs);
    }

    /**
     * Maintenance and failure stand before draining. It stays until the server says otherwise, however long it is silent:
     * one that said "maint" and was then switched off is not to be used.
     */
    public Availability availability() {
        if (administrative.equals(Optional.of(Administrative.MAINT))) {
            return Availability.MAINTENANCE;
        }
        if (state.isPresent() && state.get() != State.UP) {
            return Availability.DOWN;
        }
        return administrative.equals(Optional.of(Administrative.DRAIN))
                ? Availability.DRAINING
                : Availability.AVAILABLE;
    }
}
