package io.weir.control.configuration;

import io.weir.control.configuration.CompiledConfiguration.Selection;
import io.weir.control.configuration.CompiledConfiguration.SelectionKey;
import io.weir.control.configuration.ServiceConfiguration.Algorithm;
import io.weir.control.configuration.ServiceConfiguration.Forwarding;
import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.control.master.Candidate;
import io.weir.control.master.LeastConnections;
import io.weir.control.master.Maglev;
import io.weir.control.master.SelectionAlgorithm;
import io.weir.control.master.SelectionTable;
import io.weir.control.master.SourceHash;
import io.weir.control.master.WeightedRoundRobin;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Claim;
import io.weir.memory.configuration.ConfigurationImage.Host;
import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import io.weir.memory.configuration.ConfigurationImage.ReservedSource;
import io.weir.memory.configuration.ConfigurationImage.Rule;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.configuration.ConfigurationLayout;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.RawAddress;
import io.weir.memory.configuration.SelectionSlots;
import io.weir.memory.connection.ConnectionState;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv6Address;
import io.weir.wire.MacAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns configurations into the form of the shared memory. Stateless; writes nothing. */
final class ConfigurationCompiler {
    private static final SelectionAlgorithm WEIGHTED_ROUND_ROBIN = new WeightedRoundRobin();
    private static final SelectionAlgorithm MAGLEV = new Maglev();
    private static final SelectionAlgorithm SOURCE_HASH = new SourceHash();
    private static final SelectionAlgorithm LEAST_CONNECTIONS = new LeastConnections();

    /** Keeps the id of the control interface free where there is none. */
    private static final Interface ABSENT_CONTROL = new Interface("control", 0, 0, List.of());

    private final NodeConfiguration source;
    private final Decisions decisions;
    private final List<InterfaceFacts> facts;
    private final @Nullable ControlFacts control;
    private final @Nullable HostFacts host;
    private final Map<SelectionKey, Selection> previous;
    private final StableNumbers serviceNumbers;
    private final StableNumbers serverNumbers;
    /** The servers as the image has them, by name. */
    private final Map<String, Server> servers = new LinkedHashMap<>();

    /** Ids of the applications that are servers, by server. */
    private final Map<String, Integer> applications = new HashMap<>();

    private final Map<SelectionKey, Selection> selections = new HashMap<>();

    private ConfigurationCompiler(
            NodeConfiguration source,
            Decisions decisions,
            List<InterfaceFacts> facts,
            @Nullable ControlFacts control,
            @Nullable HostFacts host,
            Map<SelectionKey, Selection> previous,
            StableNumbers serviceNumbers,
            StableNumbers serverNumbers) {
        this.source = source;
        this.decisions = decisions;
        this.facts = facts;
        this.control = control;
        this.host = host;
        this.previous = previous;
        this.serviceNumbers = serviceNumbers;
        this.serverNumbers = serverNumbers;
        decisions.leaving().forEach(each -> servers.put(each.name(), server(each, true)));
        source.servers()
                .forEach(each -> servers.put(
                        each.name(), server(each, decisions.resetting().contains(each.name()))));
        for (ServerConfiguration each : source.servers()) {
            if (each.application() != null) {
                applications.put(each.name(), source.applicationId(each.application()));
            }
        }
    }

    /**
     * What the next generation is numbered and marked with.
     *
     * @param generation its number
     * @param cause why, cut to 63 bytes
     * @param createdAtEpochMs when
     */
    record Mark(long generation, String cause, long createdAtEpochMs) {}

