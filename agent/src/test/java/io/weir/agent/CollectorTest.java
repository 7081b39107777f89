package io.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import io.weir.agent.report.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CollectorTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long FRESH = 6 * SECOND;

    private final List<String> log = new ArrayList<>();

    /** A source that tells what it is told. */
    private static final class Told implements MetricSource {
        private final String name;
        private final Set<Metric> metrics;
        private Reading next = Reading.NONE;
        private String failure = "";

        Told(String name, Metric... metrics) {
            this.name = name;
            this.metrics = Set.of(metrics);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Set<Metric> metrics() {
            return metrics;
        }

        @Override
        public Reading read(long nowNs) throws SourceException {
            if (!failure.isEmpty()) {
                throw new SourceException(failure);
            }
            return next;
        }
    }

    private final Told connections = new Told("connections", Metric.CLIENTS);
    private final Told nginx = new Told("nginx", Metric.CLIENTS, Metric.REQUESTS);
    private final Collector collector = new Collector(
            "web1",
            List.of(new WatchedSource(connections, FRESH, log::add)),
            List.of(new WatchedSource(nginx, FRESH, log::add)));

    @Test
    void of_two_sources_of_a_metric_the_later_is_heeded() {
        connections.next = Reading.of(Metric.CLIENTS, 5);
        nginx.next = Reading.of(Metric.CLIENTS, 7).with(Metric.REQUESTS, 10);
        collector.pollAll(0);
        assertThat(collector.report(0)).isEqualTo(new LoadReport("web1", 7, -1, -1, -1, 10));
    }

    @Test
    void a_source_that_fails_makes_its_metrics_unknown_and_no_others() {
        connections.next = Reading.of(Metric.CLIENTS, 5);
        nginx.failure = "connection refused";
        Collector other = new Collector(
                "web1",
                List.of(new WatchedSource(new Told("cpu", Metric.CPU), FRESH, log::add)),
                List.of(
                        new WatchedSource(connections, FRESH, log::add),
                        new WatchedSource(new Told("x", Metric.REQUESTS), FRESH, log::add)));
        collector.pollAll(0);
        other.pollAll(0);
        assertThat(collector.report(0)).isEqualTo(new LoadReport("web1", -1, -1, -1, -1, -1));
        assertThat(other.report(0).clients()).isEqualTo(5);
    }

    @Test
    void failing_and_answering_again_are_a_line_each() {
        nginx.failure = "connection refused";
        for (int second = 0; second < 100; second++) {
            collector.pollAll(second * SECOND);
        }
        nginx.failure = "";
        collector.pollAll(100 * SECOND);
        collector.pollAll(101 * SECOND);
        assertThat(log)
                .containsExactly("nginx: connection refused; what it would tell is unknown", "nginx: answers again");
    }

    @Test
    void another_reason_is_told_once_a_minute() {
        for (int second = 0; second < 100; second++) {
            nginx.failure = "reason " + second;
            collector.pollAll(second * SECOND);
        }
        assertThat(log).hasSize(2).last().asString().startsWith("nginx: reason 60;");
    }

    @Test
    void a_source_that_hangs_is_worth_nothing_after_a_while() {
        nginx.next = Reading.of(Metric.REQUESTS, 10);
        collector.pollAll(0);
        assertThat(collector.report(FRESH).requestsPerSecond()).isEqualTo(10);
        assertThat(collector.report(FRESH + 1).requestsPerSecond()).isEqualTo(LoadReport.UNKNOWN);
        collector.report(FRESH + 2);
        assertThat(log)
                .filteredOn(line -> line.startsWith("nginx"))
                .containsExactly("nginx: does not answer; what it would tell is unknown");
    }

    @Test
    void absurd_values_are_not_reported() {
        nginx.next = Reading.of(Metric.REQUESTS, Double.NaN);
        collector.pollAll(0);
        assertThat(collector.report(0).requestsPerSecond()).isEqualTo(LoadReport.UNKNOWN);
        assertThat(log).first().asString().startsWith("nginx: requests: NaN is not within");
    }

    @Test
    void lines_say_where_each_metric_comes_from() {
        connections.next = Reading.of(Metric.CLIENTS, 5);
        nginx.failure = "connection refused";
        collector.pollAll(0);
        List<Collector.Line> lines = collector.lines(0);
        assertThat(lines).extracting(Collector.Line::metric).containsExactly(Metric.values());
        assertThat(lines.getFirst()).isEqualTo(new Collector.Line(Metric.CLIENTS, -1, "nginx", "connection refused"));
        assertThat(lines.get(1).detail()).startsWith("no source");
        assertThat(collector.failures()).containsExactly("nginx: connection refused");
    }
}
