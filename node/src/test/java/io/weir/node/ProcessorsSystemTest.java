package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Network;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Several switching processors that share an interface: by its queues, or by flow where it has one queue. */
class ProcessorsSystemTest {
    private static final int WINDOW_MS = 1000;
    /** 2 % of a CPU for each of two processors. */
    private static final long MOST_IDLE_NANOS = 2L * WINDOW_MS * 1_000_000L / 50;

    private static final String URL = "http://10.9.0.100/";

    private final String name = "system-processors-" + ProcessHandle.current().pid();

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Network network;

    @SuppressWarnings("NullAway.Init")
    private Station weir;

    @SuppressWarnings("NullAway.Init")
    private Station client;

    @SuppressWarnings("NullAway.Init")
    private Station server;

    @BeforeEach
    void build(@TempDir Path temporary) throws IOException {
        Programs.assume("nginx", "curl", "wrk");
        folder = Programs.readable(temporary);
        network = new Network(name + "-");
        weir = network.station("weir");
        weir.setting("ipv6/conf/all/disable_ipv6", "1");
        client = network.station("client");
        server = network.station("server");
    }

    @AfterEach
    @SuppressWarnings("UnnecessaryCheckNotNull")
    void remove() {
        if (network != null) {
            network.close();
        }
    }

    private void cables(int queues) throws IOException, InterruptedException {
        cable("ext0", client, queues);
        cable("int0", server, queues);
        client.ipBatch("addr add 10.9.0.2/24 dev eth0", "route add default via 10.9.0.1");
        server.ipBatch("addr add 10.9.1.2/24 dev eth0", "route add default via 10.9.1.1");
        Nginx.start(server, folder, "server", Nginx.PORT);
    }

    private void cable(String device, Station peer, int queues) {
        String size = "numrxqueues " + queues + " numtxqueues " + queues;
        Commands.run(("ip -n " + weir.namespace() + " link add name " + device + " " + size
                        + " type veth peer name eth0 netns " + peer.namespace() + " " + size)
                .split(" ", -1));
        weir.ip("link set " + device + " up");
        peer.ip("link set eth0 up");
    }

    private RunningNode start(int processors, String keys) throws IOException, InterruptedException {
        return RunningNode.start(weir, folder, name, configuration(processors, keys));
    }

    private String configuration(int processors, String keys) {
        return """
            name: %s
            processors: {switching: %d}
            memory: {buffers: 16384}
            interfaces:
              - {name: ext0, addresses: [10.9.0.1/24], %s}
              - {name: int0, addresses: [10.9.1.1/24], %s}
            servers: [{name: s, addresses: [10.9.1.2]}]
            services: [{name: web, addresses: [10.9.0.100], protocol: tcp, port: 80, servers: [{server: s, port: %d}]}]
            """.formatted(name, processors, keys, keys, Nginx.PORT);
    }

    private void assertServed(RunningNode node) {
        Wrk wrk = Wrk.run(client, URL, 16, 2);
        System.out.println(wrk.output());
        assertThat(wrk.failed()).as(wrk.output()).isFalse();
        assertThat(wrk.requests()).isGreaterThan(100);
        assertThat(node.drops("internal-error")).isZero();
        assertThat(node.drops("spread-ring-full")).isZero();
    }

    private static List<Long> received(RunningNode node, String device) {
        List<Long> received = new ArrayList<>();
        for (JsonNode face : node.json("interfaces")) {
            if (face.required("name").asString().equals(device)) {
                face.required("queues")
                        .forEach(q -> received.add(
                                q.required("values").required("received").asLong()));
            }
        }
        return received;
    }

    private static List<Integer> processors(RunningNode node) {
        List<Integer> processors = new ArrayList<>();
        for (JsonNode face : node.json("interfaces")) {
            if (face.required("name").asString().equals(ControlInterface.NAME)) {
                continue;
            }
            face.required("queues")
                    .forEach(q -> processors.add(q.required("processor").asInt()));
        }
        return processors;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void each_queue_has_its_processor_and_the_others_transmit_through_it(int count)
            throws IOException, InterruptedException {
        cables(2);
        try (RunningNode node = start(count, "driver: af_xdp")) {
            assertThat(processors(node))
                    .containsExactlyElementsOf(count == 2 ? List.of(0, 1, 0, 1) : List.of(0, 1, 2, 0));
            assertServed(node);
            Programs.await(
                    "all queues received",
                    10,
                    () -> received(node, "ext0").stream().allMatch(n -> n > 10));
            assertThat(received(node, "ext0")).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"af_xdp", "af_packet"})
    void one_queue_is_spread_over_two_processors(String driver) throws IOException, InterruptedException {
        cables(1);
        try (RunningNode node = start(2, "driver: " + driver + ", spread: true")) {
            assertServed(node);
            if (driver.equals("af_packet")) {
                Programs.await(
                        "both received",
                        10,
                        () -> received(node, "ext0").stream().allMatch(n -> n > 10));
            }
        }
    }

    @Test
    void a_list_of_queues_that_the_device_has_not_is_refused_and_nothing_is_left() throws IOException {
        cable("ext0", client, 2);
        cable("int0", server, 2);
        Path file = folder.resolve("wrong.yaml");
        Files.writeString(file, configuration(2, "driver: af_xdp, queues: [0]"));

        Commands.Result refused = Programs.in(
                weir, 30, RunningNode.command("run", "-c", file.toString()).toArray(String[]::new));

        assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(refused.output()).contains("interface ext0: queues lists 1, but ext0 has 2 receive queues");
        assertThat(Path.of("/dev/shm/weir-" + name)).doesNotExist();
        assertThat(Programs.successIn(weir, 10, "ip", "-d", "link", "show", "ext0"))
                .doesNotContain("prog/xdp");
    }

    @Test
    void a_processor_without_traffic_costs_next_to_nothing() throws IOException, InterruptedException {
        cables(1);
        try (RunningNode node = start(2, "driver: af_xdp")) {
            Thread.sleep(3000);
            List<Long> windows = new ArrayList<>();
            for (int k = 0; k < 7; k++) {
                long before = switchingNanos(node);
                Thread.sleep(WINDOW_MS);
                windows.add(switchingNanos(node) - before);
            }
            assertThat(windows.stream().sorted().toList().get(3))
                    .as("ns on a CPU of both switching threads in " + WINDOW_MS + " ms, the median of " + windows)
                    .isLessThanOrEqualTo(MOST_IDLE_NANOS);
        }
    }

    /** Time on a CPU of the switching threads: first field of schedstat (Documentation/scheduler/sched-stats.rst). */
    private static long switchingNanos(RunningNode node) throws IOException {
        long nanos = 0;
        int threads = 0;
        try (var tasks =
                Files.newDirectoryStream(Path.of("/proc/" + node.process().pid() + "/task"))) {
            for (Path task : tasks) {
                if (Files.readString(task.resolve("comm")).startsWith("switching-")) {
                    threads++;
                    nanos += Long.parseLong(
                            Files.readString(task.resolve("schedstat")).split(" ", -1)[0]);
                }
            }
        }
        assertThat(threads).as("switching threads").isEqualTo(2);
        return nanos;
    }
}
