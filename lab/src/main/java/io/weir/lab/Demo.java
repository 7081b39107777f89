package io.weir.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The run of a minute or so: builds Fig. 1, starts a node, unequal servers with load agents, and clients in it, tells the
 * {@linkplain DemoStory story} of what weir does when load, servers and configuration change, and checks what it promised.
 * Node, agents and servers are processes of their own.
 */
public final class Demo {
    private final Options options;
    private final PrintStream out;

    /** Parts of the story, in its order. */
    public enum Chapter {
        /** Equal weights against even load. */
        BALANCE,
        /** A server that becomes busy, and what strangers and a mistake do meanwhile. */
        BUSY,
        /** A server that is killed and comes back. */
        KILL,
        /** A drain and its rollback. */
        DRAIN
    }

    /**
     * How to run.
     *
     * @param name of the node, and start of the names of network namespaces; unique on the machine
     * @param weir command line that runs {@code weir}, to which a subcommand is added
     * @param agent command line that runs {@code weir agent}, to which options are added
     * @param window how to look into the node
     * @param seconds how long loads are measured
     * @param keep leave everything up until the user ends the program
     * @param driver how weir reaches its interfaces: {@code auto}, {@code af_xdp} or {@code af_packet}
     * @param chapters what is told of the story
     */
    public record Options(
            String name,
            List<String> weir,
            List<String> agent,
            NodeWindow.Opener window,
            int seconds,
            boolean keep,
            String driver,
            Set<Chapter> chapters) {
        public Options {
            chapters = Set.copyOf(chapters);
        }
    }

    public Demo(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Runs the demo; returns the exit status: 0 when every expectation held. */
    public int run() {
        String obstacle = Network.obstacle();
        if (!obstacle.isEmpty()) {
            out.println("weir demo: " + obstacle);
            return 3;
        }
        long startNs = System.nanoTime();
        Path folder = temporaryFolder();
        Thread cleanup = new Thread(() -> delete(folder), "demo-cleanup");
        Runtime.getRuntime().addShutdownHook(cleanup);
        step("Building the network of Fig. 1: clients, a router and servers in network namespaces");
        try (DemoNetwork network = new DemoNetwork(options, folder)) {
            Figure1.SERVERS.forEach(network::startServer);
            step("Starting weir: two switching processors, two channels on each side, driver " + options.driver());
            Process node = network.startNode();
            Map<String, String> drivers = network.drivers();
            drivers.forEach((channel, driver) -> out.println("    " + channel + ": " + driver));
            for (String server : Figure1.SERVERS) {
                network.awaitServer(server);
                network.startAgent(server);
            }
            try (NodeWindow window = options.window().open(network.nodeName())) {
                if (!window.dashboard().isEmpty()) {
                    step("Dashboard, live while this runs: " + window.dashboard());
                }
                Expectations expectations = new Expectations(out);
                DemoStory story = new DemoStory(network, window, expectations, options.seconds(), out);
                story.tell(options.chapters());
                int failed = expectations.summary();
                out.println("  weir ran with " + String.join("; ", new TreeSet<>(drivers.values())));
                out.printf(
                        Locale.ROOT,
                        "%d of %d expectations hold, after %d s.%n",
                        expectations.size() - failed,
                        expectations.size(),
                        (System.nanoTime() - startNs) / 1_000_000_000L);
                if (options.keep()) {
                    explain(network, window);
                    story.linger(node);
                }
                story.end();
                return failed == 0 ? 0 : 1;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        } catch (LabException e) {
            out.println("weir demo: " + e.getMessage());
            return 1;
        }
    }

    private void explain(DemoNetwork network, NodeWindow window) {
        String client = network.station("7-1").namespace();
        String name = network.nodeName();
        String enter = System.getenv("WEIR_UNSHARED") == null
                ? ""
                : "nsenter --preserve-credentials -U -n -m -t "
                        + ProcessHandle.current().pid() + " ";
        out.printf(
                """

                Clients, servers and agents go on until you press ctrl-C. Dashboard:
                  %s
                In another terminal:
                  ./weir top --name %s
                  ./weir servers --name %s
                  ./weir drain 5-3 --name %s      (and ./weir drain 5-3 --undo --name %s)
                  %sip netns exec %s curl http://%s/
                  %sip netns exec %s curl -g 'http://[%s]/'
                  %sip netns exec %s curl http://127.0.0.1:%d/busy/6      (and /busy/0)
                """,
                window.dashboard(),
                name,
                name,
                name,
                name,
                enter,
                client,
                Figure1.VIRTUAL_4,
                enter,
                client,
                Figure1.VIRTUAL_6,
                enter,
                network.station("5-1").namespace(),
                LabServer.HTTP_PORT);
        out.flush();
    }

    private void step(String text) {
        out.println("* " + text);
        out.flush();
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory(
                    "weir-demo", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            System.err.println("weir demo: " + folder + " is left behind: " + e.getMessage());
        }
    }
}
