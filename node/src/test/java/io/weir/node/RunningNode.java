package io.weir.node;

import io.weir.lab.Commands;
import io.weir.lab.Station;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code weir run} as a process of its own in a station. */
final class RunningNode implements AutoCloseable {
    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 15;

    private final String name;
    private final Path configuration;
    private final Path log;
    private final Process process;

    private RunningNode(String name, Path configuration, Path log, Process process) {
        this.name = name;
        this.configuration = configuration;
        this.log = log;
        this.process = process;
    }

    /** Starts a node and waits until it is ready; one that is not in time is ended. */
    static RunningNode start(Station station, Path folder, String name, String text)
            throws IOException, InterruptedException {
        Path configuration = folder.resolve(name + ".yaml");
        Files.writeString(configuration, text);
        Path log = Files.createTempFile(folder, name, ".log");
        RunningNode node = new RunningNode(
                name, configuration, log, station.start(command("run", "-c", configuration.toString()), log));
        try {
            Programs.await("weir is ready", START_SECONDS, () -> {
                if (!node.process.isAlive()) {
                    throw new AssertionError("weir ended with status " + node.process.exitValue() + ":\n" + node.log());
                }
                return node.log().contains(" ready: ");
            });
        } catch (AssertionError e) {
            node.close();
            throw e;
        }
        return node;
    }

    /**
     * The command line that runs weir with some arguments in a process of its own. It heeds signals also when the tests
     * inherited them ignored, as from nohup or from a shell that started them in the background.
     */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
        command.addAll(DemoCommand.self());
        command.addAll(List.of(arguments));
        return command;
    }

    String name() {
        return name;
    }

    Path configuration() {
        return configuration;
    }

    Process process() {
        return process;
    }

    Path map() {
        return Path.of("/dev/shm", "weir-" + name);
    }

    /** What the node has printed so far. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command about this node in this process; the output is standard output and error together. */
    Commands.Result weir(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command, "--name", name));
        all.addAll(List.of(arguments));
        return execute(all);
    }

    /** Runs a command line in this process. */
    static Commands.Result execute(List<String> arguments) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text);
        CommandLine line = Main.commandLine();
        line.setOut(writer);
        line.setErr(writer);
        int status = line.execute(arguments.toArray(String[]::new));
        writer.flush();
        return new Commands.Result(status, text.toString());
    }

    /** What a listing prints with {@code --json}. */
    JsonNode json(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--json"));
        all.addAll(List.of(arguments));
        Commands.Result result = weir(command, all.toArray(String[]::new));
        if (result.status() != 0) {
            throw new AssertionError(command + ": " + result.status() + ": " + result.output());
        }
        return new ObjectMapper().readTree(result.output());
    }

    /** Packets dropped for a reason so far. */
    long drops(String reason) {
        return json("stat").required("drops").required(reason).asLong();
    }

    /** A counter of the node. */
    long counter(String key) {
        return json("stat").required("counters").required(key).asLong();
    }

    /** Applies another configuration. */
    Commands.Result apply(String text) throws IOException {
        Path file = configuration.resolveSibling(name + "-next.yaml");
        Files.writeString(file, text);
        return weir("apply", file.toString());
    }

    /** Sends a signal, such as {@code HUP}. */
    void signal(String signal) {
        Commands.run("kill", "-" + signal, String.valueOf(process.pid()));
    }

    /** Waits for the end and returns the exit status. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("weir has not ended:\n" + log());
        }
        return process.exitValue();
    }

    /** Ends the node as SIGTERM does. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            // Left behind only after kill -9.
            Files.deleteIfExists(map());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
