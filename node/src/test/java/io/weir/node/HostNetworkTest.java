package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.weir.control.network.EchoSocket;
import io.weir.lab.LabException;
import io.weir.lab.Network;
import io.weir.lab.Station;
import io.weir.wire.IpAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostNetworkTest {
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

    @Test
    void sockets_are_plain_ones() throws Exception {
        try (HostNetwork network = new HostNetwork();
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel tcp = network.openTcp(LOOPBACK);
                DatagramChannel udp = network.listenUdp(LOOPBACK, 0)) {
            assertThat(tcp.connect(server.getLocalSocketAddress())).isTrue();
            assertThat(udp.getLocalAddress()).asString().startsWith("/127.0.0.1:");
            assertThatIOException()
                    .isThrownBy(() -> network.listenUdp(IpAddress.parse("192.0.2.1"), 7411))
                    .withMessageStartingWith("192.0.2.1 port 7411: ");
            Process process = network.start(new ProcessBuilder("true"));
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void echo_requests_are_answered_while_a_virtual_thread_waits() throws Exception {
        Programs.assume("ip");
        try (Network stations = new Network("host-" + ProcessHandle.current().pid() + "-");
                HostNetwork network = new HostNetwork()) {
            Station station = stations.station("a");
            station.setting("ipv4/ping_group_range", "1 0");
            assertThatExceptionOfType(LabException.class)
                    .isThrownBy(() -> Station.await(station.submit(() -> network.openEcho(LOOPBACK))))
                    .withMessageContaining("net.ipv4.ping_group_range");
            station.setting("ipv4/ping_group_range", "0 2147483647");
            try (EchoSocket socket = Station.await(station.submit(() -> network.openEcho(LOOPBACK)))) {
                CompletableFuture<Duration> time = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> {
                    try {
                        time.complete(socket.echo(Duration.ofSeconds(10)));
                    } catch (Exception e) {
                        time.completeExceptionally(e);
                    }
                });
                assertThat(time.get(20, TimeUnit.SECONDS)).isPositive();
            }
        }
    }
}
