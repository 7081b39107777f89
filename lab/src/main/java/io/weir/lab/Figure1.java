package io.weir.lab;

import java.util.List;

/**
 * The network of Fig. 1: client stations 7₁ and 7₂ and Internet clients 9₁ and 9₂ behind a router on the external
 * switch, weir with two channels on each side, servers 5₁ to 5₃ on the internal switch.
 *
 * <pre>
 *   5₁ 10.1.1.11 ─┐                                             ┌─ 7₁ 10.0.1.71
 *   5₂ 10.1.1.12 ─┤ internal   int0 ┌──────┐ ext0    external   ├─ 7₂ 10.0.2.72
 *   5₃ 10.1.2.13 ─┤ switch  ────────┤ weir ├───────  switch     │
 *                 └───────── int1 ──└──────┘── ext1 ────────────┤
 *                                                               └─ router ──┬─ 9₁ 203.0.113.91
 *                                                                           └─ 9₂ 203.0.113.92
 * </pre>
 *
 * IPv6 beside it: fd00:0:0:1::/64 and fd00:0:0:2::/64 outside, fd01:0:0:1::/64 and fd01:0:0:2::/64 inside, 2001:db8:9::/64 of the
 * Internet clients. Every channel of weir has a network of its own; servers use weir as their default gateway.
 */
public final class Figure1 implements AutoCloseable {
    /** The virtual addresses of the demo's services. */
    public static final String VIRTUAL_4 = "10.0.1.100";

    public static final String VIRTUAL_6 = "fd00:0:0:1::100";

    /** Names of the clients. */
    public static final List<String> CLIENTS = List.of("7-1", "7-2", "9-1", "9-2");

    /** Names of the servers. */
    public static final List<String> SERVERS = List.of("5-1", "5-2", "5-3");

    private final Network network;

