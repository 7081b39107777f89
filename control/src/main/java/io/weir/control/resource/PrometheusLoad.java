package io.weir.control.resource;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.PrometheusSelector;
import io.weir.agent.report.PrometheusText;
import io.weir.control.configuration.LoadSourceConfiguration.Prometheus;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Makes a load report of one page of metrics and the one before: gauges as they are; mean execution time and requests/s from
 * what the counters gained in between. A counter that went back was reset, and gives nothing until the page after. For one
 * thread.
 */
final class PrometheusLoad {
    private static final double NANOS = 1e9;

    private enum Part {
        CPU,
        MEMORY,
        CLIENTS,
        EXECUTION_SUM,
        EXECUTION_COUNT
    }

    private final String server;
    private final Map<Part, PrometheusSelector> selectors = new HashMap<>();
    private double lastSum = Double.NaN;
    private double lastCount = Double.NaN;
    private long lastNs;

    /** @throws IllegalArgumentException when a name is not that of a metric */
    PrometheusLoad(String server, Prometheus configuration) {
        this.server = server;
        select(Part.CPU, configuration.cpu());
        select(Part.MEMORY, configuration.memory());
        select(Part.CLIENTS, configuration.clients());
        select(Part.EXECUTION_SUM, configuration.executionSum());
        select(Part.EXECUTION_COUNT, configuration.executionCount());
    }

    private void select(Part part, String name) {
        if (!name.isBlank()) {
            selectors.put(part, PrometheusSelector.parse(name));
        }
    }

    Set<PrometheusSelector> wanted() {
        return Set.copyOf(selectors.values());
    }

    /** @param nowNs when the page was read, of a clock that does not go back */
    LoadReport report(PrometheusText page, long nowNs) {
        double sum = value(page, Part.EXECUTION_SUM);
        double count = value(page, Part.EXECUTION_COUNT);
        double seconds = (nowNs - lastNs) / NANOS;
        double requests = gained(count, lastCount);
        double execution = gained(sum, lastSum);
        // A sum may stand still while the count grows, but a reset of either makes both doubtful.
        boolean reset = count < lastCount || sum < lastSum;
        lastSum = sum;
        lastCount = count;
        lastNs = nowNs;
        return new LoadReport(
                server,
                known(value(page, Part.CLIENTS)),
                known(value(page, Part.CPU)),
                known(value(page, Part.MEMORY)),
                known(reset || !(requests > 0) ? Double.NaN : execution / requests),
                known(reset || seconds <= 0 ? Double.NaN : requests / seconds));
    }

    private static double gained(double now, double before) {
        return now < before ? Double.NaN : now - before;
    }

    private double value(PrometheusText page, Part part) {
        PrometheusSelector selector = selectors.get(part);
        return selector == null ? Double.NaN : page.value(selector).orElse(Double.NaN);
    }

    /** NaN means "no observation" in this format. */
    private static double known(double value) {
        return Double.isNaN(value)
                ? LoadReport.UNKNOWN
                : value == LoadReport.UNKNOWN ? Double.NEGATIVE_INFINITY : value;
    }

    /** Whether the page has any of what is wanted. */
    boolean isIn(PrometheusText page) {
        return selectors.values().stream().map(page::value).anyMatch(OptionalDouble::isPresent);
    }
}
