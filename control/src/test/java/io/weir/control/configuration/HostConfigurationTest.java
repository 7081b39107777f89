package io.weir.control.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs behind the switch, and the server local, as they are read from weir.yaml. */
class HostConfigurationTest {
    private static final String INTERFACES = """
        interfaces: [{name: ext0, addresses: [198.51.100.1/24, "2001:db8::1/64"]}]
        """;

    private static NodeConfiguration parse(String text) throws ConfigurationException {
        return ConfigurationLoader.parse("f", INTERFACES + text);
    }

    private static String refusalOf(String text) {
        return String.valueOf(
                Objects.requireNonNull(catchThrowableOfType(ConfigurationException.class, () -> parse(text)))
                        .getMessage());
    }

    private static HostConfiguration host(String text) throws ConfigurationException {
        return Objects.requireNonNull(parse(text).host());
    }

    @Test
    void reads_everything_about_the_host() throws ConfigurationException {
        HostConfiguration host = host("""
            host:
              device: tap7
              addresses: [198.51.100.20, "2001:db8::20"]
              mtu: 9000
              routes: [10.0.0.0/8, "2001:db8:1::/48"]
              ring: 256
              packets-per-second: 5000
              per-source: 700
              reserved: {share: 10%, sources: [192.0.2.0/24, "2001:db8:9::/48"], ports: [22, 5000-5999]}
            """);

        assertThat(host)
                .isEqualTo(new HostConfiguration(
                        "tap7",
                        List.of(IpAddress.parse("198.51.100.20"), IpAddress.parse("2001:db8::20")),
                        9000,
                        List.of(IpPrefix.parse("10.0.0.0/8"), IpPrefix.parse("2001:db8:1::/48")),
                        256,
                        5000,
                        700,
                        new HostConfiguration.Reserved(
                                0.1,
                                List.of(IpPrefix.parse("192.0.2.0/24"), IpPrefix.parse("2001:db8:9::/48")),
                                List.of(new PortRange(22, 22), new PortRange(5000, 5999)))));
        assertThat(host.reservedPerSecond()).isEqualTo(500);
    }

    @Test
    void an_address_is_enough() throws ConfigurationException {
        HostConfiguration host = host("host: {addresses: [198.51.100.20]}");

        assertThat(host.device()).isEqualTo("weir0");
        assertThat(host.mtu()).isEqualTo(1500);
        assertThat(host.ring()).isEqualTo(1024);
        assertThat(host.packetsPerSecond()).isEqualTo(100_000);
        assertThat(host.perSource()).isEqualTo(50_000);
        assertThat(host.reserved().ports()).containsExactly(new PortRange(22, 22), new PortRange(179, 179));
        assertThat(host.reserved().share()).isEqualTo(0.25);
    }

    @Test
    void the_default_route_is_one_of_each_family_that_the_host_speaks() throws ConfigurationException {
        assertThat(host("host: {addresses: [198.51.100.20]}").routes()).containsExactly(IpPrefix.parse("0.0.0.0/0"));
        assertThat(host("host: {addresses: [198.51.100.20, \"2001:db8::20\"], routes: [default]}")
                        .routes())
                .containsExactly(IpPrefix.parse("0.0.0.0/0"), IpPrefix.parse("::/0"));
        assertThat(host("host: {addresses: [198.51.100.20], routes: []}").routes())
                .isEmpty();
    }

    @Test
    void without_the_section_there_is_neither_host_nor_local_server() throws ConfigurationException {
        assertThat(parse("").host()).isNull();
        assertThat(parse("").servers()).isEmpty();
    }

    @Test
    void the_server_local_is_there_without_being_listed() throws ConfigurationException {
        NodeConfiguration read = parse("""
            host: {addresses: [198.51.100.20, 198.51.100.21, "2001:db8::20"]}
            servers: [{name: s1, addresses: [198.51.100.11, "2001:db8::11"]}]
            services:
              - {name: web, addresses: [198.51.100.100, "2001:db8::100"], protocol: tcp, port: 80, servers: [s1, local]}
            """);

        assertThat(read.servers()).extracting(ServerConfiguration::name).containsExactly("s1", "local");
        assertThat(read.servers().getLast().addresses())
                .containsExactly(IpAddress.parse("198.51.100.20"), IpAddress.parse("2001:db8::20"));
    }

