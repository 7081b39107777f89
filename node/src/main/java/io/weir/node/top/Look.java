package io.weir.node.top;

/**
 * What the terminal can show.
 *
 * @param blocks whether it shows block characters; ASCII otherwise
 */
public record Look(boolean blocks) {
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";

    /** A bar of so many cells, filled to a fraction of 0..1; empty when it is unknown (negative or NaN). */
    String bar(double fraction, int cells) {
        double filled = Double.isNaN(fraction) ? 0 : Math.clamp(fraction, 0.0, 1.0) * cells;
        StringBuilder bar = new StringBuilder();
        for (int k = 0; k < cells; k++) {
            double here = Math.clamp(filled - k, 0.0, 1.0);
            bar.append(blocks ? EIGHTHS.charAt((int) Math.round(here * 8)) : here >= 0.5 ? '#' : ' ');
        }
        return bar.toString();
    }

    String descending() {
        return blocks ? "▼" : "v";
    }

    String ascending() {
        return blocks ? "▲" : "^";
    }
}
