package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.lab.Station;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Ordinary programs on the host of a node, which has no interface but the device that weir makes; their clients are stations
 * of Fig. 1.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostSystemTest {
    static final String HOST_4 = "10.0.1.20";
    static final String HOST_6 = "fd00:0:0:1::20";
    private static final int DASHBOARD_PORT = 7480;
    private static final int ECHO_PORT = 7777;
    private static final int PATH_MTU = 1400;

    private final String name =
            "system-host-" + driver() + "-" + ProcessHandle.current().pid();
    private final List<AutoCloseable> resources = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @SuppressWarnings("NullAway.Init")
    private Nginx nginx;

    /** How weir reaches its interfaces. */
    String driver() {
        return "af_packet";
    }

    /** The host address of the dashboard. */
    String dashboard() {
        return HOST_4;
    }

    /** Bytes of a download over IPv4; over IPv6, and up, a quarter of it, for the sake of time. */
    long downloadBytes() {
        return Nginx.GIGABYTE;
    }

    @BeforeAll
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume(
                "sshd", "ssh", "ssh-keygen", "nginx", "curl", "ping", "socat", "bird", "birdc", "openssl", "ip");
        folder = Programs.readable(temporary);
        certificate();
        figure = new Figure1(name + "-");
        resources.add(figure);
        narrowTheWayTo92();
        node = RunningNode.start(figure.weir(), folder, name, configuration());
        resources.addFirst(node);
        nginx = Nginx.start(figure.weir(), folder, "host", 80);
        sshd();
        for (String host : List.of("UDP4-RECVFROM:%d,bind=%s,fork", "UDP6-RECVFROM:%d,bind=[%s],fork")) {
            String address = host.startsWith("UDP4") ? HOST_4 : HOST_6;
            figure.weir()
                    .start(List.of("socat", host.formatted(ECHO_PORT, address), "PIPE"), folder.resolve("socat.log"));
        }
    }

    private String configuration() {
        return Figure1.configuration(name, driver(), 1, 1, 1)
                + """
                host:
                  addresses: [%s, "%s"]
                management:
                  address: "%s"
                  port: %d
                  certificate: %s
                  key: %s
                """.formatted(
                                HOST_4,
                                HOST_6,
                                dashboard(),
                                DASHBOARD_PORT,
                                folder.resolve("dashboard.pem"),
                                folder.resolve("dashboard.key"));
    }

    private void certificate() {
        Commands.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=weir",
                "-addext",
                "subjectAltName=IP:" + HOST_4 + ",IP:" + HOST_6,
                "-keyout",
                folder.resolve("dashboard.key").toString(),
                "-out",
                folder.resolve("dashboard.pem").toString());
    }

    /** From the router on, packets to 9-2 must be shorter, which nobody but the router knows. */
    private void narrowTheWayTo92() {
        Station router = figure.station("router");
        router.ip("route add 203.0.113.92/32 dev inet mtu lock " + PATH_MTU);
        router.ip("-6 route add 2001:db8:9::92/128 dev inet mtu lock " + PATH_MTU);
    }

    private void sshd() throws IOException, InterruptedException {
        Path keys = Files.createDirectory(folder.resolve("ssh"));
        for (String key : List.of("host", "client")) {
            Commands.run(
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    keys.resolve(key).toString());
        }
        Path configuration = keys.resolve("sshd_config");
        Files.writeString(configuration, """
            HostKey %1$s/host
            AuthorizedKeysFile %1$s/client.pub
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            StrictModes no
            UsePAM no
            PidFile %1$s/sshd.pid
            """.formatted(keys));
        // sshd separates privileges in this folder
        Files.createDirectories(Path.of("/run/sshd"));
        figure.weir()
                .start(List.of("/usr/sbin/sshd", "-D", "-e", "-f", configuration.toString()), keys.resolve("sshd.log"));
        Programs.await("sshd listens", 10, () -> Files.exists(keys.resolve("sshd.pid")));
    }

    private String ssh(String client, String address, String command) {
        Path keys = folder.resolve("ssh");
        return Programs.successIn(
                        figure.station(client),
                        20,
                        "ssh",
                        "-q",
                        "-F",
                        "none",
                        "-i",
                        keys.resolve("client").toString(),
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "ConnectTimeout=10",
                        "root@" + address,
                        command)
                .strip();
    }

    @AfterAll
    void remove() throws Exception {
        for (AutoCloseable resource : resources) {
            resource.close();
        }
    }

    private static String literal(String address) {
        return address.indexOf(':') < 0 ? address : "[" + address + "]";
    }

    private static boolean isIpv6(String address) {
        return address.indexOf(':') >= 0;
    }

    @Test
    @Order(1)
    void the_host_has_no_other_interface_with_an_address_and_tools_show_the_driver() {
        String addresses = Programs.successIn(figure.weir(), 10, "ip", "-o", "addr", "show", "scope", "global");
        assertThat(addresses.lines()).hasSize(2).allMatch(line -> line.contains(" weir0 "));
        JsonNode face = face();
        assertThat(face.required("id").asInt()).isEqualTo(6);
        assertThat(face.required("up").asBoolean()).isTrue();
        assertThat(face.required("driver").asString()).isEqualTo("tap");
        assertThat(face.required("queues").size()).isEqualTo(2);
        assertThat(face.required("mtu").asInt()).isEqualTo(1500);
    }

    private JsonNode face() {
        for (JsonNode each : node.json("interfaces")) {
            if (each.required("name").asString().equals("weir0")) {
                return each;
            }
        }
        throw new AssertionError(
                "no interface weir0:\n" + node.weir("interfaces").output());
    }

    @ParameterizedTest
    @Order(2)
    @ValueSource(strings = {HOST_4, HOST_6})
    void stations_log_in_by_ssh(String address) {
        for (String client : isIpv6(address) ? List.of("7-1") : List.of("9-1", "5-1")) {
            assertThat(ssh(client, address, "echo here is $((40+2))")).isEqualTo("here is 42");
        }
    }

    @ParameterizedTest
    @Order(3)
    @ValueSource(strings = {HOST_4, HOST_6})
    void pings_reach_the_host_and_the_host_reaches_stations(String address) {
        for (String client : List.of("7-1", "7-2", "9-1", "5-3")) {
            Programs.successIn(figure.station(client), 10, "ping", "-c", "2", "-i", "0.1", "-W", "5", address);
        }
        for (String target : isIpv6(address)
                ? List.of("fd00:0:0:2::72", "2001:db8:9::91", "fd01:0:0:1::11")
                : List.of("10.0.2.72", "203.0.113.91", "10.1.1.11")) {
            Programs.successIn(figure.weir(), 10, "ping", "-c", "2", "-i", "0.1", "-W", "5", target);
        }
    }

    @ParameterizedTest
    @Order(4)
    @ValueSource(strings = {HOST_4, HOST_6})
    void nginx_on_the_host_serves_a_large_file_and_takes_an_upload(String address)
            throws IOException, InterruptedException {
        long download = isIpv6(address) ? downloadBytes() / 4 : downloadBytes();
        long uploaded = download / 4;
        String size = Programs.successIn(
                figure.station("7-1"),
                60,
                "curl",
                "-sS",
                "--fail",
                "-o",
                "/dev/null",
                "-r",
                "0-" + (download - 1),
                "-w",
                "%{size_download}",
                "http://" + literal(address) + "/gigabyte");
        assertThat(Long.parseLong(size)).isEqualTo(download);
        Path upload = folder.resolve("upload");
        try (var file = new java.io.RandomAccessFile(upload.toFile(), "rw")) {
            file.setLength(uploaded); // sparse
        }
        String path = "/upload?" + address;
        String answer = Programs.successIn(
                figure.station("7-2"),
                60,
                "curl",
                "-sS",
                "--fail",
                "-T",
                upload.toString(),
                "http://" + literal(address) + path);
        assertThat(answer).isEqualTo("taken\n");
        Programs.await(
                "the upload is in the log", 10, () -> !nginx.uploads(path).isEmpty());
        assertThat(nginx.uploads(path))
                .singleElement()
                .satisfies(n -> assertThat(n).isGreaterThan(uploaded));
    }

    @ParameterizedTest
    @Order(5)
    @ValueSource(strings = {HOST_4, HOST_6})
    void the_mtu_of_a_narrow_path_is_discovered(String address) {
        boolean six = isIpv6(address);
        String client = six ? "2001:db8:9::92" : "203.0.113.92";
        // 1500 bytes with IP and ICMP header
        String tooLong = Integer.toString(1500 - 8 - (six ? 40 : 20));
        Commands.Result refused = Programs.in(
                figure.weir(), 10, "ping", "-M", "do", "-s", tooLong, "-c", "3", "-i", "0.2", "-W", "2", client);
        assertThat(refused.status()).isNotZero();
        assertThat(refused.output()).containsAnyOf("mtu=" + PATH_MTU, "mtu = " + PATH_MTU, "mtu: " + PATH_MTU);

        String fits = Integer.toString(PATH_MTU - 8 - (six ? 40 : 20));
        Programs.successIn(figure.weir(), 10, "ping", "-M", "do", "-s", fits, "-c", "1", "-W", "5", client);
        String size = Programs.successIn(
                figure.station("9-2"),
                30,
                "curl",
                "-sS",
                "--fail",
                "-r",
                "0-9999999",
                "-o",
                "/dev/null",
                "-w",
                "%{size_download}",
                "http://" + literal(address) + "/gigabyte");
        assertThat(size).isEqualTo("10000000");
        assertThat(Programs.successIn(figure.weir(), 10, "ip", "route", "get", client))
                .contains("mtu " + PATH_MTU);
    }

    @ParameterizedTest
    @Order(6)
    @ValueSource(strings = {HOST_4, HOST_6})
    void datagrams_are_echoed_by_socat(String address) {
        Commands.Result echo = Commands.attempt(
                figure.station("9-1")
                        .command(List.of(
                                "socat",
                                "-t3",
                                "-",
                                (isIpv6(address) ? "UDP6:" : "UDP4:") + literal(address) + ":" + ECHO_PORT)),
                "is anybody there",
                10);
        assertThat(echo.output()).isEqualTo("is anybody there");
    }

    @Test
    @Order(7)
    void the_dashboard_of_the_node_itself_is_on_a_host_address() throws IOException {
        String base = "https://" + literal(dashboard()) + ":" + DASHBOARD_PORT;
        String certificate = folder.resolve("dashboard.pem").toString();
        assertThat(Programs.successIn(
                        figure.station("7-2"), 20, "curl", "-sS", "--fail", "-L", "--cacert", certificate, base + "/"))
                .contains("<title>");
        String token = Files.readString(AdminSocket.token(AdminSocket.ownFolder(), name));
        assertThat(Programs.successIn(
                        figure.station("7-2"),
                        20,
                        "curl",
                        "-sS",
                        "--fail",
                        "--cacert",
                        certificate,
                        "-H",
                        "Authorization: Bearer " + token,
                        base + "/v1/node"))
                .contains(name);
    }

    @Test
    @Order(8)
    void bird_on_the_host_learns_a_route_from_bird_on_a_station_in_both_families()
            throws IOException, InterruptedException {
        bird(figure.weir(), "host", HOST_4, HOST_6, 65001, "10.0.1.71", "fd00:0:0:1::71", 65002);
        bird(figure.station("7-1"), "client", "10.0.1.71", "fd00:0:0:1::71", 65002, HOST_4, HOST_6, 65001);

        Programs.await(
                "the host's bird has both routes of the other",
                30,
                () -> birdc("host", "show route").contains("192.0.2.0/24")
                        && birdc("host", "show route").contains("2001:db8:65::/48"));
        assertThat(birdc("host", "show protocols")).contains("Established");
    }

    /** What birdc prints; an error while bird is not ready yet. */
    private String birdc(String who, String command) {
        String socket = folder.resolve("bird-" + who + ".ctl").toString();
        return Commands.attempt(List.of("birdc", "-r", "-s", socket, command), "", 10)
                .output();
    }

    private void bird(Station station, String who, String v4, String v6, int as, String peer4, String peer6, int peerAs)
            throws IOException {
        Path configuration = folder.resolve("bird-" + who + ".conf");
        Files.writeString(configuration, """
            router id %1$s;
            protocol device {}
            protocol static { ipv4; %7$s }
            protocol static { ipv6; %8$s }
            protocol bgp four {
              local %1$s as %3$d; neighbor %4$s as %6$d; multihop 3; connect delay time 1; connect retry time 2;
              ipv4 { import all; export all; };
            }
            protocol bgp six {
              local %2$s as %3$d; neighbor %5$s as %6$d; multihop 3; connect delay time 1; connect retry time 2;
              ipv6 { import all; export all; };
            }
            """.formatted(
                        v4,
                        v6,
                        as,
                        peer4,
                        peer6,
                        peerAs,
                        who.equals("client") ? "route 192.0.2.0/24 blackhole;" : "",
                        who.equals("client") ? "route 2001:db8:65::/48 blackhole;" : ""));
        station.start(
                List.of(
                        "/usr/sbin/bird",
                        "-f",
                        "-c",
                        configuration.toString(),
                        "-s",
                        folder.resolve("bird-" + who + ".ctl").toString(),
                        "-P",
                        folder.resolve("bird-" + who + ".pid").toString()),
                folder.resolve("bird-" + who + ".log"));
    }

    @Test
    @Order(9)
    void a_flood_from_one_client_stops_neither_logins_of_others_nor_the_nodes_services() throws IOException {
        Commands.Result limited = node.apply(
                configuration().replace("host:\n", "host:\n  packets-per-second: 2000\n  per-source: 500\n"));
        assertThat(limited.status()).as(limited.output()).isZero();
        AtomicBoolean over = new AtomicBoolean();
        Future<Long> flood = figure.station("7-2").submit(() -> {
            long sent = 0;
            try (DatagramSocket socket = new DatagramSocket()) {
                DatagramPacket packet = new DatagramPacket(new byte[18], 18, InetAddress.ofLiteral(HOST_4), 9);
                for (; !over.get(); sent++) {
                    socket.send(packet);
                }
            }
            return sent;
        });
        try {
            assertThat(ssh("7-1", HOST_4, "echo still here")).isEqualTo("still here");
            assertThat(ssh("9-1", HOST_6, "echo still here")).isEqualTo("still here");
        } finally {
            over.set(true);
        }
        long sent = Station.await(flood);
        assertThat(sent).isGreaterThan(2000);
        assertThat(node.drops("host-source-limited")).isGreaterThan(sent / 4);
        assertThat(node.apply(configuration()).status()).isZero();
    }

    @Test
    @Order(10)
    void a_device_that_is_deleted_comes_back_with_everything() throws InterruptedException {
        figure.weir().ip("link del weir0");
        Programs.await("the node misses it", 10, () -> node.log().contains("host interface weir0 is down"));
        Programs.await("it is there again", 10, () -> node.log().contains("host interface weir0 is in service again"));

        assertThat(ssh("7-1", HOST_4, "echo back")).isEqualTo("back");
        Programs.successIn(figure.station("9-1"), 10, "ping", "-c", "1", "-W", "5", HOST_6);
        Programs.await(
                "tools show it", 5, () -> face().required("driver").asString().equals("tap"));
        assertThat(face().required("up").asBoolean()).isTrue();
        assertThat(node.drops("internal-error")).isZero();
    }

    @Test
    @Order(11)
    void a_second_node_finds_the_name_taken_and_says_so() throws IOException, InterruptedException {
        Path file = folder.resolve("second.yaml");
        Files.writeString(file, """
            name: %s-second
            processors: {switching: 1}
            memory: {connections-ipv4: 1024, connections-ipv6: 1024, buffers: 1024}
            interfaces: [{name: lo, driver: af_packet}]
            host: {addresses: [192.0.2.77]}
            """.formatted(name));
        Path log = folder.resolve("second.log");
        Process second = figure.weir().start(RunningNode.command("run", "-c", file.toString()), log);
        assertThat(second.waitFor(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isNotZero();
        assertThat(Files.readString(log))
                .contains("host.device: weir0 cannot be made: ioctl(TUNSETIFF, \"weir0\"): EBUSY");
    }

    @Test
    @Order(12)
    void no_buffer_is_lost() throws InterruptedException {
        Programs.await(
                "all buffers but those laid out for the next frame are free",
                10,
                () -> face().required("freeBuffers").asLong()
                        >= face().required("buffers").asLong() - held());
    }

    /** Buffers in fill rings and landing buffers of the daemon. */
    private long held() {
        long held = 40;
        for (JsonNode each : node.json("interfaces")) {
            for (JsonNode queue : each.required("queues")) {
                held += queue.required("fillRing").asLong();
            }
        }
        return held;
    }
}