    @Test
    void listed_the_server_local_has_weight_tags_and_a_check() throws ConfigurationException {
        NodeConfiguration read = parse("""
            host: {addresses: [198.51.100.20]}
            checks: [{name: page, type: http}]
            servers: [{name: local, weight: 3, tags: [near], check: page}]
            """);

        assertThat(read.servers())
                .containsExactly(new ServerConfiguration(
                        "local", List.of(IpAddress.parse("198.51.100.20")), 3, List.of("near"), "page", null));
    }

    @Test
    void local_is_a_name_like_any_other_without_a_host() throws ConfigurationException {
        assertThat(parse("servers: [{name: local, addresses: [198.51.100.9]}]").servers())
                .extracting(ServerConfiguration::name)
                .containsExactly("local");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        host: {}                                            | f:2:7: addresses: there is none (addresses: [198.51.100.20])
        host: {addresses: [x]}                              | f:2:20: addresses:
        host: {addresses: [224.0.0.1]}                      | f:2:20: addresses: 224.0.0.1 is not a unicast address
        host: {addresses: [198.51.100.20, 198.51.100.20]}   | f:2:35: addresses: 198.51.100.20 is there twice (the first is in line 2)
        host: {addresses: [198.51.100.1]}                   | f:2:20: addresses: 198.51.100.1 is an own address of interface ext0 (give the host an address that no interface has)
        host: {addresses: ["fe80::1"]}                      | f:2:20: addresses: fe80::1 is not reachable through the switch (give a global or unique local address)
        host: {addresses: [198.51.100.20], device: ext0}    | f:2:44: device: ext0 is the device of interface ext0 (weir makes the host's device itself; give it a name of its own)
        host: {addresses: [198.51.100.20], device: a-name-too-long-for-linux} | f:2:44: device: 'a-name-too-long-for-linux' is not a device name (1..15 characters without space, '/' and ':')
        host: {addresses: [198.51.100.20], mtu: 500}        | f:2:41: mtu: 500 < 576 (576..65521)
        host: {addresses: ["2001:db8::20"], mtu: 1000}      | f:2:42: mtu: 1000 < 1280, which IPv6 needs (try 1280)
        host: {addresses: [198.51.100.20], ring: 1000}      | f:2:42: ring: 1000 is not a power of two (try 1024)
        host: {addresses: [198.51.100.20], per-source: 0}   | f:2:48: per-source: 0 < 1
        host: {addresses: [198.51.100.20], packets-per-second: many} | f:2:56: packets-per-second: 'many' is not a whole number
        host: {addresses: [198.51.100.20], reserved: {share: 120%}} | f:2:54: share: 120% > 1.0 (0.0..1.0)
        host: {addresses: [198.51.100.20], reserved: {sources: [10.0.0.1/8]}} | f:2:57: sources: 10.0.0.1/8 has host bits set (write 10.0.0.0/8)
        host: {addresses: [198.51.100.20], reserved: {ports: [0]}} | f:2:55: ports: '0' is neither a port nor a range within 1..65535 (try 22 or 5000-5999)
        host: {addresses: [198.51.100.20], reserved: {ports: [9-8]}} | f:2:55: ports: '9-8' is neither
        host: {addresses: [198.51.100.20], routes: [10.0.0.1/8]} | f:2:45: routes: 10.0.0.1/8 has host bits set (write 10.0.0.0/8)
        host: {addresses: [198.51.100.20], routes: ["::/0"]} | f:2:45: routes: the host has no address of the family of ::/0 (add one to addresses, or leave the route out)
        host: {addresses: [198.51.100.20], routes: [default, 0.0.0.0/0]} | f:2:54: routes: 0.0.0.0/0 is there twice (keep one)
        host: {addresses: [198.51.100.20], rings: 7}        | f:2:36: rings: unknown key in host (did you mean ring?)
        servers: [{name: local}]                            | f:2:11: servers: local has no address (add the section host, whose programs this server is, or addresses)
        """)
    void refuses_with_place_and_fix(String text, String expected) {
        assertThat(refusalOf(text)).contains(expected);
    }

    @Test
    void a_server_at_a_host_address_is_the_server_local() {
        assertThat(refusalOf("""
            host: {addresses: [198.51.100.20]}
            servers: [{name: s1, addresses: [198.51.100.20]}]
            """))
                .contains("f:3:34: addresses: 198.51.100.20 is an address of the host (use the server local)");
    }

    @Test
    void the_host_is_no_router() {
        assertThat(refusalOf("""
                routes: [{to: 10.0.0.0/8, via: 198.51.100.20}]
                host: {addresses: [198.51.100.20]}
                """))
                .contains("f:3:20: addresses: 198.51.100.20 is the next hop of the route to 10.0.0.0/8 (the host"
                        + " forwards nothing: its packets must have its own addresses as their source)");
    }

    @Test
    void the_server_local_has_no_addresses_of_its_own() {
        assertThat(refusalOf("""
            host: {addresses: [198.51.100.20]}
            servers: [{name: local, addresses: [198.51.100.9]}]
            """))
                .contains("f:3:37: addresses: the server local is the host, whose addresses stand in host"
                        + " (leave addresses out)");
    }

    @Test
    void a_service_cannot_have_a_host_address() {
        assertThat(refusalOf("""
            host: {addresses: [198.51.100.20]}
            services: [{name: web, addresses: [198.51.100.20], protocol: tcp, port: 80, servers: [local]}]
            """))
                .contains("f:3:36: addresses: 198.51.100.20 is an address of the host"
                        + " (give the service another; its server may be local)");
    }

    @Test
    void direct_forwarding_does_not_reach_the_server_local() {
        assertThat(refusalOf("""
            host: {addresses: [198.51.100.20]}
            services:
              - {name: web, addresses: [198.51.100.100], protocol: tcp, port: 80, forwarding: direct, servers: [local]}
            """))
                .contains("f:4:101: servers: local cannot be reached with forwarding: direct, for the host does not"
                        + " have the service's addresses (use forwarding: nat)");
    }

    @Test
    void a_service_of_a_family_that_the_host_does_not_speak_is_refused() {
        assertThat(refusalOf("""
            host: {addresses: [198.51.100.20]}
            services: [{name: web, addresses: ["2001:db8::100"], protocol: tcp, port: 80, servers: [local]}]
            """)).contains("servers: local has no IPv6 address but the service has 2001:db8::100");
    }

    @Test
    void more_reserved_sources_than_the_packet_filter_compares_are_refused() {
        String sources =
                IntStream.range(0, 33).mapToObj(k -> "10.0." + k + ".0/24").collect(Collectors.joining(", "));

        assertThat(refusalOf("host: {addresses: [198.51.100.20], reserved: {sources: [" + sources + "]}}"))
                .contains("sources: 33 elements > 32");
    }

    @Test
    void what_the_device_was_made_from_needs_a_restart_and_limits_do_not() throws ConfigurationException {
        NodeConfiguration running = parse("host: {addresses: [198.51.100.20]}");

        assertThat(RestartCheck.problems(
                        running,
                        parse("host: {addresses: [198.51.100.20], per-source: 9, packets-per-second: 99,"
                                + " reserved: {share: 1%, ports: [80], sources: [10.0.0.0/8]}}")))
                .isEmpty();
        assertThat(RestartCheck.problems(
                        running,
                        parse("host: {addresses: [198.51.100.21], device: t, mtu: 1400, routes: [], ring: 64}")))
                .extracting(each -> each.substring(0, each.indexOf(':')))
                .containsExactly("host.device", "host.addresses", "host.mtu", "host.routes", "host.ring");
        assertThat(RestartCheck.problems(running, parse("")))
                .singleElement()
                .asString()
                .contains("host: none differs from section, which cannot change while the node runs");
        assertThat(RestartCheck.problems(parse(""), running)).hasSize(1);
    }
}
