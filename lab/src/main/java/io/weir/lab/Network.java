package io.weir.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stations, switches and links in network namespaces that it alone made and removes again, also when the JVM is ended
 * by a signal. Built with iproute2. Names of namespaces start with a prefix of this network, so several can stand side by
 * side.
 */
public final class Network implements AutoCloseable {
    private final String prefix;
    private final Map<String, Station> stations = new LinkedHashMap<>();
    private final Thread hook = new Thread(this::remove, "lab-cleanup");
    private boolean removed;

    /** @param prefix start of the namespaces' names; must be unique on the machine */
    public Network(String prefix) {
        this.prefix = prefix;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Says why networks cannot be built here, or nothing when they can. */
    public static String obstacle() {
        if (!Files.isExecutable(Path.of("/usr/sbin/ip"))
                && !Files.isExecutable(Path.of("/sbin/ip"))
                && !Files.isExecutable(Path.of("/usr/bin/ip"))) {
            return "the command ip is missing: install iproute2";
        }
        String probe = "weir-probe-" + ProcessHandle.current().pid();
        Commands.Result result = Commands.attempt(List.of("ip", "netns", "add", probe), "", 10);
        if (result.status() != 0) {
            return "network namespaces cannot be made: " + result.output().strip();
        }
        Commands.attempt(List.of("ip", "netns", "del", probe), "", 10);
        return "";
    }

    /** Adds a station: a namespace with its loopback up. */
    public synchronized Station station(String name) {
        String namespace = prefix + name;
        Commands.run("ip", "netns", "add", namespace);
        Station station = new Station(namespace);
        stations.put(name, station);
        station.ip("link set lo up");
        return station;
    }

    /** The namespace's full name, also of a station that was added earlier. */
    public synchronized Station of(String name) {
        Station station = stations.get(name);
        if (station == null) {
            throw new LabException("no station " + name);
        }
        return station;
    }

    /**
     * Lays a cable between two stations.
     *
     * @param a a station
     * @param deviceA name of the cable's end there
     * @param b another station
     * @param deviceB name of the cable's end there
     */
    public void cable(Station a, String deviceA, Station b, String deviceB) {
        Commands.run(
                "ip",
                "-n",
                a.namespace(),
                "link",
                "add",
                deviceA,
                "type",
                "veth",
                "peer",
                "name",
                deviceB,
                "netns",
                b.namespace());
        a.ip("link set " + deviceA + " up");
        b.ip("link set " + deviceB + " up");
    }

    /** Removes everything; harmless when called again. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs or has run.
        }
        remove();
    }

    private synchronized void remove() {
        if (removed) {
            return;
        }
        removed = true;
        List<Station> all = new ArrayList<>(stations.values());
        all.forEach(Station::close);
        for (Station station : all) {
            Commands.attempt(List.of("ip", "netns", "del", station.namespace()), "", 10);
        }
    }
}
