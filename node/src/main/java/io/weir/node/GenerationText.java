package io.weir.node;

import io.weir.management.model.GenerationView;
import io.weir.management.model.GenerationView.MoveView;
import io.weir.node.text.Cells;
import java.util.Comparator;
import java.util.List;

/** Generations of the configuration as people read them. */
final class GenerationText {
    private static final int MOVES_SHOWN = 3;

    private GenerationText() {}

    /** What came into force: number, cause, changes, a line each, and what moves. */
    static String of(GenerationView generation) {
        StringBuilder text = new StringBuilder("generation ")
                .append(generation.number())
                .append(generation.active() ? " is in force (" : " (")
                .append(Cells.printable(generation.cause()))
                .append(')');
        if (generation.changes().isEmpty()) {
            return text.append(": no change").toString();
        }
        generation.changes().forEach(line -> text.append("\n  ").append(Cells.printable(line)));
        String moves = moves(generation.moves());
        if (!moves.isEmpty()) {
            text.append("\nhash space that moves: ").append(moves);
        }
        return text.toString();
    }

    /** The greatest moves: {@code web/IPv4 12.5 %, web/IPv6 12.5 %}; empty when nothing moves. */
    static String moves(List<MoveView> moves) {
        List<MoveView> moving = moves.stream()
                .filter(m -> m.share() > 0)
                .sorted(Comparator.comparingDouble(MoveView::share).reversed())
                .toList();
        String text = String.join(
                ", ",
                moving.stream()
                        .limit(MOVES_SHOWN)
                        .map(m -> Cells.printable(m.service()) + "/IPv" + m.family() + " " + Cells.percent(m.share()))
                        .toList());
        return moving.size() <= MOVES_SHOWN ? text : text + ", and " + (moving.size() - MOVES_SHOWN) + " more";
    }
}
