package io.weir.node;

import io.weir.agent.AgentOptions;
import io.weir.agent.Collector;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports for people to look at before they are sent. */
final class AgentPrinter {
    private final AgentOptions options;
    private final PrintWriter out;
    private final boolean json;
    private final boolean once;

    AgentPrinter(AgentOptions options, PrintWriter out, boolean json, boolean once) {
        this.options = options;
        this.out = out;
        this.json = json;
        this.once = once;
    }

    int run() throws InterruptedException {
        // What goes wrong stands beside the metric.
        try (Collector collector = Collector.of(options, message -> {})) {
            collector.pollAll(System.nanoTime());
            do {
                Thread.sleep(options.interval());
                collector.pollAll(System.nanoTime());
                List<Collector.Line> lines = collector.lines(System.nanoTime());
                out.println(json ? json(lines, collector.failures()) : table(lines, collector.failures()));
                out.flush();
            } while (!once && !out.checkError());
        }
        return ExitStatus.OK;
    }

    private String table(List<Collector.Line> lines, List<String> failures) {
        TextTable table = new TextTable("metric of " + options.server(), "value", "source", "detail");
        for (Collector.Line line : lines) {
            table.row(line.metric().key(), value(line), line.source(), line.detail());
        }
        StringBuilder text = new StringBuilder(table.render());
        failures.forEach(failure -> text.append("! ").append(failure).append('\n'));
        return text.toString().stripTrailing();
    }

    private static String value(Collector.Line line) {
        if (line.value() < 0) {
            return "unknown";
        }
        return switch (line.metric()) {
            case CLIENTS -> String.format(Locale.ROOT, "%,.0f", line.value());
            case CPU, MEMORY -> String.format(Locale.ROOT, "%.1f %%", line.value() * 100);
            case EXECUTION -> String.format(Locale.ROOT, "%.3f ms", line.value() * 1000);
            case REQUESTS -> String.format(Locale.ROOT, "%,.1f/s", line.value());
        };
    }

    private String json(List<Collector.Line> lines, List<String> failures) {
        Map<String, Object> metrics = new LinkedHashMap<>();
        for (Collector.Line line : lines) {
            metrics.put(
                    line.metric().key(),
                    new Metric(line.value() < 0 ? null : line.value(), line.source(), line.detail()));
        }
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("server", options.server());
        report.put("metrics", metrics);
        report.put("failures", failures);
        return Json.of(report);
    }

    private record Metric(@Nullable Double value, String source, String detail) {}
}
