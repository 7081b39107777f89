package io.weir.lab.bench;

import io.weir.lab.Commands;
import io.weir.lab.LabException;
import io.weir.lab.Station;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A temporary folder for configurations, logs and what is built on the spot, and how programs are started from it. */
final class Workshop implements AutoCloseable {
    private static final int LOOK_MS = 20;

    private final Path folder;
    private final String name;
    private final List<String> weir;
    private int runs;

    /**
     * @param name starts the names of nodes, unique on the machine
     * @param weir command line that runs {@code weir}
     */
    Workshop(String name, List<String> weir) {
        this.name = name;
        this.weir = List.copyOf(weir);
        try {
            // Workers of nginx run as another user.
            folder = Files.createTempDirectory(
                    "weir-bench", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    String name() {
        return name;
    }

    List<String> weir() {
        return weir;
    }

    Path write(String file, String text) throws IOException {
        return Files.writeString(folder.resolve(file), text);
    }

    /** Copies a resource of this package into the folder. */
    Path resource(String file) throws IOException {
        try (InputStream in = Workshop.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new MeasurementException("the resource " + file + " is not in this build of weir");
            }
            Path copy = folder.resolve(file);
            Files.write(copy, in.readAllBytes());
            return copy;
        }
    }

    /** Starts a program that stays, and waits until a condition holds. */
    Process start(Station station, String log, List<String> command, BooleanSupplier ready)
            throws InterruptedException {
        Path file = folder.resolve(log);
        Process process = station.start(command, file);
        await(log, process, file, ready);
        return process;
    }

    private void await(String what, Process process, Path log, BooleanSupplier ready) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!ready.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new MeasurementException(
                        "ended with status " + process.exitValue() + ": " + MeasurementException.lastLine(text(log)));
            }
            if (System.nanoTime() > deadline) {
                throw new MeasurementException(
                        what + ": not ready after 20 s: " + MeasurementException.lastLine(text(log)));
            }
            Thread.sleep(LOOK_MS);
        }
    }

    /** Runs a program in a station to its end and returns what it printed, whatever its exit status. */
    Commands.Result run(Station station, int seconds, List<String> command) throws InterruptedException {
        Path log = folder.resolve("run-" + runs++ + ".log");
        Process process = station.start(command, log);
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new MeasurementException(
                    Path.of(command.getFirst()).getFileName() + ": not finished after " + seconds + " s");
        }
        return new Commands.Result(process.exitValue(), text(log));
    }

    /** The text of a file, empty when there is none. */
    static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the folder and what a killed node left in shared memory. */
    @Override
    public void close() {
        delete(folder);
        try (var maps = Files.newDirectoryStream(Path.of("/dev/shm"), "weir-" + name + "-*")) {
            for (Path map : maps) {
                Files.deleteIfExists(map);
            }
        } catch (IOException e) {
            throw new LabException("maps of " + name + " are left in /dev/shm: " + e.getMessage(), e);
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new LabException(folder + " is left behind: " + e.getMessage(), e);
        }
    }
}
