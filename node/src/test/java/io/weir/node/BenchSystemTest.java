package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir bench} as its users run it, shortened. What it measures on a busy machine is not looked at. */
class BenchSystemTest {
    private static final long SECONDS = 120;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void it_measures_every_contestant_that_it_can_run_and_writes_down_what_it_found() throws IOException {
        Programs.assume("ip", "nsenter", "nft", "nginx", "wrk", "iperf3");
        Commands.Result bench = Commands.attempt(
                RunningNode.command(
                        "bench",
                        "--rounds",
                        "1",
                        "--seconds",
                        "1",
                        "--contestants",
                        "none,nftables,af_packet",
                        "--only",
                        "short-connections,bulk-1,udp-overload,latency",
                        "--out",
                        folder.toString()),
                "",
                SECONDS);
        assertThat(bench.status()).as(bench.output()).isZero();
        String tsv = Files.readString(folder.resolve("bench.tsv"));
        for (String contestant : List.of("none", "nftables", "af_packet")) {
            for (String metric : List.of("short-rate", "bulk-1-rate", "udp-overload-rate", "latency-p50")) {
                assertThat(tsv.lines().filter(l -> l.startsWith(contestant + "\t" + metric + "\t")))
                        .as(contestant + " " + metric + " in\n" + bench.output())
                        .singleElement()
                        .asString()
                        .doesNotContain("\t0.000");
            }
        }
        assertThat(bench.output())
                .contains("Round 1/1, latency")
                .contains("short connections, af_packet / nftables: ")
                .doesNotContain("failed");
        assertThat(Files.readString(folder.resolve("bench.md")))
                .contains("- kernel: ")
                .contains("| short connections, 1/s |");
        assertThat(leftovers(bench.output())).isEmpty();
    }

    @Test
    void an_unknown_row_or_contestant_is_refused_with_the_known_ones() {
        Commands.Result row = RunningNode.execute(List.of("bench", "--only", "speed"));
        assertThat(row.status()).isEqualTo(2);
        assertThat(row.output()).contains("--only: speed is none of short-connections, keep-alive");
        Commands.Result contestant = RunningNode.execute(List.of("bench", "--contestants", "ipvs"));
        assertThat(contestant.status()).isEqualTo(2);
        assertThat(contestant.output()).contains("--contestants: ipvs is none of none, nftables");
    }

    @Test
    void ctrl_c_leaves_nothing_behind_although_contestants_are_stopped() throws IOException, InterruptedException {
        Programs.assume("ip", "nsenter", "nginx", "wrk");
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/run/netns")), "no named network namespaces here");
        Path log = folder.resolve("bench.log");
        Process bench = new ProcessBuilder(RunningNode.command(
                        "bench",
                        "--seconds",
                        "20",
                        "--contestants",
                        "af_packet",
                        "--only",
                        "udp-overload",
                        "--seed",
                        "1",
                        "--out",
                        folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Programs.await("a round", 60, () -> lines(log).contains("Round 1/3"));
            List<ProcessHandle> children = bench.descendants().toList();
            assertThat(children).isNotEmpty();
            assertThat(named(bench.pid())).isNotEmpty();
            Commands.run("kill", "-INT", String.valueOf(bench.pid()));
            assertThat(bench.waitFor(30, TimeUnit.SECONDS)).isTrue();
            Programs.await("processes ended", 10, () -> children.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(named(bench.pid())).isEmpty();
        } finally {
            bench.destroyForcibly().waitFor();
        }
    }

    private static String lines(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "";
        }
    }

    /** Whatever is left of any benchmark that wrote into this folder: none ran at the same time. */
    private static List<String> leftovers(String output) throws IOException {
        assertThat(output).contains("Written: ");
        List<String> found = new ArrayList<>();
        try (var files = Files.list(Path.of("/dev/shm"))) {
            files.map(Path::toString).filter(f -> f.contains("weir-bench-")).forEach(found::add);
        }
        found.removeIf(f -> ProcessHandle.allProcesses().anyMatch(p -> f.contains("weir-bench-" + p.pid() + "-")));
        return found;
    }

    /** Namespaces and map files that bear the benchmark's process id. */
    private static List<String> named(long pid) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path place : List.of(Path.of("/run/netns"), Path.of("/dev/shm"))) {
            try (var files = Files.list(place)) {
                files.map(Path::toString)
                        .filter(f -> f.contains("bench-" + pid + "-"))
                        .forEach(found::add);
            }
        }
        return found;
    }
}
