package io.weir.node;

import io.weir.lab.Demo;
import io.weir.linux.Privileges;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir demo}. */
@Command(
        name = "demo",
        description = {
            "Builds the network of Fig. 1 in network namespaces, balances real traffic in it and checks the outcome.",
            "Runs as root, or as an ordinary user inside unshare -Urnm. Exit status 1 when an expectation does not"
                    + " hold."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    /**
     * Says to the program inside that it runs in namespaces of its own: the node's name, a blank, and the port where the
     * program outside relays the dashboard, since a browser is there.
     */
    private static final String UNSHARED = "WEIR_UNSHARED";

    /**
     * Makes a /run that we may write, with the folder of the admin socket in it, which is thus also where commands outside
     * look for it. The mount is made elsewhere first, since that folder may itself be below /run.
     */
    private static final String OWN_RUN = """
        set -e
        mount -t tmpfs tmpfs "$1"
        mkdir -m 700 "$1/weir"
        mkdir "$1/netns"
        mount --bind "$2" "$1/weir"
        mount --rbind "$1" /run
        umount -R -l "$1"
        rmdir "$1"
        ip link set lo up
        shift 2
        exec "$@"
        """;

    /** Needs nothing but IPv6 on the loopback. */
    private static final String SAME_RUN = """
        set -e
        rmdir "$1"
        ip link set lo up
        shift 2
        exec "$@"
        """;

    @Option(names = "--keep", description = "go on after the story until ctrl-C, with load, agents and dashboard")
    private boolean keep;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "8",
            description = "how long loads are measured (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--driver",
            paramLabel = "DRIVER",
            defaultValue = "auto",
            description = "auto, af_xdp or af_packet: how weir reaches its interfaces (default: ${DEFAULT-VALUE})")
    private String driver = "auto";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7480",
            description =
                    "TCP port of the dashboard on 127.0.0.1, another when it is in use (default: ${DEFAULT-VALUE})")
    private int port;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!List.of("auto", "af_xdp", "af_packet").contains(driver)) {
            throw new NodeException(
                    ExitStatus.REFUSED, "--driver: '" + driver + "' is not one of auto, af_xdp, af_packet");
        }
        if (seconds < 2 || seconds > 3600) {
            throw new NodeException(ExitStatus.REFUSED, "--seconds: " + seconds + " is not in 2..3600");
        }
        if (port < 0 || port > 65_535) {
            throw new NodeException(ExitStatus.REFUSED, "--port: " + port + " is not in 0..65535");
        }
        String outside = System.getenv(UNSHARED);
        if (outside != null) {
            String[] nameAndPort = outside.split(" ", 2);
            return run(nameAndPort[0], Integer.parseInt(nameAndPort[1]));
        }
        String name = "demo-" + ProcessHandle.current().pid();
        try (SocketRelay dashboard = dashboard(name)) {
            if (!Privileges.isRoot()) {
                return again(List.of("unshare", "-Urnm"), OWN_RUN, name, dashboard.port());
            }
            if (!hasIpv6()) {
                return again(List.of("unshare", "-n"), SAME_RUN, name, dashboard.port());
            }
            return run(name, dashboard.port());
        }
    }

    private int run(String name, int dashboardPort) {
        return new Demo(
                        options(name, self(), dashboardPort, seconds, keep, driver, EnumSet.allOf(Demo.Chapter.class)),
                        System.out)
                .run();
    }

    /** The demo's options with this program as weir's, apart from what is given. */
    static Demo.Options options(
            String name,
            List<String> weir,
            int dashboardPort,
            int seconds,
            boolean keep,
            String driver,
            Set<Demo.Chapter> chapters) {
        return new Demo.Options(
                name, weir, agent(), node -> new DemoWindow(node, dashboardPort), seconds, keep, driver, chapters);
    }

    /** Relays to the node's socket, which comes later; on the port asked for, or any when that is in use. */
    private SocketRelay dashboard(String name) throws IOException {
        try {
            return SocketRelay.start(port, () -> NodeApi.find(name).socket());
        } catch (BindException e) {
            return SocketRelay.start(0, () -> NodeApi.find(name).socket());
        }
    }

    /** The command line of {@code weir agent}, with the launcher's options. */
    private static List<String> agent() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-Xms4m",
                "-Xmx16m",
                "-Xss256k",
                "-XX:MaxMetaspaceSize=32m",
                "-XX:ReservedCodeCacheSize=8m",
                "-XX:CICompilerCount=1",
                "-cp",
                System.getProperty("java.class.path"),
                AgentProgram.class.getName());
    }

    /** The command line of this program, without a subcommand. */
    static List<String> self() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseZGC",
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
    private int again(List<String> unshare, String preparation, String name, int dashboardPort)
            throws IOException, InterruptedException {
        Path stage = Files.createTempDirectory("weir-demo-run");
        try {
            List<String> command = new ArrayList<>(unshare);
            command.addAll(List.of("--", "sh", "-c", preparation, "weir-demo"));
            command.addAll(List.of(stage.toString(), AdminSocket.ownFolder().toString()));
            command.addAll(self());
            command.addAll(List.of("demo", "--seconds", String.valueOf(seconds), "--driver", driver));
            if (keep) {
                command.add("--keep");
            }
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            builder.environment().put(UNSHARED, name + " " + dashboardPort);
            return outcome(builder);
        } finally {
            Files.deleteIfExists(stage);
        }
    }

    private static int outcome(ProcessBuilder builder) throws InterruptedException {
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
