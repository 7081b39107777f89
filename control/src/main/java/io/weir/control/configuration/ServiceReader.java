package io.weir.control.configuration;

import static io.weir.control.configuration.ConfigurationKey.*;

import io.weir.control.configuration.ServiceConfiguration.Algorithm;
import io.weir.control.configuration.ServiceConfiguration.Forwarding;
import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.control.configuration.ServiceConfiguration.Protocol;
import io.weir.control.configuration.YamlSection.Problems;
import io.weir.wire.IpAddress;
import io.weir.wire.Ipv4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads services: endpoints, members, how their weights are made, rules. */
final class ServiceReader {
    private static final Duration GREATEST_SLOW_START = Duration.ofHours(24);

    private final Problems problems;
    private final Map<String, ServerConfiguration> servers = new HashMap<>();
    private final Map<String, Node> names = new HashMap<>();
    private final Map<String, Node> endpoints = new HashMap<>();
    private final @Nullable HostConfiguration host;

    ServiceReader(Problems problems, List<ServerConfiguration> servers, @Nullable HostConfiguration host) {
        this.problems = problems;
        this.host = host;
        servers.forEach(s -> this.servers.put(s.name(), s));
    }

    ServiceConfiguration read(Node node) {
        YamlSection section = new YamlSection(problems, "services", node);
        String name = section.name(SERVICE_NAME, section.required(SERVICE_NAME));
        problems.unique(names, name, section.place(SERVICE_NAME), "service");
        section.required(SERVICE_PROTOCOL);
        Protocol protocol = section.choice(SERVICE_PROTOCOL, Protocol.TCP, Protocol.class);
        section.required(SERVICE_PORT);
        int port = (int) section.number(SERVICE_PORT, 0, 0, ConfigurationLoader.MOST_NUMBERED);
        Forwarding forwarding = section.choice(SERVICE_FORWARDING, Forwarding.NAT, Forwarding.class);
        List<IpAddress> addresses = addresses(section, protocol, port);
        if (addresses.isEmpty()) {
            problems.add(node, "services: " + name + " has no address", "addresses: [10.0.0.100]");
        }
        List<Member> members = members(section, addresses, forwarding);
        BalanceConfiguration balance = balance(section, members);
        return new ServiceConfiguration(
                name,
                addresses,
                protocol,
                port,
                forwarding,
                section.choice(SERVICE_ALGORITHM, Algorithm.MAGLEV, Algorithm.class),
                members,
                balance,
                new RuleReader(problems, protocol, port, members, tagsOf(members)).read(section));
    }

    private List<IpAddress> addresses(YamlSection section, Protocol protocol, int port) {
        List<IpAddress> addresses = new ArrayList<>();
        for (Node element : section.list(SERVICE_ADDRESSES, 256)) {
            problems.parsed(element, "addresses", IpAddress::parse).ifPresent(address -> {
                problems.requireUnicast(element, "addresses", address);
                addresses.add(address);
                if (HostConfiguration.addressesOf(host).contains(address)) {
                    problems.add(
                            element,
                            "addresses: " + address + " is an address of the host",
                            "give the service another; its server may be local");
                }
                Node earlier = endpoints.putIfAbsent(address + " " + protocol + " " + port, element);
                if (earlier != null) {
                    problems.add(
                            element,
                            "addresses: " + address + " with "
                                    + protocol.name().toLowerCase(Locale.ROOT) + " port " + port
                                    + " already has a service",
                            "see line " + Problems.line(earlier));
                }
            });
        }
        return addresses;
    }

