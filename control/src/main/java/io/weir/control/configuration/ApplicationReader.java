package io.weir.control.configuration;

import static io.weir.control.configuration.ConfigurationKey.*;

import io.weir.control.configuration.ApplicationConfiguration.Fallback;
import io.weir.control.configuration.ApplicationConfiguration.Listen;
import io.weir.control.configuration.ApplicationConfiguration.Place;
import io.weir.control.configuration.ApplicationConfiguration.Places;
import io.weir.control.configuration.ApplicationConfiguration.Transport;
import io.weir.control.configuration.YamlSection.Problems;
import io.weir.wire.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the network applications. Whether their addresses are ours is for {@link ClaimCheck}. */
final class ApplicationReader {
    private static final Duration LEAST_BUDGET = Duration.ofNanos(10_000);
    private static final Duration GREATEST_BUDGET = Duration.ofSeconds(1);
    private static final Pattern TYPE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final int MOST_SETTINGS = 100_000;
    private static final int DEEPEST_SETTINGS = 16;

    private final Problems problems;
    private final Map<String, Node> names = new HashMap<>();
    /** Places of the addresses and ports of each application, in the order of its claims. */
    private final List<Claimed> claims = new ArrayList<>();

    private int settingsLeft = MOST_SETTINGS;
    private boolean isTooMuch;

    ApplicationReader(Problems problems) {
        this.problems = problems;
    }

    /**
     * A claim and where it stands.
     *
     * @param application name
     * @param address place of its address
     * @param ports place of its ports
     * @param isFirst whether it is the first of the claims at that place, one for each protocol
     */
    record Claimed(
            String application,
            ApplicationConfiguration.Claim claim,
            Node address,
            @Nullable Node ports,
            boolean isFirst) {}

    List<ApplicationConfiguration> read(YamlSection top) {
        List<ApplicationConfiguration> applications = new ArrayList<>();
        for (Node node : top.list(APPLICATIONS, ApplicationConfiguration.MOST)) {
            applications.add(read(node));
        }
        return applications;
    }

    /** What was claimed. */
    List<Claimed> claims() {
        return claims;
    }

    private ApplicationConfiguration read(Node node) {
        YamlSection section = new YamlSection(problems, "applications", node);
        String name = section.name(APPLICATION_NAME, section.required(APPLICATION_NAME));
        problems.unique(names, name, section.place(APPLICATION_NAME), "application");
        String type = section.required(APPLICATION_TYPE);
        if (!type.isEmpty() && !TYPE.matcher(type).matches()) {
            section.problem(
                    APPLICATION_TYPE,
                    "'" + Problems.shown(type) + "' is no type",
                    "lower case with hyphens, like echo");
        }
        Map<String, Place> places = new HashMap<>();
        places.put("", place(node));
        for (ConfigurationKey key : List.of(
                APPLICATION_NAME, APPLICATION_TYPE, APPLICATION_JAR, APPLICATION_LISTEN, APPLICATION_FALLBACK)) {
            places.put(key.key(), place(section.place(key)));
        }
        List<Listen> listen = section.list(APPLICATION_LISTEN, 64).stream()
                .map(each -> listen(each, name))
                .toList();
        return new ApplicationConfiguration(
                name,
                type,
                ControlReader.path(section, APPLICATION_JAR),
                listen,
                section.shortDuration(
                        APPLICATION_BUDGET, ApplicationConfiguration.DEFAULT_BUDGET, LEAST_BUDGET, GREATEST_BUDGET),
                section.choice(APPLICATION_FALLBACK, Fallback.DROP, Fallback.class),
                settings(section, places),
                new Places(problems.file(), places));
    }

    /** The application that a server is; null when it is none. */
    static @Nullable String server(YamlSection server, List<ApplicationConfiguration> applications) {
        String name = server.text(SERVER_APPLICATION).orElse(null);
        if (name == null) {
            return null;
        }
        List<String> known =
                applications.stream().map(ApplicationConfiguration::name).toList();
        if (!known.contains(name)) {
            server.problem(
                    SERVER_APPLICATION,
                    "'" + Problems.shown(name) + "' is no application of this node",
                    Suggestions.closest(name, known)
                            .map(n -> "did you mean " + n + "?")
                            .orElse("add it to applications"));
        }
        Map<ConfigurationKey, String> others = Map.of(
                SERVER_ADDRESSES,
                "it answers from the service's address",
                SERVER_CHECK,
                "it is up while it runs on all switching processors",
                SERVER_LOAD,
                "it has no load of its own");
        others.forEach((key, reason) -> {
            if (server.has(key)) {
                server.problem(key, "has no meaning for an application: " + reason, "leave it out");
            }
        });
        return name;
    }

