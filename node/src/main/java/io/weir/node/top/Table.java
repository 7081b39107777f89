package io.weir.node.top;

import io.weir.node.text.Cells;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a view lists, before it is sorted, filtered and laid out.
 *
 * @param columns from left to right
 * @param rows each with a cell for each column
 */
record Table(List<Column> columns, List<List<Cell>> rows) {
    Table {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /**
     * A column.
     *
     * @param heading its title
     * @param right whether cells stand at the right
     * @param rank columns of the greatest rank give way first when the screen is narrow; rank 0 stays
     * @param least cells the column can be cut to; its widest cell is not cut when this is {@link #WHOLE}
     */
    record Column(String heading, boolean right, int rank, int least) {
        static final int WHOLE = Integer.MAX_VALUE;

        static Column text(String heading, int rank) {
            return new Column(heading, false, rank, WHOLE);
        }

        static Column text(String heading, int rank, int least) {
            return new Column(heading, false, rank, least);
        }

        static Column number(String heading, int rank) {
            return new Column(heading, true, rank, WHOLE);
        }
    }

    /**
     * A cell.
     *
     * @param order what it is sorted by; NaN when it is a text, or unknown
     */
    record Cell(String text, double order, Tone tone) {
        static Cell text(String text) {
            return text(text, Tone.PLAIN);
        }

        static Cell text(String text, Tone tone) {
            return new Cell(Cells.printable(text), Double.NaN, tone);
        }

        /** A number, short; a dash when it is NaN. */
        static Cell number(double value) {
            return new Cell(Cells.compact(value), value, Tone.PLAIN);
        }

        /** A count, short. */
        static Cell number(long value) {
            return number((double) value);
        }

        /** A count that is bad unless it is 0. */
        static Cell trouble(long value) {
            return trouble((double) value);
        }

        /** A number that is bad unless it is 0. */
        static Cell trouble(double value) {
            return new Cell(Cells.compact(value), value, value > 0 ? Tone.WARNING : Tone.PLAIN);
        }

        /** A number of a server that is unknown when negative. */
        static Cell known(double value, String format, Tone tone) {
            return value < 0 || Double.isNaN(value)
                    ? new Cell("-", Double.NaN, Tone.FAINT)
                    : new Cell(String.format(Locale.ROOT, format, value), value, tone);
        }
    }

    /** Only the rows of which some cell has the text, whatever the case. */
    Table filtered(String text) {
        if (text.isEmpty()) {
            return this;
        }
        String wanted = text.toLowerCase(Locale.ROOT);
        return new Table(
                columns,
                rows.stream()
                        .filter(r -> r.stream()
                                .anyMatch(c -> c.text().toLowerCase(Locale.ROOT).contains(wanted)))
                        .toList());
    }

    /** Sorted: numbers begin with the greatest, texts with A; what is unknown comes last. Rows that are equal keep their order. */
    Table sorted(int column, boolean reversed) {
        if (column < 0 || column >= columns.size()) {
            if (!reversed) {
                return this;
            }
            return new Table(columns, rows.reversed());
        }
        boolean right = columns.get(column).right();
        Comparator<List<Cell>> order = right
                ? (a, b) -> numbers(a.get(column).order(), b.get(column).order(), reversed)
                : (a, b) -> (reversed ? -1 : 1)
                        * a.get(column).text().compareToIgnoreCase(b.get(column).text());
        List<List<Cell>> sorted = new ArrayList<>(rows);
        sorted.sort(order);
        return new Table(columns, sorted);
    }

    private static int numbers(double a, double b, boolean ascending) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
        }
        return ascending ? Double.compare(a, b) : Double.compare(b, a);
    }
}
