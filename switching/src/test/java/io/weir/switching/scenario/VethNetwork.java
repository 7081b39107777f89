package io.weir.switching.scenario;

import io.weir.linux.Privileges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** Two virtual links between weir's network namespace and the stations', which are silent but for the test. */
final class VethNetwork implements AutoCloseable {
    private static final String PREFIX =
            "weir-scenario-" + ProcessHandle.current().pid();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name = PREFIX + "-" + NUMBER.getAndIncrement();
    private final Map<Integer, String> prepared = new HashMap<>();
    /** Links of a network with a control interface. */
    static final int CONTROL_LINKS = 3;

    private boolean built;
    private int queues = 1;

    /** Skips the test, saying why, where network namespaces cannot be made. */
    static void assumeAvailable() {
        Assumptions.assumeTrue(Privileges.isRoot(), "network namespaces need root");
        String probe = PREFIX + "-probe";
        String complaint = attempt("ip", "netns", "add", probe);
        Assumptions.assumeTrue(complaint.isEmpty(), "no network namespaces here: " + complaint);
        attempt("ip", "netns", "del", probe);
    }

    /** weir's namespace. */
    String inside() {
        return name + "-weir";
    }

    /** The namespace of the other ends. */
    String outside() {
        return name + "-stations";
    }

    /** weir's end of a link. */
    static String device(int interfaceId) {
        return "w" + interfaceId;
    }

    /** The stations' end of a link. */
    static String farDevice(int interfaceId) {
        return "s" + interfaceId;
    }

    void build() {
        build(2, 1);
    }

    /** Links 1 to {@code links}, each with this many queues in each direction. */
    void build(int links, int queueCount) {
        built = true;
        queues = queueCount;
        run("ip", "netns", "add", inside());
        run("ip", "netns", "add", outside());
        for (int id = 1; id <= links; id++) {
            link(id);
        }
    }

    private void link(int id) {
        run(
                "ip -n %s link add %s numtxqueues %d numrxqueues %d type veth peer %s numtxqueues %d numrxqueues %d netns %s"
                        .formatted(inside(), device(id), queues, queues, farDevice(id), queues, queues, outside())
                        .split(" "));
        run("ip", "-n", inside(), "link", "set", device(id), "addrgenmode", "none", "up");
        run("ip", "-n", outside(), "link", "set", farDevice(id), "addrgenmode", "none", "up");
    }

    /** Deletes a link under weir's hands. */
    void cut(int id) {
        prepared.remove(id);
        run("ip", "-n", inside(), "link", "del", device(id));
    }

    boolean isCut(int id) {
        return !prepared.containsKey(id);
    }

    /** Lays a link of the same names. */
    void mend(int id, long linkAddress, int mtu) {
        link(id);
        prepare(id, linkAddress, mtu);
    }

    void setUp(int id, boolean isUp) {
        run("ip", "-n", inside(), "link", "set", device(id), isUp ? "up" : "down");
    }

    void setFarUp(int id, boolean isUp) {
        run("ip", "-n", outside(), "link", "set", farDevice(id), isUp ? "up" : "down");
    }

    /** Gives weir's device the link-layer address and the link the MTU that the scenario is about. */
    void prepare(int interfaceId, long linkAddress, int mtu) {
        List<String> octets = new ArrayList<>();
        for (int shift = 40; shift >= 0; shift -= 8) {
            octets.add(String.format(java.util.Locale.ROOT, "%02x", (linkAddress >>> shift) & 0xff));
        }
        if (Objects.equals(prepared.put(interfaceId, linkAddress + " " + mtu), linkAddress + " " + mtu)) {
            return;
        }
        String bytes = String.valueOf(mtu);
        String address = String.join(":", octets);
        run("ip", "-n", inside(), "link", "set", device(interfaceId), "address", address, "mtu", bytes);
        run("ip", "-n", outside(), "link", "set", farDevice(interfaceId), "mtu", bytes);
    }

    private static void run(String... command) {
        String complaint = attempt(command);
        if (!complaint.isEmpty()) {
            throw new IllegalStateException(String.join(" ", command) + ": " + complaint);
        }
    }

    /** Runs a command; returns what it complained about, nothing when it succeeded. */
    private static String attempt(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? "" : output.isBlank() ? "failed" : output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    @Override
    public void close() {
        if (built) {
            run("ip", "netns", "del", inside());
            run("ip", "netns", "del", outside());
        }
    }
}
