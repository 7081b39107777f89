package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.LoadConfiguration;
import io.weir.control.configuration.LoadSourceConfiguration.AgentCheck;
import io.weir.control.configuration.ManagementConfiguration;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ReportsConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.wire.IpAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlInterfaceTest {
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.9");

    private static NodeConfiguration configuration(ServerConfiguration server, String listen)
            throws ConfigurationException {
        NodeConfiguration plain = ConfigurationLoader.parse(
                "f", "interfaces: [{name: a, addresses: [10.0.0.1/24]}, {name: b, addresses: [10.1.0.1/24]}]");
        ReportsConfiguration none = ReportsConfiguration.NONE;
        return new NodeConfiguration(
                plain.name(),
                plain.processors(),
                plain.memory(),
                plain.interfaces(),
                plain.routes(),
                List.of(server),
                plain.services(),
                plain.timeouts(),
                plain.limits(),
                List.of(),
                LoadConfiguration.DEFAULTS,
                new ReportsConfiguration(
                        listen.isEmpty() ? List.of() : List.of(IpAddress.parse(listen)),
                        7411,
                        none.keys(),
                        none.window(),
                        none.reportsPerSecond()),
                ManagementConfiguration.NONE);
    }

    private static final ServerConfiguration PLAIN = new ServerConfiguration("s", List.of(SERVER), 1);

    @Test
    void it_is_needed_for_checks_sources_of_load_and_reports_at_own_addresses() throws ConfigurationException {
        assertThat(ControlInterface.isNeeded(configuration(PLAIN, ""))).isFalse();
        assertThat(ControlInterface.isNeeded(configuration(PLAIN, "127.0.0.1"))).isFalse();
        assertThat(ControlInterface.isNeeded(configuration(PLAIN, "10.1.0.1"))).isTrue();
        assertThat(ControlInterface.isNeeded(
                        configuration(new ServerConfiguration("s", List.of(SERVER), 1, List.of(), "web", null), "")))
                .isTrue();
        assertThat(ControlInterface.isNeeded(configuration(
                        new ServerConfiguration(
                                "s", List.of(SERVER), 1, List.of(), null, new AgentCheck(1, Duration.ofSeconds(1))),
                        "")))
                .isTrue();
    }

    @Test
    void its_ports_are_those_of_its_requests_and_of_listeners_inside() throws ConfigurationException {
        assertThat(ControlInterface.ports(configuration(PLAIN, "127.0.0.1")))
                .containsExactly(new PortRange(61_000, 64_999));
        assertThat(ControlInterface.ports(configuration(PLAIN, "10.0.0.1")))
                .containsExactly(new PortRange(61_000, 64_999), new PortRange(7411, 7411));
        assertThat(ControlInterface.id(configuration(PLAIN, ""))).isEqualTo(3);
    }

    @Test
    void its_device_has_a_name_the_kernel_takes_and_nobody_else_has() {
        assertThat(ControlInterface.device("weir")).isEqualTo("weirc-weir");
        assertThat(ControlInterface.device("nine-char")).isEqualTo("weirc-nine-char");
        for (String name : List.of("ten-charac", "a.b", "system-processors-123", "x".repeat(63))) {
            assertThat(ControlInterface.device(name)).hasSize(15).startsWith("weirc-");
        }
        assertThat(ControlInterface.device("system-processors-123"))
                .isNotEqualTo(ControlInterface.device("system-processors-124"));
    }
}
