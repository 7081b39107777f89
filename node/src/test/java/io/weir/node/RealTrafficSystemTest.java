package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Programs that know nothing of weir, through the virtual addresses of Fig. 1. For a longer look: {@code
 * -Dweir.traffic.seconds=10}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealTrafficSystemTest {
    private static final String V4 = Figure1.VIRTUAL_4;
    private static final String V6 = "[" + Figure1.VIRTUAL_6 + "]";
    private static final long UPLOAD_BYTES = 64L << 20;
    private static final int QUERIES = 300;
    /** How long each program of streams and connections runs. */
    private static final int SECONDS = Integer.getInteger("weir.traffic.seconds", 2);

    /** Of {@link #SECONDS}, when the machine is slow. */
    private static final int MOST_ROUNDS = 20;

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Map<String, Nginx> servers = new LinkedHashMap<>();
    private final List<AutoCloseable> resources = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @BeforeAll
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("nginx", "curl", "wrk", "iperf3", "dig", "python3");
        folder = Programs.readable(temporary);
        String name =
                "system-traffic-" + driver() + "-" + ProcessHandle.current().pid();
        figure = new Figure1(name + "-");
        resources.add(figure);
        for (String server : Figure1.SERVERS) {
            Station station = figure.station(server);
            servers.put(server, Nginx.start(station, folder, server, Nginx.PORT));
            station.start(List.of("iperf3", "-s", "-p", "5201"), folder.resolve("iperf3-" + server + ".log"));
            station.start(List.of("python3", "-c", UdpPrograms.SERVERS), folder.resolve("udp-" + server + ".log"));
        }
        node = RunningNode.start(figure.weir(), folder, name, configuration(name));
        resources.addFirst(node);
        for (String server : Figure1.SERVERS) {
            Programs.await("servers of " + server + " listen", 10, () -> listens(figure.station(server)));
        }
    }

    private static boolean listens(Station station) {
        String sockets = Programs.successIn(station, 10, "ss", "-Hltun");
        return sockets.contains(":5201") && sockets.contains(":53 ") && sockets.contains(":7 ");
    }

    @Test
    void the_listing_names_the_driver_of_every_queue() {
        for (JsonNode face : node.json("interfaces")) {
            if (face.required("name").asString().equals(ControlInterface.NAME)) {
                continue; // af_packet, whatever the others have
            }
            assertThat(face.required("driver").asString()).startsWith(driver());
            assertThat(face.required("queues").size()).isEqualTo(1);
            assertThat(face.required("queues").get(0).required("driver").asString())
                    .isEqualTo(driver());
        }
    }

    @AfterAll
    void remove() throws Exception {
        for (AutoCloseable resource : resources) {
            resource.close();
        }
    }

    /** How weir reaches its interfaces. */
    String driver() {
        return "af_packet";
    }

    private String configuration(String name) {
        StringBuilder services = new StringBuilder();
        // iperf3 opens several connections that must meet at one server.
        for (String protocol : List.of("tcp", "udp")) {
            services.append(service("iperf-" + protocol, protocol, 5201, "source-hash", "\"5-1\", \"5-2\", \"5-3\""));
        }
        services.append(service("names", "udp", 53, "maglev", "\"5-1\", \"5-2\", \"5-3\""));
        return Figure1.configuration(name, driver(), 1, 1, 1) + services;
    }

    private static String service(String name, String protocol, int port, String algorithm, String servers) {
        return """
              - name: %s
                addresses: [%s, "%s"]
                protocol: %s
                port: %d
                algorithm: %s
                servers: [%s]
            """.formatted(name, V4, Figure1.VIRTUAL_6, protocol, port, algorithm, servers);
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, "[" + Figure1.VIRTUAL_6 + "]"})
    void curl_gets_pages_from_every_server(String address) {
        for (String client : Figure1.CLIENTS) {
            Map<String, Integer> pages = new LinkedHashMap<>();
            for (int i = 0; i < 6; i++) {
                pages.merge(curl(client, "http://" + address + "/").strip(), 1, Integer::sum);
            }
            assertThat(pages.keySet()).as("pages that %s got", client).isSubsetOf(Figure1.SERVERS);
            // two processors take turns separately, so six requests may not meet all three
            assertThat(pages.size()).isGreaterThan(1);
        }
    }

    /** What is downloaded of the file. */
    long downloadBytes() {
        return Nginx.GIGABYTE;
    }

    @ParameterizedTest
    @CsvSource({"7-1, " + V4, "9-1, [" + Figure1.VIRTUAL_6 + "]"})
    void curl_downloads_a_large_file(String client, String address) {
        String result = curl(
                client,
                "-o",
                "/dev/null",
                "-w",
                "%{size_download} %{speed_download}",
                "-r",
                "0-" + (downloadBytes() - 1),
                "http://" + address + "/gigabyte");
        report("download by " + client + " from " + address + ": bytes, bytes/s", result);
        assertThat(result).startsWith(downloadBytes() + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, "[" + Figure1.VIRTUAL_6 + "]"})
    void curl_uploads(String address) throws IOException, InterruptedException {
        Path body = folder.resolve("upload");
        try (var file = new java.io.RandomAccessFile(body.toFile(), "rw")) {
            file.setLength(UPLOAD_BYTES);
        }
        String path = "/upload?" + address.length();
        String result = curl(
                "7-2",
                "-g",
                "-H",
                "Expect:",
                "--data-binary",
                "@" + body,
                "-o",
                "/dev/null",
                "-w",
                "%{http_code} %{size_upload}",
                "http://" + address + path);
        assertThat(result).isEqualTo("200 " + UPLOAD_BYTES);
        Programs.await("the upload is in a log", 10, () -> !uploads(path).isEmpty());
        assertThat(uploads(path)).singleElement().satisfies(n -> assertThat(n).isGreaterThan(UPLOAD_BYTES));
    }

    private List<Long> uploads(String path) {
        return servers.values().stream().flatMap(s -> s.uploads(path).stream()).toList();
    }

    @Test
    void wrk_makes_ten_thousand_connections_without_an_error() {
        long before = node.counter("connections-created");
        long requests = 0;
        for (int round = 0; round < 2 || (requests < 10_000 && round < MOST_ROUNDS); round++) {
            String address = round % 2 == 0 ? V4 : V6;
            Wrk wrk = Wrk.run(figure.station(round % 2 == 0 ? "7-1" : "9-2"), "http://" + address + "/", 32, SECONDS);
            report("wrk " + address, wrk.output());
            assertThat(wrk.failed()).as(wrk.output()).isFalse();
            requests += wrk.requests();
        }
        assertThat(requests).isGreaterThanOrEqualTo(10_000);
        assertThat(node.counter("connections-created") - before).isGreaterThanOrEqualTo(requests);
    }

    @ParameterizedTest
    @CsvSource({
        "7-1, 10.0.1.100, 1, false",
        "7-2, 10.0.1.100, 4, true",
        "9-1, fd00:0:0:1::100, 4, false",
        "9-1, fd00:0:0:1::100, 1, true",
    })
    void iperf3_sends_a_stream_of_tcp(String client, String address, int streams, boolean reverse) {
        List<String> arguments = new ArrayList<>(List.of("-P", String.valueOf(streams), "-t", String.valueOf(SECONDS)));
        if (reverse) {
            arguments.add("-R");
        }
        JsonNode sum = iperf(client, address, arguments).required("end").required("sum_received");
        report(
                "iperf3 TCP " + client + " " + address + " streams " + streams + (reverse ? " reverse" : ""),
                Math.round(sum.required("bits_per_second").asDouble() / 1e6) + " Mbit/s");
        assertThat(sum.required("bytes").asLong()).isGreaterThan(1_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, Figure1.VIRTUAL_6})
    void iperf3_sends_a_stream_of_udp(String address) throws InterruptedException {
        long before = lostByInterfacesBefore();
        JsonNode sum = iperf("7-1", address, List.of("-u", "-b", "6M", "-l", "1200", "-t", String.valueOf(SECONDS)))
                .required("end")
                .required("sum");
        report("iperf3 UDP " + address, sum.toString());
        assertThat(sum.required("packets").asLong()).isGreaterThan(1000);
        assertThat(lostByInterfaces() - before).as("lost by weir's interfaces").isZero();
        // The socket of iperf3 may overflow on a busy machine.
        assertThat(sum.required("lost_percent").asDouble()).isLessThan(5);
    }

    /** Ports look at the kernel's counts ten times a second: what an earlier test lost must not count here. */
    private long lostByInterfacesBefore() throws InterruptedException {
        long[] seen = {-1};
        Programs.await("the kernel's counts rest", 10, () -> {
            pause(300);
            long last = seen[0];
            seen[0] = lostByInterfaces();
            return seen[0] == last;
        });
        return seen[0];
    }

    private static void pause(long milliseconds) {
        LockSupport.parkNanos(milliseconds * 1_000_000);
    }

    private long lostByInterfaces() {
        long lost = 0;
        for (JsonNode face : node.json("interfaces")) {
            for (String counter : List.of("kernel-dropped-packets", "truncated-packets", "transmit-errors")) {
                lost += face.required("counters").required(counter).asLong();
            }
        }
        return lost;
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, Figure1.VIRTUAL_6})
    void dig_has_every_query_answered(String address) throws IOException {
        Path queries = folder.resolve("queries");
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < QUERIES; i++) {
            names.append("host-").append(i).append(".example A\n");
        }
        Files.writeString(queries, names);
        String answers = Programs.successIn(
                figure.station("9-1"), 60, "dig", "@" + address, "+tries=1", "+time=5", "-f", queries.toString());
        assertThat(answers.lines().filter(line -> line.contains("status: NOERROR")))
                .hasSize(QUERIES);
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, Figure1.VIRTUAL_6})
    void every_datagram_is_echoed_whatever_its_size(String address) {
        Commands.Result result =
                Programs.in(figure.station("7-2"), 60, "python3", "-c", UdpPrograms.ECHO_CLIENT, address, "7", "1000");
        assertThat(result.output()).isEqualTo("1000 of 1000 echoed\n");
        assertThat(result.status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, Figure1.VIRTUAL_6})
    void a_datagram_in_fragments_is_dropped_and_counted(String address) {
        long before = node.drops("fragment-unsupported");
        Commands.Result result = Programs.in(
                figure.station("7-2"), 60, "python3", "-c", UdpPrograms.ECHO_CLIENT, address, "7", "1", "4000");
        assertThat(result.output()).contains("0 of 1 echoed");
        // 4,000 bytes of data in packets of at most 1,500
        assertThat(node.drops("fragment-unsupported") - before).isEqualTo(3);
    }

    private JsonNode iperf(String client, String address, List<String> more) {
        List<String> command = new ArrayList<>(List.of("iperf3", "-c", address, "-p", "5201", "-J"));
        command.addAll(more);
        Commands.Result result = Programs.in(figure.station(client), 60, command.toArray(String[]::new));
        JsonNode json = new ObjectMapper().readTree(result.output());
        assertThat(json.path("error").asString("")).as("error of iperf3").isEmpty();
        assertThat(result.status()).isZero();
        return json;
    }

    private String curl(String client, String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-g", "-sS", "--fail", "--max-time", "120"));
        command.addAll(List.of(arguments));
        return Programs.successIn(figure.station(client), 130, command.toArray(String[]::new));
    }

    /** Figures for the reader of the log; nothing is asserted of them, machines differ. */
    private static void report(String what, String figure) {
        System.out.println(what + ": " + figure.strip());
    }
}