    private static Place place(@Nullable Node node) {
        return node == null
                ? Place.UNKNOWN
                : node.getStartMark()
                        .map(mark -> new Place(mark.getLine() + 1, mark.getColumn() + 1))
                        .orElse(Place.UNKNOWN);
    }

    private Listen listen(Node node, String application) {
        YamlSection section = new YamlSection(problems, "applications.listen", node);
        section.required(LISTEN_PROTOCOL);
        Transport transport = section.choice(LISTEN_PROTOCOL, Transport.UDP, Transport.class);
        int least = 1;
        int greatest = 1;
        String ports = section.required(LISTEN_PORTS);
        Matcher matcher = PORTS.matcher(ports);
        if (matcher.matches()) {
            least = Integer.parseInt(matcher.group(1));
            greatest = matcher.group(2) == null ? least : Integer.parseInt(matcher.group(2));
        }
        if (!ports.isEmpty()
                && (!matcher.matches()
                        || least < 1
                        || greatest > ConfigurationLoader.MOST_NUMBERED
                        || least > greatest)) {
            section.problem(
                    LISTEN_PORTS,
                    "'" + Problems.shown(ports) + "' is neither a port nor a range of ports within 1..65535",
                    "try 7 or 16384-32767");
        }
        List<IpAddress> addresses = new ArrayList<>();
        for (ScalarNode element : section.scalars(LISTEN_ADDRESSES, 64)) {
            IpAddress address =
                    problems.parsed(element, "addresses", IpAddress::parse).orElse(null);
            if (address == null) {
                continue;
            }
            addresses.add(address);
            List<ApplicationConfiguration.Claim> some =
                    new Listen(List.of(address), transport, least, greatest).claims();
            for (int k = 0; k < some.size(); k++) {
                claims.add(new Claimed(application, some.get(k), element, section.place(LISTEN_PORTS), k == 0));
            }
        }
        if (addresses.isEmpty() && !section.has(LISTEN_ADDRESSES)) {
            problems.add(node, "listen: addresses is missing", "addresses: [198.51.100.10]");
        }
        return new Listen(addresses, transport, least, greatest);
    }

    private Map<String, Object> settings(YamlSection section, Map<String, Place> places) {
        Node node = section.has(APPLICATION_SETTINGS) ? section.place(APPLICATION_SETTINGS) : null;
        if (node == null) {
            return Map.of();
        }
        if (node instanceof MappingNode mapping) {
            return mapping(mapping, "settings", places, 0);
        }
        section.problem(APPLICATION_SETTINGS, "is not a mapping", "write key: value lines");
        return Map.of();
    }

    private Map<String, Object> mapping(MappingNode node, String path, Map<String, Place> places, int depth) {
        Map<String, Object> values = new LinkedHashMap<>();
        places.put(path, place(node));
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(tuple.getKeyNode(), "a key must be plain text", "");
                continue;
            }
            String below = path + "." + key.getValue();
            if (values.containsKey(key.getValue())) {
                problems.add(key, Problems.shown(below) + ": is there twice", "keep one");
            }
            places.put(below, place(tuple.getValueNode()));
            values.put(key.getValue(), value(tuple.getValueNode(), below, places, depth + 1));
        }
        return values;
    }

    /** Bounded, because aliases can make a small file large and an endless one of it. */
    private Object value(Node node, String path, Map<String, Place> places, int depth) {
        settingsLeft--;
        if (settingsLeft < 0 || depth > DEEPEST_SETTINGS) {
            if (!isTooMuch) {
                problems.add(
                        node,
                        Problems.shown(path) + ": too many settings",
                        "at most " + MOST_SETTINGS + " values, " + DEEPEST_SETTINGS + " deep");
            }
            isTooMuch = true;
            return "";
        }
        return switch (node) {
            case MappingNode mapping -> mapping(mapping, path, places, depth);
            case SequenceNode sequence -> {
                List<Object> values = new ArrayList<>();
                for (Node each : sequence.getValue()) {
                    if (settingsLeft < 0) {
                        break;
                    }
                    values.add(value(each, path, places, depth + 1));
                }
                yield List.copyOf(values);
            }
            case ScalarNode scalar -> scalar.getValue();
            default -> "";
        };
    }
}
