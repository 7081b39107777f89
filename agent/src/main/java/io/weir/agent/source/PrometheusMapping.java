package io.weir.agent.source;

import io.weir.agent.metric.Metric;
import io.weir.agent.report.PrometheusSelector;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which series of a Prometheus endpoint are which metric. Several series that match one name are added up.
 *
 * <pre>
 *   clients=http_active_connections          a gauge
 *   cpu=app_cpu_utilisation{pool="web"}      a gauge of 0..1; likewise memory
 *   requests=http_requests_total             a counter
 *   execution=http_seconds_sum/http_seconds_count   two counters: seconds and requests
 * </pre>
 *
 * @param values the selector of a metric: a gauge, the counter of requests, or the sum of execution times
 * @param executionCount the counter of requests that belongs to the sum of execution times
 */
public record PrometheusMapping(
        Map<Metric, PrometheusSelector> values, @Nullable PrometheusSelector executionCount) {
    /** Nothing yet. */
    public static final PrometheusMapping NONE = new PrometheusMapping(Map.of(), null);

    public PrometheusMapping {
        values = Map.copyOf(values);
    }

    /**
     * This mapping and one more.
     *
     * @param text {@code METRIC=NAME}, for execution {@code execution=SUM/COUNT}
     * @throws IllegalArgumentException when it is none, or the metric is mapped already; the message says what is wrong
     */
    public PrometheusMapping with(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not METRIC=NAME (such as clients=http_active_connections)");
        }
        String key = text.substring(0, equals);
        String name = text.substring(equals + 1);
        Metric metric = Metric.of(key)
                .orElseThrow(
                        () -> new IllegalArgumentException("\"" + key + "\" is none of the metrics " + Metric.keys()));
        if (values.containsKey(metric)) {
            throw new IllegalArgumentException(
                    key + " is mapped to " + values.get(metric).name() + " already");
        }
        Map<Metric, PrometheusSelector> more = new EnumMap<>(Metric.class);
        more.putAll(values);
        if (metric != Metric.EXECUTION) {
            more.put(metric, PrometheusSelector.parse(name));
            return new PrometheusMapping(more, executionCount);
        }
        int slash = slashBetween(name);
        if (slash < 0) {
            throw new IllegalArgumentException("\"" + name
                    + "\" is not SUM/COUNT, two counters: seconds and requests (such as"
                    + " http_request_seconds_sum/http_request_seconds_count)");
        }
        more.put(metric, PrometheusSelector.parse(name.substring(0, slash)));
        return new PrometheusMapping(more, PrometheusSelector.parse(name.substring(slash + 1)));
    }

    /** The slash that is in no value of a label, or -1. */
    private static int slashBetween(String text) {
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && (i == 0 || text.charAt(i - 1) != '\\')) {
                quoted = !quoted;
            } else if (c == '/' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    /** All that is to be looked for. */
    Set<PrometheusSelector> selectors() {
        Set<PrometheusSelector> all = new HashSet<>(values.values());
        if (executionCount != null) {
            all.add(executionCount);
        }
        return all;
    }
}
