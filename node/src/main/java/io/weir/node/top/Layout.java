package io.weir.node.top;

import io.weir.node.text.Cells;
import io.weir.node.top.Table.Cell;
import io.weir.node.top.Table.Column;
import java.util.ArrayList;
import java.util.List;

/** Which columns of a table a screen has room for, and how wide each is. */
final class Layout {
    private static final String GAP = "  ";

    private final Table table;
    private final int width;
    private final int[] wide;
    private final boolean[] shown;
    private final List<String> headings;

    /**
     * Decides.
     *
     * @param width cells of the screen
     * @param sorted the column that is never hidden because the table is sorted by it; -1 for none
     * @param mark what its heading ends with
     */
    Layout(Table table, int width, int sorted, String mark) {
        this.table = table;
        this.width = width;
        int count = table.columns().size();
        wide = new int[count];
        shown = new boolean[count];
        headings = new ArrayList<>();
        for (int c = 0; c < count; c++) {
            Column column = table.columns().get(c);
            headings.add(c == sorted ? column.heading() + mark : column.heading());
            wide[c] = Cells.width(headings.get(c));
            for (List<Cell> row : table.rows()) {
                wide[c] = Math.max(wide[c], Cells.width(row.get(c).text()));
            }
            shown[c] = true;
        }
        squeeze(sorted);
    }

    private void squeeze(int sorted) {
        int[] natural = wide.clone();
        for (int c = 0; c < wide.length; c++) {
            wide[c] = Math.min(wide[c], Math.max(least(c), Cells.width(headings.get(c))));
        }
        while (total() > width) {
            int victim = -1;
            for (int c = 0; c < wide.length; c++) {
                int rank = table.columns().get(c).rank();
                if (shown[c]
                        && c != sorted
                        && rank > 0
                        && (victim < 0 || rank >= table.columns().get(victim).rank())) {
                    victim = c;
                }
            }
            if (victim < 0) {
                break;
            }
            shown[victim] = false;
        }
        // Room that is left goes to the columns that were cut, from the left.
        for (int c = 0; c < wide.length; c++) {
            if (shown[c] && wide[c] < natural[c]) {
                wide[c] = Math.min(natural[c], wide[c] + Math.max(0, width - total()));
            }
        }
    }

    private int least(int column) {
        return table.columns().get(column).least();
    }

    private int total() {
        int total = 0;
        for (int c = 0; c < wide.length; c++) {
            total += shown[c] ? wide[c] + (total == 0 ? 0 : GAP.length()) : 0;
        }
        return total;
    }

    /** The headings. */
    Line heading() {
        return line(c -> headings.get(c), c -> Tone.HEADING, Tone.HEADING);
    }

    /** A row. */
    Line row(List<Cell> cells) {
        return line(c -> cells.get(c).text(), c -> cells.get(c).tone(), Tone.PLAIN);
    }

    private Line line(
            java.util.function.IntFunction<String> text, java.util.function.IntFunction<Tone> tone, Tone between) {
        Line line = Line.EMPTY;
        boolean first = true;
        for (int c = 0; c < wide.length; c++) {
            if (shown[c]) {
                line = first ? line : line.with(GAP, between);
                line = line.with(
                        Cells.fit(text.apply(c), wide[c], table.columns().get(c).right()), tone.apply(c));
                first = false;
            }
        }
        return line.fit(width, between);
    }
}
