package io.weir.lab.bench;

import java.util.ArrayList;
import java.util.List;

/** A table of text: aligned for a terminal, or Markdown. The first column is to the left, the others to the right. */
final class Grid {
    private final List<List<String>> rows = new ArrayList<>();

    Grid(List<String> headings) {
        rows.add(List.copyOf(headings));
    }

    Grid row(List<String> cells) {
        if (cells.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    cells.size() + " cells, not " + rows.getFirst().size());
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /** Columns as wide as their widest cell. */
    String aligned() {
        int columns = rows.getFirst().size();
        int[] width = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < columns; c++) {
                width[c] = Math.max(width[c], row.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(width[c] - row.get(c).length());
                line.append(c == 0 ? row.get(c) + pad : "  " + pad + row.get(c));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            text.append("| ")
                    .append(String.join(
                            " | ",
                            rows.get(r).stream().map(c -> c.replace("|", "\\|")).toList()))
                    .append(" |\n");
            if (r == 0) {
                text.append("| --- |")
                        .append(" ---: |".repeat(rows.getFirst().size() - 1))
                        .append('\n');
            }
        }
        return text.toString();
    }
}
