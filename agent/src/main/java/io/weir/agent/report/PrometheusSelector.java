package io.weir.agent.report;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names the series of a metric that are wanted: {@code name} or {@code name{label="value",other="x"}}; other labels of a
 * series are of no account, so that several series may match.
 *
 * @param name of the metric, with its suffix ({@code _sum}, {@code _count}, {@code _total})
 * @param labels that a series must have, with their values
 */
public record PrometheusSelector(String name, Map<String, String> labels) {
    public PrometheusSelector {
        labels = Map.copyOf(labels);
    }

    /**
     * Reads a selector.
     *
     * @throws IllegalArgumentException naming the text and what is wrong with it
     */
    public static PrometheusSelector parse(String text) {
        PrometheusSeries series = new PrometheusSeries(text.strip());
        String name = series.name();
        Map<String, String> labels = new LinkedHashMap<>();
        String fault = name.isEmpty() ? "it does not begin with the name of a metric" : series.labels(labels);
        if (fault.isEmpty() && !series.atEnd()) {
            fault = "there is more after it";
        }
        if (!fault.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" does not select a metric: " + fault + " (write name or name{label=\"value\"})");
        }
        return new PrometheusSelector(name, labels);
    }

    boolean matches(Map<String, String> series) {
        return series.entrySet().containsAll(labels.entrySet());
    }
}
