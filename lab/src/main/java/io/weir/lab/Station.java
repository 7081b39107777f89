package io.weir.lab;

import io.weir.linux.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A host of the lab: one network namespace. Sockets opened by code that runs {@linkplain #submit in the station} belong
 * to its network; programs are started in it with {@link #command}.
 */
public final class Station implements AutoCloseable {
    private final String namespace;
    private final ExecutorService threads;
    private final List<Process> processes = new ArrayList<>();

    Station(String namespace) {
        this.namespace = namespace;
        // setns(2) moves one thread: every thread of this pool enters the namespace before its first task.
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = Thread.ofPlatform().daemon().name(namespace).unstarted(() -> {
                Namespaces.enter(namespace);
                task.run();
            });
            return thread;
        });
    }

    /** The namespace's name for {@code ip netns}. */
    public String namespace() {
        return namespace;
    }

    /** The namespace's file. */
    public Path path() {
        return Path.of("/run/netns", namespace);
    }

    /** Runs one {@code ip} command in the station, such as {@code addr add 10.0.0.1/24 dev eth0}. */
    public void ip(String arguments) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(arguments.split(" ")));
        Commands.run(command, "");
    }

    /** Runs several {@code ip} commands in one process, a line each. */
    public void ipBatch(String... lines) {
        Commands.run(List.of("ip", "-n", namespace, "-batch", "-"), String.join("\n", lines) + "\n");
    }

    /** Writes a network setting, such as {@code ipv4/ip_forward}. */
    public void setting(String name, String value) {
        await(submit(() -> {
            // /proc/sys/net shows the network of the thread that looks.
            Files.writeString(Path.of("/proc/sys/net", name), value);
            return 0;
        }));
    }

    /** The command line that runs a program in the station. */
    public List<String> command(List<String> program) {
        List<String> command = new ArrayList<>(List.of("nsenter", "--net=" + path(), "--"));
        command.addAll(program);
        return command;
    }

    /** Starts a program in the station; it is ended with the network. */
    public Process start(List<String> program, Path output) {
        try {
            Process process = new ProcessBuilder(command(program))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
            synchronized (processes) {
                processes.add(process);
            }
            return process;
        } catch (IOException e) {
            throw new LabException("cannot start " + String.join(" ", program) + ": " + e.getMessage(), e);
        }
    }

    /** Runs code on a thread of the station's network. */
    public <T> Future<T> submit(Callable<T> task) {
        return threads.submit(task);
    }

    /** Waits for a task and unwraps its failure. */
    public static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new LabException(String.valueOf(cause.getMessage()), cause);
        }
    }

    /** Ends the station's programs and threads. */
    @Override
    public void close() {
        threads.shutdownNow();
        List<Process> all;
        synchronized (processes) {
            all = List.copyOf(processes);
        }
        all.forEach(Process::destroy);
        for (Process process : all) {
            try {
                if (!process.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
