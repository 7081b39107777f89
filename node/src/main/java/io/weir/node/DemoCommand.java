package io.weir.node;

import io.weir.lab.Demo;
import io.weir.linux.Privileges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir demo}. */
@Command(
        name = "demo",
        description = {
            "Builds the network of Fig. 1 in network namespaces, balances real traffic in it and checks the outcome.",
            "Runs as root, or as an ordinary user inside unshare -Urnm. Exit status 1 when an expectation does not hold."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    /** Says to the program inside that it runs in namespaces of its own. */
    private static final String UNSHARED = "WEIR_UNSHARED";

    @Option(names = "--keep", description = "leave the network up until ctrl-C, and say how to try curl in it")
    private boolean keep;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "15",
            description = "how long the clients run before the other steps (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--driver",
            paramLabel = "DRIVER",
            defaultValue = "auto",
            description = "auto, af_xdp or af_packet: how weir reaches its interfaces (default: ${DEFAULT-VALUE})")
    private String driver = "auto";

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!List.of("auto", "af_xdp", "af_packet").contains(driver)) {
            throw new NodeException(
                    ExitStatus.REFUSED, "--driver: '" + driver + "' is not one of auto, af_xdp, af_packet");
        }
        if (seconds < 2 || seconds > 3600) {
            throw new NodeException(ExitStatus.REFUSED, "--seconds: " + seconds + " is not in 2..3600");
        }
        if (System.getenv(UNSHARED) == null) {
            if (!Privileges.isRoot()) {
                // With a /run that we may write.
                return again(
                        List.of("unshare", "-Urnm"),
                        "mount -t tmpfs tmpfs /run && mkdir -p /run/netns && ip link set lo up");
            }
            if (!hasIpv6()) {
                return again(List.of("unshare", "-n"), "ip link set lo up");
            }
        }
        return new Demo(new Demo.Options(self(), seconds, keep, driver), System.out).run();
    }

    /** The command line of this program, without a subcommand. */
    static List<String> self() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        return command;
    }

    /** The JVM uses IPv6 only when an interface had an IPv6 address as it started; a loopback that is up is enough. */
    private static boolean hasIpv6() throws IOException {
        Path addresses = Path.of("/proc/net/if_inet6");
        return Files.exists(addresses) && !Files.readString(addresses).isBlank();
    }

    /** Runs this command again in namespaces of its own, once a shell has prepared them. */
    private int again(List<String> unshare, String preparation) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(unshare);
        command.addAll(List.of("--", "sh", "-c", preparation + " && exec \"$@\"", "weir-demo"));
        command.addAll(self());
        command.addAll(List.of("demo", "--seconds", String.valueOf(seconds), "--driver", driver));
        if (keep) {
            command.add("--keep");
        }
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(UNSHARED, "1");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new NodeException(
                    ExitStatus.UNAVAILABLE, "the demo needs root, or unshare(1) of util-linux: " + e.getMessage());
        }
        // Ctrl-C reaches both; whoever ends only this program ends the other, too, and waits until it has cleaned up.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process), "demo-end"));
        return process.waitFor();
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
