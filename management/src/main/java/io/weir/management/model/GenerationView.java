package io.weir.management.model;

import java.util.List;

/**
 * A generation of the configuration table.
 *
 * @param number counts from 1
 * @param epochMs when it came into force
 * @param cause why: {@code apply weir.yaml}, {@code server 5-1 is down}, {@code load}, {@code rollback to 7}
 * @param changes what changed, a line each
 * @param moves how much of each service's new connections goes elsewhere than before
 * @param active whether it is in force
 */
public record GenerationView(
        long number, long epochMs, String cause, List<String> changes, List<MoveView> moves, boolean active) {
    public GenerationView {
        changes = List.copyOf(changes);
        moves = List.copyOf(moves);
    }

    /**
     * Share of a service's hash space that moves.
     *
     * @param family 4 or 6
     * @param share 0..1
     */
    public record MoveView(String service, int family, double share) {}
}
