package io.weir.node;

import io.weir.lab.LabException;
import io.weir.lab.Network;
import io.weir.lab.bench.Bench;
import io.weir.lab.bench.Report;
import io.weir.lab.bench.Row;
import io.weir.linux.Privileges;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;

/** {@code weir bench}. */
@Command(
        name = "bench",
        description = {
            "Measures weir beside kernel forwarding, nftables, HAProxy and nginx in network namespaces on this machine, in",
            "turns, and tells medians and ratios. Needs root; installs nothing, says what is missing. A target that is",
            "missed is told and is no failure."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "how often everything is measured (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "3",
            description = "how long each load runs (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--only",
            paramLabel = "ROW",
            split = ",",
            description =
                    "short-connections, keep-alive, bulk-1, bulk-8, udp-lossless, udp-overload, latency, forwarding"
                            + " (default: all)")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--contestants",
            paramLabel = "NAME",
            split = ",",
            description = "none, nftables, haproxy, nginx, af_packet, af_xdp, c-forwarder (default: all)")
    private List<String> contestants = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "of the order in which contestants have their turns (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "where bench.md and bench.tsv go (default: docs/bench)")
    private @Nullable Path out;

    @Option(names = "--json", description = "medians and targets as JSON; progress goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Bench.Options options = options();
        if (!Privileges.isRoot()) {
            throw new NodeException(ExitStatus.UNAVAILABLE, "bench needs root for network namespaces and AF_XDP");
        }
        String obstacle = Network.obstacle();
        if (!obstacle.isEmpty()) {
            throw new NodeException(ExitStatus.UNAVAILABLE, "bench: " + obstacle);
        }
        @SuppressWarnings("resource") // standard output stays open
        PrintStream progress = json ? System.err : System.out;
        Bench.missing().forEach(line -> progress.println("! " + line));
        Report report;
        try {
            report = new Bench(options, progress).run();
        } catch (LabException e) {
            throw new NodeException(ExitStatus.FAILED, "bench: " + e.getMessage());
        }
        Path folder = out != null ? out : options.home().resolve("docs/bench");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("bench.md"), report.markdown());
        Files.writeString(folder.resolve("bench.tsv"), report.tsv());
        if (json) {
            System.out.println(
                    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(values(report)));
        } else {
            System.out.print(report.text());
        }
        progress.println("Written: " + folder.resolve("bench.md") + ", " + folder.resolve("bench.tsv"));
        return ExitStatus.OK;
    }

    private Bench.Options options() {
        if (rounds < 1 || rounds > 100) {
            throw new NodeException(ExitStatus.REFUSED, "--rounds: " + rounds + " is not in 1..100");
        }
        if (seconds < 1 || seconds > 600) {
            throw new NodeException(ExitStatus.REFUSED, "--seconds: " + seconds + " is not in 1..600");
        }
        Set<Row> rows = EnumSet.noneOf(Row.class);
        for (String key : only) {
            rows.add(Stream.of(Row.values())
                    .filter(r -> r.key().equals(key))
                    .findFirst()
                    .orElseThrow(() -> unknown(
                            "--only", key, Stream.of(Row.values()).map(Row::key).toList())));
        }
        for (String key : contestants) {
            if (!Bench.contestants().contains(key)) {
                throw unknown("--contestants", key, Bench.contestants());
            }
        }
        Path home = Path.of(System.getProperty("weir.home", "."));
        return new Bench.Options(
                weir(home),
                new Main.Version().getVersion()[0],
                home,
                rounds,
                seconds,
                rows.isEmpty() ? EnumSet.allOf(Row.class) : rows,
                contestants.isEmpty() ? Bench.contestants() : contestants,
                seed);
    }

    /** Nodes start as this program was started: by the launcher, with its options, where it told us its folder. */
    private static List<String> weir(Path home) {
        Path launcher = home.resolve("weir");
        return System.getProperty("weir.home") != null && Files.isExecutable(launcher)
                ? List.of(launcher.toString())
                : DemoCommand.self();
    }

    private static NodeException unknown(String option, String value, List<String> known) {
        return new NodeException(ExitStatus.REFUSED, option + ": " + value + " is none of " + String.join(", ", known));
    }

    private static Map<String, Object> values(Report report) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("machine", report.facts());
        values.put("medians", report.mediansByContestant());
        values.put("targets", report.verdicts());
        values.put("errors", report.troubles());
        return values;
    }
}
