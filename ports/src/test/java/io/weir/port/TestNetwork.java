package io.weir.port;

import io.weir.linux.Privileges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * Network namespaces and virtual links for one test, removed when it ends. Needs root, possibly only of a user namespace
 * ({@code unshare -Urnm}, with something writable mounted on /run). Links have no IPv6 addresses, so nothing
 * but what the test sends is on them.
 */
public final class TestNetwork implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String prefix = "weir-test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
    private final List<String> namespaces = new ArrayList<>();

    /** Skips the test, saying why, when this process cannot make network namespaces. */
    public static void assumeAvailable() {
        Assumptions.assumeTrue(Privileges.isRoot(), "network namespaces need root, or run inside `unshare -Urnm`");
        String name = "weir-probe-" + ProcessHandle.current().pid();
        String failure = "";
        try {
            run("ip", "netns", "add", name);
            run("ip", "netns", "del", name);
        } catch (IllegalStateException e) {
            failure = String.valueOf(e.getMessage());
        }
        Assumptions.assumeTrue(failure.isEmpty(), "no network namespaces here: " + failure);
    }

    /** A new namespace; its full name is returned, for {@link io.weir.linux.Namespaces}. */
    public String namespace(String role) {
        String name = prefix + role;
        run("ip", "netns", "add", name);
        namespaces.add(name);
        ip(name, "link set dev lo up");
        return name;
    }

    /** A virtual link between two namespaces, both ends up. */
    public void link(String namespace, String device, String peerNamespace, String peerDevice) {
        ip(namespace, "link add " + device + " type veth peer name " + peerDevice + " netns " + peerNamespace);
        ip(namespace, "link set dev " + device + " addrgenmode none");
        ip(peerNamespace, "link set dev " + peerDevice + " addrgenmode none");
        ip(peerNamespace, "link set dev " + peerDevice + " up");
        ip(namespace, "link set dev " + device + " up");
    }

    /** Runs {@code ip} in a namespace; arguments are separated by blanks. */
    public void ip(String namespace, String arguments) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(arguments.split(" ")));
        run(command.toArray(String[]::new));
    }

    /** Runs a program to its end and returns what it printed; anything but status 0 throws. */
    public static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": status " + status + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        namespaces.forEach(name -> run("ip", "netns", "del", name));
    }
}