    private List<Member> members(YamlSection service, List<IpAddress> addresses, Forwarding forwarding) {
        List<Member> members = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Node node : service.list(SERVICE_SERVERS, 4096)) {
            YamlSection section =
                    node instanceof ScalarNode ? null : new YamlSection(problems, "services.servers", node);
            String name = section == null ? ((ScalarNode) node).getValue() : section.required(MEMBER_SERVER);
            ServerConfiguration server = servers.get(name);
            if (server == null) {
                problems.add(
                        node,
                        "servers: '" + Problems.shown(name) + "' is no server of this node",
                        Suggestions.closest(name, List.copyOf(servers.keySet()))
                                .map(n -> "did you mean " + n + "?")
                                .orElse("add it to servers"));
                continue;
            }
            requireFamilies(node, server, addresses);
            if (host != null && name.equals(HostConfiguration.LOCAL) && forwarding == Forwarding.DIRECT) {
                problems.add(
                        node,
                        "servers: local cannot be reached with forwarding: direct, for the host does not have the"
                                + " service's addresses",
                        "use forwarding: nat");
            }
            if (!seen.add(name)) {
                problems.add(
                        node, "servers: " + name + " is there twice", "keep one and give it the sum of the weights");
            }
            if (section == null) {
                members.add(new Member(name, server.weight(), 0));
                continue;
            }
            int port = (int) section.number(MEMBER_PORT, 0, 1, ConfigurationLoader.MOST_NUMBERED);
            if (port != 0 && forwarding == Forwarding.DIRECT) {
                section.problem(
                        MEMBER_PORT,
                        port + " cannot be reached with forwarding: direct, which rewrites no port",
                        "use forwarding: nat");
            }
            if (port != 0 && server.application() != null) {
                section.problem(
                        MEMBER_PORT,
                        port + " has no meaning for an application, which sees the packet's own port",
                        "leave it out");
            }
            members.add(new Member(
                    name,
                    (int) section.number(MEMBER_WEIGHT, server.weight(), 0, ConfigurationLoader.MOST_NUMBERED),
                    port,
                    section.flag(MEMBER_BACKUP, false)));
        }
        if (members.isEmpty() && !service.has(SERVICE_SERVERS)) {
            service.problem(SERVICE_SERVERS, "is missing", "servers: [NAME]");
        }
        return members;
    }

    private void requireFamilies(Node node, ServerConfiguration server, List<IpAddress> addresses) {
        for (IpAddress address : server.application() == null ? addresses : List.<IpAddress>of()) {
            if (server.addresses().stream().noneMatch(a -> a.getClass() == address.getClass())) {
                String family = address instanceof Ipv4Address ? "IPv4" : "IPv6";
                problems.add(
                        node,
                        "servers: " + server.name() + " has no " + family + " address but the service has " + address,
                        "give the server one, or split the service by family");
            }
        }
    }

    private BalanceConfiguration balance(YamlSection section, List<Member> members) {
        BalanceConfiguration d = BalanceConfiguration.DEFAULTS;
        List<String> required = tags(section, SERVICE_REQUIRE, members);
        List<String> preferred = tags(section, SERVICE_PREFER, members);
        if (!required.isEmpty()
                && !members.isEmpty()
                && members.stream().noneMatch(m -> tagsOf(m.server()).containsAll(required))) {
            section.problem(
                    SERVICE_REQUIRE,
                    String.join(", ", required) + ": no server of the service has "
                            + (required.size() == 1 ? "it" : "all"),
                    "add tags to a server");
        }
        return new BalanceConfiguration(
                section.choice(SERVICE_WEIGHTS, d.weights(), BalanceConfiguration.Weights.class),
                required,
                preferred,
                section.share(SERVICE_SPILL_OVER, d.spillOver(), 0, 10),
                section.choice(SERVICE_ON_DOWN, d.onDown(), BalanceConfiguration.OnDown.class),
                section.duration(SERVICE_SLOW_START, d.slowStart(), Duration.ZERO, GREATEST_SLOW_START),
                section.share(SERVICE_PANIC, d.panic(), 0, 1));
    }

    /** Tags that at least one server of the service has: any other is a typing error. */
    private List<String> tags(YamlSection section, ConfigurationKey key, List<Member> members) {
        List<String> known = tagsOf(members).values().stream()
                .flatMap(List::stream)
                .distinct()
                .toList();
        List<String> tags = new ArrayList<>();
        for (ScalarNode node : section.scalars(key, 64)) {
            String tag = node.getValue();
            if (!known.contains(tag) && !members.isEmpty()) {
                problems.add(
                        node,
                        key.key() + ": no server of the service has the tag '" + Problems.shown(tag) + "'",
                        Suggestions.closest(tag, known)
                                .map(t -> "did you mean " + t + "?")
                                .orElse("add it to tags of a server"));
            }
            tags.add(tag);
        }
        return tags;
    }

    private Map<String, List<String>> tagsOf(List<Member> members) {
        Map<String, List<String>> tags = new HashMap<>();
        members.forEach(m -> tags.put(m.server(), tagsOf(m.server())));
        return tags;
    }

    private List<String> tagsOf(String server) {
        ServerConfiguration found = servers.get(server);
        return found == null ? List.of() : found.tags();
    }
}
