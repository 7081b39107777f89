package io.weir.control.configuration;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used. Nothing was changed. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem found, in the order of the file. */
    public List<Problem> problems() {
        return problems == null ? List.of() : problems;
    }

    /**
     * One thing that is wrong, where, and what would mend it.
     *
     * @param file the file as it was named
     * @param line from 1; 0 when the problem has no place
     * @param column from 1
     * @param message {@code key: value relation}
     * @param fix what to write instead; empty when there is nothing to suggest
     */
    public record Problem(String file, int line, int column, String message, String fix) {
        @Override
        public String toString() {
            String place = line > 0 ? file + ":" + line + ":" + column : file;
            return place + ": " + message + (fix.isEmpty() ? "" : " (" + fix + ")");
        }
    }
}
