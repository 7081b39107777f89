package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.configuration.ConfigurationLoader;
import io.weir.port.afxdp.TrafficSelector.Ports;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class SharedTrafficTest {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    @Test
    void services_applications_and_what_servers_send_back_are_taken() throws Exception {
        SharedTraffic traffic = SharedTraffic.of(ConfigurationLoader.parse("weir.yaml", """
            interfaces:
              - {name: eth0, driver: af_xdp, mode: shared, addresses: [198.51.100.1/24, "2001:db8::1/64"]}
            checks: [{name: page, type: http, port: 8081}]
            servers:
              - {name: web1, addresses: [10.1.0.11, "2001:db8:1::11"], check: page}
            services:
              - {name: web, addresses: [198.51.100.100, "2001:db8::100"], protocol: tcp, port: 80,
                 servers: [{server: web1, port: 8080}]}
            applications:
              - {name: calls, type: rtp, listen: [{addresses: [198.51.100.1], protocol: udp, ports: 16384-32767}]}
            """));

        assertThat(traffic.addresses())
                .containsExactlyInAnyOrder(
                        address("198.51.100.1"),
                        address("2001:db8::1"),
                        address("198.51.100.100"),
                        address("2001:db8::100"));
        assertThat(traffic.services())
                .contains(
                        new Ports(address("198.51.100.100"), TCP, 80),
                        new Ports(address("2001:db8::100"), TCP, 80),
                        new Ports(address("198.51.100.1"), UDP, 16_384, 32_767));
        assertThat(traffic.servers())
                .containsExactlyInAnyOrder(
                        new Ports(address("10.1.0.11"), TCP, 8080),
                        new Ports(address("2001:db8:1::11"), TCP, 8080),
                        new Ports(address("10.1.0.11"), TCP, 8081),
                        new Ports(address("2001:db8:1::11"), TCP, 8081));
    }
}
