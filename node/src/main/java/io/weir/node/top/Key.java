package io.weir.node.top;

/**
 * A key.
 *
 * @param character the code point of a {@link Kind#CHARACTER}; 0 otherwise
 */
public record Key(Kind kind, int character) {
    /** What was pressed. */
    public enum Kind {
        CHARACTER,
        UP,
        DOWN,
        LEFT,
        RIGHT,
        PAGE_UP,
        PAGE_DOWN,
        HOME,
        /** The key marked End. */
        LAST,
        ENTER,
        ESCAPE,
        BACKSPACE,
        TAB,
        BACK_TAB,
        /** Ctrl-C or ctrl-D. */
        INTERRUPT,
        /** The terminal is gone. */
        END,
        /** Nothing within the time, or something without a meaning here. */
        NOTHING
    }

    static final Key NOTHING = of(Kind.NOTHING);

    static Key of(Kind kind) {
        return new Key(kind, 0);
    }

    static Key of(int character) {
        return new Key(Kind.CHARACTER, character);
    }

    boolean isCharacter(int c) {
        return kind == Kind.CHARACTER && character == c;
    }
}
