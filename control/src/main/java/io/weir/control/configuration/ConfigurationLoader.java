package io.weir.control.configuration;

import static io.weir.control.configuration.ConfigurationKey.*;

import io.weir.control.configuration.ConfigurationException.Problem;
import io.weir.control.configuration.YamlSection.Problems;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv6Address;
import io.weir.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads {@code weir.yaml}. Either everything is right and the records come back, or a {@link ConfigurationException}
 * names every problem as {@code file:line:column: what, value, relation (fix)}.
 */
public final class ConfigurationLoader {
    /** A larger file is refused before it is parsed, in bytes. */
    public static final int GREATEST_FILE = 16 << 20;
    /** Interfaces have ids 1..63. */
    public static final int MOST_INTERFACES = 63;
    /** Switching processors of a node. */
    public static final int MOST_PROCESSORS = 64;

    /** Greatest number of services and of servers, and greatest port. */
    static final int MOST_NUMBERED = 65_535;

    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration GREATEST_TIMEOUT = Duration.ofDays(7);

    private final Problems problems;

    private ConfigurationLoader(String file) {
        problems = new Problems(file);
    }

    /**
     * A file that was read.
     *
     * @param text as it stands in the file
     */
    public record Loaded(NodeConfiguration configuration, String text) {}

    /** Reads a file. */
    public static NodeConfiguration load(Path file) throws ConfigurationException {
        return loadWithText(file).configuration();
    }

