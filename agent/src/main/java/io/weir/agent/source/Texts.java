package io.weir.agent.source;

/** Foreign text in messages. */
final class Texts {
    private static final int MAX_LENGTH = 60;

    private Texts() {}

    /** The beginning of a text, without control characters. */
    static String shortened(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= MAX_LENGTH ? plain : plain.substring(0, MAX_LENGTH) + "...";
    }
}
