package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.Decisions;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.server.ServerStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The map file of a node that does not run: configured, counted by hand, alive for as long as somebody beats for it. */
final class NodeFixture implements AutoCloseable {
    static final String BODY = """
        interfaces:
          - {name: ext0, addresses: [10.9.0.1/24, "fd09::1/64"], link-address: "02:00:00:00:00:01", mtu: 1500}
          - {name: int0, addresses: [10.1.0.1/24, "fd01::1/64"], link-address: "02:00:00:00:00:02", mtu: 1500}
        servers:
          - {name: alpha, addresses: [10.1.0.11, "fd01::11"]}
          - {name: beta, addresses: [10.1.0.12, "fd01::12"]}
          - {name: gamma, addresses: [10.1.0.13, "fd01::13"]}
        services:
          - name: web
            addresses: [10.9.0.100, "fd09::100"]
            protocol: tcp
            port: 80
            servers: [{server: alpha, weight: 2}, {server: beta, weight: 1}, {server: gamma, weight: 1}]
          - name: dns
            addresses: [10.9.0.100]
            protocol: udp
            port: 53
            algorithm: weighted-round-robin
            servers: [{server: gamma, port: 5353}]
        """;

    private final NodeMemory memory;
    private final ConfigurationTable table;
    private final Path file;
    private final ProcessorCounters counters;

    private NodeFixture(NodeMemory memory, Path file) {
        this.memory = memory;
        this.file = file;
        this.table = memory.configurationTable();
        this.counters = memory.counters(0);
    }

    /** Makes the map file of a node in the folder. */
    static NodeFixture create(Path folder, String name) {
        return create(folder, name, BODY);
    }

    /** Likewise, with another configuration from the interfaces on; the file is {@code map-NAME}. */
    static NodeFixture create(Path folder, String name, String body) {
        Path file = folder.resolve("map-" + name);
        NodeMemory memory = NodeMemory.create(configuration(head(name, file) + body), NodePlan.none());
        NodeFixture fixture = new NodeFixture(memory, file);
        fixture.apply(body, "start");
        fixture.beat();
        return fixture;
    }

    private static String head(String name, Path file) {
        return String.format(
                Locale.ROOT,
                "name: %s%nmemory: {file: \"%s\", connections-ipv4: 1024, connections-ipv6: 1024, buffers: 256}%n",
                name,
                file);
    }

    static NodeConfiguration configuration(String yaml) {
        try {
            return ConfigurationLoader.parse("weir.yaml", yaml);
        } catch (ConfigurationException e) {
            throw new AssertionError(e);
        }
    }

    /** Puts a configuration in force; a switching processor observes it. */
    void apply(String body, String cause) {
        try {
            table.apply(configuration(head(memory.map().nodeName(), file) + body), Decisions.NONE, List.of(), cause);
        } catch (ConfigurationRefusedException e) {
            throw new AssertionError(e);
        }
        memory.configurationSides().pin(0);
        memory.routingSides().retire(0);
    }

    /** The control processor says that it lives. */
    void beat() {
        memory.map().beat(memory.map().nowMs());
    }

    /** The control processor has been silent for so long. */
    void silentFor(int ms) {
        memory.map().beat(memory.map().nowMs() - ms);
    }

    /** Traffic: packets by the first interface, and connections to the first service's first server. */
    void traffic(int packets, int connections) {
        counters.add(Counter.PACKETS_RECEIVED, packets);
        counters.add(Counter.PACKETS_BALANCED, packets);
        counters.add(Counter.BATCHES, Math.max(1, packets / 10));
        counters.add(InterfaceCounter.RECEIVED_PACKETS, 1, packets);
        counters.add(InterfaceCounter.RECEIVED_BYTES, 1, 100L * packets);
        int web = service("web");
        int alpha = server("alpha");
        for (int k = 0; k < connections; k++) {
            counters.connectionOpened(web, alpha);
            counters.handshake(alpha, 100);
        }
    }

    int server(String name) {
        return memory.configuration().servers().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow()
                .number();
    }

    int service(String name) {
        return memory.configuration().services().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow()
                .number();
    }

    void status(String server, ServerStatus status) {
        memory.serverStatus().write(server(server), status);
    }

    ProcessorCounters counters() {
        return counters;
    }

    NodeMemory memory() {
        return memory;
    }

    Path file() {
        return file;
    }

    @Override
    public void close() {
        memory.close();
    }
}
