package io.weir.control.configuration;

import java.util.Arrays;
import java.util.List;

/**
 * Every key of {@code weir.yaml}: what the loader accepts, what it takes when the key is absent, and what the reference
 * says about it. A key that is not here is an error.
 */
public enum ConfigurationKey {
    NAME("", "name", "text", "weir", "name of the node; names the map file and the admin socket"),
    PROCESSORS("", "processors", "section", "", "which CPUs control and which switch"),
    MEMORY("", "memory", "section", "", "size and place of the shared memory"),
    INTERFACES("", "interfaces", "list of interfaces", "required", "the network interfaces, at most 63"),
    ROUTES("", "routes", "list of routes", "none", "static routes; networks of interface addresses need none"),
    SERVERS("", "servers", "list of servers", "none", "back-end servers"),
    SERVICES("", "services", "list of services", "none", "what clients connect to"),
    TIMEOUTS("", "timeouts", "section", "", "idle timeouts by state of a connection"),
    LIMITS("", "limits", "section", "", "bounds on what strangers can make weir do"),

    PROCESSORS_CONTROL("processors", "control", "list of CPU numbers", "not pinned", "CPUs of the control processor"),
    PROCESSORS_SWITCHING(
            "processors",
            "switching",
            "list of CPU numbers, or a count",
            "1",
            "one switching processor per CPU in the list, pinned to it; a count starts as many without pinning"),
    PROCESSORS_IDLE(
            "processors",
            "idle",
            "adaptive or busy",
            "adaptive",
            "busy polls for ever, for cores that do nothing else"),

    MEMORY_FILE("memory", "file", "path", "/dev/shm/weir-NAME", "the map file"),
    MEMORY_CONNECTIONS_IPV4("memory", "connections-ipv4", "number", "262144", "IPv4 connections to make room for"),
    MEMORY_CONNECTIONS_IPV6("memory", "connections-ipv6", "number", "65536", "IPv6 connections to make room for"),
    MEMORY_BUFFERS("memory", "buffers", "number", "8192", "packet buffers in the storage"),
    MEMORY_BUFFER_BYTES("memory", "buffer-size", "bytes, a power of two", "2048", "size of one packet buffer"),
    MEMORY_NEIGHBOURS("memory", "neighbours", "number", "4096", "next hops whose link-layer address is kept"),
    MEMORY_HUGE_PAGES("memory", "huge-pages", "true or false", "true", "ask the kernel for huge pages"),

    INTERFACE_NAME("interfaces", "name", "text", "required", "name within the node"),
    INTERFACE_DEVICE("interfaces", "device", "text", "the name", "network device of the operating system"),
    INTERFACE_DRIVER(
            "interfaces",
            "driver",
            "auto, af_xdp or af_packet",
            "auto",
            "how weir reaches the device; auto takes the best that works and says why"),
    INTERFACE_MODE(
            "interfaces",
            "mode",
            "exclusive or shared",
            "exclusive",
            "af_xdp: exclusive takes every frame; shared only those for services and own addresses, the kernel gets the rest"),
    INTERFACE_XDP(
            "interfaces",
            "xdp",
            "auto, native or generic",
            "auto",
            "af_xdp: where the XDP program runs: in the network driver, or in the network stack"),
    INTERFACE_ADDRESSES(
            "interfaces", "addresses", "list of address/length", "none", "own addresses; each makes a connected route"),
    INTERFACE_LINK_ADDRESS(
            "interfaces", "link-address", "link-layer address", "the device's", "used as source and for ARP and NDP"),
    INTERFACE_MTU("interfaces", "mtu", "bytes", "the device's", "greatest IP packet"),
    INTERFACE_PROCESSOR(
            "interfaces",
            "processor",
            "number",
            "evenly",
            "switching processor that polls all its queues, counted from 0"),
    INTERFACE_QUEUES(
            "interfaces",
            "queues",
            "list of processors",
            "evenly",
            "switching processor of each receive queue, from queue 0; as many as the device has"),
    INTERFACE_SPREAD(
            "interfaces",
            "spread",
            "true or false",
            "false",
            "spread the frames of a single receive queue over all switching processors by flow"),
    INTERFACE_RING(
            "interfaces",
            "ring",
            "frames, a power of two",
            "2048, less when memory.buffers is small",
            "af_xdp: size of each ring of a queue"),

