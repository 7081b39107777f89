package io.weir.node;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.server.ReportOutcome;
import io.weir.memory.server.ServerStatus;
import io.weir.memory.server.ServerStatusTable;
import io.weir.node.text.Cells;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir stat}: counters and drops by reason, from the shared memory. */
@Command(
        name = "stat",
        description =
                "Shows the counters of a node and its drops by reason; works also while the node is stuck or dead.",
        mixinStandardHelpOptions = true)
final class StatCommand implements Callable<Integer> {
    private static final int STALE_MS = 3000;

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--watch", description = "show again every second, with rates, until ctrl-C")
    private boolean watch;

    @Option(names = "--all", description = "also show what is zero")
    private boolean all;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** What the command shows, and its JSON. */
    record Report(
            String node,
            long pid,
            boolean running,
            long uptimeSeconds,
            long heartbeatAgeMs,
            int processors,
            long configurationGeneration,
            Map<String, Long> counters,
            Map<String, Long> drops,
            Map<String, Long> reports,
            List<String> notices) {}

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (NodeMemory memory = node.attach()) {
            Report report = read(memory);
            if (json) {
                out.println(Json.of(report));
                out.flush();
                return ExitStatus.OK;
            }
            print(out, report, null);
            while (watch && !out.checkError()) {
                Thread.sleep(Duration.ofSeconds(1));
                Report earlier = report;
                report = read(memory);
                out.print("\033[H\033[2J");
                print(out, report, earlier);
            }
        }
        return ExitStatus.OK;
    }

    static Report read(NodeMemory memory) {
        CountersReader counters = memory.countersReader();
        Map<String, Long> values = new LinkedHashMap<>();
        for (Counter counter : Counter.values()) {
            values.put(counter.key(), counters.value(counter));
        }
        Map<String, Long> drops = new LinkedHashMap<>();
        for (DropReason reason : DropReason.values()) {
            drops.put(reason.key(), counters.dropped(reason));
        }
        Map<String, Long> reports = new LinkedHashMap<>();
        for (ReportOutcome outcome : ReportOutcome.values()) {
            reports.put(outcome.key(), memory.serverStatus().reports(outcome));
        }
        int now = memory.map().nowMs();
        ConfigurationImage configuration = memory.configuration();
        long age = Math.max(0, now - memory.map().heartbeatMs());
        boolean alive = ProcessHandle.of(memory.map().ownerPid())
                .map(ProcessHandle::isAlive)
                .orElse(false);
        return new Report(
                memory.map().nodeName(),
                memory.map().ownerPid(),
                alive || age < STALE_MS,
                (System.currentTimeMillis() - memory.map().createdAtEpochMs()) / 1000,
                age,
                memory.map().plan().processors(),
                configuration.generation(),
                values,
                drops,
                reports,
                notices(memory, configuration, now));
    }

    /** Servers whose last report is too old to be used. */
    private static List<String> notices(NodeMemory memory, ConfigurationImage configuration, int nowMs) {
        List<String> notices = new ArrayList<>();
        ServerStatusTable statuses = memory.serverStatus();
        for (ConfigurationImage.Server server : configuration.servers()) {
            ServerStatus status = statuses.read(server.number());
            if (status.stale()) {
                long age = Math.max(0, nowMs - (int) status.reportMs());
                notices.add("server " + Cells.printable(server.name()) + ": its last report is " + Cells.duration(age)
                        + " old, too old to be used; its configured weight counts");
            }
        }
        return notices;
    }

    private void print(PrintWriter out, Report report, @org.jspecify.annotations.Nullable Report earlier) {
        String life = !report.running()
                ? "NOT RUNNING"
                : report.heartbeatAgeMs() < STALE_MS
                        ? "running"
                        : "STUCK: no heartbeat for " + report.heartbeatAgeMs() / 1000 + " s";
        out.printf(
                "node %s (pid %d): %s, up %d s, %d switching processors, configuration generation %d%n%n",
                report.node(),
                report.pid(),
                life,
                report.uptimeSeconds(),
                report.processors(),
                report.configurationGeneration());
        table(out, "counter", report.counters(), earlier == null ? null : earlier.counters());
        out.println();
        table(out, "dropped", report.drops(), earlier == null ? null : earlier.drops());
        if (report.reports().values().stream().anyMatch(n -> n != 0) || all) {
            out.println();
            table(out, "reports", report.reports(), earlier == null ? null : earlier.reports());
        }
        if (!report.notices().isEmpty()) {
            out.println();
            report.notices().forEach(out::println);
        }
        out.flush();
    }

    private void table(
            PrintWriter out,
            String heading,
            Map<String, Long> values,
            @org.jspecify.annotations.Nullable Map<String, Long> earlier) {
        TextTable table = earlier == null ? new TextTable(heading, "total") : new TextTable(heading, "total", "per s");
        values.forEach((key, value) -> {
            if (all || value != 0) {
                if (earlier == null) {
                    table.row(key, value);
                } else {
                    table.row(key, value, value - earlier.getOrDefault(key, 0L));
                }
            }
        });
        out.print(table.isEmpty() ? heading + ": nothing\n" : table.render());
    }
}
