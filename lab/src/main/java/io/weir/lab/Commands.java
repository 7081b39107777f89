package io.weir.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the system, with a bound on their time. */
public final class Commands {
    private static final long SECONDS = 60;

    private Commands() {}

    /** Runs a command and returns what it printed; anything but exit status 0 is an error with its output. */
    public static String run(String... command) {
        return run(Arrays.asList(command), "");
    }

    /** Like {@link #run(String...)} with text for its standard input. */
    public static String run(List<String> command, String input) {
        Result result = attempt(command, input, SECONDS);
        if (result.status() != 0) {
            throw new LabException(String.join(" ", command) + ": exit status " + result.status() + "\n"
                    + result.output().strip());
        }
        return result.output();
    }

    /** Runs a command whatever its exit status. */
    public static Result attempt(List<String> command, String input, long seconds) {
        Process process;
        try {
            process = new ProcessBuilder(new ArrayList<>(command))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new LabException("cannot start " + command.getFirst() + ": " + e.getMessage(), e);
        }
        try (var out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The command ended without reading its input; its exit status tells.
        }
        // The output is read beside the wait, so that a full pipe cannot hold the command up.
        var output = new StringBuilder();
        Thread reader = Thread.ofVirtual().start(() -> {
            try (var in = process.getInputStream()) {
                output.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                output.append("(output lost: ").append(e.getMessage()).append(')');
            }
        });
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LabException(String.join(" ", command) + ": not finished after " + seconds + " s");
            }
            reader.join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new LabException(String.join(" ", command) + ": interrupted", e);
        }
        return new Result(process.exitValue(), output.toString());
    }

    /**
     * What a command did.
     *
     * @param status exit status
     * @param output standard output and error together
     */
    public record Result(int status, String output) {}
}
