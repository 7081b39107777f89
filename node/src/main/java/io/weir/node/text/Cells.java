package io.weir.node.text;

import java.util.Locale;
import org.jline.utils.WCWidth;

/**
 * Text measured in the cells of a terminal: a Chinese character takes two, a combining mark none. Names and messages come
 * from files and from servers, so what could move the cursor is taken out first ({@link #printable}).
 */
public final class Cells {
    private static final char REPLACEMENT = '\ufffd';
    private static final String ELLIPSIS = "…";

    private Cells() {}

    /** The text on one line, with a replacement character for each that steers a terminal or the direction of writing. */
    public static String printable(String text) {
        if (text.codePoints().allMatch(Cells::isPrintable)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.appendCodePoint(isPrintable(c) ? c : REPLACEMENT));
        return clean.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** Cells that the text takes. */
    public static int width(String text) {
        int width = 0;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            width += width(c);
            at += Character.charCount(c);
        }
        return width;
    }

    private static int width(int c) {
        return c < 0x7f ? 1 : Math.max(0, WCWidth.wcwidth(c));
    }

    /** The text, or as much of it as fits with an ellipsis. */
    public static String cut(String text, int cells) {
        if (width(text) <= cells) {
            return text;
        }
        return cells <= 0 ? "" : head(text, cells - 1) + ELLIPSIS;
    }

    /** As much of the beginning as fits; a character of two cells is not cut in half. */
    public static String head(String text, int cells) {
        int width = 0;
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            width += width(c);
            if (width > cells) {
                break;
            }
            at += Character.charCount(c);
        }
        return text.substring(0, at);
    }

    /** The text in exactly so many cells, at the left or at the right, cut when it is longer. */
    public static String fit(String text, int cells, boolean right) {
        String cut = cut(text, cells);
        String pad = " ".repeat(Math.max(0, cells - width(cut)));
        return right ? pad + cut : cut + pad;
    }

    /** A number of at most about five characters: {@code 950}, {@code 12.3k}, {@code 4.56M}; a dash when it is unknown. */
    public static String compact(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double rest = Math.abs(value);
        String[] units = {"", "k", "M", "G", "T", "P"};
        int unit = 0;
        while (rest >= 999.5 && unit < units.length - 1) {
            rest /= 1000;
            unit++;
        }
        String format = unit == 0 ? "%.0f" : rest < 9.995 ? "%.2f" : rest < 99.95 ? "%.1f" : "%.0f";
        return (value < 0 ? "-" : "") + String.format(Locale.ROOT, format, rest) + units[unit];
    }

    /** Likewise, a count. */
    public static String compact(long value) {
        return compact((double) value);
    }

    /** A time as a person says it: {@code 5 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 4 d 3 h}. */
    public static String duration(long ms) {
        long s = Math.max(0, ms / 1000);
        if (s < 60) {
            return s + " s";
        }
        if (s < 3600) {
            return s / 60 + " min" + (s % 60 == 0 ? "" : " " + s % 60 + " s");
        }
        if (s < 86_400) {
            return s / 3600 + " h" + (s / 60 % 60 == 0 ? "" : " " + s / 60 % 60 + " min");
        }
        return s / 86_400 + " d" + (s / 3600 % 24 == 0 ? "" : " " + s / 3600 % 24 + " h");
    }

    /** A share of 0..1 in per cent with one decimal; a dash when it is unknown. */
    public static String percent(double share) {
        return Double.isNaN(share) || share < 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** A number without the fraction that a whole number does not have. */
    public static String decimal(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
