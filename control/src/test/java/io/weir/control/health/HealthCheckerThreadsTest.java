package io.weir.control.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.configuration.CheckConfiguration;
import io.weir.control.configuration.CheckConfiguration.HttpProbe;
import io.weir.control.configuration.CheckConfiguration.TcpProbe;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.wire.IpAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The checker on its own threads, by the real clock. */
class HealthCheckerThreadsTest {
    private final BlockingQueue<HealthEvent> events = new LinkedBlockingQueue<>();

    private HealthEvent next(HealthState state) throws InterruptedException {
        while (true) {
            HealthEvent event = events.poll(10, TimeUnit.SECONDS);
            assertThat(event).as("an event with " + state).isNotNull();
            if (event.state() == state) {
                return event;
            }
        }
    }

    @Test
    void a_server_goes_up_and_down_and_comes_back() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ServerSocket server = new ServerSocket(0, 10, loopback);
        int port = server.getLocalPort();
        CheckConfiguration check = new CheckConfiguration(
                "c", new TcpProbe(port), Duration.ofMillis(50), Duration.ofMillis(50), 2, 2, 0.2);
        CheckedServer checked = new CheckedServer("web", List.of(IpAddress.parse("127.0.0.1")), check);
        try (HealthChecker checker = HealthChecker.start(new LoopbackNetwork(), events::add)) {
            checker.configure(List.of(checked));
            assertThat(next(HealthState.UP).message()).startsWith("TCP handshake in ");
            server.close();
            assertThat(next(HealthState.DOWN))
                    .isEqualTo(new HealthEvent("web", HealthState.DOWN, "connection refused"));
            try (ServerSocket again = new ServerSocket(port, 10, loopback)) {
                assertThat(next(HealthState.UP).server()).isEqualTo("web");
                checker.configure(List.of());
                assertThat(checker.states()).isEmpty();
                assertThat(again.isBound()).isTrue();
            }
        }
    }

    @Test
    void closing_ends_checks_under_way() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var probe = new HttpProbe(silent.getLocalPort(), false, false, "/", null, List.of(), null);
            CheckConfiguration soon =
                    new CheckConfiguration("c", probe, Duration.ofMillis(1), Duration.ofSeconds(60), 2, 2, 0);
            HealthChecker checker = HealthChecker.start(new LoopbackNetwork(), events::add);
            checker.configure(List.of(new CheckedServer("web", List.of(IpAddress.parse("127.0.0.1")), soon)));
            var client = silent.accept();
            checker.close();
            client.setSoTimeout(10_000);
            try {
                while (client.getInputStream().read() >= 0) {
                    // the request, then the end
                }
            } catch (SocketException e) {
                assertThat(e).hasMessageContaining("reset");
            }
            assertThat(events).isEmpty();
        }
    }

    @Test
    void the_servers_of_a_configuration_are_checked_at_one_address_of_each_family() throws Exception {
        var plain = ConfigurationLoader.parse("f", "interfaces: [{name: a}]");
        CheckConfiguration check =
                new CheckConfiguration("web", new TcpProbe(80), Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 2, 0);
        var configuration = new NodeConfiguration(
                plain.name(),
                plain.processors(),
                plain.memory(),
                plain.interfaces(),
                plain.routes(),
                List.of(
                        server("a", "web", "10.0.0.1", "10.0.0.2", "2001:db8::1"),
                        server("b", null, "10.0.0.3"),
                        server("c", "web", "2001:db8::2")),
                plain.services(),
                plain.timeouts(),
                plain.limits(),
                List.of(check),
                plain.load(),
                plain.reports(),
                plain.management());

        assertThat(CheckedServer.of(configuration))
                .containsExactly(
                        new CheckedServer(
                                "a", List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("2001:db8::1")), check),
                        new CheckedServer("c", List.of(IpAddress.parse("2001:db8::2")), check));
    }

    private static ServerConfiguration server(String name, @Nullable String check, String... addresses) {
        return new ServerConfiguration(
                name, Arrays.stream(addresses).map(IpAddress::parse).toList(), 1, List.of(), check, null);
    }
}
