package io.weir.applications.rtp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON text (RFC 8259) as {@link Map}, {@link List}, {@link String}, {@link Double}, {@link Boolean} or null; a name
 * that stands twice in an object is refused.
 */
final class JsonReader {
    private static final int MOST_DEPTH = 16;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Reads an object; an empty text is an empty object.
     *
     * @throws RequestException when it is none, with the place
     */
    static Map<String, @Nullable Object> object(String text) throws RequestException {
        JsonReader reader = new JsonReader(text);
        reader.blanks();
        if (reader.at == text.length()) {
            return new LinkedHashMap<>();
        }
        if (reader.peek() != '{') {
            throw reader.wrong("an object {…} is wanted");
        }
        Map<String, @Nullable Object> object = reader.members(0);
        reader.blanks();
        if (reader.at < text.length()) {
            throw reader.wrong("nothing more is wanted");
        }
        return object;
    }

    private RequestException wrong(String message) {
        return RequestException.wrong("JSON, character " + (at + 1) + ": " + message);
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean take(char c) {
        blanks();
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char c) throws RequestException {
        if (!take(c)) {
            throw wrong("'" + c + "' is wanted");
        }
    }

    private @Nullable Object value(int depth) throws RequestException {
        if (depth > MOST_DEPTH) {
            throw wrong("more than " + MOST_DEPTH + " values within each other");
        }
        blanks();
        return switch (peek()) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> members(int depth) throws RequestException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        expect('{');
        if (take('}')) {
            return members;
        }
        do {
            blanks();
            String name = string();
            expect(':');
            if (members.containsKey(name)) {
                throw wrong("\"" + name + "\" stands there twice");
            }
            members.put(name, value(depth + 1));
        } while (take(','));
        expect('}');
        return members;
    }

    private List<@Nullable Object> elements(int depth) throws RequestException {
        List<@Nullable Object> elements = new ArrayList<>();
        expect('[');
        if (take(']')) {
            return elements;
        }
        do {
            elements.add(value(depth + 1));
        } while (take(','));
        expect(']');
        return elements;
    }

    private @Nullable Object word(String word, @Nullable Object value) throws RequestException {
        if (!text.startsWith(word, at)) {
            throw wrong("a value is wanted");
        }
        at += word.length();
        return value;
    }

    private Double number() throws RequestException {
        int end = at;
        while (end < text.length() && "+-.eE0123456789".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        String number = text.substring(at, end);
        if (!number.matches("-?(0|[1-9]\\d{0,17})(\\.\\d{1,18})?([eE][+-]?\\d{1,3})?")) {
            throw wrong("a value is wanted");
        }
        at = end;
        return Double.valueOf(number);
    }

    private String string() throws RequestException {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (peek() != '"') {
            if (at >= text.length()) {
                throw wrong("the text ends within a string");
            }
            char c = text.charAt(at++);
            if (c < ' ') {
                throw wrong("a control character within a string");
            }
            string.append(c == '\\' ? escaped() : c);
        }
        at++;
        return string.toString();
    }

    private char escaped() throws RequestException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
                    throw wrong("four hexadecimal digits are wanted");
                }
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> throw wrong("no such escape");
        };
    }
}
