package io.weir.control.health;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Looks for a regular expression with a bound on the work: some expressions on some texts take exponential time. The
 * bound is on the characters that the matcher looks at, so it does not depend on the machine.
 */
final class TextMatch implements CharSequence {
    /** 64 KiB some hundred times over; takes some ten milliseconds. */
    private static final int MOST_STEPS = 8 << 20;

    /** The bound was reached. */
    private static final class TooManyStepsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyStepsException() {
            super("too many steps", null, false, false);
        }
    }

    private final CharSequence text;
    private final int[] steps;

    private TextMatch(CharSequence text, int[] steps) {
        this.text = text;
        this.steps = steps;
    }

    /** Says why the expression is not found in the text; empty when it is. */
    static String problem(String expression, CharSequence text) {
        try {
            boolean found = Pattern.compile(expression)
                    .matcher(new TextMatch(text, new int[1]))
                    .find();
            return found ? "" : "without a match of \"" + expression + "\"";
        } catch (PatternSyntaxException e) {
            return "\"" + expression + "\" is no regular expression: " + e.getDescription();
        } catch (TooManyStepsException | StackOverflowError e) {
            return "\"" + expression + "\" takes too long to find; use a simpler expression";
        }
    }

    @Override
    public char charAt(int index) {
        if (++steps[0] > MOST_STEPS) {
            throw new TooManyStepsException();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new TextMatch(text.subSequence(start, end), steps);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
