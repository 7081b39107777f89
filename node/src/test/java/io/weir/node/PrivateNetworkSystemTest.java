package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.lab.Commands;
import io.weir.lab.Network;
import io.weir.lab.Station;
import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.linux.PingSocket;
import io.weir.linux.PrivateNetwork;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A private network whose cable ends in a station that forwards, with a peer behind it: what the switching processors do
 * otherwise, Linux does here.
 *
 * <pre>
 *   private network ═══ weirc-t  hub  eth0 ═══ eth0  peer
 *   10.8.1.1, fd08:1::1                         10.8.2.2, fd08:2::2
 * </pre>
 */
class PrivateNetworkSystemTest {
    private static final String DEVICE = "weirc-t";
    private static final long OUTER = 0x02_00_00_00_10_00L;
    private static final long INNER = 0x02_00_00_00_10_01L;

    @SuppressWarnings("NullAway.Init")
    private Network stations;

    @SuppressWarnings("NullAway.Init")
    private Station hub;

    @SuppressWarnings("NullAway.Init")
    private Station peer;

    @BeforeEach
    void build() {
        Programs.assume("ip", "unshare");
        stations = new Network("private-" + ProcessHandle.current().pid() + "-");
        hub = stations.station("hub");
        peer = stations.station("peer");
        stations.cable(hub, "eth0", peer, "eth0");
        hub.ipBatch("addr add 10.8.2.1/24 dev eth0", "addr add fd08:2::1/64 dev eth0 nodad");
        peer.ipBatch(
                "addr add 10.8.2.2/24 dev eth0",
                "addr add fd08:2::2/64 dev eth0 nodad",
                "route add default via 10.8.2.1",
                "route add default via fd08:2::1");
    }

    @AfterEach
    @SuppressWarnings("UnnecessaryCheckNotNull")
    void remove() {
        if (stations != null) {
            stations.close();
        }
    }

    private PrivateNetwork create() {
        return Station.await(hub.submit(() -> PrivateNetwork.create(DEVICE, OUTER, INNER, 1500)));
    }

