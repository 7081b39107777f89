package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Network;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Direct server return on one link: requests through weir, answers past it. */
class DirectReturnSystemTest {
    private static final String V4 = "10.9.0.100";
    private static final String V6 = "fd09::100";
    private static final int SERVERS = 2;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private final String name = "system-direct-" + ProcessHandle.current().pid();

    @Test
    @SuppressWarnings("try")
    void answers_do_not_pass_weir() throws Exception {
        Programs.assume("nginx", "curl");
        Path folder = Programs.readable(temporary);
        try (Network network = new Network(name + "-")) {
            Station weir = build(network, folder);
            try (RunningNode node = RunningNode.start(weir, folder, name, configuration())) {
                for (String address : List.of(V4, "[" + V6 + "]")) {
                    pages(network, address);
                    download(network, node, address);
                }
                Set<String> kinds = new HashSet<>();
                for (JsonNode connection : node.json("connections", "--replies")) {
                    kinds.add(connection.required("direction").asString());
                }
                assertThat(kinds).containsExactly("direct");
            }
        }
    }

    private static void pages(Network network, String address) {
        Set<String> pages = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            pages.add(curl(network, "http://" + address + ":8080/").strip());
        }
        assertThat(pages).containsExactlyInAnyOrder("server-1", "server-2");
    }

    private static void download(Network network, RunningNode node, String address) {
        long before = transmittedBytes(node);
        String got = curl(
                network,
                "-o",
                "/dev/null",
                "-w",
                "%{size_download}",
                "http://" + address + ":8080/gigabyte",
                "-r",
                "0-99999999");
        assertThat(got).isEqualTo("100000000");
        // Acknowledgements are a small part of it.
        assertThat(transmittedBytes(node) - before).isBetween(1L, 10_000_000L);
    }

    private static String curl(Network network, String... arguments) {
        return Programs.successIn(
                network.of("client"),
                70,
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of("curl", "-g", "-sS", "--fail", "--max-time", "60"),
                                java.util.Arrays.stream(arguments))
                        .toArray(String[]::new));
    }

    private static long transmittedBytes(RunningNode node) {
        return node.json("interfaces")
                .required(0)
                .required("counters")
                .required("transmitted-bytes")
                .asLong();
    }

    private static Station build(Network network, Path folder) throws IOException, InterruptedException {
        Station lan = network.station("lan");
        lan.setting("ipv6/conf/all/disable_ipv6", "1");
        lan.ipBatch("link add br0 type bridge forward_delay 0 mcast_snooping 0", "link set br0 up");
        Station weir = network.station("weir");
        weir.setting("ipv6/conf/all/disable_ipv6", "1");
        plug(network, weir, lan, "p-weir");
        Station client = network.station("client");
        plug(network, client, lan, "p-client");
        client.ipBatch("addr add 10.9.0.50/24 dev eth0", "addr add fd09::50/64 dev eth0 nodad");
        for (int i = 1; i <= SERVERS; i++) {
            Station server = network.station("server-" + i);
            plug(network, server, lan, "p-server-" + i);
            // It takes packets for the virtual address, and does not answer ARP for it.
            server.setting("ipv4/conf/all/arp_ignore", "1");
            server.setting("ipv4/conf/all/arp_announce", "2");
            server.ipBatch(
                    "addr add 10.9.0." + (10 + i) + "/24 dev eth0",
                    "addr add fd09::" + (10 + i) + "/64 dev eth0 nodad",
                    "addr add " + V4 + "/32 dev lo",
                    "addr add " + V6 + "/128 dev lo nodad");
            Nginx.start(server, folder, "server-" + i, Nginx.PORT);
        }
        return weir;
    }

    private static void plug(Network network, Station station, Station lan, String port) {
        network.cable(station, "eth0", lan, port);
        lan.ip("link set " + port + " master br0");
    }

    private String configuration() {
        return """
                name: %s
                interfaces:
                  - {name: eth0, addresses: [10.9.0.1/24, "fd09::1/64"]}
                servers:
                  - {name: server-1, addresses: [10.9.0.11, "fd09::11"]}
                  - {name: server-2, addresses: [10.9.0.12, "fd09::12"]}
                services:
                  - name: web
                    addresses: [%s, "%s"]
                    protocol: tcp
                    port: 8080
                    forwarding: direct
                    algorithm: weighted-round-robin
                    servers: [server-1, server-2]
                """.formatted(name, V4, V6);
    }
}
