package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.weir.agent.report.AgentCheckText;
import io.weir.agent.report.LoadReport;
import io.weir.control.ControlProcessor.UnknownNameException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.InterfaceFacts;
import io.weir.control.health.HealthEvent;
import io.weir.control.health.HealthState;
import io.weir.control.resource.ResourceListener;
import io.weir.control.resource.ResourceManager;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationSnapshot;
import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.CountersLayout;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.map.Sides;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RoutingTable;
import io.weir.memory.server.ServerStatus;
import io.weir.memory.server.ServerStatus.LoadSource;
import io.weir.memory.server.ServerStatusTable;
import io.weir.wire.MacAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlProcessorTest {
    private static final int ROUTES = 64;
    private static final int SERVERS = 64;
    private static final List<InterfaceFacts> FACTS =
            List.of(new InterfaceFacts(new MacAddress(0x0200_0000_0001L), 1500));

    private static final String FILE = """
        interfaces: [{name: eth0, addresses: [10.1.0.1/24]}]
        checks: [{name: port, type: tcp, port: 80}]
        servers:
          - {name: a, addresses: [10.1.0.11], check: port, tags: [fast]}
          - {name: b, addresses: [10.1.0.12], check: port}
          - {name: c, addresses: [10.1.0.13], check: port}
        services:
          - {name: web, addresses: [10.0.0.100], protocol: tcp, port: 80, on-down: drain, servers: [a, b, c]}
        """;

    private final Arena arena = Arena.ofAuto();
    private final Sides sides = new Sides(arena.allocate(Sides.bytes(1), 64));
    private final Sides routeSides = new Sides(arena.allocate(Sides.bytes(1), 64));
    private final RoutingTable routes = new RoutingTable(
            routeSides,
            arena.allocate(RoutingTable.bytes(ROUTES), 64),
            arena.allocate(RoutingTable.bytes(ROUTES), 64),
            ROUTES);
    private final MemorySegment a = arena.allocate(1 << 20, 64);
    private final MemorySegment b = arena.allocate(1 << 20, 64);
    private final ConfigurationTable table = new ConfigurationTable(
            sides,
            a,
            b,
            routes,
            new NeighbourTable(arena.allocate(NeighbourTable.bytes(16), 64)),
            Duration.ofMillis(5),
            InstantSource.fixed(Instant.ofEpochMilli(1000)));
    private final MemorySegment counters = arena.allocate(CountersLayout.bytes(1, 4, SERVERS, SERVERS), 64);
    private final ServerStatusTable status =
            new ServerStatusTable(arena.allocate(ServerStatusTable.bytes(SERVERS), 64));
    private final ResourceManager resources = new ResourceManager(new ResourceListener() {});
    private final List<Generation> told = new ArrayList<>();
    private final Balancer balancer;
    private final ControlProcessor control;
    private int nowMs = 1000;

    ControlProcessorTest() {
        CountersLayout.initialise(counters, 1, 4, SERVERS, SERVERS);
        balancer = new Balancer(resources, status, new CountersReader(counters), () -> nowMs);
        control = new ControlProcessor(
                table, balancer, () -> nowMs, InstantSource.fixed(Instant.ofEpochMilli(5000)), told::add);
    }

    private Generation apply(String text) throws Exception {
        return control.apply(ConfigurationLoader.parse("f", text), text, FACTS, "apply f");
    }

    private void check(String server, HealthState state, String message) {
        if (balancer.accept(new HealthEvent(server, state, message), nowMs)) {
            control.decideNow();
        }
    }

    private void allUp() {
        for (String server : List.of("a", "b", "c")) {
            check(server, HealthState.UP, "connected");
        }
    }

    private ConfigurationImage image() {
        return ConfigurationSnapshot.read(sides, a, b).image();
    }

    /** Shares of new connections by server, as the selection table has them. */
    private Map<String, Double> shares() {
        ConfigurationImage image = image();
        ConfigurationImage.Members members = image.services().getFirst().ipv4();
        Map<Integer, String> names = new LinkedHashMap<>();
        image.servers().forEach(each -> names.put(each.number(), each.name()));
        Map<String, Double> shares = new LinkedHashMap<>();
        members.members().forEach(each -> shares.put(names.get(each.server()), 0.0));
        for (int slot = 0; slot < members.slots().size(); slot++) {
            String name = names.get(
                    members.members().get(members.slots().member(slot)).server());
            shares.merge(name, 1.0 / members.slots().size(), Double::sum);
        }
        return shares;
    }

    private double share(String server) {
        return shares().getOrDefault(server, 0.0);
    }

    private void ticks(int seconds) {
        for (int k = 0; k < 5 * seconds; k++) {
            nowMs += 200;
            control.tick();
        }
    }

    @Test
    void an_application_takes_over_when_all_other_servers_are_down() throws Exception {
        apply(FILE.replace(
                        "servers:\n",
                        "applications: [{name: page, type: sorry-page}]\nservers:\n  - {name: sorry, application: page}\n")
                .replace("servers: [a, b, c]", "servers: [a, b, c, {server: sorry, backup: true}]"));
        allUp();
        check("sorry", HealthState.UP, "application runs on all switching processors");
        assertThat(share("sorry")).isZero();

        for (String server : List.of("a", "b", "c")) {
            check(server, HealthState.DOWN, "refused");
        }
        assertThat(share("sorry")).isCloseTo(1, within(0.001));
        ServerStatus shown = status.read(table.serverNumber("sorry"));
        assertThat(shown.health()).isEqualTo(ServerStatus.Health.UP);
        assertThat(shown.message()).startsWith("application runs on all switching processors");

        check("b", HealthState.UP, "connected");
        assertThat(share("sorry")).isZero();
    }

    @Test
    void an_application_that_was_stopped_is_down_with_its_reason() throws Exception {
        apply(FILE.replace(
                        "servers:\n",
                        "applications: [{name: page, type: sorry-page}]\nservers:\n  - {name: sorry, application: page}\n")
                .replace("servers: [a, b, c]", "servers: [a, {server: sorry, weight: 3}]"));
        allUp();
        check("sorry", HealthState.UP, "application runs on all switching processors");
        assertThat(share("sorry")).isCloseTo(0.75, within(0.01));

        control.weight("web", "sorry", 1);
        assertThat(share("sorry")).isCloseTo(0.5, within(0.01));
        control.drain("sorry", true);
        assertThat(share("sorry")).isZero();
        control.drain("sorry", false);
        assertThat(share("sorry")).isCloseTo(0.5, within(0.01));

        check("sorry", HealthState.DOWN, "application threw java.lang.IllegalStateException");
        assertThat(share("sorry")).isZero();
        assertThat(told.getLast().cause())
                .isEqualTo("server sorry is down: application threw java.lang.IllegalStateException");
    }

    @Test
    void a_server_that_is_down_gets_no_new_connections_at_once_and_is_named() throws Exception {
        apply(FILE);
        allUp();

        check("b", HealthState.DOWN, "connection refused");

        assertThat(shares()).containsEntry("b", 0.0);
        assertThat(share("a")).isCloseTo(0.5, within(0.01));
        assertThat(told.getLast().cause()).isEqualTo("server b is down: connection refused");
        assertThat(told.getLast().wanted()).isFalse();
        assertThat(told.getLast().diff().moves()).hasSize(1);
        control.tick();
        ServerStatus b = status.read(table.serverNumber("b"));
        assertThat(b.health()).isEqualTo(ServerStatus.Health.DOWN);
        assertThat(b.message()).isEqualTo("connection refused");
    }

    @Test
    void results_that_change_nothing_make_no_generation() throws Exception {
        apply(FILE);
        allUp();
        int before = told.size();

        allUp();
        ticks(5);

        assertThat(told).hasSize(before);
    }

    @Test
    void a_server_that_comes_back_starts_slowly_and_the_first_ones_do_not() throws Exception {
        apply(FILE.replace("on-down: drain", "slow-start: 10s"));
        allUp();
        assertThat(share("b")).isCloseTo(0.333, within(0.01));

        check("b", HealthState.DOWN, "");
        ticks(1);
        check("b", HealthState.UP, "connected");

        double first = share("b");
        ticks(5);
        double half = share("b");
        ticks(6);
        assertThat(first).isBetween(0.01, 0.1);
        assertThat(half).isBetween(0.15, 0.3);
        assertThat(share("b")).isCloseTo(0.333, within(0.01));
    }

    @Test
    void drains_and_weights_by_hand_stay_until_they_are_taken_back() throws Exception {
        apply(FILE);

        control.drain("a", true);
        assertThat(shares()).containsEntry("a", 0.0);
        ticks(3);
        assertThat(shares()).containsEntry("a", 0.0);
        apply(FILE.replace("on-down: drain", "on-down: reset"));
        assertThat(shares()).containsEntry("a", 0.0);
        control.drain("a", false);
        control.weight("web", "b", 2);

        assertThat(share("b")).isCloseTo(0.5, within(0.01));
        control.weight("web", "b", -1);
        assertThat(share("b")).isCloseTo(0.333, within(0.01));
        assertThat(told)
                .extracting(Generation::cause)
                .contains("drain a", "end of drain of a", "weight of b in web by hand: 2");
    }

    @Test
    void a_rollback_brings_back_what_was_wanted_but_not_what_was_decided() throws Exception {
        apply(FILE);
        allUp();
        long first = told.getLast().number();
        apply(FILE.replace("servers: [a, b, c]", "servers: [a, {server: b, weight: 3}, c]"));
        control.drain("c", true);
        check("a", HealthState.DOWN, "no answer");

        Generation back = control.rollback(first);

        assertThat(back.cause()).isEqualTo("rollback to " + first);
        assertThat(shares()).containsEntry("a", 0.0);
        assertThat(share("b")).isCloseTo(0.5, within(0.01));
        assertThat(control.wanted().draining()).isEmpty();
        Generation forth = control.rollback(0);
        assertThat(forth.desired().draining()).containsExactly("c");
    }

    @Test
    void a_refused_change_changes_nothing() throws Exception {
        apply(FILE);
        int before = told.size();

        assertThatThrownBy(() -> apply(FILE.replace("name: eth0", "name: eth1")))
                .isInstanceOf(ConfigurationRefusedException.class);
        assertThatThrownBy(() -> control.drain("x", true)).isInstanceOf(UnknownNameException.class);
        assertThatThrownBy(() -> control.weight("web", "x", 1)).isInstanceOf(UnknownNameException.class);
        assertThatThrownBy(() -> control.rollback(99)).isInstanceOf(UnknownNameException.class);

        assertThat(told).hasSize(before);
        assertThat(control.wanted().text()).isEqualTo(FILE);
    }

    @Test
    void a_preview_tells_what_would_move_and_changes_nothing() throws Exception {
        apply(FILE);
        ConnectionTable4 connections = connections(200);

        String next = FILE.replace("servers: [a, b, c]", "servers: [a, b]").replaceAll(".*name: c,.*\n", "");
        ConfigurationTable.Previewed preview = control.preview(ConfigurationLoader.parse("f", next), next, FACTS);
        MovedConnections moved = MovedConnections.between(
                java.util.Objects.requireNonNull(preview.before()),
                preview.after(),
                connections,
                ConnectionTable6.format(arena.allocate(ConnectionTable6.regionBytes(64), 64), 1),
                nowMs);

        assertThat(preview.diff().share("web", 4)).isCloseTo(0.333, within(0.01));
        assertThat(moved.live()).isEqualTo(200);
        // all of them were put on server c whatever their hash, which is gone
        assertThat(moved.orphaned()).isEqualTo(200);
        assertThat(moved.examples())
                .hasSize(20)
                .allSatisfy(each -> assertThat(each.from()).isEqualTo("c"));
        assertThat(told).hasSize(1);
        assertThat(shares()).hasSize(3);
    }

    /** Connections of the service on server c. */
    private ConnectionTable4 connections(int count) {
        ConnectionTable4 connections =
                ConnectionTable4.format(arena.allocate(ConnectionTable4.regionBytes(1024), 64), 1);
        for (int k = 0; k < count; k++) {
            long addresses = 0x0900_000aL + ((long) k << 24 & 0xff00_0000L) | 0x6400_000aL << 32;
            long key = (0x1000L + k) | 0x5000L << 16 | 6L << 32;
            long record = connections.claim(addresses, key, connections.hash(addresses, key));
            connections.setConnection(
                    record,
                    ConnectionTable.FORWARD,
                    ConnectionState.ESTABLISHED,
                    table.serviceNumber("web"),
                    table.serverNumber("c"),
                    nowMs);
            connections.publish(record);
        }
        return connections;
    }

    @Test
    void connections_of_a_server_that_is_down_or_gone_are_ended_where_that_is_asked_for() throws Exception {
        String reset = FILE.replace("on-down: drain", "on-down: reset");
        apply(reset);
        allUp();
        int c = table.serverNumber("c");
        new ProcessorCounters(counters, 0).connectionOpened(table.serviceNumber("web"), c);

        check("b", HealthState.DOWN, "");
        assertThat(image().servers())
                .filteredOn(ConfigurationImage.Server::resetting)
                .extracting(ConfigurationImage.Server::name)
                .containsExactly("b");
        apply(reset.replace("servers: [a, b, c]", "servers: [a, b]").replaceAll(".*name: c,.*\n", ""));
        ticks(3);
        assertThat(image().servers())
                .filteredOn(each -> each.number() == c)
                .singleElement()
                .satisfies(each -> assertThat(each.resetting()).isTrue());

        new ProcessorCounters(counters, 0).connectionClosed(1, c);
        ticks(2);
        assertThat(image().servers())
                .extracting(ConfigurationImage.Server::name)
                .doesNotContain("c");
    }

    @Test
    void the_busier_server_loses_share_and_a_stale_report_gives_it_back() throws Exception {
        apply(FILE.replace("on-down: drain", "weights: even-load"));
        allUp();
        for (int k = 0; k < 40; k++) {
            for (String server : List.of("a", "b", "c")) {
                resources.accept(load(server, server.equals("a") ? 0.9 : 0.3), LoadSource.AGENT, nowMs);
            }
            ticks(1);
        }
        double busy = share("a");
        ServerStatus shown = status.read(table.serverNumber("a"));
        assertThat(busy).isLessThan(0.2);
        assertThat(shown.cpu()).isEqualTo(0.9);
        assertThat(shown.source()).isEqualTo(ServerStatus.LoadSource.AGENT);
        assertThat(shown.index()).isCloseTo(0.9, within(0.01));
        assertThat(told).extracting(Generation::cause).contains("load");

        ticks(200);
        assertThat(share("a")).isCloseTo(0.333, within(0.03));
        assertThat(status.read(table.serverNumber("a")).stale()).isTrue();
    }

    private static LoadReport load(String server, double cpu) {
        return new LoadReport(server, -1, cpu, -1, -1, -1);
    }

    @Test
    void what_a_server_asks_for_by_agent_check_is_done() throws Exception {
        apply(FILE);
        allUp();

        wish("a", "drain\n");
        wish("b", "50%\n");
        ticks(2);
        assertThat(shares()).containsEntry("a", 0.0);
        assertThat(share("b")).isCloseTo(0.333, within(0.01));
        wish("a", "up ready\n");
        wish("c", "down #disk is full\n");
        ticks(2);

        assertThat(share("a")).isCloseTo(0.666, within(0.01));
        assertThat(shares()).containsEntry("c", 0.0);
        assertThat(status.read(table.serverNumber("c")).message()).contains("down", "disk is full");
    }

    private void wish(String server, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        resources.accept(server, AgentCheckText.parse(bytes, bytes.length), nowMs);
    }

    @Test
    void generations_by_people_outlive_those_by_load() throws Exception {
        apply(FILE);
        for (int k = 0; k < GenerationHistory.MOST_AUTOMATIC + 50; k++) {
            check("a", k % 2 == 0 ? HealthState.DOWN : HealthState.UP, "");
        }

        assertThat(control.generations()).hasSize(GenerationHistory.MOST_AUTOMATIC + 1);
        assertThat(control.generations().getLast().cause()).isEqualTo("apply f");
        assertThat(control.rollback(1).number()).isGreaterThan(500);
    }

    @Test
    void rules_send_first_packets_to_the_servers_they_name() throws Exception {
        apply(FILE.replace(
                "on-down: drain",
                "rules: [{source: [10.9.0.0/16, \"2001:db8::/32\"], server: b}, {dscp: ef, tcp-options: mss,"
                        + " tag: fast}]"));

        List<ConfigurationImage.Rule> rules =
                image().services().getFirst().ipv4().rules();
        assertThat(rules).hasSize(2);
        assertThat(rules.getFirst().prefixLength()).isEqualTo(96 + 16);
        assertThat(rules.getFirst().slots().member(0)).isEqualTo(1);
        assertThat(rules.getLast().dscp()).isEqualTo(1L << 46);
        assertThat(rules.getLast().tcpOptions()).isEqualTo(1L << 2);
        assertThat(rules.getLast().slots().member(17)).isZero();

        check("b", HealthState.DOWN, "");
        assertThat(image().services()
                        .getFirst()
                        .ipv4()
                        .rules()
                        .getFirst()
                        .slots()
                        .size())
                .isZero();
    }
}
