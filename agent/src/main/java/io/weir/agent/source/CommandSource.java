package io.weir.agent.source;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A command, run by the shell at each interval, that prints {@link MetricText}. One that takes too long or prints too much is
 * killed with all that it started.
 *
 * <p>Its output goes through a file: a pipe may be held open by what the command left in the background.
 */
public final class CommandSource implements MetricSource {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int LOOK_MS = 50;
    private static final long NS_PER_MS = 1_000_000;

    private final String command;
    private final long timeoutMs;
    private final MetricText text = new MetricText();
    private @Nullable Path output;

    /** A command line for {@code sh -c}. */
    public CommandSource(String command, long timeoutMs) {
        this.command = command;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public String name() {
        return "command " + Texts.shortened(command);
    }

    @Override
    public Set<Metric> metrics() {
        return text.seen();
    }

    @Override
    public Reading read(long nowNs) throws SourceException {
        try {
            if (output == null || !Files.exists(output)) {
                output = Files.createTempFile("weir-agent", ".out");
            }
            Path file = output;
            Process process = new ProcessBuilder(List.of("sh", "-c", command))
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(file.toFile())
                    .redirectError(Redirect.DISCARD)
                    .start();
            try {
                await(process, file);
            } finally {
                kill(process);
            }
            if (process.exitValue() != 0) {
                throw new SourceException("ended with status " + process.exitValue());
            }
            refuseMuch(file);
            return text.read(Files.readString(file, StandardCharsets.ISO_8859_1), nowNs);
        } catch (IOException e) {
            throw new SourceException("cannot be run: " + e.getMessage(), e);
        }
    }

    private void await(Process process, Path file) throws IOException, SourceException {
        long deadlineNs = System.nanoTime() + timeoutMs * NS_PER_MS;
        try {
            while (!process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                refuseMuch(file);
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new SourceException("did not end within " + timeoutMs + " ms and was killed");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("was interrupted", e);
        }
    }

    private static void refuseMuch(Path file) throws IOException, SourceException {
        if (Files.size(file) > MAX_BYTES) {
            throw new SourceException("printed more than " + MAX_BYTES + " bytes");
        }
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> descendants = process.descendants().toList();
            process.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
            process.onExit().join();
        }
    }

    @Override
    public void close() {
        if (output != null) {
            try {
                Files.deleteIfExists(output);
            } catch (IOException e) {
                output = null; // the system clears its folder of temporary files itself
            }
        }
    }
}
