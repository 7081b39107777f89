package io.weir.linux;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Network namespaces. A namespace belongs to a thread: sockets opened by a thread belong to the namespace it was in, for
 * ever, and may be used by any other thread.
 */
public final class Namespaces {
    private static final int CLONE_NEWNET = 0x40000000;

    private Namespaces() {}

    /** Moves the calling platform thread into a namespace made by {@code ip netns add NAME}; it stays there. */
    public static void enter(String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".")) {
            throw new IllegalArgumentException("network namespace: \"" + name + "\" is not a name");
        }
        enterPath("/run/netns/" + name);
    }

    /** Moves the calling platform thread into the network namespace of a process; it stays there. */
    public static void enter(long processId) {
        enterPath("/proc/" + processId + "/ns/net");
    }

    /**
     * Runs an action in a network namespace on a thread of its own, so that the calling thread stays where it is; for
     * instance to open sockets there.
     *
     * @throws Exception what the action threw
     */
    public static <T> T call(String name, Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            enter(name);
            return action.call();
        });
        Thread.ofPlatform().name("netns-" + name).daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void enterPath(String path) {
        Affinity.refuseVirtualThread("setns");
        int descriptor = Descriptors.open(path, Descriptors.READ_ONLY);
        try {
            enterDescriptor(descriptor, path);
        } finally {
            Descriptors.close(descriptor);
        }
    }

    static void enterDescriptor(int descriptor, String name) {
        int result = SystemCalls.setns(descriptor, CLONE_NEWNET);
        if (result < 0) {
            throw LinuxException.of("setns(\"" + name + "\", CLONE_NEWNET)", -result);
        }
    }
}