    /**
     * Compiles a configuration.
     *
     * @param decisions weights in force
     * @param facts of the interfaces, in their order
     * @param control the interface of the control processor, if there is one
     * @param host the interface behind which the host's programs are, if there is one
     * @param before the configuration in force; its tables are repaired, those of unchanged services taken over
     * @param serviceNumbers numbers given out so far, and likewise {@code serverNumbers}
     * @throws ConfigurationRefusedException naming all problems
     */
    static CompiledConfiguration compile(
            NodeConfiguration source,
            Decisions decisions,
            List<InterfaceFacts> facts,
            @Nullable ControlFacts control,
            @Nullable HostFacts host,
            Mark mark,
            @Nullable CompiledConfiguration before,
            StableNumbers serviceNumbers,
            StableNumbers serverNumbers)
            throws ConfigurationRefusedException {
        List<String> problems = ConfigurationCheck.problems(source, facts);
        if (!problems.isEmpty()) {
            throw new ConfigurationRefusedException(problems);
        }
        StableNumbers nextServices = serviceNumbers.next(
                source.services().stream().map(ServiceConfiguration::name).toList());
        StableNumbers nextServers =
                serverNumbers.next(Stream.concat(source.servers().stream(), decisions.leaving().stream())
                        .map(ServerConfiguration::name)
                        .distinct()
                        .toList());
        ConfigurationCompiler compiler = new ConfigurationCompiler(
                source,
                decisions,
                facts,
                control,
                host,
                before == null ? Map.of() : before.selections(),
                nextServices,
                nextServers);
        ConfigurationImage image = compiler.image(mark);
        return new CompiledConfiguration(
                source, decisions, image, RoutePlan.of(source), compiler.selections, nextServices, nextServers);
    }

    private ConfigurationImage image(Mark mark) {
        return new ConfigurationImage(
                mark.generation(),
                cut(mark.cause()),
                mark.createdAtEpochMs(),
                settings(),
                interfaces(),
                List.copyOf(servers.values()),
                source.services().stream().map(this::service).toList(),
                source.applications().isEmpty() ? 0 : source.firstApplicationId(),
                claims(),
                host());
    }

    private Host host() {
        HostConfiguration programs = source.host();
        if (programs == null || host == null) {
            return Host.NONE;
        }
        return new Host(
                source.interfaces().size() + 2,
                host.peerLinkAddress().bits(),
                programs.addresses().stream().map(ConfigurationCompiler::raw).toList(),
                programs.packetsPerSecond(),
                programs.perSource(),
                programs.reservedPerSecond(),
                programs.reserved().sources().stream()
                        .map(each -> new ReservedSource(
                                raw(each.address()),
                                each.length() + (each.address().lengthBits() == 32 ? 96 : 0)))
                        .toList(),
                programs.reserved().ports());
    }

    private Settings settings() {
        TimeoutsConfiguration timeouts = source.timeouts();
        Integer[] timeoutsMs = new Integer[ConnectionState.COUNT];
        Arrays.fill(timeoutsMs, 0);
        timeoutsMs[ConnectionState.UDP_ONE_WAY] = milliseconds(timeouts.udpOneWay());
        timeoutsMs[ConnectionState.UDP] = milliseconds(timeouts.udp());
        timeoutsMs[ConnectionState.SYN_SENT] = milliseconds(timeouts.syn());
        timeoutsMs[ConnectionState.SYN_RECEIVED] = milliseconds(timeouts.syn());
        timeoutsMs[ConnectionState.ESTABLISHED] = milliseconds(timeouts.established());
        timeoutsMs[ConnectionState.FIN_WAIT] = milliseconds(timeouts.fin());
        timeoutsMs[ConnectionState.CLOSED] = milliseconds(timeouts.closed());
        LimitsConfiguration limits = source.limits();
        Settings settings = new Settings(
                List.of(timeoutsMs),
                limits.resetsPerSecond(),
                limits.echoesPerSecond(),
                limits.pendingPackets(),
                limits.forwarding());
        return control == null
                ? settings
                : settings.withControl(
                        source.interfaces().size() + 1,
                        control.peerLinkAddress().bits(),
                        control.ports(),
                        control.packetsPerSecond());
    }

    private List<Claim> claims() {
        List<Claim> claims = new ArrayList<>();
        for (ApplicationConfiguration each : source.applications()) {
            int id = source.applicationId(each.name());
            each.claims()
                    .forEach(claim -> claims.add(new Claim(
                            raw(claim.address()),
                            claim.protocol().number(),
                            claim.leastPort(),
                            claim.greatestPort(),
                            id)));
        }
        return claims;
    }

