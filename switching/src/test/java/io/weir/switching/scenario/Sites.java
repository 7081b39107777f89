package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Host;
import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.Member;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.memory.configuration.ConfigurationImage.ReservedSource;
import io.weir.memory.configuration.ConfigurationImage.Rule;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.RawAddress;
import io.weir.memory.routing.Route;
import java.util.ArrayList;
import java.util.List;

/** Link-layer addresses and ready-made networks for scenarios. */
final class Sites {
    static final int EXT = 1;
    static final int INT = 2;
    static final int CONTROL = 3;
    static final int HOST = 4;

    static final long EXT_MAC = 0x02_00_00_00_01_01L;
    static final long INT_MAC = 0x02_00_00_00_02_01L;
    static final long CLIENT_MAC = 0x02_00_00_00_01_64L;
    static final long GATEWAY_MAC = 0x02_00_00_00_01_feL;
    static final long SERVER_1_MAC = 0x02_00_00_00_02_0bL;
    static final long SERVER_2_MAC = 0x02_00_00_00_02_0cL;
    static final long STRANGER_MAC = 0x02_00_00_00_02_63L;
    static final long CONTROL_MAC = 0x02_00_00_00_03_01L;
    /** Of the end of the control interface where weir's own sockets are. */
    static final long CONTROL_LINK_MAC = 0x02_00_00_00_03_02L;

    static final long HOST_MAC = 0x02_00_00_00_04_01L;
    /** Of the host's device. */
    static final long HOST_LINK_MAC = 0x02_00_00_00_04_02L;

    static final long BROADCAST = 0xffff_ffff_ffffL;

    /** Service numbers, in the order of {@link #services}. */
    static final int TCP_SERVICE = 1;

    static final int UDP_SERVICE = 2;
    static final int PORT = 80;
    static final int SERVER_PORT = 8080;

    private Sites() {}

    /** How a service forwards, in the words of scenario names. */
    enum Mode {
        /** The server listens on another port. */
        NAT(ConfigurationReader.NAT, SERVER_PORT),
        /** The server listens on the service's port. */
        NAT_SAME_PORT(ConfigurationReader.NAT, 0),
        DIRECT(ConfigurationReader.DIRECT, 0);

        final int forwarding;
        final int serverPort;

        Mode(int forwarding, int serverPort) {
            this.forwarding = forwarding;
            this.serverPort = serverPort;
        }
    }

    /** TCP and UDP services on port 80 with server 1 alone. */
    static Network one(Mode mode) {
        return network(services(mode, PORT, 1, 0), Settings.DEFAULTS);
    }

    /** TCP and UDP services on every port with server 1 alone. */
    static Network anyPort(Mode mode) {
        return network(services(mode, 0, 1, 0), Settings.DEFAULTS);
    }

    /** TCP and UDP services on port 80 with weights for both servers. */
    static Network weighted(int weight1, int weight2) {
        return network(services(Mode.NAT, PORT, weight1, weight2), Settings.DEFAULTS);
    }

    /** Like {@link #one} with node-wide numbers of its own. */
    static Network with(Settings settings) {
        return network(services(Mode.NAT, PORT, 1, 0), settings);
    }

    /** Like {@link #one} with a control interface, ports 7001 and 61000 to 64999. */
    static Network controlled(int packetsPerSecond, boolean forwarding) {
        Settings settings = limits(1000, 1000, 256, forwarding)
                .withControl(
                        CONTROL,
                        CONTROL_LINK_MAC,
                        List.of(new PortRange(7_001, 7_001), new PortRange(61_000, 64_999)),
                        packetsPerSecond);
        Network network = network(services(Mode.NAT, PORT, 1, 0), settings);
        ConfigurationImage image = network.configuration();
        List<Interface> interfaces = new ArrayList<>(image.interfaces());
        interfaces.add(new Interface("control0", CONTROL_MAC, 1500, List.of()));
        return network.withConfiguration(new ConfigurationImage(
                image.generation(),
                image.cause(),
                image.createdAtEpochMs(),
                settings,
                interfaces,
                image.servers(),
                image.services()));
    }

