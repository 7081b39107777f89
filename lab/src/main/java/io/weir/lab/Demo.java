package io.weir.lab;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one-minute run: builds Fig. 1, starts a node and real servers and clients in it, shows who serves what, and checks
 * what it promised. The node is the shipped program in a process of its own.
 */
public final class Demo {
    private static final int[] WEIGHTS = {3, 2, 1};
    private static final long PAUSE_MS = 15;
    private static final long SLOW_BYTES = 6L << 20;

    /** A line of the queue table: interface, queue, driver with mode. */
    private static final Pattern QUEUE_LINE = Pattern.compile("^((?:ext|int)[01])\\s+\\d+\\s+(af_\\w+(?: \\S+)*)");

    private final Options options;
    private final PrintStream out;
    private final Map<String, Expectation> expectations = new LinkedHashMap<>();
    private Map<String, String> drivers = Map.of();
    private final boolean terminal = isTerminal();

    /**
     * How to run.
     *
     * @param weir command line that runs {@code weir}, to which a subcommand is added
     * @param seconds how long the clients run before the other steps
     * @param keep leave the network up until the user ends the program
     * @param driver how weir reaches its interfaces: {@code auto}, {@code af_xdp} or {@code af_packet}
     */
    public record Options(List<String> weir, int seconds, boolean keep, String driver) {
        /** With the driver that weir chooses. */
        public Options(List<String> weir, int seconds, boolean keep) {
            this(weir, seconds, keep, "auto");
        }
    }