    ROUTE_TO(
            "routes",
            "to",
            "prefix or default",
            "required",
            "destination network; default means 0.0.0.0/0 or ::/0, after the gateway"),
    ROUTE_VIA("routes", "via", "address", "none", "next hop; without it destinations are on the link"),
    ROUTE_INTERFACE("routes", "interface", "interface name", "the one whose network has the next hop", "leaves by"),

    SERVER_NAME("servers", "name", "text", "required", "unique name"),
    SERVER_ADDRESSES("servers", "addresses", "one address of each family", "required", "where the server is"),
    SERVER_WEIGHT("servers", "weight", "0..65535", "1", "share of new connections; 0 drains"),

    SERVICE_NAME("services", "name", "text", "required", "unique name"),
    SERVICE_ADDRESSES("services", "addresses", "list of addresses", "required", "virtual addresses, either family"),
    SERVICE_PROTOCOL("services", "protocol", "tcp or udp", "required", "transport protocol"),
    SERVICE_PORT("services", "port", "0..65535", "required", "port; 0 means any"),
    SERVICE_FORWARDING(
            "services",
            "forwarding",
            "nat or direct",
            "nat",
            "nat rewrites addresses both ways; direct only the link-layer address, the server answers the client itself"),
    SERVICE_ALGORITHM(
            "services",
            "algorithm",
            "weighted-round-robin, maglev, source-hash or least-connections",
            "maglev",
            "how a server is chosen for a new connection"),
    SERVICE_SERVERS("services", "servers", "list of server names or members", "required", "servers of the service"),

    MEMBER_SERVER("services.servers", "server", "server name", "required", "a server of the list above"),
    MEMBER_WEIGHT("services.servers", "weight", "0..65535", "the server's", "weight in this service; 0 drains"),
    MEMBER_PORT(
            "services.servers", "port", "1..65535", "the packet's", "port towards the server; needs forwarding: nat"),

    TIMEOUT_ESTABLISHED("timeouts", "established", "duration", "900s", "TCP, handshake complete"),
    TIMEOUT_SYN("timeouts", "syn", "duration", "60s", "TCP, handshake not complete"),
    TIMEOUT_FIN("timeouts", "fin", "duration", "120s", "TCP, FIN seen from one side"),
    TIMEOUT_CLOSED("timeouts", "closed", "duration", "10s", "TCP, FIN from both sides or a reset"),
    TIMEOUT_UDP("timeouts", "udp", "duration", "300s", "UDP, packets in both directions"),
    TIMEOUT_UDP_ONE_WAY("timeouts", "udp-one-way", "duration", "60s", "UDP, no reply yet"),

    LIMIT_RESETS("limits", "resets-per-second", "number", "1000", "TCP resets sent, per switching processor"),
    LIMIT_ECHOES("limits", "echoes-per-second", "number", "1000", "echo replies sent, per switching processor"),
    LIMIT_PENDING(
            "limits", "pending-packets", "number", "256", "packets that wait for next hops, per switching processor"),
    LIMIT_FORWARDING(
            "limits",
            "forwarding",
            "true or false",
            "true",
            "forward packets that are not for a service between networks");

    private final String section;
    private final String key;
    private final String type;
    private final String absent;
    private final String description;

    ConfigurationKey(String section, String key, String type, String absent, String description) {
        this.section = section;
        this.key = key;
        this.type = type;
        this.absent = absent;
        this.description = description;
    }

    /** The section the key stands in; empty at the top. */
    public String section() {
        return section;
    }

    /** The key as it is written. */
    public String key() {
        return key;
    }

    /** What may be written, for people. */
    public String type() {
        return type;
    }

    /** What is taken when the key is absent, for people. */
    public String absent() {
        return absent;
    }

    /** One line for the reference. */
    public String description() {
        return description;
    }

    /** The keys of a section, in order. */
    static List<String> keysOf(String section) {
        return Arrays.stream(values())
                .filter(k -> k.section.equals(section))
                .map(ConfigurationKey::key)
                .toList();
    }
}
