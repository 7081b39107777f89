package io.weir.node.top;

import java.io.IOException;

/** Makes keys of what a terminal sends: characters, and the sequences of VT220 and xterm for the other keys. */
final class KeyReader {
    /** The rest of a sequence comes at once; what comes later is a key of its own. */
    private static final int SEQUENCE_MS = 50;

    private static final int LONGEST_SEQUENCE = 16;
    private static final int ESCAPE = 27;

    private final Input input;

    /** Characters from a terminal. */
    interface Input {
        /** The next UTF-16 unit; -1 at the end, -2 when none came within the time. */
        int read(long milliseconds) throws IOException;
    }

    KeyReader(Input input) {
        this.input = input;
    }

    /** The next key, or {@link Key#NOTHING} when none comes within the time. */
    Key next(long milliseconds) throws IOException {
        int c = input.read(Math.max(1, milliseconds));
        return switch (c) {
            case -1 -> Key.of(Key.Kind.END);
            case -2 -> Key.NOTHING;
            case 3, 4 -> Key.of(Key.Kind.INTERRUPT);
            case '\r', '\n' -> Key.of(Key.Kind.ENTER);
            case '\t' -> Key.of(Key.Kind.TAB);
            case 8, 127 -> Key.of(Key.Kind.BACKSPACE);
            case ESCAPE -> sequence();
            default -> c < ' ' ? Key.NOTHING : character(c);
        };
    }

    private Key character(int c) throws IOException {
        if (!Character.isHighSurrogate((char) c)) {
            return Character.isSurrogate((char) c) || Character.isISOControl(c) ? Key.NOTHING : Key.of(c);
        }
        int low = input.read(SEQUENCE_MS);
        return low >= 0 && Character.isLowSurrogate((char) low)
                ? Key.of(Character.toCodePoint((char) c, (char) low))
                : Key.NOTHING;
    }

    private Key sequence() throws IOException {
        int introducer = input.read(SEQUENCE_MS);
        if (introducer < 0 || introducer == ESCAPE) {
            return Key.of(Key.Kind.ESCAPE);
        }
        if (introducer != '[' && introducer != 'O') {
            return Key.NOTHING;
        }
        StringBuilder parameters = new StringBuilder();
        while (parameters.length() < LONGEST_SEQUENCE) {
            int c = input.read(SEQUENCE_MS);
            if (c < 0) {
                return Key.NOTHING;
            }
            if (c >= '@' && c <= '~') {
                return named(c, parameters.toString());
            }
            parameters.append((char) c);
        }
        return Key.NOTHING;
    }

    private static Key named(int last, String parameters) {
        return switch (last) {
            case 'A' -> Key.of(Key.Kind.UP);
            case 'B' -> Key.of(Key.Kind.DOWN);
            case 'C' -> Key.of(Key.Kind.RIGHT);
            case 'D' -> Key.of(Key.Kind.LEFT);
            case 'H' -> Key.of(Key.Kind.HOME);
            case 'F' -> Key.of(Key.Kind.LAST);
            case 'Z' -> Key.of(Key.Kind.BACK_TAB);
            case '~' ->
                switch (parameters) {
                    case "1", "7" -> Key.of(Key.Kind.HOME);
                    case "4", "8" -> Key.of(Key.Kind.LAST);
                    case "5" -> Key.of(Key.Kind.PAGE_UP);
                    case "6" -> Key.of(Key.Kind.PAGE_DOWN);
                    default -> Key.NOTHING;
                };
            default -> Key.NOTHING;
        };
    }
}
