package io.weir.control.configuration;

import static io.weir.control.configuration.NodeExample.member;
import static io.weir.control.configuration.NodeExample.networkInterface;
import static io.weir.control.configuration.NodeExample.server;
import static io.weir.control.configuration.NodeExample.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.configuration.ServiceConfiguration.Algorithm;
import io.weir.control.configuration.ServiceConfiguration.Forwarding;
import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationCheckTest {
    private final NodeExample example = NodeExample.standard();

    @Test
    void a_sound_configuration_has_no_problems() {
        assertThat(problems(example)).isEmpty();
    }

    @Test
    void all_problems_are_found_at_once() {
        assertThat(problems(example.withServices(
                        service("web", Algorithm.MAGLEV, member("x", 1), member("y", 1), member("a", 1)))))
                .containsExactly(
                        "services.web.servers.x: there is no server of this name",
                        "services.web.servers.y: there is no server of this name");
    }

    @Test
    void two_services_on_one_endpoint_are_named_both() {
        assertThat(problems(example.withServices(service("one", Algorithm.MAGLEV), service("two", Algorithm.MAGLEV))))
                .containsExactly(
                        "services.two: 10.0.0.100 TCP port 80 already belongs to service one",
                        "services.two: 2001:db8::100 TCP port 80 already belongs to service one");
    }

    @Test
    void names_are_unique() {
        assertThat(problems(example.withServers(
                        server("a", "192.168.1.1", "fd00::1"),
                        server("a", "192.168.1.9"),
                        server("b", "192.168.1.2"),
                        server("c", "192.168.1.3"))))
                .containsExactly("servers: name \"a\" is used twice");
    }

    @Test
    void a_name_longer_than_the_shared_memory_holds_is_refused() {
        String name = "ü".repeat(32);
        assertThat(problems(example.withServices(service(name, Algorithm.MAGLEV))))
                .containsExactly("services: name \"" + name + "\" has 64 bytes, not 1..63");
    }

    @Test
    void a_server_is_not_its_own_service() {
        assertThat(problems(example.withServices(
                        service("web", List.of("192.168.1.1"), Forwarding.NAT, Algorithm.MAGLEV, member("a", 1)))))
                .containsExactly("services.web.addresses: 192.168.1.1 is the address of server a;"
                        + " packets would go in circles");
    }

    @Test
    void a_family_without_servers_is_refused() {
        assertThat(problems(example.withServices(service("web", Algorithm.MAGLEV, member("c", 1)))))
                .containsExactly("services.web.addresses: no server of the service has an address of the family of"
                        + " 2001:db8::100");
    }

    @Test
    void direct_forwarding_needs_neighbours_and_the_same_port() {
        NodeExample direct = example.withServers(server("far", "172.16.0.1"), server("near", "192.168.1.1"))
                .withServices(service(
                        "web",
                        List.of("10.0.0.100"),
                        Forwarding.DIRECT,
                        Algorithm.MAGLEV,
                        member("far", 1),
                        new Member("near", 1, 8080)));
        assertThat(problems(direct))
                .containsExactly(
                        "services.web.servers.far: 172.16.0.1 is on the network of no interface, but direct forwarding"
                                + " reaches only neighbours; use nat",
                        "services.web.servers.near.port: 8080 differs from the service's port 80, but direct forwarding"
                                + " rewrites no port; leave it out or use nat");
    }

    @Test
    void a_server_stands_twice_in_a_service_only_with_two_ports() {
        assertThat(problems(example.withServices(
                        service("web", Algorithm.MAGLEV, new Member("a", 1, 80), new Member("a", 1, 81)))))
                .isEmpty();
        assertThat(problems(example.withServices(
                        service("web", Algorithm.MAGLEV, new Member("a", 1, 81), new Member("a", 1, 81)))))
                .containsExactly("services.web.servers.a: is given twice with port 81");
    }

    @Test
    void addresses_that_are_not_of_one_host_are_refused() {
        assertThat(problems(
                        example.withServices(service("web", List.of("224.0.0.1"), Forwarding.NAT, Algorithm.MAGLEV))))
                .containsExactly("services.web.addresses: 224.0.0.1 is not an address of one host");
        assertThat(problems(example.withServices(
                        service("web", List.of("::ffff:1.2.3.4"), Forwarding.NAT, Algorithm.MAGLEV))))
                .singleElement()
                .asString()
                .endsWith("is not an address of one host (write it as IPv4: 1.2.3.4)");
    }

    @Test
    void an_interface_without_device_needs_its_facts_in_the_file() {
        assertThat(ConfigurationCheck.problems(example.build(), List.of(NodeExample.FACTS.get(0))))
                .hasSize(2)
                .allMatch(each -> each.contains("interfaces.int0") && each.contains("device int0"));
    }

    @Test
    void an_own_address_belongs_to_one_interface() {
        assertThat(problems(example.withInterfaces(
                        networkInterface("ext0", "10.0.0.1/24"), networkInterface("int0", "10.0.0.1/16"))))
                .containsExactly("interfaces.int0.addresses: 10.0.0.1 is already an address of ext0");
    }

    @Test
    void routes_need_a_way_out() {
        IpPrefix network = IpPrefix.parse("172.16.0.0/12");
        assertThat(problems(example.withRoutes(new RouteConfiguration(network, null, null))))
                .containsExactly("routes.172.16.0.0/12: has neither gateway nor interface; give one");
        assertThat(problems(example.withRoutes(new RouteConfiguration(network, IpAddress.parse("10.9.9.9"), null))))
                .containsExactly("routes.172.16.0.0/12.gateway: 10.9.9.9 is on the network of no interface;"
                        + " give the interface");
        assertThat(problems(example.withRoutes(new RouteConfiguration(network, null, "ext7"))))
                .containsExactly("routes.172.16.0.0/12.interface: there is no interface ext7");
        assertThat(problems(example.withRoutes(new RouteConfiguration(network, IpAddress.parse("fd00::1"), null))))
                .containsExactly("routes.172.16.0.0/12.gateway: fd00::1 is not of the family of the destination");
    }

    @Test
    void timeouts_stay_within_the_clock() {
        TimeoutsConfiguration defaults = TimeoutsConfiguration.DEFAULTS;
        assertThat(problems(example.withTimeouts(new TimeoutsConfiguration(
                        Duration.ofDays(13),
                        Duration.ZERO,
                        defaults.fin(),
                        defaults.closed(),
                        defaults.udp(),
                        defaults.udpOneWay()))))
                .containsExactly(
                        "timeouts.established: 1123200000 ms is not within 1 ms..12 days",
                        "timeouts.syn: 0 ms is not within 1 ms..12 days");
    }

    private static List<String> problems(NodeExample node) {
        return ConfigurationCheck.problems(node.build(), NodeExample.FACTS);
    }
}
