package io.weir.control.configuration;

import io.weir.control.configuration.ServiceConfiguration.Algorithm;
import io.weir.control.configuration.ServiceConfiguration.Forwarding;
import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.control.configuration.ServiceConfiguration.Protocol;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import io.weir.wire.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A small node to vary: two interfaces, three servers, a web service in both families. */
record NodeExample(
        List<InterfaceConfiguration> interfaces,
        List<RouteConfiguration> routes,
        List<ServerConfiguration> servers,
        List<ServiceConfiguration> services,
        TimeoutsConfiguration timeouts) {
    static final List<InterfaceFacts> FACTS = List.of(
            new InterfaceFacts(new MacAddress(0x0200_0000_0001L), 1500),
            new InterfaceFacts(new MacAddress(0x0200_0000_0002L), 9000));

    static NodeExample standard() {
        return new NodeExample(
                List.of(
                        networkInterface("ext0", "10.0.0.1/24", "2001:db8::1/64"),
                        networkInterface("int0", "192.168.1.254/24", "fd00::254/64")),
                List.of(new RouteConfiguration(IpPrefix.parse("0.0.0.0/0"), IpAddress.parse("10.0.0.254"), null)),
                List.of(
                        server("a", "192.168.1.1", "fd00::1"),
                        server("b", "192.168.1.2", "fd00::2"),
                        server("c", "192.168.1.3")),
                List.of(service("web", Algorithm.MAGLEV, member("a", 1), member("b", 1), member("c", 1))),
                TimeoutsConfiguration.DEFAULTS);
    }

    NodeConfiguration build() {
        return new NodeConfiguration(
                "test",
                new ProcessorsConfiguration(List.of(), List.of(-1), ProcessorsConfiguration.Idle.ADAPTIVE),
                new MemoryConfiguration(Path.of("/dev/shm/weir-test"), 1024, 1024, 256, 2048, 64, false),
                interfaces,
                routes,
                servers,
                services,
                timeouts,
                LimitsConfiguration.DEFAULTS);
    }

    NodeExample withInterfaces(InterfaceConfiguration... next) {
        return new NodeExample(List.of(next), routes, servers, services, timeouts);
    }

    NodeExample withRoutes(RouteConfiguration... next) {
        return new NodeExample(interfaces, List.of(next), servers, services, timeouts);
    }

    NodeExample withServers(ServerConfiguration... next) {
        return new NodeExample(interfaces, routes, List.of(next), services, timeouts);
    }

    NodeExample withServices(ServiceConfiguration... next) {
        return new NodeExample(interfaces, routes, servers, List.of(next), timeouts);
    }

    NodeExample withTimeouts(TimeoutsConfiguration next) {
        return new NodeExample(interfaces, routes, servers, services, next);
    }

    static InterfaceConfiguration networkInterface(String name, String... addresses) {
        return new InterfaceConfiguration(
                name,
                name,
                DriverConfiguration.DEFAULTS,
                Stream.of(addresses).map(IpPrefix::parse).toList(),
                null,
                0,
                -1);
    }

    static ServerConfiguration server(String name, String... addresses) {
        return new ServerConfiguration(
                name, Stream.of(addresses).map(IpAddress::parse).toList(), 1);
    }

    /** On 10.0.0.100 and 2001:db8::100, TCP port 80. */
    static ServiceConfiguration service(String name, Algorithm algorithm, Member... members) {
        return service(name, List.of("10.0.0.100", "2001:db8::100"), Forwarding.NAT, algorithm, members);
    }

    static ServiceConfiguration service(
            String name, List<String> addresses, Forwarding forwarding, Algorithm algorithm, Member... members) {
        return new ServiceConfiguration(
                name,
                addresses.stream().map(IpAddress::parse).toList(),
                Protocol.TCP,
                80,
                forwarding,
                algorithm,
                List.of(members));
    }

    static Member member(String server, int weight) {
        return new Member(server, weight, 0);
    }
}
