package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MetricsTest {
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-z_:][a-zA-Z0-9_:]*)(\\{[a-z_]+=\"(?:[^\"\\\\]|\\\\.)*\"(?:,[a-z_]+=\"(?:[^\"\\\\]|\\\\.)*\")*})?"
                    + " (\\S+)");
    private static final Set<String> UNITS = Set.of("seconds", "bytes", "ratio");

    private final AtomicLong clock = new AtomicLong(1_800_000_000_000L);
    private final LivelyNode node = new LivelyNode(clock::get);

    private String page() {
        clock.addAndGet(30_000);
        return new String(MetricsPage.text(node.snapshot()), StandardCharsets.UTF_8);
    }

    /** Types by name of the metric, after checking each line. */
    private static Map<String, String> types(String page) {
        Map<String, String> types = new LinkedHashMap<>();
        Set<String> helped = new HashSet<>();
        Set<String> seen = new HashSet<>();
        for (String line : page.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                assertThat(words[3]).as(line).endsWith(".");
                helped.add(words[2]);
            } else if (line.startsWith("# TYPE ")) {
                assertThat(helped).as(line).contains(words[2]);
                assertThat(types.put(words[2], words[3])).as(line).isNull();
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(Double.parseDouble(sample.group(3))).as(line).isFinite();
                assertThat(seen.add(sample.group(1) + sample.group(2))).as(line).isTrue();
                assertThat(types).as(line).containsKey(family(sample.group(1), types));
            }
        }
        return types;
    }

    private static String family(String name, Map<String, String> types) {
        String stem = name.replaceFirst("_(count|sum)$", "");
        return "summary".equals(types.get(stem)) ? stem : name;
    }

    @Test
    void names_follow_the_conventions() {
        types(page()).forEach((name, type) -> {
            assertThat(name).matches("(weir|process|jvm)_[a-z][a-z_]*");
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
            assertThat(name).doesNotContain("_ms", "milli", "micro", "percent", "counter", "gauge");
            boolean isTime = name.contains("age") || name.contains("time") || name.contains("handshake");
            if (isTime) {
                assertThat(UNITS.stream().anyMatch(name::contains)).as(name).isTrue();
            }
        });
    }

    @Test
    void what_the_snapshot_has_is_there() {
        String page = page();

        assertThat(page)
                .contains("weir_service_connections{service=\"web\"} ")
                .contains("weir_member_configured_weight{server=\"5-1\",service=\"web\"} 20.0\n")
                .contains("weir_server_health{server=\"5-3\",state=\"up\"} 1.0\n")
                .contains("weir_dropped_packets_total{reason=\"not-for-us\"} ")
                .contains("weir_interface_received_bytes_total{interface=\"ext0\"} ")
                .contains("weir_server_handshake_seconds{server=\"5-1\",quantile=\"0.99\"} 0.00")
                .contains("weir_processor_generation{processor=\"1\"} ")
                .contains("weir_events_total{event=\"connections-created\"} ")
                .contains(
                        "process_cpu_seconds_total ",
                        "process_resident_memory_bytes ",
                        "jvm_memory_used_bytes{area=\"heap\"} ");
    }

    @Test
    void what_is_unknown_is_left_out() {
        assertThat(page())
                .contains("weir_server_load_memory_ratio{server=\"5-1\"}")
                .doesNotContain("weir_server_load_memory_ratio{server=\"5-2\"}");
        String fresh = new String(MetricsPage.text(new LivelyNode(() -> 0).snapshot()), StandardCharsets.UTF_8);
        assertThat(fresh)
                .contains("weir_server_handshake_seconds_count{server=\"5-1\"} 0\n")
                .doesNotContain("quantile");
    }

    @Test
    void open_metrics_end_as_they_must() {
        assertThat(new String(MetricsPage.openMetrics(node.snapshot()), StandardCharsets.UTF_8))
                .endsWith("# EOF\n");
    }

    @Test
    void the_grafana_dashboard_uses_nothing_else() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(Files.readString(Path.of("").toAbsolutePath().resolve("../docs/grafana/weir.json")));
        Set<String> known = new HashSet<>();
        types(page()).forEach((name, type) -> {
            known.add(name);
            if (type.equals("summary")) {
                known.addAll(List.of(name + "_sum", name + "_count"));
            }
        });
        Set<String> used = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            assertThat(panel.get("title").asText()).isNotBlank();
            JsonNode place = panel.get("gridPos");
            assertThat(place.get("x").asInt() + place.get("w").asInt()).isBetween(1, 24);
            for (JsonNode target : panel.path("targets")) {
                Matcher name = Pattern.compile("\\b(?:weir|process|jvm)_[a-z_]+")
                        .matcher(target.get("expr").asText());
                while (name.find()) {
                    used.add(name.group());
                }
            }
        }
        assertThat(dashboard.get("schemaVersion").asInt()).isGreaterThan(30);
        assertThat(known).containsAll(used);
        Stream<String> ours = known.stream().filter(name -> name.startsWith("weir_") && !name.endsWith("_sum"));
        assertThat(used)
                .as("every metric of weir is shown")
                .containsAll(ours.filter(name -> !name.equals("weir_server_handshake_seconds_count"))
                        .toList());
    }

    @Test
    void every_metric_is_in_the_documentation() throws IOException {
        String documentation = Files.readString(Path.of("").toAbsolutePath().resolve("../docs/api.md"));

        assertThat(types(page()).keySet().stream().filter(name -> name.startsWith("weir_")))
                .allSatisfy(name -> assertThat(documentation).contains("`" + name + "`"));
    }

    /** Where promtool is installed, its opinion counts too. */
    @Test
    void promtool_has_nothing_to_say() throws IOException, InterruptedException {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return;
        }
        try (var in = promtool.getOutputStream()) {
            in.write(page().getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said).isEmpty();
        assertThat(promtool.exitValue()).isZero();
    }
}
