package io.weir.agent.report;

import java.util.Map;

/** Walks along one line of the text format: name, labels, value. Each step says what is wrong, or an empty text. */
final class PrometheusSeries {
    private final String line;
    private int at;

    PrometheusSeries(String line) {
        this.line = line;
    }

    /** The name of the metric at this place; empty when there is none. */
    String name() {
        int from = at;
        while (at < line.length() && isNameCharacter(line.charAt(at), at == from)) {
            at++;
        }
        return line.substring(from, at);
    }

    /** Reads labels in braces, if there are any, into a map. */
    String labels(Map<String, String> into) {
        skipBlanks();
        if (!next('{')) {
            return "";
        }
        while (true) {
            skipBlanks();
            if (next('}')) {
                return "";
            }
            String label = name();
            if (label.isEmpty() || label.indexOf(':') >= 0) {
                return "a label's name is missing at column " + (at + 1);
            }
            skipBlanks();
            if (!next('=')) {
                return "\"=\" is missing after label " + label + " at column " + (at + 1);
            }
            skipBlanks();
            StringBuilder value = new StringBuilder();
            if (!quoted(value)) {
                return "the value of label " + label + " is not in double quotes";
            }
            if (into.put(label, value.toString()) != null) {
                return "label " + label + " is there twice";
            }
            skipBlanks();
            if (!next(',') && !(at < line.length() && line.charAt(at) == '}')) {
                return "\",\" or \"}\" is missing at column " + (at + 1);
            }
        }
    }

    private boolean quoted(StringBuilder value) {
        if (!next('"')) {
            return false;
        }
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c == '\\' && at < line.length()) {
                char escaped = line.charAt(at++);
                value.append(escaped == 'n' ? '\n' : escaped);
            } else {
                value.append(c);
            }
        }
        return false;
    }

    /** The next word, up to a blank; empty at the end. */
    String word() {
        skipBlanks();
        int from = at;
        while (at < line.length() && !isBlank(line.charAt(at))) {
            at++;
        }
        return line.substring(from, at);
    }

    boolean atEnd() {
        skipBlanks();
        return at == line.length();
    }

    private boolean next(char c) {
        if (at < line.length() && line.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void skipBlanks() {
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    static boolean isNameCharacter(int c, boolean first) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || c == '_'
                || c == ':'
                || (!first && c >= '0' && c <= '9');
    }
}
