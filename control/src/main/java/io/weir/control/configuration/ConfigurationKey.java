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
    CHECKS("", "checks", "list of checks", "none", "health checks, which servers name"),
    LOAD("", "load", "section", "", "the way from the servers' load to weights, for services with weights: even-load"),
    REPORTS("", "reports", "section", "", "where load reports arrive and who may send them"),
    APPLICATIONS(
            "",
            "applications",
            "list of applications",
            "none",
            "network applications on the switching processors, at most " + ApplicationConfiguration.MOST),
    HOST("", "host", "section", "none", "programs on this host, reached through the switch"),
    MANAGEMENT("", "management", "section", "", "REST interface and dashboard; always on the node's Unix socket"),

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
            "af_xdp: exclusive takes every frame; shared only those for services and own addresses, the kernel gets"
                    + " the rest"),
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
    SERVER_ADDRESSES(
            "servers",
            "addresses",
            "one address of each family",
            "required",
            "where the server is; the server local has those of the host"),
    SERVER_WEIGHT("servers", "weight", "0..65535", "1", "share of new connections; 0 drains"),
    SERVER_TAGS(
            "servers", "tags", "list of names", "none", "what the server has or can do; for require, prefer and rules"),
    SERVER_CHECK(
            "servers", "check", "check name", "none: taken to be up", "its health check, shared by all its services"),
    SERVER_APPLICATION(
            "servers",
            "application",
            "application name",
            "none",
            "the server is this application, which answers on the switching processor; instead of addresses, check and"
                    + " load"),
    SERVER_LOAD(
            "servers", "load", "section", "its reports", "where its load is asked for, when it does not report itself"),

    SERVER_LOAD_FROM(
            "servers.load",
            "from",
            "agent-check or prometheus",
            "required",
            "agent-check: a port that answers with HAProxy's agent-check text; prometheus: metrics over HTTP"),
    SERVER_LOAD_PORT("servers.load", "port", "1..65535", "required", "TCP port"),
    SERVER_LOAD_PATH("servers.load", "path", "path", "/metrics", "prometheus: what to get"),
    SERVER_LOAD_INTERVAL("servers.load", "interval", "duration", "1s", "asked so often"),
    SERVER_LOAD_CPU("servers.load", "cpu", "metric", "none", "prometheus: gauge of CPU utilisation, 0..1"),
    SERVER_LOAD_MEMORY("servers.load", "memory", "metric", "none", "prometheus: gauge of memory utilisation, 0..1"),
    SERVER_LOAD_CLIENTS("servers.load", "clients", "metric", "none", "prometheus: gauge of clients served"),
    SERVER_LOAD_SUM(
            "servers.load", "execution-sum", "metric", "none", "prometheus: counter of seconds spent on requests"),
    SERVER_LOAD_COUNT("servers.load", "execution-count", "metric", "none", "prometheus: counter of requests"),

    SERVICE_NAME("services", "name", "text", "required", "unique name"),
    SERVICE_ADDRESSES("services", "addresses", "list of addresses", "required", "virtual addresses, either family"),
    SERVICE_PROTOCOL("services", "protocol", "tcp or udp", "required", "transport protocol"),
    SERVICE_PORT("services", "port", "0..65535", "required", "port; 0 means any"),
    SERVICE_FORWARDING(
            "services",
            "forwarding",
            "nat or direct",
            "nat",
            "nat rewrites addresses both ways; direct only the link-layer address, the server answers the client"
                    + " itself"),
    SERVICE_ALGORITHM(
            "services",
            "algorithm",
            "weighted-round-robin, maglev, source-hash, least-connections or hot-cold",
            "maglev",
            "how a server is chosen for a new connection"),
    SERVICE_SERVERS("services", "servers", "list of server names or members", "required", "servers of the service"),
    SERVICE_WEIGHTS(
            "services",
            "weights",
            "static or even-load",
            "static",
            "static keeps the weights of this file; even-load moves them until the servers are loaded alike"),
    SERVICE_REQUIRE("services", "require", "list of tags", "none", "servers without all of them get no connections"),
    SERVICE_PREFER("services", "prefer", "list of tags", "none", "servers with all of them come first"),
    SERVICE_SPILL_OVER(
            "services",
            "spill-over",
            "share",
            "80%",
            "mean load index of the preferred servers from which on the others take part"),
    SERVICE_ON_DOWN(
            "services",
            "on-down",
            "drain or reset",
            "drain",
            "what becomes of the connections of a server that is down"),
    SERVICE_SLOW_START(
            "services", "slow-start", "duration", "0s", "how long a server that came up takes to its full weight"),
    SERVICE_PANIC(
            "services",
            "panic",
            "share",
            "0%",
            "when a smaller share of the servers is up, their health is ignored; 0% never ignores it"),
    SERVICE_RULES("services", "rules", "list of rules", "none", "first packets that call for certain servers"),

    RULE_SOURCE("services.rules", "source", "list of prefixes", "any", "networks of the client's address"),
    RULE_PORTS("services.rules", "ports", "port or range", "any", "destination port, such as 8000-8999"),
    RULE_DSCP(
            "services.rules",
            "dscp",
            "list of code points",
            "any",
            "differentiated services code points: 0..63, cs0..cs7, af11..af43 or ef"),
    RULE_TCP_OPTIONS(
            "services.rules",
            "tcp-options",
            "list of options",
            "any",
            "options that the SYN must have: kinds 2..63, mss, window-scale, sack, timestamps, mptcp or fast-open"),
    RULE_SERVER("services.rules", "server", "server name", "this or tag", "a server of the service"),
    RULE_TAG("services.rules", "tag", "tag", "this or server", "the servers of the service with this tag"),

    MEMBER_SERVER("services.servers", "server", "server name", "required", "a server of the list above"),
    MEMBER_WEIGHT("services.servers", "weight", "0..65535", "the server's", "weight in this service; 0 drains"),
    MEMBER_PORT(
            "services.servers", "port", "1..65535", "the packet's", "port towards the server; needs forwarding: nat"),
    MEMBER_BACKUP(
            "services.servers",
            "backup",
            "true or false",
            "false",
            "gets connections only when no other server of the service does"),

    CHECK_NAME("checks", "name", "text", "required", "unique name"),
    CHECK_TYPE("checks", "type", "tcp, http, https, udp, icmp or command", "required", "what is asked of a server"),
    CHECK_PORT("checks", "port", "1..65535", "80 for http, 443 for https", "port that is asked"),
    CHECK_INTERVAL("checks", "interval", "duration", "2s", "from the start of a check to the start of the next"),
    CHECK_TIMEOUT("checks", "timeout", "duration", "1s, or the interval", "a check that takes longer has failed"),
    CHECK_RISE("checks", "rise", "number", "2", "successes in a row that make a server up"),
    CHECK_FALL("checks", "fall", "number", "3", "failures in a row that make it down"),
    CHECK_JITTER("checks", "jitter", "share", "10%", "random variation of the interval"),
    CHECK_PATH("checks", "path", "path", "/", "http, https: what to get"),
    CHECK_HOST("checks", "host", "text", "the server's address", "http, https: Host header, and name for TLS"),
    CHECK_STATUS("checks", "status", "list of statuses", "200..399", "http, https: answers that are good"),
    CHECK_BODY("checks", "body", "regular expression", "any", "http, https: is to be found in the body"),
    CHECK_VERIFY("checks", "verify", "true or false", "true", "https: verify the certificate"),
    CHECK_PAYLOAD(
            "checks", "payload", "text", "empty", "udp: what to send; \\n, \\r, \\t, \\\\ and \\xHH stand for bytes"),
    CHECK_EXPECT("checks", "expect", "regular expression", "any", "udp: is to be found in the answer"),
    CHECK_COMMAND(
            "checks",
            "command",
            "list: program and arguments",
            "required for command",
            "exit status 0 is good; finds WEIR_SERVER and WEIR_ADDRESS in its environment"),

    LOAD_INTERVAL("load", "interval", "duration", "1s", "between two decisions of the master"),
    LOAD_STALE(
            "load", "stale", "duration", "10s", "an older report is not used; the weight goes back to the configured"),
    LOAD_STEP("load", "step", "share", "20%", "greatest change of a weight in one decision"),
    LOAD_FLOOR("load", "floor", "share", "10%", "least weight, relative to the configured"),
    LOAD_CEILING("load", "ceiling", "share", "400%", "greatest weight, relative to the configured"),
    LOAD_INDEX("load", "index", "section", "CPU alone", "what the load index is made of: a weighted mean of its parts"),

    INDEX_CLIENTS("load.index", "clients", "number", "0", "weight of clients served / full-clients"),
    INDEX_CPU("load.index", "cpu", "number", "1", "weight of CPU utilisation"),
    INDEX_MEMORY("load.index", "memory", "number", "0", "weight of memory utilisation"),
    INDEX_EXECUTION("load.index", "execution", "number", "0", "weight of mean execution time / full-execution"),
    INDEX_REQUESTS("load.index", "requests", "number", "0", "weight of requests per second / full-requests"),
    INDEX_FULL_CLIENTS("load.index", "full-clients", "number", "1000", "clients of a server at full load"),
    INDEX_FULL_EXECUTION("load.index", "full-execution", "duration", "1s", "execution time at full load"),
    INDEX_FULL_REQUESTS("load.index", "full-requests", "number", "1000", "requests per second at full load"),

    REPORTS_LISTEN(
            "reports",
            "listen",
            "list of addresses",
            "none",
            "for datagrams: an interface's own address is reached through weir, any other through the host"),
    REPORTS_PORT("reports", "port", "1..65535", "7411", "UDP port"),
    REPORTS_WINDOW("reports", "window", "duration", "30s", "greatest difference between a report's clock and ours"),
    REPORTS_RATE("reports", "per-second", "number", "10000", "datagrams looked at per second; others are dropped"),
    REPORTS_KEYS("reports", "keys", "list of keys", "none: no reports are taken", "who may report"),

    KEY_ID("reports.keys", "id", "1..65535", "required", "number that a report names"),
    KEY_FILE(
            "reports.keys",
            "file",
            "path",
            "required",
            "the key: at least 64 hexadecimal digits; not readable by others"),
    KEY_SERVERS("reports.keys", "servers", "list of server names", "all", "servers it may speak for"),

    MANAGEMENT_ADDRESS(
            "management", "address", "address", "none", "listens on this too; other than loopback only with TLS"),
    MANAGEMENT_PORT("management", "port", "1..65535", "7480", "TCP port"),
    MANAGEMENT_TOKEN("management", "token-file", "path", "made at start", "file with the token"),
    MANAGEMENT_CERTIFICATE("management", "certificate", "path", "none", "PEM file with the certificate chain, for TLS"),
    MANAGEMENT_KEY("management", "key", "path", "none", "PEM file with its private key (PKCS #8)"),

    HOST_DEVICE(
            "host", "device", "text", HostConfiguration.DEFAULT_DEVICE, "TAP device that weir makes for the programs"),
    HOST_ADDRESSES(
            "host",
            "addresses",
            "list of addresses",
            "required",
            "control addresses, either family: weir answers ARP and NDP for them, the host's programs own them"),
    HOST_MTU("host", "mtu", "bytes", "1500", "greatest IP packet of the device"),
    HOST_ROUTES(
            "host",
            "routes",
            "list of prefixes or default",
            "default",
            "networks that the host reaches through the device; default means 0.0.0.0/0 and ::/0"),
    HOST_RING(
            "host",
            "ring",
            "frames, a power of two",
            "1024",
            "size of the rings to and from the device, of each switching processor"),
    HOST_PACKETS(
            "host", "packets-per-second", "number", "100000", "packets handed to the host, per switching processor"),
    HOST_PER_SOURCE(
            "host",
            "per-source",
            "number",
            "50000",
            "likewise from one client: an IPv4 address, or the first 64 bits of an IPv6 address"),
    HOST_RESERVED("host", "reserved", "section", "", "what a flood of other packets cannot take"),

    RESERVED_SHARE("host.reserved", "share", "share", "25%", "of packets-per-second, for reserved packets alone"),
    RESERVED_SOURCES(
            "host.reserved", "sources", "list of prefixes", "none", "networks of clients with reserved packets"),
    RESERVED_PORTS(
            "host.reserved",
            "ports",
            "list of ports and ranges",
            "22, 179",
            "packets from or to these ports are reserved"),

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
            "forward packets that are not for a service between networks"),

    APPLICATION_NAME("applications", "name", "text", "required", "unique name"),
    APPLICATION_TYPE("applications", "type", "text", "required", "which application it is, such as echo"),
    APPLICATION_JAR(
            "applications", "jar", "path", "those that are shipped", "the jar with an application of this type"),
    APPLICATION_LISTEN(
            "applications",
            "listen",
            "list of addresses and ports",
            "none: it is a server",
            "packets that are its own, at most 256 combinations of address and protocol in all"),
    APPLICATION_BUDGET(
            "applications",
            "budget",
            "duration, such as 500us",
            "500us",
            "time it may take for a batch of packets; one that overruns it is stopped"),
    APPLICATION_FALLBACK(
            "applications",
            "fallback",
            "drop or reset",
            "drop",
            "what becomes of its packets when it is stopped: all are dropped, or TCP is answered with resets"),
    APPLICATION_SETTINGS("applications", "settings", "section", "none", "the application's own; see its description"),

    LISTEN_ADDRESSES(
            "applications.listen",
            "addresses",
            "list of addresses",
            "required",
            "own addresses, virtual addresses of services, or others in an interface's network, for which weir then"
                    + " answers ARP and NDP"),
    LISTEN_PROTOCOL("applications.listen", "protocol", "tcp, udp or both", "required", "transport protocol"),
    LISTEN_PORTS("applications.listen", "ports", "port or range", "required", "such as 7 or 16384-32767");

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
