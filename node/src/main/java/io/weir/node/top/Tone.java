package io.weir.node.top;

/** How a piece of text looks; colours are left out where they are not wanted. */
enum Tone {
    PLAIN("", ""),
    STRONG("1", "1"),
    FAINT("2", "2"),
    GOOD("32", ""),
    WARNING("33", ""),
    BAD("1;31", "1"),
    BAR("36", ""),
    HEADING("7", "7"),
    CHOSEN("1;7", "1;7");

    private final String coloured;
    private final String plain;

    Tone(String coloured, String plain) {
        this.coloured = coloured;
        this.plain = plain;
    }

    /** The SGR parameters of ECMA-48. */
    String parameters(boolean colours) {
        return colours ? coloured : plain;
    }
}
