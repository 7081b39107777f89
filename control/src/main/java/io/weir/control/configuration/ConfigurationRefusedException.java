package io.weir.control.configuration;

import java.io.Serial;
import java.util.List;

/** A configuration is not applied; the running state is as before. */
public final class ConfigurationRefusedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigurationRefusedException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    ConfigurationRefusedException(String problem, Throwable cause) {
        super(problem, cause);
        this.problems = List.of(problem);
    }

    /** What is wrong, each with key, value, relation and fix. */
    public List<String> problems() {
        return problems;
    }
}