    private record Expectation(boolean holds, String found) {}

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
        String name = "demo-" + ProcessHandle.current().pid();
        Path folder = temporaryFolder();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "demo-cleanup"));
        step("Building the network of Fig. 1 in network namespaces");
        try (Figure1 network = new Figure1(name + "-")) {
            List<LabServer> servers = new ArrayList<>();
            try {
                for (String server : Figure1.SERVERS) {
                    servers.add(LabServer.start(network.station(server), server));
                }
                Node node = startNode(network, folder, name);
                measure(network, node, folder, name);
                int failed = summary();
                if (options.keep()) {
                    explain(network, node);
                    node.process().waitFor();
                }
                return failed == 0 ? 0 : 1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 130;
            } finally {
                servers.forEach(LabServer::close);
            }
        } catch (LabException e) {
            out.println("weir demo: " + e.getMessage());
            return 1;
        }
    }

    private record Node(Process process, Path log, Path configuration, String name) {}

    private Node startNode(Figure1 network, Path folder, String name) throws InterruptedException {
        step("Starting weir: two switching processors, two channels on each side, driver " + options.driver());
        Path configuration = folder.resolve("weir.yaml");
        write(configuration, Figure1.configuration(name, options.driver(), WEIGHTS));
        Path log = folder.resolve("weir.log");
        List<String> command = new ArrayList<>(options.weir());
        command.addAll(List.of("run", "-c", configuration.toString()));
        Node node = new Node(network.weir().start(command, log), log, configuration, name);
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!text(log).contains("ready")) {
            if (!node.process().isAlive() || System.nanoTime() > deadline) {
                throw new LabException("weir did not start:\n" + text(log));
            }
            Thread.sleep(50);
        }
        drivers = drivers(name);
        drivers.forEach((channel, driver) -> out.println("  " + channel + ": " + driver));
        return node;
    }

    /** The driver and mode of each channel, as {@code weir interfaces} tells. */
    private Map<String, String> drivers(String name) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String line : weir("interfaces", "--name", name).output().split("\n", -1)) {
            Matcher matcher = QUEUE_LINE.matcher(line);
            if (matcher.find()) {
                found.putIfAbsent(matcher.group(1), matcher.group(2));
            }
        }
        return found;
    }

    private void measure(Figure1 network, Node node, Path folder, String name) throws InterruptedException {
        step("Clients 7-1, 7-2 (stations) and 9-1, 9-2 (Internet) connect to " + Figure1.VIRTUAL_4 + " and "
                + Figure1.VIRTUAL_6);
        Map<String, LabClient> clients = new LinkedHashMap<>();
        List<Future<Integer>> loads = new ArrayList<>();
        for (String client : Figure1.CLIENTS) {
            clients.put(client, new LabClient(network.station(client)));
        }
        clients.values().forEach(c -> loads.add(c.load(PAUSE_MS)));
        watch(clients, options.seconds());
        checkShares(clients);
        checkStrangers(network, node);
        checkDrain(network, node, clients, folder, name);
        checkBadConfiguration(node, folder);
        clients.values().forEach(LabClient::stop);
        loads.forEach(Station::await);
        long failures = 0;
        String complaint = "";
        for (LabClient client : clients.values()) {
            failures += client.failures();
            if (complaint.isEmpty() && !client.complaints().isEmpty()) {
                complaint = "; first: " + client.complaints().getFirst();
            }
        }
        long answered = total(clients, "http") + total(clients, "udp");
        expect("every request answered", failures == 0, answered + " answered, " + failures + " failed" + complaint);
        clients.forEach((station, client) -> {
            long served = 0;
            for (String server : Figure1.SERVERS) {
                served += client.served("http", server);
            }
            expect("client " + station + " is served", served > 10, served + " HTTP requests over IPv4 and IPv6");
        });
    }

    private void watch(Map<String, LabClient> clients, int seconds) throws InterruptedException {
        int rounds = seconds * 2;
        boolean drawn = false;
        for (int i = 1; i <= rounds; i++) {
            Thread.sleep(500);
            if (terminal || i % 8 == 0 || i == rounds) {
                if (terminal && drawn) {
                    out.print("\033[" + (Figure1.SERVERS.size() + 2) + "A");
                }
                table(clients, i / 2);
                drawn = true;
            }
        }
    }

    private void table(Map<String, LabClient> clients, int second) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "  %-8s %6s %8s %8s", "server", "weight", "share", "UDP"));
        clients.keySet().forEach(c -> text.append(String.format(Locale.ROOT, " %8s", c)));
        text.append('\n');
        long http = Math.max(1, total(clients, "http"));
        int i = 0;
        for (String server : Figure1.SERVERS) {
            long mine = count(clients, "http", server);
            text.append(String.format(
                    Locale.ROOT,
                    "  %-8s %6d %7.1f%% %8d",
                    server,
                    WEIGHTS[i++],
                    100.0 * mine / http,
                    count(clients, "udp", server)));
            clients.values().forEach(c -> text.append(String.format(Locale.ROOT, " %8d", c.served("http", server))));
            text.append('\n');
        }
        text.append(String.format(Locale.ROOT, "  %d HTTP connections in %d s%n", total(clients, "http"), second));
        if (terminal) {
            out.print(text.toString().replace("\n", "\033[K\n"));
        } else {
            out.print(text);
        }
        out.flush();
    }

    private void checkShares(Map<String, LabClient> clients) {
        long http = total(clients, "http");
        int sum = 0;
        for (int weight : WEIGHTS) {
            sum += weight;
        }
        expect("traffic flows", http > 200, http + " HTTP connections");
        for (int i = 0; i < WEIGHTS.length; i++) {
            String server = Figure1.SERVERS.get(i);
            double share = 100.0 * count(clients, "http", server) / Math.max(1, http);
            double wanted = 100.0 * WEIGHTS[i] / sum;
            expect(
                    "server " + server + " serves its weight",
                    Math.abs(share - wanted) < 3,
                    String.format(Locale.ROOT, "%.1f %% of connections, weight asks for %.1f %%", share, wanted));
            expect(
                    "server " + server + " answers UDP",
                    count(clients, "udp", server) > 0,
                    count(clients, "udp", server) + " requests");
        }
    }

    private void checkStrangers(Figure1 network, Node node) throws InterruptedException {
        step("Strangers: a TCP port and a UDP port that no service lists");
        for (String address : List.of(Figure1.VIRTUAL_4, Figure1.VIRTUAL_6)) {
            String family = address.contains(":") ? "IPv6" : "IPv4";
            String tcp = Station.await(network.station("9-1").submit(() -> LabClient.knock(address, 81)));
            expect("unlisted TCP port is reset (" + family + ")", tcp.equals("reset"), tcp);
            long before = drops(node, "service-unknown");
            String udp = Station.await(network.station("7-2").submit(() -> {
                try {
                    return "answered: " + LabClient.ask(address, 9999, "anyone?");
                } catch (IOException e) {
                    return "no answer";
                }
            }));
            Thread.sleep(300);
            long counted = drops(node, "service-unknown") - before;
            expect(
                    "unlisted UDP port is discarded and counted (" + family + ")",
                    udp.equals("no answer") && counted == 1,
                    udp + ", " + counted + " drop counted");
        }
    }

    private void checkDrain(Figure1 network, Node node, Map<String, LabClient> clients, Path folder, String name)
            throws InterruptedException {
        step("Draining server 5-3 with weir apply while downloads run");
        List<Future<Long>> downloads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String address = i % 2 == 0 ? Figure1.VIRTUAL_4 : Figure1.VIRTUAL_6;
            downloads.add(network.station(Figure1.CLIENTS.get(i % 4))
                    .submit(() -> LabClient.download(address, 80, "/slow/" + SLOW_BYTES)));
        }
        Thread.sleep(1000);
        Path drained = folder.resolve("drained.yaml");
        write(drained, Figure1.configuration(name, options.driver(), WEIGHTS[0], WEIGHTS[1], 0));
        Commands.Result apply = weir("apply", "--name", node.name(), drained.toString());
        expect("weir apply accepted", apply.status() == 0, firstLine(apply.output()));
        Thread.sleep(500);
        long before = count(clients, "http", "5-3");
        long others = total(clients, "http") - before;
        watch(clients, 3);
        long after = count(clients, "http", "5-3");
        long served = total(clients, "http") - after - others;
        expect(
                "no new connection goes to the drained server",
                after == before && served > 20,
                (after - before) + " to 5-3, " + served + " to the others");
        long whole = 0;
        String complaint = "";
        for (Future<Long> download : downloads) {
            try {
                whole += Station.await(download) == SLOW_BYTES ? 1 : 0;
            } catch (LabException e) {
                complaint = "; " + e.getMessage();
            }
        }
        expect(
                "downloads under way are not broken",
                whole == downloads.size(),
                whole + " of " + downloads.size() + " complete" + complaint);
    }

    private void checkBadConfiguration(Node node, Path folder) {
        step("A configuration with a mistake");
        Path bad = folder.resolve("bad.yaml");
        write(bad, text(node.configuration()).replace("protocol: udp", "protocol: upd"));
        Commands.Result apply = weir("apply", "--name", node.name(), bad.toString());
        out.println("  " + firstLine(apply.output()));
        expect(
                "a bad configuration is refused with its place",
                apply.status() == 2 && apply.output().contains("bad.yaml:"),
                "exit " + apply.status());
    }

    private Commands.Result weir(String... arguments) {
        List<String> command = new ArrayList<>(options.weir());
        command.addAll(List.of(arguments));
        return Commands.attempt(command, "", 30);
    }

    /** Drops of a reason so far, read from the shared memory as a user would. */
    private long drops(Node node, String reason) {
        for (String line : weir("stat", "--name", node.name()).output().split("\n", -1)) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length > 1 && words[0].equals(reason)) {
                return Long.parseLong(words[1].replace(",", ""));
            }
        }
        return 0;
    }

    private int summary() {
        out.println();
        out.println("Summary");
        int width =
                expectations.keySet().stream().mapToInt(String::length).max().orElse(0);
        int failed = 0;
        for (Map.Entry<String, Expectation> e : expectations.entrySet()) {
            boolean holds = e.getValue().holds();
            failed += holds ? 0 : 1;
            out.printf(
                    Locale.ROOT,
                    "  %s  %-" + width + "s  %s%n",
                    holds ? "ok  " : "FAIL",
                    e.getKey(),
                    e.getValue().found());
        }
        out.println("  weir ran with " + String.join("; ", new TreeSet<>(drivers.values())));
        out.printf(Locale.ROOT, "%d of %d expectations hold.%n", expectations.size() - failed, expectations.size());
        return failed;
    }

    private void explain(Figure1 network, Node node) {
        String client = network.station("7-1").namespace();
        out.printf(
                """

            The network stays up until you press ctrl-C. In another terminal%s:
              ip netns exec %s curl http://%s/
              ip netns exec %s curl -g 'http://[%s]/'
              ./weir stat --name %s --watch
              ./weir connections --name %s
            """,
                System.getenv("WEIR_UNSHARED") == null
                        ? ""
                        : ", after nsenter --preserve-credentials -U -n -m -t "
                                + ProcessHandle.current().pid(),
                client,
                Figure1.VIRTUAL_4,
                client,
                Figure1.VIRTUAL_6,
                node.name(),
                node.name());
        out.flush();
    }

    private void expect(String what, boolean holds, String found) {
        expectations.put(what, new Expectation(holds, found));
        if (!holds) {
            out.println("  FAIL: " + what + ": " + found);
        }
    }

    private static long count(Map<String, LabClient> clients, String kind, String server) {
        return clients.values().stream().mapToLong(c -> c.served(kind, server)).sum();
    }

    private static long total(Map<String, LabClient> clients, String kind) {
        return Figure1.SERVERS.stream().mapToLong(s -> count(clients, kind, s)).sum();
    }

    private void step(String text) {
        out.println("* " + text);
        out.flush();
    }

    /** Without a terminal System.console() is null or not a terminal, depending on the JDK. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("(nothing printed)");
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory(
                    "weir-demo", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
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
