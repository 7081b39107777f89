package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.lab.LabClient;
import io.weir.lab.LabServer;
import io.weir.lab.Station;
import io.weir.node.application.TestJar;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Network applications of a real node, and the host as a server, for real clients of Fig. 1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApplicationSystemTest {
    private static final String OWN_4 = "10.0.1.50";
    private static final String OWN_6 = "fd00:0:0:1::50";
    private static final String GUARDED_4 = "10.0.1.101";
    private static final String GUARDED_6 = "fd00:0:0:1::101";
    private static final String MIXED_4 = "10.0.1.102";
    private static final String MIXED_6 = "fd00:0:0:1::102";

    private final String name =
            "system-app-" + driver() + "-" + ProcessHandle.current().pid();
    private final Map<String, LabServer> servers = new HashMap<>();

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

    @BeforeAll
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("curl", "dig", "socat", "nginx", "python3", "ping");
        folder = Programs.readable(temporary);
        Path jar = unruly().write("unruly.jar");
        figure = new Figure1(name + "-");
        for (String server : Figure1.SERVERS) {
            servers.put(server, LabServer.start(figure.station(server), server));
        }
        node = RunningNode.start(figure.weir(), folder, name, configuration(jar));
        nginx = Nginx.start(figure.weir(), folder, "local", 8080);
        Programs.await(
                "all servers are up",
                30,
                () -> List.of("5-1", "5-2", "5-3", "local", "sorry").stream()
                        .allMatch(each -> health(each).equals("up")));
    }

    /** Does what the first byte of a datagram says; answers others. TCP is answered by nothing. */
    private TestJar unruly() {
        return new TestJar(folder).source("Unruly", """
            package test;
            import io.weir.application.*;
            import java.lang.foreign.ValueLayout;
            import java.util.List;
            public final class Unruly implements ApplicationProvider, NetworkApplication {
                private ApplicationCounters counters;
                public String type() { return "unruly"; }
                public String summary() { return "For tests."; }
                public ApplicationPlan plan(Settings settings, List<Claim> claims) {
                    return new ApplicationPlan(List.of("commands"), List.of("no-datagram"));
                }
                public NetworkApplication create(ApplicationContext context) {
                    Unruly made = new Unruly();
                    made.counters = context.counters();
                    return made;
                }
                public void receive(Packets packets) {
                    for (int row = 0; row < packets.size(); row++) {
                        if (packets.payloadLength(row) == 0) {
                            packets.drop(row, 0);
                            continue;
                        }
                        byte command = packets.memory().get(ValueLayout.JAVA_BYTE, packets.payload(row));
                        counters.add(0, 1);
                        switch (command) {
                            case 't' -> throw new IllegalStateException("as told");
                            case 's' -> spin();
                            case 'k' -> packets.allocate();
                            case 'f' -> { continue; }
                            default -> { }
                        }
                        packets.reflect(row);
                    }
                }
                private static void spin() {
                    var threads = java.lang.management.ManagementFactory.getThreadMXBean();
                    long end = threads.getCurrentThreadCpuTime() + 50_000_000;
                    while (threads.getCurrentThreadCpuTime() < end) { }
                }
            }
            """).service("test.Unruly");
    }

    private String configuration(Path jar) {
        return Figure1.configuration(name, driver(), 1, 1, 1)
                        .replace("\"fd01:0:0:1::11\"],", "\"fd01:0:0:1::11\"], check: page,")
                        .replace("\"fd01:0:0:1::12\"],", "\"fd01:0:0:1::12\"], check: page,")
                        .replace("\"fd01:0:0:2::13\"],", "\"fd01:0:0:2::13\"], check: page,")
                        .replace("services:\n", """
                              - {name: local, check: page}
                              - {name: sorry, application: excuse}
                              - {name: doomed, application: thrower}
                            services:
                            """)
                + """
                  - name: guarded
                    addresses: [%1$s, "%2$s"]
                    protocol: tcp
                    port: 80
                    on-down: reset
                    servers:
                      - {server: "5-1", port: 8080}
                      - {server: "5-2", port: 8080}
                      - {server: sorry, backup: true}
                  - name: mixed
                    addresses: [%3$s, "%4$s"]
                    protocol: tcp
                    port: 80
                    algorithm: weighted-round-robin
                    servers: [{server: "5-3", port: 8080}, {server: local, port: 8080}]
                  - {name: doom, addresses: [%1$s], protocol: udp, port: 9, servers: [doomed]}
                checks:
                  - {name: page, type: http, port: 8080, path: /, interval: 250ms, fall: 2}
                timeouts: {closed: 1s} # a drain waits for it
                host:
                  addresses: [10.0.1.20, "fd00:0:0:1::20"]
                applications:
                  - name: reflector
                    type: echo
                    listen:
                      - {addresses: [%5$s, "%6$s"], protocol: both, ports: 7}
                      - {addresses: [10.0.1.1, "fd00:0:0:1::1", %3$s, "%4$s"], protocol: both, ports: 7007}
                  - name: names
                    type: dns
                    listen: [{addresses: [%5$s, "%6$s"], protocol: both, ports: 53}]
                    settings:
                      zone: [example.org]
                      names: {www.example.org: [198.51.100.10, "2001:db8::10"]}
                  - {name: excuse, type: sorry-page, settings: {retry-after: 2m, page: "<h1>Back soon</h1>"}}
                  - {name: thrower, type: unruly, jar: %7$s, fallback: reset,
                     listen: [{addresses: [%5$s, "%6$s"], protocol: both, ports: 9001}]}
                  - {name: spinner, type: unruly, jar: %7$s, listen: [{addresses: [%5$s], protocol: udp, ports: 9002}]}
                  - {name: keeper, type: unruly, jar: %7$s, listen: [{addresses: [%5$s], protocol: udp, ports: 9003}]}
                  - {name: forgetter, type: unruly, jar: %7$s, listen: [{addresses: [%5$s], protocol: udp, ports: 9004}]}
                """.formatted(GUARDED_4, GUARDED_6, MIXED_4, MIXED_6, OWN_4, OWN_6, jar);
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

    private static String literal(String address) {
        return address.indexOf(':') < 0 ? address : "[" + address + "]";
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

    private JsonNode application(String wanted) {
        return node.json("applications", wanted);
    }

    /** What a client gets for a datagram; nothing is empty. */
    private String ask(String client, String address, int port, String text) {
        return Station.await(figure.station(client).submit(() -> {
            try {
                return LabClient.ask(address, port, text);
            } catch (IOException e) {
                return "";
            }
        }));
    }

    /** What a client's socat gets for a datagram. */
    private String socat(String client, String address, String text) {
        String kind = address.indexOf(':') < 0 ? "UDP4:" : "UDP6:";
        return Commands.attempt(
                        figure.station(client).command(List.of("socat", "-t1", "-", kind + literal(address) + ":7")),
                        text,
                        10)
                .output();
    }

    /** Status, server and body of a page. */
    private String curl(String client, String address) {
        return Programs.successIn(
                figure.station(client),
                20,
                "curl",
                "-sS",
                "-m",
                "10",
                "-w",
                "%{http_code} %header{retry-after}",
                "http://" + literal(address) + "/");
    }

    /** How often each of some requests, each with a connection of its own, was answered by whom. */
    private Map<String, Integer> shares(String client, String address, int requests) {
        Map<String, Integer> shares = new HashMap<>();
        Programs.successIn(
                        figure.station(client),
                        30,
                        "curl",
                        "-sS",
                        "--fail",
                        "-m",
                        "10",
                        "-H",
                        "Connection: close",
                        "http://" + literal(address).replace("[", "\\[").replace("]", "\\]") + "/?[1-" + requests + "]")
                .lines()
                .forEach(server -> shares.merge(server, 1, Integer::sum));
        return shares;
    }

    @ParameterizedTest
    @Order(1)
    @ValueSource(strings = {OWN_4, OWN_6})
    void echo_answers_datagrams_and_health_checks_that_connect(String address) {
        boolean six = address.indexOf(':') >= 0;
        for (String client : List.of("9-1", "5-3")) {
            assertThat(socat(client, address, "is anybody there")).isEqualTo("is anybody there");
            Programs.successIn(
                    figure.station(client),
                    10,
                    "socat",
                    "/dev/null",
                    (six ? "TCP6:" : "TCP4:") + literal(address) + ":7,connect-timeout=5");
        }
        Programs.successIn(figure.station("7-1"), 30, "python3", "-c", UdpPrograms.ECHO_CLIENT, address, "7", "50");
        Programs.successIn(figure.station("7-1"), 10, "ping", "-c", "1", "-W", "5", address);
        assertThat(application("reflector").required("state").asString()).isEqualTo("running");
        assertThat(application("reflector").required("packets").asLong()).isGreaterThan(50);
    }

    @ParameterizedTest
    @Order(1)
    @ValueSource(strings = {"10.0.1.1", "fd00:0:0:1::1", MIXED_4, MIXED_6})
    void addresses_of_interfaces_and_services_have_other_ports_for_applications(String address) {
        for (String client : List.of("7-1", "9-1", "weir")) {
            assertThat(ask(client, address, 7007, "hello")).isEqualTo("hello");
            assertThat(Station.await(figure.station(client).submit(() -> LabClient.knock(address, 7007))))
                    .isEqualTo("accepted");
        }
        Programs.successIn(figure.station("7-1"), 10, "ping", "-c", "1", "-W", "5", "10.0.1.1");
    }

    @ParameterizedTest
    @Order(2)
    @CsvSource(delimiter = '|', textBlock = """
        www.example.org A                      | status: NOERROR     | 198.51.100.10
        www.example.org AAAA                   | status: NOERROR     | 2001:db8::10
        www.example.org A +edns=0 +bufsize=4096| EDNS: version: 0    | 198.51.100.10
        www.example.org MX                     | ANSWER: 0           | SOA
        www2.example.org A                     | status: NXDOMAIN    | SOA
        www.example.net A                      | status: REFUSED     | QUERY
        """)
    void dns_answers_dig(String question, String first, String second) {
        for (String address : List.of(OWN_4, OWN_6)) {
            assertThat(dig(address, question).output())
                    .as(address)
                    .contains(first, second, "(" + address + ")", "UDP")
                    .doesNotContain("Warning", "malformed");
        }
    }

    private Commands.Result dig(String address, String question) {
        List<String> command = new ArrayList<>(List.of("dig", "+time=5", "+tries=2", "@" + address));
        command.addAll(List.of(question.split(" +")));
        return Programs.in(figure.station("7-1"), 20, command.toArray(String[]::new));
    }

    @Test
    @Order(3)
    void dns_over_tcp_is_refused_at_once() {
        for (String address : List.of(OWN_4, OWN_6)) {
            Commands.Result result = dig(address, "+tcp www.example.org A");
            assertThat(result.status()).isEqualTo(9);
            assertThat(result.output()).contains("connection refused");
        }
    }

    @Test
    @Order(4)
    void the_sorry_page_stands_in_while_all_servers_are_down() throws Exception {
        assertThat(curl("7-1", GUARDED_4)).endsWith("200 ");
        Socket held = connected(GUARDED_4);
        Objects.requireNonNull(servers.get("5-1")).close();
        figure.station("5-2").ip("link set eth0 down");
        Programs.await(
                "both are down",
                20,
                () -> health("5-1").equals("down") && health("5-2").equals("down"));

        for (String address : List.of(GUARDED_4, GUARDED_6)) {
            assertThat(curl("7-1", address)).isEqualTo("<h1>Back soon</h1>503 120");
            assertThat(curl("9-2", address)).isEqualTo("<h1>Back soon</h1>503 120");
        }
        Programs.await("the connection to a dead server ends", 10, () -> hasEnded(held));
        Socket waiting = connected(GUARDED_4);

        servers.put("5-1", LabServer.start(figure.station("5-1"), "5-1"));
        Programs.await("5-1 is up", 20, () -> health("5-1").equals("up"));
        for (String address : List.of(GUARDED_4, GUARDED_6)) {
            assertThat(curl("7-1", address)).isEqualTo("5-1\n200 ");
            assertThat(curl("9-2", address)).isEqualTo("5-1\n200 ");
        }
        // whoever connected to the sorry page gets it, also when it is not needed any more
        request(waiting);
        assertThat(new String(waiting.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 503")
                .endsWith("<h1>Back soon</h1>");
        waiting.close();
        assertThat(application("excuse").required("counters").toString()).contains("pages");
    }

    private Socket connected(String address) throws SocketException {
        Socket socket = Station.await(figure.station("7-1").submit(() -> new Socket(address, 80)));
        socket.setSoTimeout(5000);
        return socket;
    }

    private static void request(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: lab\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean hasEnded(Socket socket) {
        try {
            socket.setSoTimeout(100);
            request(socket);
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    @Order(5)
    void the_host_is_a_server_among_others() throws Exception {
        for (String address : List.of(MIXED_4, MIXED_6)) {
            Map<String, Integer> shares = shares("7-1", address, 10);
            assertThat(shares).containsOnlyKeys("5-3", "local");
            assertThat(shares.get("local")).isBetween(4, 6);
        }

        nginx.stop();
        Programs.await("local is down", 20, () -> health("local").equals("down"));
        assertThat(shares("9-1", MIXED_4, 4)).containsOnlyKeys("5-3");
        nginx = Nginx.start(figure.weir(), folder, "local", 8080);
        Programs.await("local is up", 20, () -> health("local").equals("up"));
        assertThat(shares("9-1", MIXED_6, 4)).containsOnlyKeys("5-3", "local");

        Commands.Result drained = node.weir("drain", "local", "--wait=20");
        assertThat(drained.status()).as(drained.output()).isZero();
        assertThat(shares("7-2", MIXED_4, 4)).containsOnlyKeys("5-3");
        assertThat(node.weir("drain", "local", "--undo").status()).isZero();
        assertThat(shares("7-2", MIXED_4, 4)).containsOnlyKeys("5-3", "local");
    }

    @ParameterizedTest
    @Order(6)
    @CsvSource({
        "thrower, 9001, threw java.lang.IllegalStateException: as told at application"
                + " unruly.jar//test.Unruly.receive(Unruly.java:",
        "spinner, 9002, µs of processor time in one call",
        "keeper, 9003, kept 1 buffer when it returned",
        "forgetter, 9004, left 1 of 1 packets without a fate",
    })
    void an_application_that_misbehaves_is_stopped_and_nothing_else(String application, int port, String reason)
            throws Exception {
        String command = application.substring(0, 1);
        assertThat(ask("7-1", OWN_4, port, "answer me")).isEqualTo("answer me");
        if (application.equals("thrower")) {
            assertThat(ask("7-1", GUARDED_4, 9, "answer me")).isEqualTo("answer me");
        }
        assertThat(curl("7-1", GUARDED_4)).isEqualTo("5-1\n200 ");

        Programs.await(application + " is stopped", 20, () -> {
            ask("7-1", OWN_4, port, command);
            return application(application).required("state").asString().equals("stopped");
        });

        assertThat(application(application).required("reason").asString()).contains(reason);
        assertThat(node.weir("applications").output())
                .containsPattern(application + " +unruly +STOPPED +1/2 .*" + java.util.regex.Pattern.quote(reason))
                .containsPattern("reflector +echo +running +2/2 ");
        assertThat(ask("7-1", OWN_4, port, "answer me")).doesNotContain("answer me");
        assertThat(curl("7-1", GUARDED_4)).isEqualTo("5-1\n200 ");
        assertThat(ask("7-1", OWN_4, 7, "still there")).isEqualTo("still there");
        // each processor has an application of its own
        assertThat(ask("7-2", OWN_4, port, "answer me")).isEqualTo("answer me");
        Programs.await(
                "the log says so",
                5,
                () -> node.log().contains("application " + application + " on switching processor 0 is stopped: "));
    }

    @Test
    @Order(7)
    void clients_of_a_stopped_application_get_its_fallback_and_the_api_says_why()
            throws IOException, InterruptedException {
        for (String address : List.of(OWN_4, OWN_6)) {
            assertThat(Station.await(figure.station("7-1").submit(() -> LabClient.knock(address, 9001))))
                    .isEqualTo("reset");
        }
        Path own = AdminSocket.ownFolder();
        String answer = Commands.run(
                "curl",
                "-sS",
                "--fail",
                "--unix-socket",
                AdminSocket.socket(own, name).toString(),
                "-H",
                "Authorization: Bearer " + Files.readString(AdminSocket.token(own, name)),
                "http://weir/v1/applications");
        Map<String, String> states = new HashMap<>();
        for (JsonNode each : JsonMapper.shared().readTree(answer)) {
            states.put(each.required("name").asString(), each.required("state").asString());
        }
        assertThat(states)
                .containsOnly(
                        Map.entry("reflector", "running"),
                        Map.entry("names", "running"),
                        Map.entry("excuse", "running"),
                        Map.entry("thrower", "stopped"),
                        Map.entry("spinner", "stopped"),
                        Map.entry("keeper", "stopped"),
                        Map.entry("forgetter", "stopped"));
        assertThat(answer).contains("as told");
        Programs.await(
                "the server that it is, is down", 10, () -> health("doomed").equals("down"));
        assertThat(server("doomed").required("healthMessage").asString())
                .startsWith("application on switching processor 0: threw java.lang.IllegalStateException: as told");
    }

    @Test
    @Order(8)
    void nothing_is_lost_and_nothing_went_wrong() {
        assertThat(node.drops("internal-error")).isZero();
        assertThat(node.log()).doesNotContain("Exception in thread");
        assertThat(node.process().isAlive()).isTrue();
    }
}
