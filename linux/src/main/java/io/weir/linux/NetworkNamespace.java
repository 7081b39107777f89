package io.weir.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** A network namespace to come back to, from whichever thread; keeps it in being. */
public final class NetworkNamespace implements AutoCloseable {
    private static final Path CURRENT = Path.of("/proc/thread-self/ns/net");

    private final String identity = identity();
    private final int descriptor = Descriptors.open(CURRENT.toString(), Descriptors.READ_ONLY);

    private NetworkNamespace() {}

    /** The namespace of the calling thread. */
    public static NetworkNamespace current() {
        return new NetworkNamespace();
    }

    private static String identity() {
        try {
            return Files.readSymbolicLink(CURRENT).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs an action in this namespace: by the calling thread when it is there already, else by a short-lived one, which
     * needs CAP_SYS_ADMIN.
     */
    public <T> T call(Supplier<T> action) {
        if (identity.equals(identity())) {
            return action.get();
        }
        FutureTask<T> task = new FutureTask<>(() -> {
            Namespaces.enterDescriptor(descriptor, identity);
            return action.get();
        });
        Thread.ofPlatform().name("netns").daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