    /** Reserved for packets from or to it. */
    static final int RESERVED_PORT = 22;

    /** Limits that no scenario reaches. */
    static Network hosted(int localWeight, int remoteWeight) {
        return hosted(localWeight, remoteWeight, hostLimits(10_000, 10_000, 1_000), true, 1500);
    }

    /**
     * Like {@link #controlled} with programs on the host, which are server 3.
     *
     * @param localWeight of the host in the services, where it listens on port 8080
     * @param remoteWeight of server 1
     */
    static Network hosted(int localWeight, int remoteWeight, Host host, boolean forwarding, int mtu) {
        Network network = controlled(1000, forwarding);
        ConfigurationImage image = network.configuration();
        List<Interface> interfaces = new ArrayList<>(image.interfaces());
        interfaces.add(new Interface("host", HOST_MAC, mtu, List.of()));
        List<Server> servers = new ArrayList<>(image.servers());
        servers.add(new Server(3, "local", 1, List.of(Family.IPV4.host.raw(), Family.IPV6.host.raw())));
        List<Service> services = image.services().stream()
                .map(each -> new Service(
                        each.number(),
                        each.name(),
                        each.protocol(),
                        each.port(),
                        each.forwarding(),
                        each.algorithm(),
                        each.addresses(),
                        withHost(Family.IPV4, localWeight, remoteWeight),
                        withHost(Family.IPV6, localWeight, remoteWeight)))
                .toList();
        return network.withConfiguration(new ConfigurationImage(
                image.generation(),
                image.cause(),
                image.createdAtEpochMs(),
                image.settings(),
                interfaces,
                servers,
                services,
                0,
                List.of(),
                host));
    }

    private static Members withHost(Family family, int localWeight, int remoteWeight) {
        return Members.inOrder(List.of(
                new Member(3, localWeight, family.host.raw(), SERVER_PORT),
                new Member(1, remoteWeight, family.server1.raw(), SERVER_PORT)));
    }

    /** Reserved: port 22, and what comes from behind the gateway. */
    static Host hostLimits(int packetsPerSecond, int perSource, int reservedPerSecond) {
        return new Host(
                HOST,
                HOST_LINK_MAC,
                List.of(Family.IPV4.host.raw(), Family.IPV6.host.raw()),
                packetsPerSecond,
                perSource,
                reservedPerSecond,
                List.of(
                        new ReservedSource(Family.IPV4.remote.raw(), 128),
                        new ReservedSource(Family.IPV6.remote.raw(), 64)),
                List.of(new PortRange(RESERVED_PORT, RESERVED_PORT)));
    }

    /** TCP and UDP services on every port; server 1 has all slots, rules may name server 2. */
    static Network ruled(List<Rule> rules) {
        List<Service> services = services(Mode.NAT_SAME_PORT, 0, 1, 0).stream()
                .map(each -> new Service(
                        each.number(),
                        each.name(),
                        each.protocol(),
                        each.port(),
                        each.forwarding(),
                        each.algorithm(),
                        each.addresses(),
                        new Members(each.ipv4().members(), each.ipv4().slots(), rules),
                        new Members(each.ipv6().members(), each.ipv6().slots(), rules)))
                .toList();
        return network(services, Settings.DEFAULTS);
    }

    /** Like {@link #weighted}; connections of server 1 are to be reset. */
    static Network resetting(int weight1, int weight2) {
        Network network = weighted(weight1, weight2);
        ConfigurationImage image = network.configuration();
        List<Server> servers = image.servers().stream()
                .map(each -> new Server(
                        each.number(), each.name(), each.weight(), each.addresses(), List.of(), each.number() == 1))
                .toList();
        return network.withConfiguration(new ConfigurationImage(
                image.generation(),
                image.cause(),
                image.createdAtEpochMs(),
                image.settings(),
                image.interfaces(),
                servers,
                image.services()));
    }