    /** Lets the hub forward between the cable and the peer; weir itself wants none of this. */
    private void forward() {
        hub.setting("ipv4/conf/all/forwarding", "1");
        hub.setting("ipv4/conf/" + DEVICE + "/forwarding", "1");
        hub.setting("ipv6/conf/" + DEVICE + "/disable_ipv6", "0");
        hub.setting("ipv6/conf/all/forwarding", "1");
        for (String own : List.of("10.8.1.1", "10.8.1.9", "fd08:1::1")) {
            hub.ip("route add " + own + " dev " + DEVICE);
            hub.ip("neigh add " + own + " lladdr 02:00:00:00:10:01 dev " + DEVICE + " nud permanent");
        }
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    private String links() {
        return Programs.successIn(hub, 10, "ip", "link");
    }

    private static StandardProtocolFamily family(InetAddress address) {
        return address.getAddress().length == 16 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    @Test
    void tcp_udp_and_echo_reach_a_peer_in_both_families() throws Exception {
        try (PrivateNetwork network = create()) {
            network.setAddresses(List.of(address("10.8.1.1"), address("fd08:1::1")));
            forward();

            for (String[] pair : new String[][] {{"10.8.1.1", "10.8.2.2"}, {"fd08:1::1", "fd08:2::2"}}) {
                InetAddress own = address(pair[0]);
                InetAddress target = address(pair[1]);
                assertThat(tcp(network, own, target)).isEqualTo(own);
                udp(network, own, target);
                try (PingSocket ping = network.call(() -> PingSocket.open(target, own))) {
                    assertThat(ping.echo(5000)).as("echo of " + target).isPositive();
                }
            }
        }
    }

    /** Sends a megabyte, which the kernel would send in segments of 64 KiB, and returns whom the peer saw. */
    private InetAddress tcp(PrivateNetwork network, InetAddress own, InetAddress target) throws Exception {
        ServerSocket server = Station.await(peer.submit(() -> new ServerSocket(0, 1, target)));
        try (server) {
            var seen = peer.submit(() -> {
                try (var client = server.accept()) {
                    byte[] all = client.getInputStream().readAllBytes();
                    client.getOutputStream().write(all.length == 1 << 20 ? 'y' : 'n');
                    return client.getInetAddress();
                }
            });
            try (SocketChannel channel = network.call(() -> SocketChannel.open(family(target)))) {
                channel.bind(new InetSocketAddress(own, 0));
                assertThat(channel.socket().getLocalPort())
                        .isBetween(PrivateNetwork.LEAST_PORT, PrivateNetwork.GREATEST_PORT);
                channel.socket().connect(new InetSocketAddress(target, server.getLocalPort()), 5000);
                ByteBuffer data = ByteBuffer.allocate(1 << 20);
                while (data.hasRemaining()) {
                    channel.write(data);
                }
                channel.shutdownOutput();
                assertThat(channel.socket().getInputStream().read()).isEqualTo('y');
            }
            return seen.get(10, TimeUnit.SECONDS);
        }
    }

    private void udp(PrivateNetwork network, InetAddress own, InetAddress target) throws Exception {
        DatagramChannel echo = Station.await(
                peer.submit(() -> DatagramChannel.open(family(target)).bind(new InetSocketAddress(target, 0))));
        try (echo;
                DatagramChannel channel = network.call(() -> DatagramChannel.open(family(target)))) {
            channel.bind(new InetSocketAddress(own, 0));
            channel.connect(echo.getLocalAddress());
            channel.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer buffer = ByteBuffer.allocate(100);
            var from = echo.receive(buffer);
            echo.send(buffer.flip(), from);
            ByteBuffer answer = ByteBuffer.allocate(100);
            assertThat(channel.read(answer)).isEqualTo(5);
        }
    }

    @Test
    void errors_of_the_network_are_told_at_once() throws Exception {
        try (PrivateNetwork network = create()) {
            network.setAddresses(List.of(address("10.8.1.1")));
            forward();
            try (PingSocket ping = network.call(() -> PingSocket.open(address("10.99.0.1"), address("10.8.1.1")))) {
                assertThat(ping.echo(5000)).isEqualTo(-Errno.ENETUNREACH);
            }
            try (PingSocket ping = network.call(() -> PingSocket.open(address("10.8.2.77"), address("10.8.1.1")))) {
                assertThat(ping.echo(100)).isEqualTo(-Errno.ETIMEDOUT);
            }
            // the hub sends a redirect, which is no answer
            try (PingSocket ping = network.call(() -> PingSocket.open(address("10.8.1.9"), address("10.8.1.1")))) {
                assertThat(ping.echo(100)).isEqualTo(-Errno.ETIMEDOUT);
            }
            assertThatExceptionOfType(LinuxException.class)
                    .isThrownBy(() -> network.call(() -> PingSocket.open(address("10.8.2.2"), address("10.8.1.7"))))
                    .withMessageContaining("EADDRNOTAVAIL");
        }
    }

    @Test
    void addresses_change_and_the_routes_stay() throws Exception {
        try (PrivateNetwork network = create()) {
            forward();
            network.setAddresses(List.of(address("10.8.1.1"), address("fd08:1::1")));
            network.setAddresses(List.of(address("10.8.1.9")));
            assertThat(tcp(network, address("10.8.1.9"), address("10.8.2.2"))).isEqualTo(address("10.8.1.9"));

            network.setAddresses(List.of());
            network.setAddresses(List.of(address("10.8.1.1"), address("fd08:1::1")));
            assertThat(tcp(network, address("10.8.1.1"), address("10.8.2.2"))).isEqualTo(address("10.8.1.1"));
            assertThat(tcp(network, address("fd08:1::1"), address("fd08:2::2"))).isEqualTo(address("fd08:1::1"));
        }
    }

    @Test
    void a_started_program_sees_the_private_network() throws Exception {
        try (PrivateNetwork network = create()) {
            network.setAddresses(List.of(address("10.8.1.1")));
            Process process = network.call(() -> new ProcessBuilder("ip", "-br", "addr").start());
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("control0")
                    .contains("10.8.1.1/32")
                    .doesNotContain("fe80")
                    .doesNotContain("eth0");
        }
    }

    @Test
    void nothing_is_left_after_closing_and_after_a_kill(@TempDir Path folder) throws Exception {
        PrivateNetwork network = create();
        assertThat(links()).contains(DEVICE).contains("02:00:00:00:10:00");
        network.close();
        network.close();
        assertThat(links()).doesNotContain(DEVICE);
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> network.call(() -> 1));

        Path output = folder.resolve("holder.log");
        Process holder = hub.start(holder(DEVICE), output);
        Programs.await("the holder is ready", 20, () -> read(output).contains("ready"));
        assertThat(links()).contains(DEVICE);
        holder.destroyForcibly().waitFor();
        Programs.await("the cable is gone", 10, () -> !links().contains(DEVICE));
    }

    @Test
    void what_a_child_of_a_killed_process_holds_is_replaced(@TempDir Path folder) throws Exception {
        hub.ip("link add " + DEVICE + " address 02:00:00:00:10:00 type veth");
        create().close();
        hub.ip("link add " + DEVICE + " type veth");
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(this::create)
                .withMessageContaining("EEXIST")
                .withMessageContaining("ip link delete " + DEVICE);
    }

    @Test
    void in_a_user_namespace_no_privilege_is_needed(@TempDir Path folder) {
        List<String> command =
                new ArrayList<>(List.of("unshare", "-Urnm", "sh", "-c", "ip link set lo up && exec \"$@\"", "holder"));
        command.addAll(holder(DEVICE));
        command.add("close");
        Commands.Result result = Commands.attempt(command, "", 30);
        assertThat(result.output())
                .contains("echo 10.77.0.1 true")
                .contains("echo fd77:0:0:0:0:0:0:1 true")
                .contains("closed");
        assertThat(result.status()).isZero();
    }

    @Test
    void without_the_capability_it_is_named() {
        List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set=-sys_admin", "--"));
        command.addAll(holder(DEVICE));
        assertThat(Programs.in(hub, 30, command.toArray(String[]::new)).output())
                .contains("unshare(CLONE_NEWNET): EPERM")
                .contains("needs CAP_SYS_ADMIN");
    }

    private static List<String> holder(String device) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + System.getProperty("jdk.module.path", ""),
                PrivateNetworkHolder.class.getName(),
                device);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
