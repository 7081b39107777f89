package io.weir.agent.source;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The members of one JSON object (RFC 8259) whose values are numbers, strings or null, as text. Nested values are passed over.
 * The agent needs no more of JSON, and a library would cost more memory than all the rest of it.
 */
final class JsonNumbers {
    private static final int MAX_DEPTH = 64;

    private final String text;
    private int at;

    private JsonNumbers(String text) {
        this.text = text;
    }

    /**
     * Reads an object.
     *
     * @throws IllegalArgumentException when the text is no JSON object; the message says where
     */
    static Map<String, String> parse(String text) {
        JsonNumbers json = new JsonNumbers(text);
        Map<String, String> members = new TreeMap<>();
        json.blanks();
        json.object(members, 0);
        json.blanks();
        if (json.at < text.length()) {
            throw json.unexpected("the end");
        }
        return members;
    }

    private void object(Map<String, String> members, int depth) {
        expect('{');
        blanks();
        if (peek() == '}') {
            at++;
            return;
        }
        while (true) {
            blanks();
            String name = string();
            blanks();
            expect(':');
            members.put(name, value(depth));
            blanks();
            if (peek() != ',') {
                break;
            }
            at++;
        }
        expect('}');
    }

    private void array(int depth) {
        expect('[');
        blanks();
        if (peek() == ']') {
            at++;
            return;
        }
        value(depth);
        blanks();
        while (peek() == ',') {
            at++;
            value(depth);
            blanks();
        }
        expect(']');
    }

    /** The value's text; an empty one for objects and arrays. */
    private String value(int depth) {
        if (depth == MAX_DEPTH) {
            throw new IllegalArgumentException("more than " + MAX_DEPTH + " values within each other");
        }
        blanks();
        char first = peek();
        if (first == '"') {
            return string();
        }
        if (first == '{') {
            object(new TreeMap<>(), depth + 1);
            return "";
        }
        if (first == '[') {
            array(depth + 1);
            return "";
        }
        int start = at;
        while (Character.isLetterOrDigit(peek()) || peek() == '-' || peek() == '+' || peek() == '.') {
            at++;
        }
        if (at == start) {
            throw unexpected("a value");
        }
        return text.substring(start, at);
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (peek() != '"') {
            char c = next();
            if (c == '\\') {
                char escaped = next();
                if (escaped == 'u') {
                    if (at + 4 > text.length()) {
                        throw unexpected("four digits");
                    }
                    at += 4;
                    c = '?'; // no name that is looked for has such a character
                } else {
                    c = escaped;
                }
            }
            string.append(c);
        }
        at++;
        return string.toString();
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /** The next character, 0 at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private char next() {
        if (at >= text.length()) {
            throw unexpected("the end of a string");
        }
        return text.charAt(at++);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw unexpected("'" + c + "'");
        }
        at++;
    }

    private IllegalArgumentException unexpected(String wanted) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "nothing";
        return new IllegalArgumentException(String.format(
                Locale.ROOT, "no JSON object: %s where %s was expected, at character %d", found, wanted, at + 1));
    }
}
