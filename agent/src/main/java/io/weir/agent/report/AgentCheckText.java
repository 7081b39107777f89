package io.weir.agent.report;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a server says in HAProxy's agent-check text, such as {@code up 75% maxconn:30}: words in any order and case up to the
 * first CR or LF, apart by blanks, tabs or commas. After a {@code #} comes a description, up to the end of the line. What the
 * text does not mention stays as it was. Of several words of a kind the last one counts. A word that is none is a warning and
 * leaves the others valid; a line without its end is ignored with a warning, since {@code maxconn:3} may have been going to be
 * {@code maxconn:30}. Both as in HAProxy.
 *
 * <p>Source: HAProxy configuration manual §5.2, "agent-check".
 *
 * @param weightPercent {@code 75%}: share of the configured weight, 0..25600 (HAProxy's greatest weight is 256)
 * @param state {@code up}, {@code down}, {@code fail} or {@code stopped}: the operating state
 * @param administrative {@code ready}, {@code drain} or {@code maint}
 * @param maxConnections {@code maxconn:30}: greatest number of connections; 0 for no limit
 * @param message description after the {@code #}, at most {@value #MAX_MESSAGE} printable ASCII characters; may be empty
 * @param warning what could not be understood; empty when nothing
 */
public record AgentCheckText(
        OptionalInt weightPercent,
        Optional<State> state,
        Optional<Administrative> administrative,
        OptionalInt maxConnections,
        String message,
        String warning) {
    /** Longest line with its end; a longer one is ignored, as one without an end is. */
    public static final int MAX_LINE = 1024;

    public static final int MAX_MESSAGE = 127;
    private static final int MAX_PERCENT = 25_600;
    private static final String MAXCONN = "maxconn:";

    /** Whether the service works, as the server itself sees it. */
    public enum State {
        UP,
        /** Seen as not working. */
        DOWN,
        /** Does not pass a test of its own. */
        FAIL,
        /** Stopped on purpose. */
        STOPPED
    }

    /** What an administrator of the server wants. */
    public enum Administrative {
        READY,
        /** No new connections. */
        DRAIN,
        /** Under maintenance: no new connections. */
        MAINT
    }

    /** Reads a line; whatever the bytes are, it never throws. */
    public static AgentCheckText parse(byte[] bytes, int length) {
        int end = 0;
        int limit = Math.min(Math.min(length, bytes.length), MAX_LINE);
        while (end < limit && bytes[end] != '\r' && bytes[end] != '\n') {
            end++;
        }
        Reader reader = new Reader();
        String line = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        if (end == limit) {
            reader.warn("\"" + Reader.printable(line, 40) + "\" has no end of line within " + MAX_LINE + " bytes");
        } else {
            reader.read(line);
        }
        return reader.text();
    }

    /** Whether nothing at all was said. */
    public boolean isEmpty() {
        return weightPercent.isEmpty() && state.isEmpty() && administrative.isEmpty() && maxConnections.isEmpty();
    }

    private static final class Reader {
        private OptionalInt weightPercent = OptionalInt.empty();
        private Optional<State> state = Optional.empty();
        private Optional<Administrative> administrative = Optional.empty();
        private OptionalInt maxConnections = OptionalInt.empty();
        private String message = "";
        private String warning = "";

        void read(String line) {
            int at = 0;
            while (at < line.length()) {
                char c = line.charAt(at);
                if (isSeparator(c)) {
                    at++;
                } else if (c == '#') {
                    message = printable(line.substring(at + 1).strip(), MAX_MESSAGE);
                    return;
                } else {
                    int from = at;
                    while (at < line.length() && !isSeparator(line.charAt(at))) {
                        at++;
                    }
                    word(line.substring(from, at));
                }
            }
        }

        private void word(String word) {
            switch (word.toLowerCase(Locale.ROOT)) {
                case "up" -> state = Optional.of(State.UP);
                case "down" -> state = Optional.of(State.DOWN);
                case "fail" -> state = Optional.of(State.FAIL);
                case "stopped" -> state = Optional.of(State.STOPPED);
                case "ready" -> administrative = Optional.of(Administrative.READY);
                case "drain" -> administrative = Optional.of(Administrative.DRAIN);
                case "maint" -> administrative = Optional.of(Administrative.MAINT);
                default -> number(word);
            }
        }

        private void number(String word) {
            if (word.endsWith("%")) {
                int percent = integer(word, 0, word.length() - 1);
                if (percent < 0 || percent > MAX_PERCENT) {
                    warn("\"" + printable(word, 40) + "\" is not a percentage within 0%.." + MAX_PERCENT + "%");
                } else {
                    weightPercent = OptionalInt.of(percent);
                }
            } else if (word.regionMatches(true, 0, MAXCONN, 0, MAXCONN.length())) {
                int most = integer(word, MAXCONN.length(), word.length());
                if (most < 0) {
                    warn("\"" + printable(word, 40) + "\" is not maxconn: and a number of connections");
                } else {
                    maxConnections = OptionalInt.of(most);
                }
            } else {
                warn("\"" + printable(word, 40) + "\" is no word of the agent-check protocol");
            }
        }

        /** Digits only, at most 9; -1 for anything else. */
        private static int integer(String word, int from, int to) {
            if (to <= from || to - from > 9) {
                return -1;
            }
            int value = 0;
            for (int i = from; i < to; i++) {
                char c = word.charAt(i);
                if (c < '0' || c > '9') {
                    return -1;
                }
                value = 10 * value + (c - '0');
            }
            return value;
        }

        void warn(String text) {
            if (warning.isEmpty()) {
                warning = text;
            }
        }

        private static boolean isSeparator(char c) {
            return c == ' ' || c == '\t' || c == ',';
        }

        private static String printable(String text, int most) {
            StringBuilder result = new StringBuilder();
            for (int i = 0; i < Math.min(text.length(), most); i++) {
                char c = text.charAt(i);
                result.append(c >= ' ' && c <= '~' ? c : '?');
            }
            return result.toString();
        }

        AgentCheckText text() {
            return new AgentCheckText(weightPercent, state, administrative, maxConnections, message, warning);
        }
    }
}
