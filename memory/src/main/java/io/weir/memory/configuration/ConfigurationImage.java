package io.weir.memory.configuration;

import java.util.ArrayList;
import java.util.List;

/**
 * What goes into one side of the configuration table, in plain values: the argument of {@link ConfigurationWriter}
 * and what tools read back.
 *
 * @param generation the generation that readers see once this side is active
 * @param cause why it came about, such as {@code apply weir.yaml}; at most 63 bytes UTF-8
 * @param createdAtEpochMs wall-clock time of the change
 * @param settings node-wide numbers
 * @param interfaces interface k has id k + 1; at most 254
 * @param servers all servers, each with its number
 * @param services all services, each with its number
 * @param applicationBase id of the first network application, 0 for none; their ids are greater than those of interfaces
 * @param claims packets that are applications', which do not overlap; at most {@link ConfigurationLayout#MAX_CLAIMS}
 * @param host programs on the host behind the switch
 */
public record ConfigurationImage(
        long generation,
        String cause,
        long createdAtEpochMs,
        Settings settings,
        List<Interface> interfaces,
        List<Server> servers,
        List<Service> services,
        int applicationBase,
        List<Claim> claims,
        Host host) {
    public ConfigurationImage {
        interfaces = List.copyOf(interfaces);
        servers = List.copyOf(servers);
        services = List.copyOf(services);
        claims = List.copyOf(claims);
    }

    /** Without applications and programs on the host. */
    public ConfigurationImage(
            long generation,
            String cause,
            long createdAtEpochMs,
            Settings settings,
            List<Interface> interfaces,
            List<Server> servers,
            List<Service> services) {
        this(generation, cause, createdAtEpochMs, settings, interfaces, servers, services, 0, List.of(), Host.NONE);
    }

    /**
     * Programs on the host behind the switch.
     *
     * @param interfaceId id of their interface, which must be among the interfaces; 0 for none
     * @param linkAddress link-layer address of their device, 48 bits, first octet highest
     * @param addresses their own addresses
     * @param packetsPerSecond packets handed to them per second and processor
     * @param perSource likewise from one source
     * @param reservedPerSecond how many of them are for reserved packets alone
     * @param reservedSources at most {@link ConfigurationLayout#MAX_RESERVED_SOURCES}
     * @param reservedPorts at most {@link ConfigurationLayout#MAX_RESERVED_PORTS}
     */
    public record Host(
            int interfaceId,
            long linkAddress,
            List<RawAddress> addresses,
            int packetsPerSecond,
            int perSource,
            int reservedPerSecond,
            List<ReservedSource> reservedSources,
            List<PortRange> reservedPorts) {
        public static final Host NONE = new Host(0, 0, List.of(), 0, 0, 0, List.of(), List.of());

        public Host {
            addresses = List.copyOf(addresses);
            reservedSources = List.copyOf(reservedSources);
            reservedPorts = List.copyOf(reservedPorts);
        }

        /** The same behind another interface. */
        public Host withInterface(int id) {
            return new Host(
                    id,
                    linkAddress,
                    addresses,
                    packetsPerSecond,
                    perSource,
                    reservedPerSecond,
                    reservedSources,
                    reservedPorts);
        }
    }

    /**
     * A network whose packets to the host are reserved.
     *
     * @param prefixLength 0..128, counted in the IPv4-mapped form for IPv4 (a /8 is 104)
     */
    public record ReservedSource(RawAddress network, int prefixLength) {}

    /**
     * Node-wide numbers.
     *
     * @param timeoutsMs idle timeout by connection state ({@code ConnectionState}); index 0 is not used
     * @param resetsPerSecond TCP resets per second and processor
     * @param echoesPerSecond echo replies per second and processor
     * @param pendingPackets packets that wait for next hops, per processor
     * @param forwarding whether packets that are not for a service are forwarded
     * @param controlInterface id of the interface behind which the control processor's own sockets are, 0 for none; it
     *     must be among the interfaces
     * @param controlLinkAddress link-layer address of the sockets' end of it, 48 bits, first octet highest
     * @param controlPorts ports of own addresses that those sockets use; at most {@link
     *     ConfigurationLayout#MAX_CONTROL_PORTS} ranges
     * @param controlPacketsPerSecond packets handed to the control interface per second and processor
     */
    public record Settings(
            List<Integer> timeoutsMs,
            int resetsPerSecond,
            int echoesPerSecond,
            int pendingPackets,
            boolean forwarding,
            int controlInterface,
            long controlLinkAddress,
            List<PortRange> controlPorts,
            int controlPacketsPerSecond) {
        /** Timeouts UDP 60 s one-way and 300 s, SYN 60 s, established 900 s, FIN 120 s, closed 10 s; forwarding. */
        public static final Settings DEFAULTS = new Settings(
                List.of(0, 60_000, 300_000, 60_000, 60_000, 900_000, 120_000, 10_000), 1000, 1000, 256, true);

        public Settings {
            timeoutsMs = List.copyOf(timeoutsMs);
            controlPorts = List.copyOf(controlPorts);
        }

        /** Without a control interface. */
        public Settings(
                List<Integer> timeoutsMs,
                int resetsPerSecond,
                int echoesPerSecond,
                int pendingPackets,
                boolean forwarding) {
            this(timeoutsMs, resetsPerSecond, echoesPerSecond, pendingPackets, forwarding, 0, 0, List.of(), 0);
        }

        /** The same with a control interface. */
        public Settings withControl(int id, long linkAddress, List<PortRange> ports, int packetsPerSecond) {
            return new Settings(
                    timeoutsMs,
                    resetsPerSecond,
                    echoesPerSecond,
                    pendingPackets,
                    forwarding,
                    id,
                    linkAddress,
                    ports,
                    packetsPerSecond);
        }
    }

    /**
     * TCP and UDP ports.
     *
     * @param least the first of them, 1..65535
     * @param greatest the last of them
     */
    public record PortRange(int least, int greatest) {}

    /**
     * An interface.
     *
     * @param name at most 63 bytes UTF-8
     * @param linkAddress 48 bits, first octet highest
     * @param mtu greatest IP packet in bytes
     * @param addresses own addresses of both families
     */
    public record Interface(String name, long linkAddress, int mtu, List<OwnAddress> addresses) {
        public Interface {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * An own address of an interface.
     *
     * @param address the address
     * @param prefixLength bits of its network, 0..32 or 0..128
     */
    public record OwnAddress(RawAddress address, int prefixLength) {}

    /**
     * A server.
     *
     * @param number stable number, 1..65535
     * @param name at most 63 bytes UTF-8
     * @param weight default weight
     * @param addresses at most one of each family
     * @param tags what it can do, as rules and capabilities name it; each at most 63 bytes UTF-8
     * @param resetting whether its connections are removed, so that both sides get resets
     */
    public record Server(
            int number, String name, int weight, List<RawAddress> addresses, List<String> tags, boolean resetting) {
        public Server {
            addresses = List.copyOf(addresses);
            tags = List.copyOf(tags);
        }

        /** Without tags; its connections stay. */
        public Server(int number, String name, int weight, List<RawAddress> addresses) {
            this(number, name, weight, addresses, List.of(), false);
        }
    }

    /**
     * A service. Each address family has members and a selection table of its own, because a server may have an
     * address in only one of them.
     *
     * @param number stable number, 1..65535
     * @param name at most 63 bytes UTF-8
     * @param protocol of the IP header
     * @param port 1..65535, or 0 for any
     * @param forwarding {@link ConfigurationReader#NAT} or {@link ConfigurationReader#DIRECT}
     * @param algorithm {@link ConfigurationReader#WEIGHTED_ROUND_ROBIN} to {@link ConfigurationReader#HOT_COLD}
     * @param addresses virtual addresses
     * @param ipv4 members for IPv4 clients
     * @param ipv6 members for IPv6 clients
     * @param weights where the weights come from: {@link ConfigurationReader#STATIC} or {@link
     *     ConfigurationReader#EVEN_LOAD}
     * @param weightUnit what a weight of 1 in the file is in the members' weights in force
     */
    public record Service(
            int number,
            String name,
            int protocol,
            int port,
            int forwarding,
            int algorithm,
            List<RawAddress> addresses,
            Members ipv4,
            Members ipv6,
            int weights,
            double weightUnit) {
        public Service {
            addresses = List.copyOf(addresses);
        }

        /** With weights in the units of the file. */
        public Service(
                int number,
                String name,
                int protocol,
                int port,
                int forwarding,
                int algorithm,
                List<RawAddress> addresses,
                Members ipv4,
                Members ipv6,
                int weights) {
            this(number, name, protocol, port, forwarding, algorithm, addresses, ipv4, ipv6, weights, 1);
        }

        /** With static weights. */
        public Service(
                int number,
                String name,
                int protocol,
                int port,
                int forwarding,
                int algorithm,
                List<RawAddress> addresses,
                Members ipv4,
                Members ipv6) {
            this(
                    number,
                    name,
                    protocol,
                    port,
                    forwarding,
                    algorithm,
                    addresses,
                    ipv4,
                    ipv6,
                    ConfigurationReader.STATIC,
                    1);
        }
    }

    /**
     * The members of a service in one family.
     *
     * @param members at most 65535; a member with weight 0 stands here and in no slot
     * @param slots the selection table: indexes into {@code members}
     * @param rules the first that applies to a new connection's first packet chooses from its own slots instead
     */
    public record Members(List<Member> members, SelectionSlots slots, List<Rule> rules) {
        public static final Members NONE = new Members(List.of(), SelectionSlots.EMPTY);

        public Members {
            members = List.copyOf(members);
            rules = List.copyOf(rules);
        }

        /** Without rules. */
        public Members(List<Member> members, SelectionSlots slots) {
            this(members, slots, List.of());
        }

        /** One slot for each unit of weight, in order: enough for tests and the simplest round robin. */
        public static Members inOrder(List<Member> members) {
            int size = members.stream().mapToInt(Member::weight).sum();
            char[] slots = new char[size];
            int slot = 0;
            for (int k = 0; k < members.size(); k++) {
                for (int turn = members.get(k).weight(); turn > 0; turn--) {
                    slots[slot++] = (char) k;
                }
            }
            return new Members(members, SelectionSlots.of(slots));
        }
    }

    /**
     * A server in a service.
     *
     * @param server number of the server
     * @param weight weight in force here; 0 drains
     * @param configuredWeight weight as configured, which the master may have changed
     * @param address where packets go; of an application, the marker {@link RawAddress#ofApplication4} or {@link
     *     RawAddress#ofApplication6}
     * @param port port towards the server; 0 keeps the packet's
     */
    public record Member(int server, int weight, int configuredWeight, RawAddress address, int port) {
        /** With the weight that is configured. */
        public Member(int server, int weight, RawAddress address, int port) {
            this(server, weight, weight, address, port);
        }
    }

    /**
     * Where the first packet of a connection decides which members it may go to. All conditions must hold.
     *
     * @param network of the client's address
     * @param prefixLength bits of the network, 0..128, counted in the IPv4-mapped form for IPv4 (a /8 is 104); 0 is any
     *     client
     * @param leastPort least destination port, 0..65535
     * @param greatestPort greatest destination port
     * @param dscp bit n is set when DSCP n (RFC 2474) is among those meant; -1 is any
     * @param tcpOptions bit n is set when TCP option kind n must be there; 0 is any, and others never hold for UDP
     * @param slots indexes into the members of the service; while empty, the rule does not apply
     */
    public record Rule(
            RawAddress network,
            int prefixLength,
            int leastPort,
            int greatestPort,
            long dscp,
            long tcpOptions,
            SelectionSlots slots) {}

    /**
     * Packets that are a network application's.
     *
     * @param address their destination
     * @param protocol of the IP header
     * @param leastPort of their destination ports, 1..65535
     * @param greatestPort likewise
     * @param application id of the application
     */
    public record Claim(RawAddress address, int protocol, int leastPort, int greatestPort, int application) {}

    /** An image to fill step by step. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the parts of an image; defaults: generation 1, no cause, {@link Settings#DEFAULTS}. */
    public static final class Builder {
        private long generation = 1;
        private String cause = "";
        private long createdAtEpochMs;
        private Settings settings = Settings.DEFAULTS;
        private final List<Interface> interfaces = new ArrayList<>();
        private final List<Server> servers = new ArrayList<>();
        private final List<Service> services = new ArrayList<>();
        private final List<Claim> claims = new ArrayList<>();
        private int applicationBase;

        private Host host = Host.NONE;

        private Builder() {}

        public Builder generation(long value) {
            generation = value;
            return this;
        }

        public Builder cause(String value) {
            cause = value;
            return this;
        }

        public Builder createdAtEpochMs(long value) {
            createdAtEpochMs = value;
            return this;
        }

        public Builder settings(Settings value) {
            settings = value;
            return this;
        }

        public Builder add(Interface value) {
            interfaces.add(value);
            return this;
        }

        public Builder add(Server value) {
            servers.add(value);
            return this;
        }

        public Builder add(Service value) {
            services.add(value);
            return this;
        }

        public Builder applicationBase(int value) {
            applicationBase = value;
            return this;
        }

        public Builder add(Claim value) {
            claims.add(value);
            return this;
        }

        public Builder host(Host value) {
            host = value;
            return this;
        }

        public ConfigurationImage build() {
            return new ConfigurationImage(
                    generation,
                    cause,
                    createdAtEpochMs,
                    settings,
                    interfaces,
                    servers,
                    services,
                    applicationBase,
                    claims,
                    host);
        }
    }
}
