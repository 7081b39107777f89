package io.weir.agent.source;

import io.weir.agent.http.HttpClient;
import io.weir.agent.metric.MeanExecution;
import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Rate;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import io.weir.agent.report.PrometheusSelector;
import io.weir.agent.report.PrometheusText;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** An endpoint with Prometheus' text format. */
public final class PrometheusSource implements MetricSource {
    private final URI url;
    private final HttpClient client;
    private final PrometheusMapping mapping;
    private final Rate requests = new Rate();
    private final MeanExecution execution = new MeanExecution();

    public PrometheusSource(URI url, PrometheusMapping mapping, long timeoutMs) {
        this.url = url;
        this.mapping = mapping;
        this.client = new HttpClient(timeoutMs, HttpSource.MAX_BYTES);
    }

    @Override
    public String name() {
        return "prometheus " + url;
    }

    @Override
    public Set<Metric> metrics() {
        return mapping.values().keySet();
    }

    @Override
    public Reading read(long nowNs) throws SourceException {
        return parse(HttpSource.fetch(client, url).body(), nowNs);
    }

    Reading parse(byte[] page, long nowNs) throws SourceException {
        PrometheusText text = PrometheusText.parse(page, page.length, mapping.selectors());
        if (!text.faults().isEmpty()) {
            throw new SourceException(text.faults().getFirst());
        }
        Reading reading = Reading.NONE;
        for (Map.Entry<Metric, PrometheusSelector> entry : mapping.values().entrySet()) {
            double value = value(text, entry.getValue());
            double metric = switch (entry.getKey()) {
                case REQUESTS -> requests.perSecond(counter(entry.getValue(), value), nowNs);
                case EXECUTION -> mean(text, counter(entry.getValue(), value), nowNs);
                case CLIENTS, CPU, MEMORY -> gauge(entry.getValue(), value);
            };
            reading = reading.with(entry.getKey(), metric);
        }
        return reading.checked();
    }

    private double mean(PrometheusText text, double sum, long nowNs) throws SourceException {
        PrometheusSelector count = mapping.executionCount();
        if (count == null) {
            return Reading.UNKNOWN;
        }
        return execution.mean(sum, counter(count, value(text, count)), nowNs);
    }

    private static double value(PrometheusText text, PrometheusSelector selector) throws SourceException {
        Double value = text.sums().get(selector);
        if (value == null) {
            throw new SourceException("has no series " + shown(selector));
        }
        return value;
    }

    private static double gauge(PrometheusSelector selector, double value) throws SourceException {
        if (!(value >= 0)) {
            throw new SourceException(shown(selector) + ": " + value + " is not at least 0");
        }
        return value;
    }

    private static double counter(PrometheusSelector selector, double value) throws SourceException {
        if (!(value >= 0 && value <= Double.MAX_VALUE)) {
            throw new SourceException(shown(selector) + ": " + value + " is not a counter (at least 0, and finite)");
        }
        return value;
    }

    private static String shown(PrometheusSelector selector) {
        return selector.name() + (selector.labels().isEmpty() ? "" : selector.labels());
    }
}
