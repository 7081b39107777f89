package io.weir.agent.metric;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The five raw metrics of a server. */
public enum Metric {
    /** Clients presently served. */
    CLIENTS("clients", 1e9),
    /** CPU utilisation, 0..1 of what the server may use. */
    CPU("cpu", 1),
    /** Memory utilisation, 0..1 of what the server may use. */
    MEMORY("memory", 1),
    /** Mean execution time of a request in seconds. */
    EXECUTION("execution", 86_400),
    /** Requests per second. */
    REQUESTS("requests", 1e9);

    private final String key;
    private final double greatest;

    Metric(String key, double greatest) {
        this.key = key;
        this.greatest = greatest;
    }

    /** The metric's name in options, files and JSON. */
    public String key() {
        return key;
    }

    /** The greatest value that makes sense; receivers drop reports with greater ones. */
    public double greatest() {
        return greatest;
    }

    /** The metric of a name. */
    public static Optional<Metric> of(String key) {
        return Stream.of(values()).filter(m -> m.key.equals(key)).findFirst();
    }

    /** All names, with commas between. */
    public static String keys() {
        return Stream.of(values()).map(Metric::key).collect(Collectors.joining(", "));
    }
}
