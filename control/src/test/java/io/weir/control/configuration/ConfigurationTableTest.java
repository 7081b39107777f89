package io.weir.control.configuration;

import static io.weir.control.configuration.NodeExample.FACTS;
import static io.weir.control.configuration.NodeExample.member;
import static io.weir.control.configuration.NodeExample.networkInterface;
import static io.weir.control.configuration.NodeExample.server;
import static io.weir.control.configuration.NodeExample.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.weir.control.configuration.Decisions.MemberName;
import io.weir.control.configuration.ServiceConfiguration.Algorithm;
import io.weir.control.configuration.ServiceConfiguration.Forwarding;
import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.memory.configuration.ConfigurationLayout;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.ConfigurationSnapshot;
import io.weir.memory.map.Sides;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RouteReader;
import io.weir.memory.routing.RoutingTable;
import io.weir.wire.IpPrefix;
import io.weir.wire.Ipv4Address;
import io.weir.wire.MacAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConfigurationTableTest {
    private static final int TCP = 6;
    private static final int ROUTES = 64;

    private final Arena arena = Arena.ofAuto();
    private final NodeExample example = NodeExample.standard();
    private final Sides sides = new Sides(arena.allocate(Sides.bytes(1), 64));
    private final Sides routeSides = new Sides(arena.allocate(Sides.bytes(1), 64));
    private final MemorySegment routesA = arena.allocate(RoutingTable.bytes(ROUTES), 64);
    private final MemorySegment routesB = arena.allocate(RoutingTable.bytes(ROUTES), 64);
    private final RoutingTable routes = new RoutingTable(routeSides, routesA, routesB, ROUTES);
    private final NeighbourTable neighbours = new NeighbourTable(arena.allocate(NeighbourTable.bytes(16), 64));
    private final MemorySegment a = arena.allocate(1 << 20, 64);
    private final MemorySegment b = arena.allocate(1 << 20, 64);
    private final ConfigurationTable table = table(a, b);
    private final ConfigurationReader reader = new ConfigurationReader(sides, a, b, 0);
    private final RouteReader routeReader = new RouteReader(routeSides, routesA, routesB, ROUTES, 0);

    @Test
    void a_configuration_arrives_at_the_switching_processors() throws Exception {
        ConfigurationTable.Applied applied = apply(example);

        assertThat(applied.generation()).isEqualTo(1);
        assertThat(reader.refresh()).isEqualTo(1);
        int web = web();
        assertThat(reader.serviceNumber(web)).isEqualTo(table.serviceNumber("web"));
        assertThat(reader.algorithm(web)).isEqualTo(ConfigurationReader.MAGLEV);
        assertThat(reader.selectionSize(web)).isEqualTo(10_007);
        assertThat(IntStream.range(0, 10_007)
                        .map(slot -> reader.serverNumber(reader.selection(web, slot)))
                        .distinct()
                        .count())
                .isEqualTo(3);
        assertThat(reader.linkAddress(2)).isEqualTo(0x0200_0000_0002L);
        assertThat(reader.mtu(2)).isEqualTo(9000);
        assertThat(reader.timeoutMs(io.weir.memory.connection.ConnectionState.SYN_RECEIVED))
                .isEqualTo(60_000);
    }

    @Test
    void routes_follow_from_addresses_and_static_routes() throws Exception {
        apply(example);
        routeReader.refresh();

        int internal = routeReader.find4(raw("192.168.1.77"));
        assertThat(routeReader.interfaceId(internal)).isEqualTo(2);
        assertThat(routeReader.isOnLink(internal)).isTrue();
        int internet = routeReader.find4(raw("8.8.8.8"));
        assertThat(routeReader.interfaceId(internet)).isEqualTo(1);
        assertThat(routeReader.gateway4(internet)).isEqualTo(raw("10.0.0.254"));
    }

    @Test
    void numbers_stay_and_the_epoch_moves_on() throws Exception {
        apply(example);
        int b1 = table.serverNumber("b");
        int epoch = neighbours.epoch();

        apply(example.withServers(example.servers().get(1), example.servers().get(0), server("d", "192.168.1.4"))
                .withServices(service("web", Algorithm.MAGLEV, member("b", 1), member("d", 1))));

        assertThat(table.serverNumber("b")).isEqualTo(b1);
        assertThat(table.serverNumber("c")).isZero();
        assertThat(table.serverNumber("d")).isEqualTo(4);
        assertThat(neighbours.epoch()).isNotEqualTo(epoch);
    }

    @Test
    void decisions_alone_leave_the_paths_of_connections_as_they_are() throws Exception {
        apply(example);
        int epoch = neighbours.epoch();
        MemberName name = new MemberName("web", "a");

        table.apply(example.build(), new Decisions(Map.of(name, 0), Map.of(), Set.of(), List.of()), FACTS, "a is down");
        assertThat(neighbours.epoch()).isEqualTo(epoch);
        reader.refresh();
        assertThat(reader.weight(reader.member(web(), 0))).isZero();

        List<InterfaceFacts> replugged =
                List.of(new InterfaceFacts(new MacAddress(0x0200_0000_0009L), 1500), FACTS.getLast());
        table.apply(example.build(), Decisions.NONE, replugged, "another link-layer address");
        assertThat(neighbours.epoch()).isNotEqualTo(epoch);
    }

    private static NodeConfiguration withHost(String more) throws ConfigurationException {
        return ConfigurationLoader.parse("f", """
            interfaces:
              - {name: ext0, addresses: [10.0.0.1/24]}
              - {name: int0, addresses: [192.168.1.1/24]}
            host: {addresses: [10.0.0.20, "2001:db8::20"], packets-per-second: 1000, %s reserved: {sources: [10.7.0.0/16]}}
            services: [{name: web, addresses: [10.0.0.100], protocol: tcp, port: 80, servers: [local]}]
            """.formatted(more));
    }

    private static HostFacts hostFacts(long peer) {
        return new HostFacts("host", new MacAddress(0x0200_0000_00b0L), new MacAddress(peer), 1400);
    }

    @Test
    void the_host_stands_behind_the_interface_after_that_of_control() throws Exception {
        table.hostInterface(hostFacts(0x0200_0000_00b1L));
        table.apply(withHost(""), Decisions.NONE, FACTS, "test");
        reader.refresh();

        assertThat(reader.host().interfaceId())
                .as("without a control interface")
                .isEqualTo(4);
        assertThat(reader.control().interfaceId()).isZero();
        assertThat(reader.mtu(4)).isEqualTo(1400);
        assertThat(reader.linkAddress(4)).isEqualTo(0x0200_0000_00b0L);
        assertThat(reader.host().linkAddress()).isEqualTo(0x0200_0000_00b1L);
        assertThat(reader.host().packetsPerSecond()).isEqualTo(1000);
        assertThat(reader.host().reservedPerSecond()).isEqualTo(250);
        assertThat(reader.host().isReservedSource(0, ConfigurationReader.mapped1(raw("10.7.1.1"))))
                .isTrue();
        assertThat(reader.addressKind4(raw("10.0.0.20"))).isEqualTo(ConfigurationReader.HOST);
        int web = reader.service4(raw("10.0.0.100"), 6, 80);
        assertThat(reader.memberAddress4(reader.member(web, 0))).isEqualTo(raw("10.0.0.20"));

        table.controlInterface(new ControlFacts(
                "control", new MacAddress(0x0200_0000_00c0L), new MacAddress(0x0200_0000_00c1L), 1500, List.of(), 9));
        table.apply(withHost(""), Decisions.NONE, FACTS, "test");
        reader.refresh();
        assertThat(reader.host().interfaceId()).as("with a control interface").isEqualTo(4);
        assertThat(reader.control().interfaceId()).isEqualTo(3);
    }

    @Test
    void limits_of_the_host_change_in_words_and_a_new_device_moves_paths() throws Exception {
        table.hostInterface(hostFacts(0x0200_0000_00b1L));
        table.apply(withHost(""), Decisions.NONE, FACTS, "test");

        assertThat(table.apply(withHost("per-source: 7,"), Decisions.NONE, FACTS, "test")
                        .diff()
                        .changes())
                .containsExactly("host.per-source 50000 -> 7");
        reader.refresh();
        assertThat(reader.host().perSource()).isEqualTo(7);

        int epoch = neighbours.epoch();
        table.apply(withHost("per-source: 7,"), Decisions.NONE, FACTS, "test");
        assertThat(neighbours.epoch()).isEqualTo(epoch);
        table.hostInterface(hostFacts(0x0200_0000_00b2L));
        reader.refresh();
        table.apply(withHost("per-source: 7,"), Decisions.NONE, FACTS, "the device was made anew");
        assertThat(neighbours.epoch()).isNotEqualTo(epoch);
    }

    @Test
    void without_its_interface_nothing_is_known_of_the_host() throws Exception {
        table.apply(withHost(""), Decisions.NONE, FACTS, "test");
        reader.refresh();

        assertThat(reader.host().interfaceId()).isZero();
        assertThat(reader.addressKind4(raw("10.0.0.20"))).isEqualTo(ConfigurationReader.NOT_LOCAL);
    }

    @Test
    void a_change_is_told_in_words_and_in_the_share_that_moves() throws Exception {
        apply(example);

        NodeExample changed = example.withServers(
                        example.servers().get(0), example.servers().get(1), server("d", "192.168.1.4"))
                .withServices(
                        service("web", Algorithm.MAGLEV, member("a", 1), member("b", 2)),
                        service("mail", List.of("10.0.0.101"), Forwarding.NAT, Algorithm.LEAST_CONNECTIONS));
        ConfigurationDiff preview =
                table.preview(changed.build(), Decisions.NONE, FACTS).diff();
        ConfigurationDiff diff = apply(changed).diff();

        assertThat(diff).isEqualTo(preview);
        assertThat(diff.changes())
                .containsExactly(
                        "server d: added",
                        "server c: removed",
                        "service web: server b: weight 1 -> 2",
                        "service web: server c: removed",
                        "service mail: added");
        // a keeps a third; b gets what c had.
        assertThat(diff.share("web", 4)).isCloseTo(1.0 / 3, within(0.001));
        assertThat(diff.share("web", 6)).isCloseTo(1.0 / 6, within(0.001));
        assertThat(diff.moves().get(0)).hasToString("service web (IPv4): 33.33 % of new connections move");
    }

    @Test
    void the_same_configuration_again_changes_nothing_but_the_generation() throws Exception {
        apply(example);

        ConfigurationTable.Applied again = apply(example);

        assertThat(again.generation()).isEqualTo(2);
        assertThat(again.diff().isEmpty()).isTrue();
        assertThat(Sides.generation(routeSides.active())).isEqualTo(1);
    }

    @Test
    void all_weights_0_leave_members_and_no_slots() throws Exception {
        apply(example.withServices(service("web", Algorithm.SOURCE_HASH, member("a", 0), member("b", 0))));
        reader.refresh();

        assertThat(reader.selectionSize(web())).isZero();
        assertThat(reader.memberCount(web())).isEqualTo(2);
    }

    @Test
    void a_bad_configuration_changes_nothing() throws Exception {
        apply(example);
        long active = sides.active();
        int epoch = neighbours.epoch();

        assertThatThrownBy(() -> apply(example.withServices(service("web", Algorithm.MAGLEV, member("nobody", 1)))))
                .isInstanceOf(ConfigurationRefusedException.class);

        assertThat(sides.active()).isEqualTo(active);
        assertThat(neighbours.epoch()).isEqualTo(epoch);
        assertThat(table.configuration()).isEqualTo(example.build());
    }

    @Test
    void a_configuration_that_does_not_fit_changes_nothing() throws Exception {
        ConfigurationTable small = table(arena.allocate(4096, 64), arena.allocate(4096, 64));

        assertThatThrownBy(() -> small.apply(example.build(), Decisions.NONE, FACTS, "test"))
                .isInstanceOf(ConfigurationRefusedException.class)
                .hasMessageContaining("more than the 4096 bytes");
        assertThatThrownBy(() -> small.preview(example.build(), Decisions.NONE, FACTS))
                .hasMessageContaining("more than the 4096");

        assertThat(sides.active()).isZero();
        assertThat(routeSides.active()).isZero();
    }

    @Test
    void more_routes_than_fit_change_nothing() throws Exception {
        apply(example);
        long active = sides.active();
        RouteConfiguration[] many = IntStream.range(0, ROUTES)
                .mapToObj(k -> new RouteConfiguration(IpPrefix.parse("172.16." + k + ".0/24"), null, "ext0"))
                .toArray(RouteConfiguration[]::new);

        assertThatThrownBy(() -> apply(example.withRoutes(many)))
                .isInstanceOf(ConfigurationRefusedException.class)
                .hasMessageContaining("routes");

        assertThat(sides.active()).isEqualTo(active);
        assertThat(Sides.generation(routeSides.active())).isEqualTo(1);
    }

    @Test
    void a_processor_that_still_reads_the_back_up_side_is_named() throws Exception {
        apply(example);
        reader.refresh();
        routeReader.refresh();
        apply(example);

        assertThatThrownBy(() -> apply(example))
                .isInstanceOf(ConfigurationRefusedException.class)
                .hasMessageContaining("switching processor 0 has not observed generation 2 within 5 ms");

        reader.refresh();
        assertThat(apply(example).generation()).isEqualTo(3);
    }

    @Test
    void what_needs_a_restart_is_refused_by_key_and_addresses_are_not() throws Exception {
        apply(example);
        InterfaceConfiguration ext0 = example.interfaces().get(0);
        InterfaceConfiguration int0 = example.interfaces().get(1);

        assertThatThrownBy(() -> apply(example.withInterfaces(ext0)))
                .hasMessage("interfaces: [ext0] differs from [ext0, int0], which cannot change while the node runs;"
                        + " restart it or change it back");
        assertThatThrownBy(() -> apply(example.withInterfaces(
                        ext0,
                        new InterfaceConfiguration(
                                "int0", "eth7", DriverConfiguration.DEFAULTS, int0.addresses(), null, 0, -1))))
                .hasMessageStartingWith("interfaces.int0.device: eth7 differs from int0");

        ConfigurationDiff diff = apply(example.withInterfaces(ext0, networkInterface("int0", "192.168.1.253/24")))
                .diff();
        assertThat(diff.changes())
                .containsExactly("interface int0: addresses [192.168.1.254/24, fd00::254/64] -> [192.168.1.253/24]");
    }

    @Test
    void names_can_be_read_from_the_shared_memory_and_numbers_taken_up_from_it() throws Exception {
        apply(example.withServers(server("z", "192.168.1.9"))
                .withServices(service("web", List.of("10.0.0.100"), Forwarding.NAT, Algorithm.MAGLEV, member("z", 1))));
        apply(example);

        ConfigurationSnapshot snapshot = ConfigurationSnapshot.read(sides, a, b);
        assertThat(snapshot.generation()).isEqualTo(2);
        assertThat(snapshot.image().cause()).isEqualTo("test");
        assertThat(snapshot.image().createdAtEpochMs()).isEqualTo(1000);
        assertThat(snapshot.serviceName(table.serviceNumber("web"))).isEqualTo("web");
        assertThat(snapshot.serverName(table.serverNumber("c"))).isEqualTo("c");

        ConfigurationTable restarted = table(a, b);
        assertThat(restarted.serverNumber("c"))
                .isEqualTo(table.serverNumber("c"))
                .isEqualTo(4);
    }

    @Test
    void a_server_with_two_ports_takes_two_shares() throws Exception {
        apply(example.withServices(service(
                "web",
                Algorithm.WEIGHTED_ROUND_ROBIN,
                new Member("a", 1, 80),
                new Member("a", 1, 81),
                member("b", 1))));
        reader.refresh();

        assertThat(reader.selectionSize(web())).isEqualTo(3);
        assertThat(reader.memberPort(reader.selection(web(), 1))).isEqualTo(81);
    }

    /** Design target: a flip of 1,000 services with 100 servers in less than a second of control time. Printed, not gated. */
    @Test
    void a_thousand_services_with_a_hundred_servers_fit_into_a_default_side() throws Exception {
        MemorySegment largeA = arena.allocate(ConfigurationLayout.DEFAULT_SIDE_BYTES, 64);
        MemorySegment largeB = arena.allocate(ConfigurationLayout.DEFAULT_SIDE_BYTES, 64);
        ConfigurationTable large = table(largeA, largeB);
        NodeExample first = large(1);
        NodeExample oneChanged = first.withServices(changed(first, 1));
        NodeExample allChanged = large(2);

        long start = cpuNs();
        large.apply(first.build(), Decisions.NONE, FACTS, "first");
        long built = cpuNs();
        ConfigurationDiff one = large.apply(oneChanged.build(), Decisions.NONE, FACTS, "one service")
                .diff();
        long changedOne = cpuNs();
        ConfigurationDiff all = large.apply(allChanged.build(), Decisions.NONE, FACTS, "all services")
                .diff();
        long changedAll = cpuNs();

        System.out.printf(
                "1,000 services x 100 servers: first %d ms, one service changed %d ms, all changed %d ms%n",
                (built - start) / 1_000_000, (changedOne - built) / 1_000_000, (changedAll - changedOne) / 1_000_000);
        assertThat(one.moves()).hasSize(1);
        assertThat(all.moves()).hasSize(1000);
    }

    /** Processor time of this thread, so that a busy machine does not matter. */
    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static NodeExample large(int weightOfFirst) {
        List<ServerConfiguration> servers = new ArrayList<>();
        Member[] members = new Member[100];
        for (int k = 0; k < 100; k++) {
            servers.add(server("server" + k, "192.168.1." + (1 + k)));
            members[k] = member("server" + k, k == 0 ? weightOfFirst : 1 + k % 3);
        }
        ServiceConfiguration[] services = new ServiceConfiguration[1000];
        for (int k = 0; k < 1000; k++) {
            String address = "10.1." + (k / 250) + "." + (1 + k % 250);
            services[k] = service("service" + k, List.of(address), Forwarding.NAT, Algorithm.MAGLEV, members);
        }
        return NodeExample.standard()
                .withServers(servers.toArray(ServerConfiguration[]::new))
                .withServices(services);
    }

    private static ServiceConfiguration[] changed(NodeExample node, int index) {
        ServiceConfiguration[] services = node.services().toArray(ServiceConfiguration[]::new);
        Member[] members = services[index].members().toArray(Member[]::new);
        members[5] = member(members[5].server(), 50);
        services[index] = service("service" + index, List.of("10.1.0.2"), Forwarding.NAT, Algorithm.MAGLEV, members);
        return services;
    }

    private ConfigurationTable table(MemorySegment sideA, MemorySegment sideB) {
        InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1000));
        return new ConfigurationTable(sides, sideA, sideB, routes, neighbours, Duration.ofMillis(5), clock);
    }

    private ConfigurationTable.Applied apply(NodeExample node) throws ConfigurationRefusedException {
        return table.apply(node.build(), Decisions.NONE, FACTS, "test");
    }

    private int web() {
        return reader.service4(raw("10.0.0.100"), TCP, 80);
    }

    private static int raw(String address) {
        return Ipv4Address.parse(address).raw();
    }
}
