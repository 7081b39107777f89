package io.weir.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fig. 1 with everything that runs in it: unequal servers with an agent each, and a node, all processes of their own. */
final class DemoNetwork implements AutoCloseable {
    /** How many requests each server works on at a time. */
    static final Map<String, Integer> WORKERS = workers();

    /** How long each request takes a worker. */
    static final long SERVICE_MS = 100;

    private static final long START_NS = 30_000_000_000L;
    private static final int KEY_BYTES = 32;

    /** A line of the queue table: interface, queue, driver with mode. */
    private static final Pattern QUEUE_LINE = Pattern.compile("^((?:ext|int)[01])\\s+\\d+\\s+(af_\\w+(?: \\S+)*)");

    private static final List<String> SERVER_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xmx32m",
            "-Xss256k",
            "-Dsun.net.httpserver.nodelay=true");

    private final Demo.Options options;
    private final Path folder;
    private final Path key;
    private final Figure1 figure;
    private final Map<String, Process> servers = new HashMap<>();

    /** Builds the network; nothing runs in it yet. */
    DemoNetwork(Demo.Options options, Path folder) {
        this.options = options;
        this.folder = folder;
        this.key = folder.resolve("report.key");
        byte[] secret = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(secret);
        try {
            Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(key, HexFormat.of().formatHex(secret));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.figure = new Figure1(options.name() + "-");
    }

    private static Map<String, Integer> workers() {
        Map<String, Integer> workers = new LinkedHashMap<>();
        workers.put("5-1", 8);
        workers.put("5-2", 4);
        workers.put("5-3", 2);
        return workers;
    }

    /** What all servers together can do, in requests per second. */
    static double capacity() {
        return WORKERS.values().stream().mapToInt(Integer::intValue).sum() * 1000.0 / SERVICE_MS;
    }

    Station station(String name) {
        return figure.station(name);
    }

    String nodeName() {
        return options.name();
    }

    /** Starts a server's process. */
    void startServer(String name) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SERVER_OPTIONS);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                LabServerMain.class.getName(),
                name,
                String.valueOf(WORKERS.get(name)),
                String.valueOf(SERVICE_MS)));
        servers.put(name, figure.station(name).start(command, folder.resolve(name + ".log")));
    }

    /** Waits until a server answers. */
    void awaitServer(String name) throws InterruptedException {
        long deadline = System.nanoTime() + START_NS;
        while (true) {
            try {
                ask(name, "/health");
                return;
            } catch (LabException e) {
                Process process = servers.get(name);
                if (process == null || !process.isAlive() || System.nanoTime() > deadline) {
                    throw new LabException(
                            "server " + name + " did not start:\n" + text(folder.resolve(name + ".log")), e);
                }
            }
            Thread.sleep(50);
        }
    }

    /** Kills a server's process as {@code kill -9} does. */
    void kill(String name) throws InterruptedException {
        Process process = servers.get(name);
        if (process == null || !process.destroyForcibly().waitFor(5, TimeUnit.SECONDS)) {
            throw new LabException("server " + name + " does not die");
        }
    }

    /** Starts the agent of a server. */
    void startAgent(String name) {
        String own = name.equals("5-3") ? "10.1.2.1" : "10.1.1.1";
        List<String> command = new ArrayList<>(options.agent());
        command.addAll(List.of("--server", name, "--to", own, "--key", "1:" + key, "--interval", "500ms"));
        command.addAll(List.of("--prometheus", "http://127.0.0.1:" + LabServer.HTTP_PORT + "/metrics"));
        for (String metric : List.of(
                "cpu=lab_cpu_utilisation",
                "clients=lab_clients",
                "execution=lab_execution_seconds_sum/lab_execution_seconds_count",
                "requests=lab_requests_total")) {
            command.addAll(List.of("--metric", metric));
        }
        figure.station(name).start(command, folder.resolve("agent-" + name + ".log"));
    }

    /** A request to a server itself, from its own station. */
    String ask(String server, String path) {
        return Station.await(
                figure.station(server).submit(() -> LabClient.get("127.0.0.1", LabServer.HTTP_PORT, path)));
    }

    /** A figure of a server's own metrics. */
    double metric(String server, String name) {
        for (String line : ask(server, "/metrics").split("\n", -1)) {
            if (line.startsWith(name + " ")) {
                return Double.parseDouble(line.substring(name.length() + 1));
            }
        }
        throw new LabException("server " + server + " has no metric " + name);
    }

    /** Starts the node and waits until it is ready. */
    Process startNode() throws InterruptedException {
        Path log = folder.resolve("weir.log");
        List<String> command = new ArrayList<>(options.weir());
        command.addAll(
                List.of("run", "-c", write("weir.yaml", configuration(false)).toString()));
        Process node = figure.weir().start(command, log);
        long deadline = System.nanoTime() + START_NS;
        while (!text(log).contains("ready")) {
            if (!node.isAlive() || System.nanoTime() > deadline) {
                throw new LabException("weir did not start:\n" + text(log));
            }
            Thread.sleep(50);
        }
        return node;
    }

    /** The driver and mode of each channel, as {@code weir interfaces} tells. */
    Map<String, String> drivers() {
        Map<String, String> found = new LinkedHashMap<>();
        for (String line : weir("interfaces").output().split("\n", -1)) {
            Matcher matcher = QUEUE_LINE.matcher(line);
            if (matcher.find()) {
                found.putIfAbsent(matcher.group(1), matcher.group(2));
            }
        }
        return found;
    }

    /** The node's configuration. */
    String configuration(boolean even) {
        return configuration(even, 1, 1, 1);
    }

    /**
     * The node's configuration.
     *
     * @param even whether the servers' load decides the weights, or the weights given
     */
    String configuration(boolean even, int... weights) {
        return Figure1.configuration(
                options.name(),
                options.driver(),
                ", check: page",
                "    weights: %s%n    slow-start: 5s%n".formatted(even ? "even-load" : "static"),
                """
                checks:
                  - {name: page, type: http, port: %d, path: /health, interval: 500ms, fall: 2, rise: 2}
                load:
                  interval: 500ms
                  index: {cpu: 1, execution: 1, full-execution: 300ms}
                timeouts: {closed: 200ms, udp: 1s, udp-one-way: 1s}   # clients take a new port for each request
                reports:
                  listen: [10.1.1.1, 10.1.2.1]
                  keys: [{id: 1, file: %s}]
                """.formatted(LabServer.HTTP_PORT, key),
                weights);
    }

    /** Writes a file beside the node's configuration. */
    Path write(String name, String text) {
        Path file = folder.resolve(name);
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Runs a command of weir about the node. */
    Commands.Result weir(String subcommand, String... arguments) {
        List<String> command = new ArrayList<>(options.weir());
        command.addAll(List.of(subcommand, "--name", options.name()));
        command.addAll(List.of(arguments));
        return Commands.attempt(command, "", 30);
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        figure.close();
    }
}