    /** Reads a file and keeps its text. */
    public static Loaded loadWithText(Path file) throws ConfigurationException {
        String name = file.toString();
        try {
            long size = Files.size(file);
            if (size > GREATEST_FILE) {
                throw failure(name, size + " bytes > " + GREATEST_FILE, "");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return new Loaded(parse(name, text), text);
        } catch (NoSuchFileException e) {
            throw failure(name, "no such file", "");
        } catch (CharacterCodingException e) {
            throw failure(name, "is not UTF-8 text", "");
        } catch (IOException e) {
            throw failure(name, "cannot be read: " + e.getMessage(), "");
        }
    }

    /**
     * Reads text.
     *
     * @param file name for messages
     */
    public static NodeConfiguration parse(String file, String text) throws ConfigurationException {
        ConfigurationLoader loader = new ConfigurationLoader(file);
        NodeConfiguration configuration = loader.read(loader.compose(text));
        if (!loader.problems.isEmpty()) {
            throw loader.problems.toException();
        }
        return configuration;
    }

    private static ConfigurationException failure(String file, String message, String fix) {
        return new ConfigurationException(List.of(new Problem(file, 0, 0, message, fix)));
    }

    private Node compose(String text) throws ConfigurationException {
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setCodePointLimit(GREATEST_FILE)
                .setMaxAliasesForCollections(50)
                .setAllowRecursiveKeys(false)
                .build();
        try {
            Optional<Node> root =
                    new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text))).getSingleNode();
            if (root.isPresent()) {
                return root.get();
            }
            problems.add(1, 1, "the file is empty", "it needs at least interfaces");
        } catch (MarkedYamlEngineException e) {
            var mark = e.getProblemMark();
            problems.add(
                    mark.map(m -> m.getLine() + 1).orElse(1),
                    mark.map(m -> m.getColumn() + 1).orElse(1),
                    "not YAML: " + e.getProblem(),
                    e.getContext() == null ? "" : e.getContext());
        } catch (YamlEngineException | StackOverflowError e) {
            problems.add(1, 1, "not YAML: " + Problems.shown(String.valueOf(e.getMessage())), "");
        }
        throw problems.toException();
    }

    private NodeConfiguration read(Node root) {
        YamlSection top = new YamlSection(problems, "", root);
        String name = top.name(NAME, top.text(NAME).orElse("weir"));
        ProcessorsConfiguration processors = processors(top.section(PROCESSORS));
        MemoryConfiguration memory = memory(top.section(MEMORY), name);
        List<InterfaceConfiguration> interfaces =
                interfaces(top, processors.switching().size(), memory);
        List<RouteConfiguration> routes = routes(top, interfaces);
        CheckReader checkReader = new CheckReader(problems);
        List<CheckConfiguration> checks =
                top.list(CHECKS, MOST_NUMBERED).stream().map(checkReader::read).toList();
        ControlReader control = new ControlReader(problems);
        HostConfiguration host =
                top.has(HOST) ? new HostReader(problems, interfaces, routes).read(top.section(HOST)) : null;
        ApplicationReader applicationReader = new ApplicationReader(problems);
        List<ApplicationConfiguration> applications = applicationReader.read(top);
        List<ServerConfiguration> servers = servers(top, checks, control, applications, host);
        ServiceReader serviceReader = new ServiceReader(problems, servers, host);
        List<ServiceConfiguration> services = top.list(SERVICES, MOST_NUMBERED).stream()
                .map(serviceReader::read)
                .toList();
        TimeoutsConfiguration timeouts = timeouts(top.section(TIMEOUTS));
        LimitsConfiguration limits = limits(top.section(LIMITS));
        if (interfaces.isEmpty() && !top.has(INTERFACES)) {
            problems.add(root, "interfaces is missing", "list at least one: - {name: eth0, addresses: [10.0.0.1/24]}");
        }
        ReportsConfiguration reports = control.reports(
                top.section(REPORTS),
                servers.stream().map(ServerConfiguration::name).toList());
        new ClaimCheck(
                        problems,
                        interfaces,
                        routes,
                        services,
                        servers,
                        reports,
                        host == null ? List.of() : host.addresses())
                .check(applications, applicationReader);
        return new NodeConfiguration(
                name,
                processors,
                memory,
                interfaces,
                routes,
                servers,
                services,
                timeouts,
                limits,
                checks,
                control.load(top.section(LOAD)),
                reports,
                control.management(top.section(MANAGEMENT)),
                applications,
                host);
    }

    private ProcessorsConfiguration processors(YamlSection section) {
        List<Integer> switching = new ArrayList<>();
        Node place = section.place(PROCESSORS_SWITCHING);
        if (section.has(PROCESSORS_SWITCHING) && place instanceof ScalarNode) {
            long count = section.number(PROCESSORS_SWITCHING, 1, 1, MOST_PROCESSORS);
            for (long i = 0; i < count; i++) {
                switching.add(-1);
            }
        } else {
            switching.addAll(cpus(section, PROCESSORS_SWITCHING));
        }
        if (switching.isEmpty()) {
            switching.add(-1);
        }
        return new ProcessorsConfiguration(
                cpus(section, PROCESSORS_CONTROL),
                switching,
                section.choice(
                        PROCESSORS_IDLE, ProcessorsConfiguration.Idle.ADAPTIVE, ProcessorsConfiguration.Idle.class));
    }

    private List<Integer> cpus(YamlSection section, ConfigurationKey key) {
        List<Integer> cpus = new ArrayList<>();
        for (Node node : section.list(key, MOST_PROCESSORS)) {
            problems.scalar(node, key.key())
                    .map(t -> (int) problems.number(node, key.key(), t, 0, 0, 1023))
                    .ifPresent(cpu -> {
                        if (cpus.contains(cpu)) {
                            problems.add(node, key.key() + ": CPU " + cpu + " is there twice", "");
                        }
                        cpus.add(cpu);
                    });
        }
        return cpus;
    }

    private MemoryConfiguration memory(YamlSection section, String name) {
        long bytes = section.number(MEMORY_BUFFER_BYTES, 2048, 1024, 65_536);
        if (Long.bitCount(bytes) != 1) {
            section.problem(
                    MEMORY_BUFFER_BYTES, bytes + " is not a power of two", "try " + Long.highestOneBit(bytes) * 2);
        }
        Path file = Path.of("/dev/shm/weir-" + (name.matches("[A-Za-z0-9._-]+") ? name : "weir"));
        Optional<String> given = section.text(MEMORY_FILE);
        if (given.isPresent()) {
            try {
                file = Path.of(given.get());
                if (!file.isAbsolute()) {
                    section.problem(MEMORY_FILE, "'" + Problems.shown(given.get()) + "' is not an absolute path", "");
                }
            } catch (InvalidPathException e) {
                section.problem(MEMORY_FILE, "'" + Problems.shown(given.get()) + "' is not a path", "");
            }
        }
        return new MemoryConfiguration(
                file,
                section.number(MEMORY_CONNECTIONS_IPV4, 262_144, 1024, 1L << 28),
                section.number(MEMORY_CONNECTIONS_IPV6, 65_536, 1024, 1L << 27),
                (int) section.number(MEMORY_BUFFERS, 8192, 256, 1 << 22),
                (int) bytes,
                (int) section.number(MEMORY_NEIGHBOURS, 4096, 64, 1 << 20),
                section.flag(MEMORY_HUGE_PAGES, true));
    }

    private List<InterfaceConfiguration> interfaces(YamlSection top, int processors, MemoryConfiguration memory) {
        List<InterfaceConfiguration> interfaces = new ArrayList<>();
        DriverReader drivers = new DriverReader(problems, processors, memory);
        Map<String, Node> names = new HashMap<>();
        Map<String, Node> devices = new HashMap<>();
        Map<IpAddress, Node> owners = new HashMap<>();
        for (Node node : top.list(INTERFACES, MOST_INTERFACES)) {
            YamlSection section = new YamlSection(problems, "interfaces", node);
            String name = section.name(INTERFACE_NAME, section.required(INTERFACE_NAME));
            problems.unique(names, name, section.place(INTERFACE_NAME), "interface");
            String device = section.text(INTERFACE_DEVICE).orElse(name);
            if (!device.isEmpty() && !InterfaceConfiguration.isDeviceName(device)) {
                section.problem(
                        INTERFACE_DEVICE,
                        "'" + Problems.shown(device) + "' is not a device name",
                        "1..15 characters without space, '/' and ':'");
            }
            problems.unique(devices, device, section.place(INTERFACE_DEVICE), "device");
            List<IpPrefix> addresses = new ArrayList<>();
            for (Node element : section.list(INTERFACE_ADDRESSES, 64)) {
                problems.parsed(element, "addresses", IpPrefix::parse).ifPresent(prefix -> {
                    problems.requireUnicast(element, "addresses", prefix.address());
                    Node earlier = owners.putIfAbsent(prefix.address(), element);
                    if (earlier != null) {
                        problems.add(
                                element,
                                "addresses: " + prefix.address() + " is there twice",
                                "the first is in line " + Problems.line(earlier));
                    }
                    addresses.add(prefix);
                });
            }
            MacAddress link = section.parsed(
                            INTERFACE_LINK_ADDRESS, (n, t) -> problems.parsed(n, "link-address", MacAddress::parse))
                    .orElse(null);
            if (link != null && ((link.bits() >>> 40) & 1) != 0) {
                section.problem(INTERFACE_LINK_ADDRESS, link + " is a group address", "the first octet must be even");
            }
            int mtu = (int) section.number(INTERFACE_MTU, 0, 576, 65_535);
            interfaces.add(
                    new InterfaceConfiguration(name, device, drivers.read(section, mtu), addresses, link, mtu, (int)
                            section.number(INTERFACE_PROCESSOR, -1, 0, processors - 1L)));
        }
        return interfaces;
    }

    private List<RouteConfiguration> routes(YamlSection top, List<InterfaceConfiguration> interfaces) {
        List<RouteConfiguration> routes = new ArrayList<>();
        List<String> names =
                interfaces.stream().map(InterfaceConfiguration::name).toList();
        Set<IpPrefix> seen = new HashSet<>();
        for (Node node : top.list(ROUTES, 100_000)) {
            YamlSection section = new YamlSection(problems, "routes", node);
            IpAddress via = section.parsed(ROUTE_VIA, (n, t) -> problems.parsed(n, "via", IpAddress::parse))
                    .orElse(null);
            IpPrefix to = destination(section, via);
            String through = section.text(ROUTE_INTERFACE).orElse(null);
            if (through != null && !names.contains(through)) {
                section.problem(
                        ROUTE_INTERFACE,
                        "'" + Problems.shown(through) + "' is no interface of this node",
                        Suggestions.closest(through, names)
                                .map(n -> "did you mean " + n + "?")
                                .orElse("known: " + String.join(", ", names)));
            }
            if (to == null) {
                continue;
            }
            if (via == null && through == null) {
                problems.add(node, "routes: " + to + " has neither via nor interface", "add via: ADDRESS");
            } else if (via != null) {
                if (via instanceof Ipv4Address != to.address() instanceof Ipv4Address) {
                    section.problem(ROUTE_VIA, via + " is of another family than " + to, "");
                } else if (through == null && interfaces.stream().noneMatch(i -> isOnLink(i, via))) {
                    section.problem(ROUTE_VIA, via + " is in no interface's network", "add interface: NAME");
                }
            }
            if (!seen.add(to)) {
                section.problem(ROUTE_TO, to + " is there twice", "keep one");
            }
            routes.add(new RouteConfiguration(to, via, through));
        }
        return routes;
    }

    private @Nullable IpPrefix destination(YamlSection section, @Nullable IpAddress via) {
        String text = section.required(ROUTE_TO);
        if (text.isEmpty()) {
            return null;
        }
        if (text.equals("default")) {
            return via instanceof Ipv6Address
                    ? new IpPrefix(new Ipv6Address(0, 0), 0)
                    : new IpPrefix(new Ipv4Address(0), 0);
        }
        Node place = section.place(ROUTE_TO);
        IpPrefix to = place == null
                ? null
                : problems.parsed(place, "to", IpPrefix::parse).orElse(null);
        if (to != null && !to.network().equals(to)) {
            section.problem(ROUTE_TO, to + " has host bits set", "write " + to.network());
        }
        return to;
    }

    private static boolean isOnLink(InterfaceConfiguration face, IpAddress address) {
        return face.addresses().stream().anyMatch(prefix -> prefix.contains(address))
                || (address instanceof Ipv6Address v6 && v6.isLinkLocal());
    }

    private List<ServerConfiguration> servers(
            YamlSection top,
            List<CheckConfiguration> checks,
            ControlReader control,
            List<ApplicationConfiguration> applications,
            @Nullable HostConfiguration host) {
        List<String> checkNames = checks.stream().map(CheckConfiguration::name).toList();
        List<ServerConfiguration> servers = new ArrayList<>();
        Map<String, Node> names = new HashMap<>();
        for (Node node : top.list(SERVERS, MOST_NUMBERED)) {
            YamlSection section = new YamlSection(problems, "servers", node);
            String name = section.name(SERVER_NAME, section.required(SERVER_NAME));
            problems.unique(names, name, section.place(SERVER_NAME), "server");
            List<IpAddress> addresses = new ArrayList<>();
            for (Node element : section.list(SERVER_ADDRESSES, 2)) {
                problems.parsed(element, "addresses", IpAddress::parse).ifPresent(address -> {
                    problems.requireUnicast(element, "addresses", address);
                    if (host != null && (host.addresses().contains(address) || isLocal(name, host))) {
                        problems.add(
                                element,
                                "addresses: "
                                        + (isLocal(name, host)
                                                ? "the server local is the host, whose addresses stand in host"
                                                : address + " is an address of the host"),
                                isLocal(name, host) ? "leave addresses out" : "use the server local");
                    }
                    if (addresses.stream().anyMatch(a -> a.getClass() == address.getClass())) {
                        problems.add(element, "addresses: a second address of the same family", "one of each");
                    }
                    addresses.add(address);
                });
            }
            String application = ApplicationReader.server(section, applications);
            if (isLocal(name, host)) {
                addresses.addAll(Objects.requireNonNull(host).serverAddresses());
            } else if (addresses.isEmpty() && application == null) {
                problems.add(
                        node,
                        "servers: " + name + " has no address",
                        name.equals(HostConfiguration.LOCAL)
                                ? "add the section host, whose programs this server is, or addresses"
                                : "addresses: [10.1.0.11]");
            }
            servers.add(new ServerConfiguration(
                    name,
                    addresses,
                    (int) section.number(SERVER_WEIGHT, 1, 0, MOST_NUMBERED),
                    tags(section),
                    check(section, checkNames),
                    control.source(section),
                    application));
        }
        if (host != null && !names.containsKey(HostConfiguration.LOCAL)) {
            servers.add(new ServerConfiguration(HostConfiguration.LOCAL, host.serverAddresses(), 1));
        }
        return servers;
    }

    private static boolean isLocal(String server, @Nullable HostConfiguration host) {
        return host != null && server.equals(HostConfiguration.LOCAL);
    }

    private List<String> tags(YamlSection server) {
        List<String> tags = new ArrayList<>();
        for (ScalarNode node : server.scalars(SERVER_TAGS, 64)) {
            if (!node.getValue().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
                problems.add(
                        node,
                        "tags: '" + Problems.shown(node.getValue()) + "' is not a name",
                        "letters, digits, '.', '-' and '_', at most 63");
            }
            tags.add(node.getValue());
        }
        return tags;
    }

    private static @Nullable String check(YamlSection server, List<String> known) {
        String check = server.text(SERVER_CHECK).orElse(null);
        if (check != null && !known.contains(check)) {
            server.problem(
                    SERVER_CHECK,
                    "'" + Problems.shown(check) + "' is no check of this node",
                    Suggestions.closest(check, known)
                            .map(n -> "did you mean " + n + "?")
                            .orElse("add it to checks"));
        }
        return check;
    }

    private static TimeoutsConfiguration timeouts(YamlSection section) {
        TimeoutsConfiguration d = TimeoutsConfiguration.DEFAULTS;
        return new TimeoutsConfiguration(
                section.duration(TIMEOUT_ESTABLISHED, d.established(), LEAST_TIMEOUT, GREATEST_TIMEOUT),
                section.duration(TIMEOUT_SYN, d.syn(), LEAST_TIMEOUT, GREATEST_TIMEOUT),
                section.duration(TIMEOUT_FIN, d.fin(), LEAST_TIMEOUT, GREATEST_TIMEOUT),
                section.duration(TIMEOUT_CLOSED, d.closed(), LEAST_TIMEOUT, GREATEST_TIMEOUT),
                section.duration(TIMEOUT_UDP, d.udp(), LEAST_TIMEOUT, GREATEST_TIMEOUT),
                section.duration(TIMEOUT_UDP_ONE_WAY, d.udpOneWay(), LEAST_TIMEOUT, GREATEST_TIMEOUT));
    }

    private static LimitsConfiguration limits(YamlSection section) {
        LimitsConfiguration d = LimitsConfiguration.DEFAULTS;
        return new LimitsConfiguration(
                (int) section.number(LIMIT_RESETS, d.resetsPerSecond(), 0, 10_000_000),
                (int) section.number(LIMIT_ECHOES, d.echoesPerSecond(), 0, 10_000_000),
                (int) section.number(LIMIT_PENDING, d.pendingPackets(), 1, 65_536),
                section.flag(LIMIT_FORWARDING, d.forwarding()));
    }
}
