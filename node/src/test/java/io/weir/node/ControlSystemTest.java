package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportSession;
import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.lab.LabClient;
import io.weir.lab.LabServer;
import io.weir.lab.Station;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Checks, reports, drains and the REST interface of a real node, over the network of Fig. 1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlSystemTest {
    private static final String OWN = "10.1.1.1";
    private static final int PORT = 7411;

    private final String name =
            "system-control-" + driver() + "-" + ProcessHandle.current().pid();
    private final Map<String, LabServer> servers = new HashMap<>();

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @SuppressWarnings("NullAway.Init")
    private ReportKey key;

    /** How weir reaches its interfaces. */
    String driver() {
        return "af_packet";
    }

    @BeforeAll
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("curl");
        Path folder = Programs.readable(temporary);
        key = ReportKey.random(1);
        Path file = folder.resolve("agent.key");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, HexFormat.of().formatHex(key.secret()));
        figure = new Figure1(name + "-");
        for (String server : Figure1.SERVERS) {
            servers.put(server, LabServer.start(figure.station(server), server));
        }
        node = RunningNode.start(figure.weir(), folder, name, configuration(file));
    }

    @AfterAll
    void remove() {
        if (node != null) {
            node.close();
        }
        servers.values().forEach(LabServer::close);
        if (figure != null) {
            figure.close();
        }
    }

    /** The demo's, with a check of another kind for each server and an even load. */
    private String configuration(Path key) {
        return Figure1.configuration(name, driver(), 1, 1, 1)
                        .replace("\"fd01:0:0:1::11\"],", "\"fd01:0:0:1::11\"], check: page,")
                        .replace("\"fd01:0:0:1::12\"],", "\"fd01:0:0:1::12\"], check: echo,")
                        .replace("\"fd01:0:0:2::13\"],", "\"fd01:0:0:2::13\"], check: ping,")
                        .replace(
                                "algorithm: weighted-round-robin",
                                "algorithm: weighted-round-robin\n    on-down: reset")
                + """
                checks:
                  - {name: page, type: http, port: 8080, body: "5-1", interval: 250ms, fall: 2}
                  - {name: echo, type: udp, port: 7, payload: "x", expect: "5-2 x", interval: 250ms, fall: 2}
                  - {name: ping, type: icmp, interval: 250ms, fall: 2}
                reports:
                  listen: [%s]
                  keys: [{id: 1, file: %s}]
                """.formatted(OWN, key);
    }

    private JsonNode server(String wanted) {
        for (JsonNode each : node.json("servers")) {
            if (each.required("name").asString().equals(wanted)) {
                return each;
            }
        }
        throw new AssertionError("no server " + wanted);
    }

    private String health(String server) {
        return server(server).required("health").asString();
    }

    private String page() {
        return Station.await(figure.station("7-1").submit(() -> LabClient.get(Figure1.VIRTUAL_4, 80, "/")));
    }

    @Test
    @Order(1)
    void checks_of_every_kind_go_through_the_data_path_in_both_families() throws InterruptedException {
        try {
            Programs.await(
                    "all servers are up",
                    20,
                    () -> Figure1.SERVERS.stream().allMatch(each -> health(each).equals("up")));
        } catch (AssertionError e) {
            throw new AssertionError(
                    node.weir("servers").output()
                            + node.weir("interfaces").output()
                            + node.weir("stat").output()
                            + node.log(),
                    e);
        }
        assertThat(server("5-1").required("healthMessage").asString()).contains("200");
        assertThat(node.json("interfaces").toString()).contains("control");
    }

    @Test
    @Order(2)
    void a_server_that_fails_gets_no_connections_and_its_own_are_ended() throws Exception {
        Socket held = heldBy("5-1");
        figure.station("5-1").ip("link set eth0 down");
        Programs.await("5-1 is down", 20, () -> health("5-1").equals("down"));
        for (int i = 0; i < 6; i++) {
            assertThat(page()).isNotEqualTo("5-1");
        }
        assertThat(node.json("generations").get(0).required("cause").asString()).contains("server 5-1 is down");
        assertThatThrownBy(() -> {
                    // the record goes within half a second; until then nobody answers
                    for (int i = 0; i < 100; i++) {
                        request(held);
                        Thread.sleep(100);
                    }
                })
                .isInstanceOf(SocketException.class);
        held.close();

        figure.station("5-1").ip("link set eth0 up");
        figure.station("5-1").ip("route add default via 10.1.1.1");
        figure.station("5-1").ip("addr replace fd01:0:0:1::11/64 dev eth0 nodad");
        figure.station("5-1").ip("route add default via fd01:0:0:1::1");
        Programs.await("5-1 is up", 20, () -> health("5-1").equals("up"));
    }

    private static void request(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: lab\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** A connection that stays open, to the server that is wanted. */
    private Socket heldBy(String server) throws IOException {
        for (int i = 0; i < 20; i++) {
            Socket socket = Station.await(figure.station("7-1").submit(() -> new Socket(Figure1.VIRTUAL_4, 80)));
            socket.setSoTimeout(5000);
            request(socket);
            byte[] answer = new byte[1024];
            int length = socket.getInputStream().read(answer);
            if (new String(answer, 0, Math.max(0, length), StandardCharsets.US_ASCII)
                    .toLowerCase(Locale.ROOT)
                    .contains("x-served-by: " + server)) {
                return socket;
            }
            socket.close();
        }
        throw new AssertionError("no connection came to " + server);
    }

    private void send(byte[] bytes, int length) throws IOException {
        int sent = Station.await(figure.station("5-2").submit(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(bytes, length, InetAddress.getByName(OWN), PORT));
                return length;
            }
        }));
        assertThat(sent).isEqualTo(length);
    }

    private long reports(String outcome) {
        JsonNode reports = node.json("stat").required("reports");
        return reports.has(outcome) ? reports.required(outcome).asLong() : 0;
    }

    @Test
    @Order(3)
    void reports_arrive_and_forged_ones_move_nothing() throws Exception {
        ReportSession session = new ReportSession(key);
        byte[] datagram = new byte[ReportCodec.MAX_BYTES];
        int length =
                session.encode(new LoadReport("5-2", 12, 0.75, 0.5, 0.125, 100), System.currentTimeMillis(), datagram);

        send(datagram, length);
        Programs.await(
                "the report is shown", 10, () -> !server("5-2").required("load").isNull());
        send(datagram, length);
        byte[] forged = datagram.clone();
        forged[length - 40] ^= 1;
        send(forged, length);
        send("nonsense".getBytes(StandardCharsets.US_ASCII), 8);
        length = new ReportSession(ReportKey.random(9))
                .encode(new LoadReport("5-2", 0, 0, 0, 0, 0), System.currentTimeMillis(), datagram);
        send(datagram, length);

        Programs.await(
                "all are counted",
                10,
                () -> reports("replayed") == 1
                        && reports("bad-authentication") == 1
                        && reports("malformed") == 1
                        && reports("unknown-key") == 1);
        assertThat(reports("accepted")).isEqualTo(1);
        JsonNode load = server("5-2").required("load");
        assertThat(load.required("cpu").asDouble()).isEqualTo(0.75);
        assertThat(load.required("source").asString()).isEqualTo("agent");
        String table = node.weir("stat").output();
        assertThat(table).contains("replayed");
    }

    @Test
    @Order(4)
    void a_server_drains_and_comes_back() {
        Commands.Result drained = node.weir("drain", "5-3", "--wait=20");
        assertThat(drained.status()).as(drained.output()).isZero();
        for (int i = 0; i < 6; i++) {
            assertThat(page()).isNotEqualTo("5-3");
        }
        assertThat(node.weir("drain", "5-3", "--undo").status()).isZero();
        Commands.Result weight = node.weir("weight", "web", "5-3", "5");
        assertThat(weight.status()).as(weight.output()).isZero();
        assertThat(node.weir("services").output()).contains("5-3");
        assertThat(node.weir("rollback").status()).isZero();
        assertThat(node.weir("generations", "--limit", "3").output()).contains("rollback to");
    }

    @Test
    @Order(5)
    void a_preview_names_what_would_move() throws IOException {
        Path next = node.configuration().resolveSibling("preview.yaml");
        Files.writeString(
                next,
                Files.readString(node.configuration())
                        .replace("servers: [\"5-1\", \"5-2\", \"5-3\"]", "servers: [\"5-1\", \"5-2\"]"));
        Commands.Result preview = node.weir("preview", next.toString());
        assertThat(preview.status()).as(preview.output()).isZero();
        assertThat(preview.output()).contains("echo").contains("33");
    }

    @Test
    @Order(6)
    void the_api_wants_a_token_and_answers_curl_on_the_unix_socket() throws IOException {
        Path folder = AdminSocket.ownFolder();
        String socket = AdminSocket.socket(folder, name).toString();
        String token = Files.readString(AdminSocket.token(folder, name));
        String refused = Commands.run(
                "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", socket, "http://weir/v1/node");
        assertThat(refused).isEqualTo("401");
        String metrics = Commands.run(
                "curl",
                "-sS",
                "--fail",
                "--unix-socket",
                socket,
                "-H",
                "Authorization: Bearer " + token,
                "http://weir/metrics");
        assertThat(metrics).contains("weir_").contains("server=\"5-2\"");
    }

    @Test
    @Order(7)
    void nothing_is_left_after_kill_9() throws Exception {
        List<String> links = List.of("ip", "-n", figure.weir().namespace(), "-o", "link");
        assertThat(Commands.run(links, "")).contains("weirc-");
        node.signal("KILL");
        node.awaitEnd();
        Programs.await("the veth is gone", 10, () -> !Commands.run(links, "").contains("weirc-"));
    }
}