    static Settings limits(int resetsPerSecond, int echoesPerSecond, int pendingPackets, boolean forwarding) {
        return new Settings(
                Settings.DEFAULTS.timeoutsMs(), resetsPerSecond, echoesPerSecond, pendingPackets, forwarding);
    }

    static List<Service> services(Mode mode, int port, int weight1, int weight2) {
        return List.of(
                service(TCP_SERVICE, "tcp", Packet.TCP, mode, port, weight1, weight2),
                service(UDP_SERVICE, "udp", Packet.UDP, mode, port, weight1, weight2));
    }

    private static Service service(
            int number, String name, int protocol, Mode mode, int port, int weight1, int weight2) {
        return new Service(
                number,
                name,
                protocol,
                port,
                mode.forwarding,
                ConfigurationReader.WEIGHTED_ROUND_ROBIN,
                List.of(Family.IPV4.service.raw(), Family.IPV6.service.raw()),
                members(Family.IPV4, mode.serverPort, weight1, weight2),
                members(Family.IPV6, mode.serverPort, weight1, weight2));
    }

    private static Members members(Family family, int port, int weight1, int weight2) {
        return Members.inOrder(List.of(
                new Member(1, weight1, family.server1.raw(), port),
                new Member(2, weight2, family.server2.raw(), port)));
    }

    /** Like {@link #one} on links for long packets. */
    static Network jumbo(Mode mode, int externalMtu, int internalMtu) {
        return network(services(mode, PORT, 1, 0), Settings.DEFAULTS, externalMtu, internalMtu);
    }

    static Network network(List<Service> services, Settings settings) {
        return network(services, settings, 1500, 1500);
    }

    private static Network network(List<Service> services, Settings settings, int externalMtu, int internalMtu) {
        ConfigurationImage.Builder image = ConfigurationImage.builder()
                .settings(settings)
                .add(new Interface("ext0", EXT_MAC, externalMtu, own(Family.IPV4.external, Family.IPV6.external)))
                .add(new Interface("int0", INT_MAC, internalMtu, own(Family.IPV4.internal, Family.IPV6.internal)))
                .add(new Server(1, "server-1", 1, List.of(Family.IPV4.server1.raw(), Family.IPV6.server1.raw())))
                .add(new Server(2, "server-2", 1, List.of(Family.IPV4.server2.raw(), Family.IPV6.server2.raw())));
        services.forEach(image::add);
        return new Network(image.build(), routes(), stations(), 256, 512, false);
    }

    private static List<OwnAddress> own(Endpoint ipv4, Endpoint ipv6) {
        return List.of(new OwnAddress(ipv4.raw(), 24), new OwnAddress(ipv6.raw(), 64));
    }

    private static List<Route> routes() {
        RawAddress ext6 = Family.IPV6.external.raw();
        RawAddress int6 = Family.IPV6.internal.raw();
        RawAddress remote6 = Family.IPV6.remote.raw();
        RawAddress gateway6 = Family.IPV6.gateway.raw();
        return List.of(
                Route.onLink4(Family.IPV4.external.raw().raw4() & 0x00ff_ffff, 24, EXT),
                Route.onLink4(Family.IPV4.internal.raw().raw4() & 0x00ff_ffff, 24, INT),
                Route.via4(
                        Family.IPV4.remote.raw().raw4() & 0x00ff_ffff,
                        24,
                        EXT,
                        Family.IPV4.gateway.raw().raw4()),
                Route.onLink6(ext6.address0(), 0, 64, EXT),
                Route.onLink6(int6.address0(), 0, 64, INT),
                Route.via6(remote6.address0(), 0, 64, EXT, gateway6.address0(), gateway6.address1()));
    }

    private static List<Network.Station> stations() {
        List<Network.Station> stations = new ArrayList<>();
        for (Family family : Family.values()) {
            stations.add(new Network.Station(EXT, family.client));
            stations.add(new Network.Station(EXT, family.gateway));
            stations.add(new Network.Station(INT, family.server1));
            stations.add(new Network.Station(INT, family.server2));
        }
        return stations;
    }
}
