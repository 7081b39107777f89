package io.weir.management.model;

import io.weir.management.model.GenerationView.MoveView;
import java.util.List;

/**
 * What a configuration would change; nothing was changed.
 *
 * @param changes a line each
 * @param moves share of the hash space that moves, by service and family
 * @param liveConnections live connections now
 * @param movedConnections of these, how many would be given another server if they were opened now; they stay where they are
 * @param endedConnections of these, how many are on servers that are removed with {@code on-down: reset}
 * @param examples some of the connections that would move
 */
public record Preview(
        List<String> changes,
        List<MoveView> moves,
        long liveConnections,
        long movedConnections,
        long endedConnections,
        List<MovedConnection> examples) {
    public Preview {
        changes = List.copyOf(changes);
        moves = List.copyOf(moves);
        examples = List.copyOf(examples);
    }

    /** A connection and the server it would have now. */
    public record MovedConnection(String client, String service, String from, String to) {}
}
