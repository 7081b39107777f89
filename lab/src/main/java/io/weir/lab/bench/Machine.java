package io.weir.lab.bench;

import io.weir.lab.Commands;
import io.weir.lab.LabException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where and when figures were measured, and with what. */
final class Machine {
    private static final Pattern MODEL = Pattern.compile("(?m)^model name\\s*:\\s*(.+)$");
    private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal:\\s*(\\d+) kB$");
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d[\\w.+~-]*");
    private static final int SAMPLE_MS = 1_000;

    private Machine() {}

    /** Facts in the order they are told. */
    static Map<String, String> facts(Path home, String weirVersion) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("CPU", first(MODEL, Workshop.text(Path.of("/proc/cpuinfo")), System.getProperty("os.arch", "")));
        facts.put("CPUs", String.valueOf(Runtime.getRuntime().availableProcessors()));
        facts.put("memory", gigabytes(first(MEMORY, Workshop.text(Path.of("/proc/meminfo")), "0")));
        facts.put("kernel", System.getProperty("os.version", ""));
        facts.put("weir", weirVersion + commit(home));
        facts.put("Java", System.getProperty("java.vm.version", ""));
        for (Program program : List.of(
                Program.NFT, Program.HAPROXY, Program.NGINX, Program.WRK, Program.IPERF3, Program.GCC, Program.IP)) {
            facts.put(program.command(), version(program));
        }
        return facts;
    }

    private static String gigabytes(String kilobytes) {
        return String.format(Locale.ROOT, "%.0f GiB", Long.parseLong(kilobytes) / 1048576.0);
    }

    /** The part of all CPUs that is busy while the benchmark itself does nothing, in percent. */
    static double otherLoadPercent() throws InterruptedException {
        CpuTime before = CpuTime.now(List.of());
        long start = System.nanoTime();
        Thread.sleep(SAMPLE_MS);
        double elapsedUs = (System.nanoTime() - start) / 1000.0;
        double busyUs = CpuTime.now(List.of()).since(before).machineUs();
        return 100 * busyUs / (elapsedUs * Runtime.getRuntime().availableProcessors());
    }

    private static String first(Pattern pattern, String text, String otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1).strip() : otherwise;
    }

    private static String version(Program program) {
        if (program.find().isEmpty()) {
            return "missing";
        }
        try {
            Matcher matcher =
                    VERSION.matcher(Commands.attempt(List.of(program.executable(), program.versionOption()), "", 10)
                            .output());
            return matcher.find() ? matcher.group() : "unknown version";
        } catch (LabException e) {
            return "unknown version";
        }
    }

    /** The commit that weir was built from, with a note when files differ from it; empty outside of a repository. */
    private static String commit(Path home) {
        try {
            List<String> git = new ArrayList<>(List.of("git", "-C", home.toString()));
            git.addAll(List.of("describe", "--always", "--dirty", "--exclude=*"));
            Commands.Result result = Commands.attempt(git, "", 10);
            return result.status() == 0 ? ", commit " + result.output().strip() : "";
        } catch (LabException e) {
            return "";
        }
    }
}
