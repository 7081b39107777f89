package io.weir.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.agent.Loopback;
import io.weir.agent.metric.Metric;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationSourcesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long PATIENCE_MS = 10_000;

    @TempDir
    private Path folder = Path.of(".");

    @SuppressWarnings("NullAway.Init")
    private Loopback server;

    private long wallMs;

    @BeforeEach
    void start() throws IOException {
        server = new Loopback();
    }

    @AfterEach
    void end() throws IOException {
        server.close();
    }

    private static String status(long active, long requests) {
        return "Active connections: " + active + " \nserver accepts handled requests\n 16630948 16630948 " + requests
                + " \nReading: 6 Writing: 179 Waiting: 106 \n";
    }

    @Test
    void nginx_tells_clients_and_requests_without_the_agents_own() throws SourceException {
        NginxSource nginx = new NginxSource(server.url(), PATIENCE_MS);
        server.body(status(291, 31_070_465));
        assertThat(nginx.read(0).toString()).isEqualTo("clients=290.0");
        server.body(status(292, 31_070_666));
        assertThat(nginx.read(2 * SECOND).toString()).isEqualTo("clients=291.0 requests=100.0");
    }

    @Test
    void nginx_that_was_restarted_counts_from_zero() throws SourceException {
        NginxSource nginx = new NginxSource(server.url(), PATIENCE_MS);
        nginx.parse(status(1, 31_070_465), 0);
        assertThat(nginx.parse(status(1, 51), SECOND).value(Metric.REQUESTS)).isEqualTo(50);
    }

    @Test
    void another_page_is_no_status() {
        server.body("<html>Welcome to nginx!\n");
        assertThatThrownBy(() -> new NginxSource(server.url(), PATIENCE_MS).read(0))
                .isInstanceOf(SourceException.class)
                .hasMessage("is not stub_status of nginx: \"<html>Welcome to nginx!?\"");
    }

    @Test
    void series_of_prometheus_become_metrics() throws SourceException {
        PrometheusMapping mapping = PrometheusMapping.NONE
                .with("clients=connections{state=\"active\"}")
                .with("cpu=utilisation")
                .with("requests=http_requests_total")
                .with("execution=seconds_sum{path=\"/a/b\"}/seconds_count{path=\"/a/b\"}");
        PrometheusSource source = new PrometheusSource(server.url(), mapping, PATIENCE_MS);
        String page = """
            # TYPE connections gauge
            connections{state="active",port="80"} 7
            connections{state="active",port="443"} 5
            connections{state="idle"} 100
            utilisation 0.25
            http_requests_total{code="200"} %d
            http_requests_total{code="500"} %d 1700000000000
            seconds_sum{path="/a/b"} %s
            seconds_count{path="/a/b"} %d
            """;
        server.body(page.formatted(100, 1, "10.0", 100));
        assertThat(source.read(0).toString()).isEqualTo("clients=12.0 cpu=0.25");
        server.body(page.formatted(190, 11, "11.0", 200));
        assertThat(source.read(SECOND).toString()).isEqualTo("clients=12.0 cpu=0.25 execution=0.01 requests=100.0");
        assertThat(source.metrics())
                .containsExactlyInAnyOrder(Metric.CLIENTS, Metric.CPU, Metric.REQUESTS, Metric.EXECUTION);
    }

    @Test
    void series_that_are_missing_or_absurd_are_named() {
        PrometheusMapping mapping = PrometheusMapping.NONE.with("clients=a{b=\"c\"}");
        PrometheusSource source = new PrometheusSource(server.url(), mapping, PATIENCE_MS);
        String[][] cases = {
            {"a 5\n", "has no series a{b=c}"},
            {"a{b=\"c\"} NaN\n", "a{b=c}: NaN is not at least 0"},
            {"a{b=\"c\"} -1\n", "a{b=c}: -1.0 is not at least 0"},
            {"a{b=\"c\"} 1e30\n", "clients: 1.0E30 is not within 0..1000000000"},
        };
        for (String[] one : cases) {
            assertThatThrownBy(() -> source.parse(one[0].getBytes(StandardCharsets.UTF_8), 0))
                    .as(one[0])
                    .isInstanceOf(SourceException.class)
                    .hasMessage(one[1]);
        }
    }

    @Test
    void mappings_that_make_no_sense_are_refused() {
        String[][] cases = {
            {"clients", "\"clients\" is not METRIC=NAME (such as clients=http_active_connections)"},
            {"client=x", "\"client\" is none of the metrics clients, cpu, memory, execution, requests"},
            {"execution=x", "\"x\" is not SUM/COUNT, two counters: seconds and requests"},
            {"clients=1x", "does not select a metric"},
        };
        for (String[] one : cases) {
            assertThatThrownBy(() -> PrometheusMapping.NONE.with(one[0]))
                    .as(one[0])
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(one[1]);
        }
        assertThatThrownBy(() -> PrometheusMapping.NONE.with("cpu=a").with("cpu=b"))
                .hasMessage("cpu is mapped to a already");
    }

    @Test
    void a_url_answers_with_metrics() throws SourceException {
        HttpSource source = new HttpSource(server.url(), PATIENCE_MS);
        server.body("{\"requests\": 5}");
        assertThat(source.read(0)).isEqualTo(Reading.of(Metric.REQUESTS, 5));
        server.status("503 Service Unavailable", "busy");
        assertThatThrownBy(() -> source.read(0)).hasMessage("answers with status 503");
        server.body("x".repeat(HttpSource.MAX_BYTES + 1));
        assertThatThrownBy(() -> source.read(0)).hasMessageContaining("more than");
    }

    private FileSource file(Path file) {
        return new FileSource(file, 10_000, () -> wallMs);
    }

    private Path write(String text, long atMs) throws IOException {
        Path file = folder.resolve("load");
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(atMs));
        return file;
    }

    @Test
    void a_file_is_heeded_until_it_is_old() throws IOException, SourceException {
        FileSource source = file(write("clients=5", 1_000_000));
        wallMs = 1_010_000;
        assertThat(source.read(0)).isEqualTo(Reading.of(Metric.CLIENTS, 5));
        wallMs = 1_010_001;
        assertThatThrownBy(() -> source.read(0)).hasMessage("was not written for more than 10.0 s (--max-age)");
        write("clients=6", 1_010_000);
        assertThat(source.read(0)).isEqualTo(Reading.of(Metric.CLIENTS, 6));
    }

    @Test
    void counters_in_a_file_are_over_the_time_between_two_writes() throws IOException, SourceException {
        wallMs = 1_005_000;
        FileSource source = file(write("requests-total=100", 1_000_000));
        source.read(0);
        assertThat(source.read(SECOND)).isEqualTo(Reading.NONE);
        write("requests-total=200", 1_005_000);
        assertThat(source.read(2 * SECOND)).isEqualTo(Reading.of(Metric.REQUESTS, 20));
        assertThat(source.read(3 * SECOND)).isEqualTo(Reading.of(Metric.REQUESTS, 20));
    }

    @Test
    void files_that_are_none_are_said_so() throws IOException {
        assertThatThrownBy(() -> file(folder.resolve("nosuch")).read(0)).hasMessage("no such file");
        assertThatThrownBy(() -> file(folder).read(0)).hasMessage("is not a regular file");
        Path large = write("#" + "x".repeat(70_000), 0);
        assertThatThrownBy(() -> file(large).read(0)).hasMessage("has more than 65536 bytes");
    }

    @Test
    void a_command_prints_metrics() throws SourceException {
        try (CommandSource source = new CommandSource("echo clients=7; echo oops >&2", PATIENCE_MS)) {
            assertThat(source.read(0)).isEqualTo(Reading.of(Metric.CLIENTS, 7));
            assertThat(source.read(0)).isEqualTo(Reading.of(Metric.CLIENTS, 7));
        }
    }

    @Test
    void a_command_that_fails_is_said_so() {
        try (CommandSource source = new CommandSource("echo clients=7; exit 3", PATIENCE_MS)) {
            assertThatThrownBy(() -> source.read(0)).hasMessage("ended with status 3");
        }
    }

    @Test
    void a_command_that_takes_too_long_is_killed_with_all_it_started() throws IOException {
        Path pids = folder.resolve("pids");
        String command = "sh -c 'echo $$ >>" + pids + "; sleep 600' & echo $$ >>" + pids + "; wait";
        try (CommandSource source = new CommandSource(command, 500)) {
            assertThatThrownBy(() -> source.read(0)).hasMessage("did not end within 500 ms and was killed");
        }
        assertThat(Files.readAllLines(pids))
                .hasSize(2)
                .allSatisfy(pid -> ProcessHandle.of(Long.parseLong(pid))
                        .ifPresent(process -> process.onExit().join()));
    }

    @Test
    void a_command_that_leaves_something_in_the_background_is_not_waited_for() throws SourceException {
        try (CommandSource source = new CommandSource("sleep 5 & echo requests=3", PATIENCE_MS)) {
            assertThat(source.read(0)).isEqualTo(Reading.of(Metric.REQUESTS, 3));
        }
    }

    @Test
    void a_command_that_prints_without_end_is_stopped() {
        try (CommandSource source = new CommandSource("yes clients=1", PATIENCE_MS)) {
            assertThatThrownBy(() -> source.read(0)).hasMessage("printed more than 65536 bytes");
        }
    }
}