    /** Builds the network. */
    public Figure1(String prefix) {
        network = new Network(prefix);
        try {
            build();
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private void build() {
        Station external = switchStation("external");
        Station internal = switchStation("internal");
        Station weir = network.station("weir");
        for (String channel : List.of("ext0", "ext1")) {
            plug(weir, channel, external);
        }
        for (String channel : List.of("int0", "int1")) {
            plug(weir, channel, internal);
        }
        // The kernel of weir's own namespace must stay silent: no link-local addresses, no ARP of its own.
        weir.setting("ipv6/conf/all/disable_ipv6", "1");
        // But the JVM knows IPv6 only where it finds an IPv6 address when it starts.
        weir.setting("ipv6/conf/lo/disable_ipv6", "0");

        host("7-1", external, "10.0.1.71/24", "fd00:0:0:1::71/64", "10.0.1.1", "fd00:0:0:1::1");
        host("7-2", external, "10.0.2.72/24", "fd00:0:0:2::72/64", "10.0.2.1", "fd00:0:0:2::1");
        host("5-1", internal, "10.1.1.11/24", "fd01:0:0:1::11/64", "10.1.1.1", "fd01:0:0:1::1");
        host("5-2", internal, "10.1.1.12/24", "fd01:0:0:1::12/64", "10.1.1.1", "fd01:0:0:1::1");
        host("5-3", internal, "10.1.2.13/24", "fd01:0:0:2::13/64", "10.1.2.1", "fd01:0:0:2::1");

        Station router = host("router", external, "10.0.1.254/24", "fd00:0:0:1::254/64", "10.0.1.1", "fd00:0:0:1::1");
        router.setting("ipv4/ip_forward", "1");
        router.setting("ipv6/conf/all/forwarding", "1");
        Station internet = switchStation("internet");
        plug(router, "inet", internet);
        router.ipBatch("addr add 203.0.113.1/24 dev inet", "addr add 2001:db8:9::1/64 dev inet nodad");
        host("9-1", internet, "203.0.113.91/24", "2001:db8:9::91/64", "203.0.113.1", "2001:db8:9::1");
        host("9-2", internet, "203.0.113.92/24", "2001:db8:9::92/64", "203.0.113.1", "2001:db8:9::1");
    }

    private Station switchStation(String name) {
        Station station = network.station(name);
        station.setting("ipv6/conf/all/disable_ipv6", "1");
        station.ipBatch("link add br0 type bridge forward_delay 0 mcast_snooping 0", "link set br0 up");
        return station;
    }

    private void plug(Station station, String device, Station switchStation) {
        // At most 15 characters, unique on the switch.
        String port = "p-"
                + station.namespace().substring(Math.max(0, station.namespace().length() - 7)) + "-" + device;
        String shortPort = port.length() <= 15 ? port : "p" + Integer.toHexString(port.hashCode());
        network.cable(station, device, switchStation, shortPort);
        switchStation.ip("link set " + shortPort + " master br0");
    }

    private Station host(String name, Station switchStation, String v4, String v6, String gateway4, String gateway6) {
        Station station = network.station(name);
        plug(station, "eth0", switchStation);
        station.ipBatch(
                "addr add " + v4 + " dev eth0",
                "addr add " + v6 + " dev eth0 nodad",
                "route add default via " + gateway4,
                "route add default via " + gateway6);
        return station;
    }

    /** A station by its name in the figure. */
    public Station station(String name) {
        return network.of(name);
    }

    /** weir's own station. */
    public Station weir() {
        return network.of("weir");
    }

    /**
     * Plugs one more interface of weir's station into the internal switch: {@code mgmt0}, which is the kernel's and has no
     * address yet. It is 37₀ of Fig. 7.
     */
    public void plugManagement() {
        plug(weir(), "mgmt0", station("internal"));
    }

    /**
     * The configuration of the demo's node, with the driver that weir chooses.
     *
     * @param name the node's name
     * @param weights weights of the three servers
     */
    public static String configuration(String name, int... weights) {
        return configuration(name, "auto", weights);
    }

    /**
     * The configuration of the demo's node.
     *
     * @param name the node's name
     * @param driver of all interfaces: {@code auto}, {@code af_xdp} or {@code af_packet}
     * @param weights weights of the three servers
     */
    public static String configuration(String name, String driver, int... weights) {
        return configuration(name, driver, "", "", "", weights);
    }

    /**
     * A configuration with more in it.
     *
     * @param server what is added to each server, such as {@code ", check: page"}
     * @param web lines that are added to the service {@code web}
     * @param more sections that are added
     */
    static String configuration(String name, String driver, String server, String web, String more, int... weights) {
        StringBuilder servers = new StringBuilder();
        String[] addresses = {
            "10.1.1.11, \"fd01:0:0:1::11\"", "10.1.1.12, \"fd01:0:0:1::12\"", "10.1.2.13, \"fd01:0:0:2::13\""
        };
        for (int i = 0; i < SERVERS.size(); i++) {
            servers.append("  - {name: \"%s\", addresses: [%s], weight: %d%s}%n"
                    .formatted(SERVERS.get(i), addresses[i], weights[i], server));
        }
        return """
            # The network of Fig. 1
            name: %s
            processors:
              switching: 2            # processor 0 polls ext0 and int0, processor 1 polls ext1 and int1
            memory:
              connections-ipv4: 65536
              connections-ipv6: 65536
              buffers: 4096
            interfaces:
              - {name: ext0, driver: %s, addresses: [10.0.1.1/24, "fd00:0:0:1::1/64"], processor: 0}
              - {name: ext1, driver: %s, addresses: [10.0.2.1/24, "fd00:0:0:2::1/64"], processor: 1}
              - {name: int0, driver: %s, addresses: [10.1.1.1/24, "fd01:0:0:1::1/64"], processor: 0}
              - {name: int1, driver: %s, addresses: [10.1.2.1/24, "fd01:0:0:2::1/64"], processor: 1}
            routes:
              - {to: default, via: 10.0.1.254}
              - {to: default, via: "fd00:0:0:1::254"}
            servers:
            %sservices:
              - name: web
                addresses: [%s, "%s"]
                protocol: tcp
                port: 80
                algorithm: weighted-round-robin
            %s    servers:
                  - {server: "5-1", port: 8080}
                  - {server: "5-2", port: 8080}
                  - {server: "5-3", port: 8080}
              - name: echo
                addresses: [%s, "%s"]
                protocol: udp
                port: 7
                algorithm: maglev
                servers: ["5-1", "5-2", "5-3"]
            %s\
            """.formatted(
                name, driver, driver, driver, driver, servers, VIRTUAL_4, VIRTUAL_6, web, VIRTUAL_4, VIRTUAL_6, more);
    }

    @Override
    public void close() {
        network.close();
    }
}
