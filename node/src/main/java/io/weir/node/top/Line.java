package io.weir.node.top;

import io.weir.node.text.Cells;
import java.util.ArrayList;
import java.util.List;

/** A line of the screen: pieces of text, each in one tone. Immutable. */
public final class Line {
    static final Line EMPTY = new Line(List.of());

    private record Piece(String text, Tone tone) {}

    private final List<Piece> pieces;

    private Line(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    static Line of(String text, Tone tone) {
        return EMPTY.with(text, tone);
    }

    Line with(String text, Tone tone) {
        if (text.isEmpty()) {
            return this;
        }
        List<Piece> longer = new ArrayList<>(pieces);
        longer.add(new Piece(text, tone));
        return new Line(longer);
    }

    /** The line cut to a width; in a tone that shows on blanks it is filled up to it. */
    Line fit(int width, Tone fill) {
        List<Piece> fitting = new ArrayList<>();
        int left = width;
        for (Piece piece : pieces) {
            String text = Cells.cut(piece.text(), left);
            fitting.add(new Piece(text, piece.tone()));
            left -= Cells.width(text);
            if (left <= 0) {
                break;
            }
        }
        if (left > 0 && fill != Tone.PLAIN) {
            fitting.add(new Piece(" ".repeat(left), fill));
        }
        return new Line(fitting);
    }

    /** The characters alone, without trailing blanks. */
    public String text() {
        StringBuilder text = new StringBuilder();
        pieces.forEach(p -> text.append(p.text()));
        return text.toString().stripTrailing();
    }

    /** With the escape sequences of ECMA-48 for a terminal. */
    public String ansi(boolean colours) {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            String parameters = piece.tone().parameters(colours);
            if (parameters.isEmpty()) {
                text.append(piece.text());
            } else {
                text.append("\033[")
                        .append(parameters)
                        .append('m')
                        .append(piece.text())
                        .append("\033[0m");
            }
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return text();
    }
}