    private static int milliseconds(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }

    private List<Interface> interfaces() {
        List<Interface> interfaces = new ArrayList<>();
        for (int k = 0; k < source.interfaces().size(); k++) {
            InterfaceConfiguration each = source.interfaces().get(k);
            InterfaceFacts fact = k < facts.size() ? facts.get(k) : InterfaceFacts.UNKNOWN;
            MacAddress linkAddress = each.linkAddress() != null ? each.linkAddress() : fact.linkAddress();
            interfaces.add(new Interface(
                    each.name(),
                    linkAddress == null ? 0 : linkAddress.bits(),
                    each.mtu() != 0 ? each.mtu() : fact.mtu(),
                    each.addresses().stream()
                            .map(own -> new OwnAddress(raw(own.address()), own.length()))
                            .toList()));
        }
        if (control != null) {
            interfaces.add(new Interface(control.name(), control.linkAddress().bits(), control.mtu(), List.of()));
        } else if (host != null) {
            interfaces.add(ABSENT_CONTROL);
        }
        if (host != null) {
            interfaces.add(new Interface(host.name(), host.linkAddress().bits(), host.mtu(), List.of()));
        }
        return interfaces;
    }

    private Server server(ServerConfiguration server, boolean resetting) {
        return new Server(
                serverNumbers.of(server.name()),
                server.name(),
                server.weight(),
                server.addresses().stream().map(ConfigurationCompiler::raw).toList(),
                server.tags(),
                resetting);
    }

    private Service service(ServiceConfiguration service) {
        List<RawAddress> addresses =
                service.addresses().stream().map(ConfigurationCompiler::raw).toList();
        boolean hasIpv4 = addresses.stream().anyMatch(RawAddress::isIpv4);
        boolean hasIpv6 = !addresses.stream().allMatch(RawAddress::isIpv4);
        return new Service(
                serviceNumbers.of(service.name()),
                service.name(),
                service.protocol().number(),
                service.port(),
                service.forwarding() == Forwarding.NAT ? ConfigurationReader.NAT : ConfigurationReader.DIRECT,
                number(service.algorithm()),
                addresses,
                hasIpv4 ? members(service, 4) : Members.NONE,
                hasIpv6 ? members(service, 6) : Members.NONE,
                weights(service),
                decisions.unit(service.name()));
    }

    private static int weights(ServiceConfiguration service) {
        return switch (service.balance().weights()) {
            case STATIC -> ConfigurationReader.STATIC;
            case EVEN_LOAD -> ConfigurationReader.EVEN_LOAD;
        };
    }

