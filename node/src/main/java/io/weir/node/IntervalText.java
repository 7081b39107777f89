package io.weir.node;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times on the command line: {@code 500ms}, {@code 2s}, {@code 1.5s}, {@code 1m}; a number alone is seconds. */
final class IntervalText {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,6}(?:\\.[0-9]{1,3})?)(ms|s|m|)");

    private IntervalText() {}

    /** Milliseconds, at least 1. */
    static int milliseconds(String option, String text) {
        Matcher matcher = TIME.matcher(text);
        double unit = 0;
        if (matcher.matches()) {
            unit = switch (matcher.group(2)) {
                case "ms" -> 1;
                case "m" -> 60_000;
                default -> 1000;
            };
        }
        double ms = unit == 0 ? 0 : Double.parseDouble(matcher.group(1)) * unit;
        if (ms < 1 || ms > Integer.MAX_VALUE) {
            throw new NodeException(
                    ExitStatus.REFUSED,
                    option + ": '" + text + "' is not a time greater than 0, such as 500ms, 2s or 1m");
        }
        return (int) ms;
    }
}
