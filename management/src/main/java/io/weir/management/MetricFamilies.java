package io.weir.management;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Collects the points of metrics; a point that is there already (two interfaces of one name) is left as it is. */
final class MetricFamilies {
    private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    private final Map<String, SummarySnapshot.Builder> summaries = new LinkedHashMap<>();
    private final Set<Point> points = new HashSet<>();

    private record Point(String name, Labels labels) {}

    /**
     * A value that only grows.
     *
     * @param name without {@code _total}
     */
    void counter(String name, String help, double value, String... labels) {
        Labels at = Labels.of(labels);
        if (points.add(new Point(name, at))) {
            counters.computeIfAbsent(
                            name, key -> CounterSnapshot.builder().name(name).help(help))
                    .dataPoint(CounterDataPointSnapshot.builder()
                            .labels(at)
                            .value(Math.max(0, value))
                            .build());
        }
    }

    /** The same for a whole number, exact up to 2^53. */
    void counter(String name, String help, long value, String... labels) {
        counter(name, help, (double) value, labels);
    }

    /** The same for a whole number. */
    void gauge(String name, String help, long value, String... labels) {
        gauge(name, help, (double) value, labels);
    }

    /** A value of now. */
    void gauge(String name, String help, double value, String... labels) {
        Labels at = Labels.of(labels);
        if (points.add(new Point(name, at))) {
            gauges.computeIfAbsent(
                            name, key -> GaugeSnapshot.builder().name(name).help(help))
                    .dataPoint(GaugeDataPointSnapshot.builder()
                            .labels(at)
                            .value(value)
                            .build());
        }
    }

    /** A value of now that is not negative, or nothing. */
    void known(String name, String help, double value, String... labels) {
        if (value >= 0) {
            gauge(name, help, value, labels);
        }
    }

    /** The same for a whole number. */
    void known(String name, String help, long value, String... labels) {
        known(name, help, (double) value, labels);
    }

    /** A distribution by its median and its 99 % quantile, which are left out when negative. */
    void summary(String name, String help, long count, double p50, double p99, String... labels) {
        Labels at = Labels.of(labels);
        if (points.add(new Point(name, at))) {
            Quantiles quantiles = p50 < 0 || p99 < 0
                    ? Quantiles.EMPTY
                    : Quantiles.of(new Quantile(0.5, p50), new Quantile(0.99, p99));
            summaries
                    .computeIfAbsent(
                            name, key -> SummarySnapshot.builder().name(name).help(help))
                    .dataPoint(SummaryDataPointSnapshot.builder()
                            .labels(at)
                            .count(Math.max(0, count))
                            .quantiles(quantiles)
                            .build());
        }
    }

    /** How often something happened and how many seconds it took in all. */
    void times(String name, String help, long count, double seconds, String... labels) {
        summaries
                .computeIfAbsent(
                        name, key -> SummarySnapshot.builder().name(name).help(help))
                .dataPoint(SummaryDataPointSnapshot.builder()
                        .labels(Labels.of(labels))
                        .count(count)
                        .sum(seconds)
                        .build());
    }

    MetricSnapshots snapshots() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        counters.values().forEach(each -> all.metricSnapshot(each.build()));
        gauges.values().forEach(each -> all.metricSnapshot(each.build()));
        summaries.values().forEach(each -> all.metricSnapshot(each.build()));
        return all.build();
    }
}
