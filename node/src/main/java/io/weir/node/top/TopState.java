package io.weir.node.top;

import java.util.EnumMap;
import java.util.Map;

/**
 * What the person at the keyboard has chosen. Immutable.
 *
 * @param view what is listed
 * @param sorts how each view is sorted; a view that is not there stands as the node has it
 * @param filter only rows with this text; empty for all
 * @param mode what keys mean
 * @param paused whether the picture stands still
 * @param intervalMs between two looks at the node
 * @param offset rows above the first one shown
 */
public record TopState(
        TopView view, Map<TopView, Sort> sorts, String filter, Mode mode, boolean paused, int intervalMs, int offset) {
    static final int LEAST_INTERVAL_MS = 100;
    static final int GREATEST_INTERVAL_MS = 60_000;
    private static final int LONGEST_FILTER = 60;

    public TopState {
        sorts = Map.copyOf(sorts);
        intervalMs = Math.clamp(intervalMs, LEAST_INTERVAL_MS, GREATEST_INTERVAL_MS);
        offset = Math.max(0, offset);
    }

    /** What keys mean. */
    public enum Mode {
        /** They are commands. */
        LISTING,
        /** They are letters of the filter. */
        FILTERING,
        /** Any ends the help. */
        HELP,
        /** It is over. */
        QUIT
    }

    /**
     * How a view is sorted.
     *
     * @param column its index; -1 for the node's own order
     */
    public record Sort(int column, boolean reversed) {
        static final Sort NONE = new Sort(-1, false);
    }

    /** The beginning. */
    public static TopState of(TopView view, int intervalMs) {
        return new TopState(view, Map.of(), "", Mode.LISTING, false, intervalMs, 0);
    }

    Sort sort() {
        return sorts.getOrDefault(view, Sort.NONE);
    }

    /** The state after a key. */
    public TopState after(Key key) {
        if (key.kind() == Key.Kind.INTERRUPT || key.kind() == Key.Kind.END) {
            return with(Mode.QUIT);
        }
        if (key.kind() == Key.Kind.NOTHING) {
            return this;
        }
        return switch (mode) {
            case QUIT -> this;
            case HELP -> with(key.isCharacter('q') ? Mode.QUIT : Mode.LISTING);
            case FILTERING -> filtering(key);
            case LISTING -> listing(key);
        };
    }

    private TopState filtering(Key key) {
        return switch (key.kind()) {
            case ENTER -> with(Mode.LISTING);
            case ESCAPE -> filter("").with(Mode.LISTING);
            case BACKSPACE ->
                filter.isEmpty()
                        ? with(Mode.LISTING)
                        : filter(filter.substring(0, filter.offsetByCodePoints(filter.length(), -1)));
            case CHARACTER ->
                filter.length() < LONGEST_FILTER ? filter(filter + Character.toString(key.character())) : this;
            default -> this;
        };
    }

    private TopState listing(Key key) {
        return switch (key.kind()) {
            case ESCAPE -> filter("");
            case UP -> scrolled(offset - 1);
            case DOWN -> scrolled(offset + 1);
            case PAGE_UP -> scrolled(offset - 10);
            case PAGE_DOWN -> scrolled(offset + 10);
            case HOME -> scrolled(0);
            case LAST -> scrolled(Integer.MAX_VALUE);
            case LEFT, BACK_TAB -> view(view.further(-1));
            case RIGHT, TAB -> view(view.further(1));
            case CHARACTER -> command(key.character());
            default -> this;
        };
    }

    private TopState command(int c) {
        for (TopView each : TopView.values()) {
            if (c == '0' + each.number() || c == each.key()) {
                return view(each);
            }
        }
        return switch (c) {
            case 'q', 'Q' -> with(Mode.QUIT);
            case '?', 'h' -> with(Mode.HELP);
            case '/' -> with(Mode.FILTERING);
            case ' ' -> new TopState(view, sorts, filter, mode, !paused, intervalMs, offset);
            case '+' -> interval(longer());
            case '-' -> interval(shorter());
            case '<' -> sort(new Sort(Math.max(-1, sort().column() - 1), sort().reversed()));
            case '>' -> sort(new Sort(sort().column() + 1, sort().reversed()));
            case 'r' -> sort(new Sort(sort().column(), !sort().reversed()));
            case 'k' -> scrolled(offset - 1);
            case 'j' -> scrolled(offset + 1);
            default -> this;
        };
    }

    /** Steps of half a second below 2 s and of a second above. */
    private int longer() {
        return intervalMs < 500 ? 500 : intervalMs < 2000 ? intervalMs + 500 : intervalMs + 1000;
    }

    private int shorter() {
        return intervalMs <= 500 ? intervalMs - 100 : intervalMs <= 2000 ? intervalMs - 500 : intervalMs - 1000;
    }

    /** The same within a view of so many columns, and so many rows of which some are shown. */
    TopState within(int columns, int rows, int shown) {
        Sort sort = sort();
        TopState inside = sort.column() < columns ? this : sort(new Sort(columns - 1, sort.reversed()));
        return inside.scrolled(Math.min(inside.offset, Math.max(0, rows - shown)));
    }

    public TopState view(TopView next) {
        return new TopState(next, sorts, filter, mode, paused, intervalMs, 0);
    }

    /** The view sorted in this way. */
    public TopState sort(Sort sort) {
        Map<TopView, Sort> others = new EnumMap<>(TopView.class);
        others.putAll(sorts);
        others.put(view, sort);
        return new TopState(view, others, filter, mode, paused, intervalMs, offset);
    }

    /** Only rows with a text. */
    public TopState filter(String text) {
        return new TopState(view, sorts, text, mode, paused, intervalMs, 0);
    }

    private TopState with(Mode next) {
        return new TopState(view, sorts, filter, next, paused, intervalMs, offset);
    }

    private TopState interval(int ms) {
        return new TopState(view, sorts, filter, mode, paused, ms, offset);
    }

    private TopState scrolled(int rows) {
        return new TopState(view, sorts, filter, mode, paused, intervalMs, rows);
    }
}