    private Members members(ServiceConfiguration service, int family) {
        List<ConfigurationImage.Member> members = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Member member : service.members()) {
            Server server = servers.get(member.server());
            RawAddress address = server == null ? null : address(server, family);
            int application = applications.getOrDefault(member.server(), 0);
            if (application != 0) {
                address = family == 4 ? RawAddress.ofApplication4(application) : RawAddress.ofApplication6(application);
            }
            if (server != null && address != null) {
                int weight = decisions.weight(service.name(), member);
                members.add(new ConfigurationImage.Member(
                        server.number(), weight, member.weight(), address, member.port()));
                // A server may stand in a service twice, with two ports.
                String name = names.add(member.server()) ? member.server() : member.server() + ":" + member.port();
                candidates.add(new Candidate(name, weight));
            }
        }
        SelectionKey key = new SelectionKey(service.name(), family, SelectionKey.SERVICE);
        return new Members(
                members, select(key, service.algorithm(), candidates).slots(), rules(service, family, candidates));
    }

    private List<Rule> rules(ServiceConfiguration service, int family, List<Candidate> candidates) {
        List<Rule> rules = new ArrayList<>();
        for (int k = 0; k < service.rules().size(); k++) {
            RuleConfiguration rule = service.rules().get(k);
            List<IpPrefix> networks = rule.source().stream()
                    .filter(each -> each.address() instanceof Ipv4Address == (family == 4))
                    .toList();
            if (networks.isEmpty() && !rule.source().isEmpty()) {
                continue; // for clients of the other family
            }
            // The others stand in the table's members with weight 0: slots index the members of the service.
            List<Candidate> meant = candidates.stream()
                    .map(each -> isMeant(rule, each.name()) ? each : new Candidate(each.name(), 0))
                    .toList();
            SelectionSlots slots = select(new SelectionKey(service.name(), family, k), service.algorithm(), meant)
                    .slots();
            if (networks.isEmpty()) {
                rules.add(rule(rule, new RawAddress(0, 0), 0, slots));
            }
            for (IpPrefix network : networks) {
                int length = network.length() + (family == 4 ? 96 : 0);
                rules.add(rule(rule, raw(network.address()), length, slots));
            }
        }
        return rules;
    }

    private boolean isMeant(RuleConfiguration rule, String name) {
        if (rule.server() != null) {
            return rule.server().equals(name);
        }
        Server server = servers.get(name);
        return server != null && server.tags().contains(Objects.requireNonNull(rule.tag()));
    }

    private static Rule rule(RuleConfiguration rule, RawAddress network, int prefixLength, SelectionSlots slots) {
        return new Rule(
                network,
                prefixLength,
                rule.leastPort(),
                rule.greatestPort(),
                rule.dscp().isEmpty() ? -1 : bits(rule.dscp()),
                bits(rule.tcpOptions()),
                slots);
    }

    private static long bits(List<Integer> numbers) {
        return numbers.stream().mapToLong(each -> 1L << each).reduce(0, (a, b) -> a | b);
    }

    private static @Nullable RawAddress address(Server server, int family) {
        for (RawAddress each : server.addresses()) {
            if (each.isIpv4() == (family == 4)) {
                return each;
            }
        }
        return null;
    }

    private SelectionTable select(SelectionKey key, Algorithm algorithm, List<Candidate> candidates) {
        Selection last = previous.get(key);
        boolean isSame = last != null
                && last.algorithm() == algorithm
                && last.candidates().equals(candidates);
        if (last != null && isSame) {
            selections.put(key, last);
            return last.table();
        }
        SelectionTable repaired = last != null && last.algorithm() == algorithm ? last.table() : SelectionTable.EMPTY;
        SelectionTable table = selection(algorithm).build(candidates, repaired);
        selections.put(key, new Selection(algorithm, candidates, table));
        return table;
    }

    private static SelectionAlgorithm selection(Algorithm algorithm) {
        return switch (algorithm) {
            case WEIGHTED_ROUND_ROBIN -> WEIGHTED_ROUND_ROBIN;
            case MAGLEV -> MAGLEV;
            case SOURCE_HASH -> SOURCE_HASH;
            case LEAST_CONNECTIONS, HOT_COLD -> LEAST_CONNECTIONS;
        };
    }

    private static int number(Algorithm algorithm) {
        return switch (algorithm) {
            case WEIGHTED_ROUND_ROBIN -> ConfigurationReader.WEIGHTED_ROUND_ROBIN;
            case MAGLEV -> ConfigurationReader.MAGLEV;
            case SOURCE_HASH -> ConfigurationReader.SOURCE_HASH;
            case LEAST_CONNECTIONS -> ConfigurationReader.LEAST_CONNECTIONS;
            case HOT_COLD -> ConfigurationReader.HOT_COLD;
        };
    }

    static RawAddress raw(IpAddress address) {
        Ipv6Address mapped = address.mapped();
        return new RawAddress(mapped.raw0(), mapped.raw1());
    }

    /** As much of the text as fits into a name. */
    private static String cut(String text) {
        String cut = text;
        while (cut.getBytes(StandardCharsets.UTF_8).length > ConfigurationLayout.NAME_BYTES) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return cut;
    }
}
