package io.weir.bench;

import io.weir.bench.PacketFilterBenchmark.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** Runs the benchmarks of the packet filter and prints a Markdown table of them. */
public final class Main {
    private record Case(Scenario scenario, int connections) {}

    private static final List<Case> CASES = List.of(
            new Case(Scenario.NAT, 1_000),
            new Case(Scenario.NAT, 65_536),
            new Case(Scenario.NAT, 524_288),
            new Case(Scenario.NAT, 1_000_000),
            new Case(Scenario.NAT, 4_000_000),
            new Case(Scenario.NEW, 1_000),
            new Case(Scenario.NEW, 1_000_000),
            new Case(Scenario.NAT6, 1_000),
            new Case(Scenario.NAT6, 1_000_000),
            new Case(Scenario.NEW6, 1_000),
            new Case(Scenario.DIRECT, 1_000),
            new Case(Scenario.DIRECT, 1_000_000),
            new Case(Scenario.ROUTED, 1_000),
            new Case(Scenario.ECHO, 1_000),
            new Case(Scenario.ROUTED6, 1_000),
            new Case(Scenario.ECHO6, 1_000));

    private Main() {}

    /** Arguments: seconds per iteration, huge pages (true or false), then scenarios or none for all. */
    public static void main(String[] arguments) throws RunnerException {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
        boolean hugePages = arguments.length > 1 && Boolean.parseBoolean(arguments[1]);
        List<String> wanted = arguments.length > 2 ? Arrays.asList(arguments).subList(2, arguments.length) : List.of();
        List<String> rows = new ArrayList<>();
        for (Case one : CASES) {
            String name = one.scenario().name().toLowerCase(Locale.ROOT);
            if (!wanted.isEmpty() && !wanted.contains(name) && !wanted.contains(name + ":" + one.connections())) {
                continue;
            }
            Options options = new OptionsBuilder()
                    .include(PacketFilterBenchmark.class.getName())
                    .param("scenario", one.scenario().name())
                    .param("connections", Integer.toString(one.connections()))
                    .param("hugePages", Boolean.toString(hugePages))
                    .warmupTime(TimeValue.seconds(seconds))
                    .measurementTime(TimeValue.seconds(seconds))
                    .jvmArgs(System.getProperty(
                                    "weir.bench.jvm", "--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx512m")
                            .split(" "))
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build();
            for (RunResult result : new Runner(options).run()) {
                rows.add(row(one, result));
                System.err.println(rows.getLast());
            }
        }
        System.out.println(
                "| packets | connections | ns/packet, median | least | 90th percentile | bytes allocated/packet |");
        System.out.println("|---|---:|---:|---:|---:|---:|");
        rows.forEach(System.out::println);
    }

    private static String row(Case one, RunResult result) {
        Statistics ns = result.getPrimaryResult().getStatistics();
        double bytes = sum(result, "allocatedBytes") / sum(result, "packets");
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %.1f | %.1f | %.1f | %.3f |",
                one.scenario().name().toLowerCase(Locale.ROOT),
                one.connections(),
                ns.getPercentile(50),
                ns.getMin(),
                ns.getPercentile(90),
                bytes);
    }

    private static double sum(RunResult result, String counter) {
        return result.getBenchmarkResults().stream()
                .map(r -> r.getIterationResults())
                .flatMap(Collection::stream)
                .map(IterationResult::getSecondaryResults)
                .map(results -> results.get(counter))
                .mapToDouble(Result::getScore)
                .sum();
    }
}
