package io.weir.control.configuration;

import static io.weir.control.configuration.ConfigurationKey.*;

import io.weir.control.configuration.CheckConfiguration.CommandProbe;
import io.weir.control.configuration.CheckConfiguration.HttpProbe;
import io.weir.control.configuration.CheckConfiguration.IcmpProbe;
import io.weir.control.configuration.CheckConfiguration.Probe;
import io.weir.control.configuration.CheckConfiguration.TcpProbe;
import io.weir.control.configuration.CheckConfiguration.UdpProbe;
import io.weir.control.configuration.YamlSection.Problems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads health checks; keys that have no meaning for a check's type are refused. */
final class CheckReader {
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(50);
    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(10);
    private static final Duration GREATEST_INTERVAL = Duration.ofHours(1);
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(2);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);
    private static final int MOST_IN_A_ROW = 1000;
    private static final int LONGEST_TEXT = 1024;

    private enum Type {
        TCP,
        HTTP,
        HTTPS,
        UDP,
        ICMP,
        COMMAND
    }

    /** Keys that only some types have. */
    private static final Map<ConfigurationKey, Set<Type>> TYPES_OF = Map.of(
            CHECK_PORT, Set.of(Type.TCP, Type.HTTP, Type.HTTPS, Type.UDP),
            CHECK_PATH, Set.of(Type.HTTP, Type.HTTPS),
            CHECK_HOST, Set.of(Type.HTTP, Type.HTTPS),
            CHECK_STATUS, Set.of(Type.HTTP, Type.HTTPS),
            CHECK_BODY, Set.of(Type.HTTP, Type.HTTPS),
            CHECK_VERIFY, Set.of(Type.HTTPS),
            CHECK_PAYLOAD, Set.of(Type.UDP),
            CHECK_EXPECT, Set.of(Type.UDP),
            CHECK_COMMAND, Set.of(Type.COMMAND));

    private final Problems problems;
    private final Map<String, Node> names = new HashMap<>();

    CheckReader(Problems problems) {
        this.problems = problems;
    }

    CheckConfiguration read(Node node) {
        YamlSection section = new YamlSection(problems, "checks", node);
        String name = section.name(CHECK_NAME, section.required(CHECK_NAME));
        problems.unique(names, name, section.place(CHECK_NAME), "check");
        section.required(CHECK_TYPE);
        Probe probe = section.choice(CHECK_TYPE, Type.class)
                .map(type -> probe(section, type))
                .orElseGet(IcmpProbe::new);
        Duration interval = section.duration(CHECK_INTERVAL, DEFAULT_INTERVAL, LEAST_INTERVAL, GREATEST_INTERVAL);
        Duration usual = interval.compareTo(DEFAULT_TIMEOUT) < 0 ? interval : DEFAULT_TIMEOUT;
        Duration timeout = section.duration(CHECK_TIMEOUT, usual, LEAST_TIMEOUT, GREATEST_INTERVAL);
        if (timeout.compareTo(interval) > 0) {
            section.problem(
                    CHECK_TIMEOUT,
                    timeout.toMillis() + "ms > interval " + interval.toMillis() + "ms",
                    "a check must end before the next begins");
        }
        return new CheckConfiguration(
                name,
                probe,
                interval,
                timeout,
                (int) section.number(CHECK_RISE, 2, 1, MOST_IN_A_ROW),
                (int) section.number(CHECK_FALL, 3, 1, MOST_IN_A_ROW),
                section.share(CHECK_JITTER, 0.1, 0, 0.5));
    }

    private Probe probe(YamlSection section, Type type) {
        TYPES_OF.forEach((key, types) -> {
            if (section.has(key) && !types.contains(type)) {
                section.problem(
                        key,
                        "has no meaning with type: " + type.name().toLowerCase(java.util.Locale.ROOT),
                        "leave it out");
            }
        });
        return switch (type) {
            case TCP -> new TcpProbe(port(section, 0));
            case HTTP -> http(section, false);
            case HTTPS -> http(section, true);
            case UDP -> new UdpProbe(port(section, 0), payload(section), pattern(section, CHECK_EXPECT));
            case ICMP -> new IcmpProbe();
            case COMMAND -> command(section);
        };
    }

    private static int port(YamlSection section, int usual) {
        if (usual == 0) {
            section.required(CHECK_PORT);
        }
        return (int) section.number(CHECK_PORT, usual == 0 ? 1 : usual, 1, ConfigurationLoader.MOST_NUMBERED);
    }

    private HttpProbe http(YamlSection section, boolean tls) {
        String path = section.text(CHECK_PATH).orElse("/");
        if (!path.startsWith("/") || path.length() > LONGEST_TEXT || !path.matches("[\\x21-\\x7e]+")) {
            section.problem(
                    CHECK_PATH,
                    "'" + Problems.shown(path) + "' is no path",
                    "it begins with / and has printable ASCII without spaces");
        }
        String host = section.text(CHECK_HOST).orElse(null);
        if (host != null && !host.matches("[A-Za-z0-9._:\\[\\]-]{1,255}")) {
            section.problem(CHECK_HOST, "'" + Problems.shown(host) + "' is no host name", "");
        }
        List<Integer> statuses = new ArrayList<>();
        for (ScalarNode node : section.scalars(CHECK_STATUS, 100)) {
            statuses.add((int) problems.number(node, "status", node.getValue(), 200, 100, 599));
        }
        return new HttpProbe(
                port(section, tls ? 443 : 80),
                tls,
                section.flag(CHECK_VERIFY, true),
                path,
                host,
                statuses,
                pattern(section, CHECK_BODY));
    }

    private static String payload(YamlSection section) {
        String payload = section.text(CHECK_PAYLOAD).orElse("");
        if (payload.length() > LONGEST_TEXT) {
            section.problem(CHECK_PAYLOAD, payload.length() + " characters > " + LONGEST_TEXT, "");
        }
        if (!payload.matches("(?s)(?:[^\\\\]|\\\\[nrt\\\\]|\\\\x[0-9A-Fa-f]{2})*")) {
            section.problem(
                    CHECK_PAYLOAD,
                    "'" + Problems.shown(payload) + "' has an unknown escape",
                    "\\n, \\r, \\t, \\\\ and \\xHH");
        }
        return payload;
    }

    private static @Nullable String pattern(YamlSection section, ConfigurationKey key) {
        String text = section.text(key).orElse(null);
        if (text == null) {
            return null;
        }
        if (text.length() > LONGEST_TEXT) {
            section.problem(key, text.length() + " characters > " + LONGEST_TEXT, "");
            return null;
        }
        try {
            Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            section.problem(key, "'" + Problems.shown(text) + "' is no regular expression: " + e.getDescription(), "");
        }
        return text;
    }

    private CommandProbe command(YamlSection section) {
        List<String> command = section.scalars(CHECK_COMMAND, 64).stream()
                .map(ScalarNode::getValue)
                .toList();
        if (command.isEmpty()) {
            section.problem(CHECK_COMMAND, "is missing", "command: [/usr/local/bin/check, argument]");
        } else if (!command.getFirst().startsWith("/")) {
            section.problem(
                    CHECK_COMMAND,
                    "'" + Problems.shown(command.getFirst()) + "' is not an absolute path",
                    "name the program with its folder");
        }
        return new CommandProbe(command);
    }
}
