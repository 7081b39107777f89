package io.weir.node;

import io.weir.lab.Commands;
import io.weir.lab.Network;
import io.weir.lab.Station;
import io.weir.linux.Privileges;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** The programs of the system that tests use, and waiting for what they do. */
final class Programs {
    private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin");
    private static final int LOOK_MS = 20;

    private Programs() {}

    /** Skips the test, saying why, without root, network namespaces or one of the programs. */
    static void assume(String... programs) {
        Assumptions.assumeTrue(Privileges.isRoot(), "system tests need root for network namespaces");
        String obstacle = Network.obstacle();
        Assumptions.assumeTrue(obstacle.isEmpty(), obstacle);
        for (String program : programs) {
            Assumptions.assumeTrue(
                    FOLDERS.stream().anyMatch(f -> Files.isExecutable(Path.of(f, program))),
                    "the program " + program + " is missing");
        }
    }

    /** Runs a program in a station to its end. */
    static Commands.Result in(Station station, long seconds, String... program) {
        return Commands.attempt(station.command(List.of(program)), "", seconds);
    }

    /** Runs a program in a station; anything but exit status 0 fails the test with what it printed. */
    static String successIn(Station station, long seconds, String... program) {
        Commands.Result result = in(station, seconds, program);
        if (result.status() != 0) {
            throw new AssertionError(String.join(" ", program) + " in " + station.namespace() + ": exit status "
                    + result.status() + "\n" + result.output());
        }
        return result.output();
    }

    /** Waits for a condition; fails the test when it does not come true in time. */
    static void await(String what, long seconds, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + seconds + " s: " + what);
            }
            Thread.sleep(LOOK_MS);
        }
    }

    /** Lets other users, such as the workers of nginx, into a temporary folder. */
    static Path readable(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder;
    }

    /** Replaces the class path in a command line by a copy in a folder, readable for everybody. */
    static void copyClassPath(List<String> command, Path parent) throws IOException {
        Path folder = Files.createDirectory(readable(parent).resolve("classes"));
        List<String> copies = new ArrayList<>();
        int at = command.indexOf("-cp") + 1;
        for (String entry : command.get(at).split(File.pathSeparator, -1)) {
            // What only tests use stays away.
            if (!entry.isEmpty() && Files.exists(Path.of(entry)) && !entry.endsWith("test-classes")) {
                String copy = folder.resolve(
                                copies.size() + "-" + Path.of(entry).getFileName())
                        .toString();
                Commands.run("cp", "-rL", entry, copy);
                copies.add(copy);
            }
        }
        Commands.run("chmod", "-R", "a+rX", folder.toString());
        command.set(at, String.join(File.pathSeparator, copies));
    }
}
