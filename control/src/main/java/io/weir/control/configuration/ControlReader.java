package io.weir.control.configuration;

import static io.weir.control.configuration.ConfigurationKey.*;

import io.weir.control.configuration.LoadConfiguration.Index;
import io.weir.control.configuration.YamlSection.Problems;
import io.weir.wire.IpAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads what concerns the control processor alone: load, reports, management. */
final class ControlReader {
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);
    private static final Duration GREATEST_INTERVAL = Duration.ofMinutes(10);
    private static final double GREATEST_FACTOR = 100;
    private static final double GREATEST_NUMBER = 1e9;

    private final Problems problems;

    ControlReader(Problems problems) {
        this.problems = problems;
    }

    LoadConfiguration load(YamlSection section) {
        LoadConfiguration d = LoadConfiguration.DEFAULTS;
        LoadConfiguration load = new LoadConfiguration(
                section.duration(LOAD_INTERVAL, d.interval(), LEAST_INTERVAL, GREATEST_INTERVAL),
                section.duration(LOAD_STALE, d.stale(), LEAST_INTERVAL, GREATEST_INTERVAL),
                index(section.section(LOAD_INDEX, "load.index")),
                section.share(LOAD_STEP, d.step(), 0.001, 1),
                section.share(LOAD_FLOOR, d.floor(), 0, 1),
                section.share(LOAD_CEILING, d.ceiling(), 1, GREATEST_FACTOR));
        if (load.stale().compareTo(load.interval()) < 0) {
            section.problem(
                    LOAD_STALE,
                    load.stale().toMillis() + "ms < interval " + load.interval().toMillis() + "ms",
                    "several intervals");
        }
        return load;
    }

    private static Index index(YamlSection section) {
        Index d = Index.DEFAULTS;
        Index index = new Index(
                section.share(INDEX_CLIENTS, d.clients(), 0, GREATEST_FACTOR),
                section.share(INDEX_CPU, d.cpu(), 0, GREATEST_FACTOR),
                section.share(INDEX_MEMORY, d.memory(), 0, GREATEST_FACTOR),
                section.share(INDEX_EXECUTION, d.execution(), 0, GREATEST_FACTOR),
                section.share(INDEX_REQUESTS, d.requests(), 0, GREATEST_FACTOR),
                section.share(INDEX_FULL_CLIENTS, d.fullClients(), 1, GREATEST_NUMBER),
                section.duration(INDEX_FULL_EXECUTION, d.fullExecution(), Duration.ofMillis(1), GREATEST_INTERVAL),
                section.share(INDEX_FULL_REQUESTS, d.fullRequests(), 0.001, GREATEST_NUMBER));
        if (index.clients() + index.cpu() + index.memory() + index.execution() + index.requests() <= 0) {
            section.problem(INDEX_CPU, "all parts of the index have weight 0", "give one a weight, such as cpu: 1");
        }
        return index;
    }

    /** Where the load of a server is asked for; null when the section is absent. */
    @Nullable
    LoadSourceConfiguration source(YamlSection server) {
        if (!server.has(SERVER_LOAD)) {
            return null;
        }
        YamlSection section = server.section(SERVER_LOAD, "servers.load");
        section.required(SERVER_LOAD_FROM);
        section.required(SERVER_LOAD_PORT);
        int port = (int) section.number(SERVER_LOAD_PORT, 1, 1, ConfigurationLoader.MOST_NUMBERED);
        Duration interval =
                section.duration(SERVER_LOAD_INTERVAL, Duration.ofSeconds(1), LEAST_INTERVAL, GREATEST_INTERVAL);
        List<ConfigurationKey> ofPrometheus = List.of(
                SERVER_LOAD_PATH,
                SERVER_LOAD_CPU,
                SERVER_LOAD_MEMORY,
                SERVER_LOAD_CLIENTS,
                SERVER_LOAD_SUM,
                SERVER_LOAD_COUNT);
        if (section.choice(SERVER_LOAD_FROM, From.AGENT_CHECK, From.class) == From.AGENT_CHECK) {
            for (ConfigurationKey key : ofPrometheus) {
                if (section.has(key)) {
                    section.problem(key, "has no meaning with from: agent-check", "leave it out");
                }
            }
            return new LoadSourceConfiguration.AgentCheck(port, interval);
        }
        if (ofPrometheus.stream().skip(1).noneMatch(section::has)) {
            section.problem(SERVER_LOAD_CPU, "no metric is named", "cpu: NAME, clients: NAME, ...");
        }
        if (section.has(SERVER_LOAD_SUM) != section.has(SERVER_LOAD_COUNT)) {
            section.problem(
                    section.has(SERVER_LOAD_SUM) ? SERVER_LOAD_SUM : SERVER_LOAD_COUNT,
                    "execution-sum and execution-count go together",
                    "give both");
        }
        return new LoadSourceConfiguration.Prometheus(
                port,
                section.text(SERVER_LOAD_PATH).orElse("/metrics"),
                interval,
                section.text(SERVER_LOAD_CPU).orElse(""),
                section.text(SERVER_LOAD_MEMORY).orElse(""),
                section.text(SERVER_LOAD_CLIENTS).orElse(""),
                section.text(SERVER_LOAD_SUM).orElse(""),
                section.text(SERVER_LOAD_COUNT).orElse(""));
    }

    private enum From {
        AGENT_CHECK,
        PROMETHEUS
    }

    ReportsConfiguration reports(YamlSection section, List<String> servers) {
        ReportsConfiguration d = ReportsConfiguration.NONE;
        List<IpAddress> listen = new ArrayList<>();
        for (ScalarNode node : section.scalars(REPORTS_LISTEN, 64)) {
            problems.parsed(node, "listen", IpAddress::parse).ifPresent(listen::add);
        }
        Map<String, Node> ids = new HashMap<>();
        List<ReportsConfiguration.Key> keys = section.list(REPORTS_KEYS, 1024).stream()
                .map(node -> key(node, ids, servers))
                .toList();
        if (!listen.isEmpty() && keys.isEmpty()) {
            section.problem(
                    REPORTS_LISTEN, "without keys no report is taken", "keys: [{id: 1, file: /etc/weir/agent.key}]");
        }
        return new ReportsConfiguration(
                listen,
                (int) section.number(REPORTS_PORT, d.port(), 1, ConfigurationLoader.MOST_NUMBERED),
                keys,
                section.duration(REPORTS_WINDOW, d.window(), Duration.ofSeconds(1), Duration.ofHours(1)),
                (int) section.number(REPORTS_RATE, d.reportsPerSecond(), 1, 10_000_000));
    }

    private ReportsConfiguration.Key key(Node node, Map<String, Node> ids, List<String> servers) {
        YamlSection section = new YamlSection(problems, "reports.keys", node);
        section.required(KEY_ID);
        int id = (int) section.number(KEY_ID, 1, 1, ConfigurationLoader.MOST_NUMBERED);
        problems.unique(ids, String.valueOf(id), section.place(KEY_ID), "key");
        section.required(KEY_FILE);
        List<String> speaksFor = new ArrayList<>();
        for (ScalarNode each : section.scalars(KEY_SERVERS, ConfigurationLoader.MOST_NUMBERED)) {
            if (!servers.contains(each.getValue())) {
                problems.add(
                        each,
                        "servers: '" + Problems.shown(each.getValue()) + "' is no server of this node",
                        Suggestions.closest(each.getValue(), servers)
                                .map(n -> "did you mean " + n + "?")
                                .orElse("add it to servers"));
            }
            speaksFor.add(each.getValue());
        }
        Path file = path(section, KEY_FILE);
        return new ReportsConfiguration.Key(id, file == null ? Path.of("/") : file, speaksFor);
    }

    ManagementConfiguration management(YamlSection section) {
        IpAddress address = section.parsed(
                        MANAGEMENT_ADDRESS, (n, t) -> problems.parsed(n, "address", IpAddress::parse))
                .orElse(null);
        Path certificate = path(section, MANAGEMENT_CERTIFICATE);
        Path key = path(section, MANAGEMENT_KEY);
        if ((certificate == null) != (key == null)) {
            section.problem(
                    certificate == null ? MANAGEMENT_KEY : MANAGEMENT_CERTIFICATE,
                    "certificate and key go together",
                    "give both");
        }
        if (address != null && !address.isLoopback() && certificate == null) {
            section.problem(
                    MANAGEMENT_ADDRESS,
                    address + " is not loopback, so it needs TLS",
                    "give certificate and key, or use 127.0.0.1");
        }
        return new ManagementConfiguration(
                address,
                (int) section.number(
                        MANAGEMENT_PORT, ManagementConfiguration.DEFAULT_PORT, 1, ConfigurationLoader.MOST_NUMBERED),
                path(section, MANAGEMENT_TOKEN),
                certificate,
                key);
    }

    static @Nullable Path path(YamlSection section, ConfigurationKey key) {
        String text = section.text(key).orElse(null);
        if (text == null) {
            return null;
        }
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path;
            }
            section.problem(key, "'" + Problems.shown(text) + "' is not an absolute path", "");
        } catch (InvalidPathException e) {
            section.problem(key, "'" + Problems.shown(text) + "' is not a path", "");
        }
        return null;
    }
}
