package io.weir.agent;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.report.LoadReport;
import io.weir.agent.source.CommandSource;
import io.weir.agent.source.FileSource;
import io.weir.agent.source.HttpSource;
import io.weir.agent.source.NginxSource;
import io.weir.agent.source.PrometheusSource;
import io.weir.agent.system.ConnectionSource;
import io.weir.agent.system.ControlGroup;
import io.weir.agent.system.CpuSource;
import io.weir.agent.system.KernelFiles;
import io.weir.agent.system.MemorySource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes one report of what all sources know: those of the operating system, and applications, each of which may hang without
 * delaying the others. Of two sources of a metric the later is heeded, also while it does not know it: a number from elsewhere
 * would mean something else.
 */
public final class Collector implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000;

    private final String server;
    private final List<WatchedSource> system;
    private final List<WatchedSource> applications;

    /**
     * A metric in the report.
     *
     * @param value as in the report
     * @param source name of the source; empty when none has the metric
     * @param detail how the value came about, or why it is unknown
     */
    public record Line(Metric metric, double value, String source, String detail) {}

    Collector(String server, List<WatchedSource> system, List<WatchedSource> applications) {
        this.server = server;
        this.system = List.copyOf(system);
        this.applications = List.copyOf(applications);
    }

    /**
     * Sources of this machine.
     *
     * @param log takes messages for people, a line each
     */
    public static Collector of(AgentOptions options, Consumer<String> log) {
        KernelFiles files = new KernelFiles(Path.of("/"));
        ControlGroup group = ControlGroup.find(files, options.controlGroup());
        if (!group.notice().isEmpty()) {
            log.accept(group.notice());
        }
        long timeoutMs = options.timeout().toMillis();
        long freshNs = 2 * (options.interval().toNanos() + timeoutMs * NS_PER_MS);
        List<WatchedSource> system = new ArrayList<>();
        for (MetricSource source : List.of(
                new ConnectionSource(files, options.ports(), System::nanoTime),
                new CpuSource(files, group),
                new MemorySource(files, group))) {
            system.add(new WatchedSource(source, freshNs, log));
        }
        List<WatchedSource> applications = new ArrayList<>();
        for (SourceOptions source : options.sources()) {
            applications.add(new WatchedSource(source(source, timeoutMs), freshNs, log));
        }
        return new Collector(options.server(), system, applications);
    }

    private static MetricSource source(SourceOptions options, long timeoutMs) {
        return switch (options) {
            case SourceOptions.Prometheus p -> new PrometheusSource(p.url(), p.mapping(), timeoutMs);
            case SourceOptions.Nginx n -> new NginxSource(n.url(), timeoutMs);
            case SourceOptions.Http h -> new HttpSource(h.url(), timeoutMs);
            case SourceOptions.File f -> new FileSource(f.file(), f.maxAge().toMillis(), System::currentTimeMillis);
            case SourceOptions.Command c -> new CommandSource(c.line(), timeoutMs);
        };
    }

    /** Sources that may take their time, each for a thread of its own. */
    List<WatchedSource> applications() {
        return applications;
    }

    /** Reads the operating system's metrics. */
    void pollSystem(long nowNs) {
        for (WatchedSource source : system) {
            source.poll(nowNs);
        }
    }

    /** Asks all sources, one after another; for a single report. */
    public void pollAll(long nowNs) {
        pollSystem(nowNs);
        for (WatchedSource source : applications) {
            source.poll(nowNs);
        }
    }

    /** The report of what is known now. */
    public LoadReport report(long nowNs) {
        Reading merged = Reading.NONE;
        for (List<WatchedSource> sources : List.of(system, applications)) {
            for (WatchedSource source : sources) {
                Reading reading = source.reading(nowNs);
                for (Metric metric : source.metrics()) {
                    merged = merged.with(metric, reading.value(metric));
                }
            }
        }
        return new LoadReport(
                server,
                merged.value(Metric.CLIENTS),
                merged.value(Metric.CPU),
                merged.value(Metric.MEMORY),
                merged.value(Metric.EXECUTION),
                merged.value(Metric.REQUESTS));
    }

    /** The report, metric by metric, with where each comes from. */
    public List<Line> lines(long nowNs) {
        List<Line> lines = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            Line line = new Line(metric, Reading.UNKNOWN, "", "no source (see weir agent --help)");
            for (List<WatchedSource> sources : List.of(system, applications)) {
                for (WatchedSource source : sources) {
                    if (source.metrics().contains(metric)) {
                        double value = source.reading(nowNs).value(metric);
                        String detail = value < 0 ? source.failure() : source.detail(metric);
                        line = new Line(metric, value, source.name(), detail);
                    }
                }
            }
            lines.add(line);
        }
        return lines;
    }

    /** Why sources know nothing, a line each. */
    public List<String> failures() {
        List<String> failures = new ArrayList<>();
        for (List<WatchedSource> sources : List.of(system, applications)) {
            for (WatchedSource source : sources) {
                if (!source.failure().isEmpty()) {
                    failures.add(source.name() + ": " + source.failure());
                }
            }
        }
        return failures;
    }

    @Override
    public void close() {
        applications.forEach(WatchedSource::close);
        system.forEach(WatchedSource::close);
    }
}
