package io.weir.node;

import io.weir.node.text.Cells;
import java.util.ArrayList;
import java.util.List;

/** A table for people: columns as wide as their widest cell, numbers to the right. What would steer a terminal is taken out. */
final class TextTable {
    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... headings) {
        this.headings = List.of(headings);
    }

    /** Adds a row; cells beyond the headings are not allowed. */
    TextTable row(Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + headings.size() + " columns");
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(
                    cell instanceof Long || cell instanceof Integer
                            ? number(((Number) cell).longValue())
                            : Cells.printable(String.valueOf(cell)));
        }
        rows.add(row);
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The number with a comma after each three digits. */
    static String number(long value) {
        return String.format(java.util.Locale.ROOT, "%,d", value);
    }

    /** The table, a line per row, without trailing spaces. */
    String render() {
        StringBuilder text = new StringBuilder();
        int columns = headings.size();
        int[] width = new int[columns];
        boolean[] numeric = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            width[c] = Cells.width(headings.get(c));
            numeric[c] = !rows.isEmpty();
            for (List<String> row : rows) {
                String cell = row.get(c);
                width[c] = Math.max(width[c], Cells.width(cell));
                numeric[c] &= cell.isEmpty() || cell.equals("-") || cell.matches("[-+]?[0-9][0-9,.]*([kMGTP]| ?%)?");
            }
        }
        List<List<String>> lines = new ArrayList<>(rows);
        lines.addFirst(headings);
        for (List<String> line : lines) {
            StringBuilder out = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                out.append(c == 0 ? "" : "  ").append(Cells.fit(line.get(c), width[c], numeric[c]));
            }
            text.append(out.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
