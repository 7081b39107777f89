package io.weir.control.configuration;

import static io.weir.control.configuration.ConfigurationKey.*;

import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.control.configuration.ServiceConfiguration.Protocol;
import io.weir.control.configuration.YamlSection.Problems;
import io.weir.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads the rules of one service, and refuses those that can never apply. */
final class RuleReader {
    private static final int MOST_RULES = 256;
    private static final int MOST_CONDITIONS = 64;
    private static final int GREATEST_DSCP = 63;
    /** Kinds of TCP options that fit a bit set; the ones in use are below (IANA, TCP option kind numbers). */
    private static final int GREATEST_OPTION = 63;

    private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    /** Class selectors (RFC 2474), assured forwarding (RFC 2597). */
    private static final Pattern CODE_POINT = Pattern.compile("(cs|af)([0-7])([1-3])?");

    private static final Map<String, Integer> OPTIONS =
            Map.of("mss", 2, "window-scale", 3, "sack", 4, "timestamps", 8, "mptcp", 30, "fast-open", 34);

    private final Problems problems;
    private final Protocol protocol;
    private final int servicePort;
    private final List<Member> members;
    private final Map<String, List<String>> tags;

    /** @param tags of the members by server name */
    RuleReader(
            Problems problems,
            Protocol protocol,
            int servicePort,
            List<Member> members,
            Map<String, List<String>> tags) {
        this.problems = problems;
        this.protocol = protocol;
        this.servicePort = servicePort;
        this.members = members;
        this.tags = tags;
    }

    List<RuleConfiguration> read(YamlSection service) {
        return service.list(SERVICE_RULES, MOST_RULES).stream().map(this::rule).toList();
    }

    private RuleConfiguration rule(Node node) {
        YamlSection section = new YamlSection(problems, "services.rules", node);
        List<IpPrefix> source = new ArrayList<>();
        for (ScalarNode element : section.scalars(RULE_SOURCE, MOST_CONDITIONS)) {
            problems.parsed(element, "source", IpPrefix::parse).ifPresent(prefix -> {
                if (!prefix.network().equals(prefix)) {
                    problems.add(element, "source: " + prefix + " has host bits set", "write " + prefix.network());
                }
                source.add(prefix);
            });
        }
        int[] ports = ports(section);
        List<Integer> dscp = new ArrayList<>();
        for (ScalarNode element : section.scalars(RULE_DSCP, MOST_CONDITIONS)) {
            dscp.add(codePoint(element));
        }
        List<Integer> options = options(section);
        String server = section.text(RULE_SERVER).orElse(null);
        String tag = section.text(RULE_TAG).orElse(null);
        target(node, section, server, tag);
        if (source.isEmpty() && dscp.isEmpty() && options.isEmpty() && !section.has(RULE_PORTS)) {
            problems.add(
                    node,
                    "rules: a rule without a condition",
                    "give source, ports, dscp or tcp-options, or leave it out");
        }
        return new RuleConfiguration(source, ports[0], ports[1], dscp, options, server, tag);
    }

    private void target(Node node, YamlSection section, @Nullable String server, @Nullable String tag) {
        if ((server == null) == (tag == null)) {
            problems.add(node, "rules: a rule names either server or tag", "server: NAME, or tag: TAG");
        }
        List<String> names = members.stream().map(Member::server).toList();
        if (server != null && !names.contains(server)) {
            section.problem(
                    RULE_SERVER,
                    "'" + Problems.shown(server) + "' is no server of the service",
                    Suggestions.closest(server, names)
                            .map(n -> "did you mean " + n + "?")
                            .orElse("add it to servers"));
        }
        List<String> known =
                tags.values().stream().flatMap(List::stream).distinct().toList();
        if (tag != null && !known.contains(tag)) {
            section.problem(
                    RULE_TAG,
                    "no server of the service has the tag '" + Problems.shown(tag) + "'",
                    Suggestions.closest(tag, known)
                            .map(n -> "did you mean " + n + "?")
                            .orElse("add it to tags of a server"));
        }
    }

    private int[] ports(YamlSection section) {
        Optional<String> text = section.text(RULE_PORTS);
        int[] any = {0, ConfigurationLoader.MOST_NUMBERED};
        if (text.isEmpty()) {
            return any;
        }
        Matcher matcher = PORTS.matcher(text.get());
        if (!matcher.matches()) {
            section.problem(
                    RULE_PORTS, "'" + Problems.shown(text.get()) + "' is neither a port nor a range", "try 8000-8999");
            return any;
        }
        int least = Integer.parseInt(matcher.group(1));
        int greatest = matcher.group(2) == null ? least : Integer.parseInt(matcher.group(2));
        if (least > greatest || greatest > ConfigurationLoader.MOST_NUMBERED) {
            section.problem(RULE_PORTS, text.get() + " is no range within 0..65535", "");
            return any;
        }
        if (servicePort != 0 && (servicePort < least || servicePort > greatest)) {
            section.problem(
                    RULE_PORTS,
                    text.get() + " never applies: the service has port " + servicePort,
                    "use port: 0 for a service of any port");
        }
        return new int[] {least, greatest};
    }

    private int codePoint(ScalarNode node) {
        String text = node.getValue().toLowerCase(Locale.ROOT);
        Matcher matcher = CODE_POINT.matcher(text);
        if (text.equals("ef")) {
            return 46; // RFC 3246 section 4
        }
        if (matcher.matches()) {
            int selector = Integer.parseInt(matcher.group(2));
            boolean assured = matcher.group(1).equals("af");
            if (!assured && matcher.group(3) == null) {
                return selector << 3;
            }
            if (assured && matcher.group(3) != null && selector >= 1 && selector <= 4) {
                return selector << 3 | Integer.parseInt(matcher.group(3)) << 1;
            }
        }
        if (!text.matches("\\d{1,9}")) {
            problems.add(
                    node,
                    "dscp: '" + Problems.shown(node.getValue()) + "' is no code point",
                    "0..63, cs0..cs7, af11..af43 or ef");
            return 0;
        }
        return (int) problems.number(node, "dscp", text, 0, 0, GREATEST_DSCP);
    }

    private List<Integer> options(YamlSection section) {
        List<Integer> options = new ArrayList<>();
        for (ScalarNode node : section.scalars(RULE_TCP_OPTIONS, MOST_CONDITIONS)) {
            Integer named = OPTIONS.get(node.getValue());
            if (named != null) {
                options.add(named);
            } else if (node.getValue().matches("\\d{1,9}")) {
                options.add((int) problems.number(node, "tcp-options", node.getValue(), 2, 2, GREATEST_OPTION));
            } else {
                List<String> names = OPTIONS.keySet().stream().sorted().toList();
                problems.add(
                        node,
                        "tcp-options: '" + Problems.shown(node.getValue()) + "' is no TCP option",
                        Suggestions.closest(node.getValue(), names)
                                .map(n -> "did you mean " + n + "?")
                                .orElse("2..63, " + String.join(", ", names)));
            }
        }
        if (!options.isEmpty() && protocol == Protocol.UDP) {
            section.problem(RULE_TCP_OPTIONS, "never applies: the service is UDP", "leave it out");
        }
        return options;
    }
}
