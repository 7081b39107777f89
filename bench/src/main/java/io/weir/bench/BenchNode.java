package io.weir.bench;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationProvider;
import io.weir.application.NetworkApplication;
import io.weir.application.Settings;
import io.weir.applications.echo.EchoProvider;
import io.weir.linux.Mappings;
import io.weir.linux.NativeMemory;
import io.weir.linux.ThreadTime;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Claim;
import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.Member;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.ConfigurationWriter;
import io.weir.memory.configuration.RawAddress;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.CountersLayout;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.map.MemoryMap;
import io.weir.memory.map.MemoryPlan;
import io.weir.memory.map.Region;
import io.weir.memory.map.Sides;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.Route;
import io.weir.memory.routing.RouteReader;
import io.weir.memory.routing.RoutingTable;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import io.weir.switching.application.ApplicationClock;
import io.weir.switching.application.ApplicationSlot;
import io.weir.switching.application.Fallback;
import io.weir.switching.engine.SwitchingProcessor;
import io.weir.switching.filter.Handshakes;
import io.weir.switching.filter.ProcessorContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node with one switching processor between two memory ports. All tables stand in a mapped file, as the node builds
 * them; only the interfaces are memory.
 *
 * <pre>
 *  clients -- router .2 -- 192.168.1.0/24 (1) weir (2) 192.168.2.0/24 -- servers .1 to .16
 *                          fd00:1::/64                 fd00:2::/64
 *  services on 192.168.1.100 and fd00:1::100: port 80 translated to 8080, port 81 direct return; UDP port 7: echo
 * </pre>
 */
final class BenchNode implements AutoCloseable {
    static final String OUTER_MAC = "02:00:00:00:01:01";
    static final String INNER_MAC = "02:00:00:00:02:01";
    static final String ROUTER_MAC = "02:00:00:00:01:02";
    static final int SERVERS = 16;
    /** Number of the echo application, behind those of the interfaces. */
    static final int ECHO = 5;

    private static final int UDP = 17;
    static final int BUFFERS = 8192;
    static final int RING_SLOTS = 4096;

    private static final int MOST_ROUTES = 65_536;
    private static final int MOST_NUMBERED = 65_535;
    private static final int NEIGHBOURS = 1024;
    private static final long LAYOUT = 1;
    /** The announcements of the start are over. */
    static final int SETTLED_MS = 10_000;

    private static final long ROUTER_LINK = 0x0200_0000_0102L;
    private static final long SERVER_LINK = 0x0200_0000_0300L;

    final PacketStorage storage;
    final ConnectionTable4 connections4;
    final ConnectionTable6 connections6;
    final ProcessorCounters counters;
    final NeighbourTable neighbours;
    final MemoryStation outside;
    final MemoryStation inside;
    final SwitchingProcessor processor;
    private final MemoryMap map;
    /** Why the echo application was stopped, if it was. */
    final ApplicationBlock echoBlock = ApplicationBlock.standalone();

    private final List<Integer> entries = new ArrayList<>();
    private final List<Long> links = new ArrayList<>();

    /** A node with room for so many translated connections of each family. */
    BenchNode(Path file, long flows4, long flows6, boolean hugePages) {
        ConfigurationImage image = image();
        long side = ConfigurationWriter.bytesNeeded(image) * 2;
        map = MemoryMap.create(file, plan(flows4, flows6, side), "bench");
        if (hugePages) {
            for (Region region : List.of(Region.CONNECTIONS4, Region.CONNECTIONS6, Region.PACKETS)) {
                MemorySegment memory = map.region(region);
                Mappings.adviseHugePages(memory.address(), memory.byteSize());
            }
        }
        CountersLayout.initialise(map.region(Region.COUNTERS), 1, 2, MOST_NUMBERED, MOST_NUMBERED);
        NeighbourTable.initialise(map.region(Region.NEIGHBOURS), 1);
        ConnectionTable4.format(map.region(Region.CONNECTIONS4), 0x1234_5678_9abc_def1L);
        ConnectionTable6.format(map.region(Region.CONNECTIONS6), 0x1234_5678_9abc_def1L);
        connections4 = new ConnectionTable4(
                NativeMemory.all(), map.region(Region.CONNECTIONS4).address());
        connections6 = new ConnectionTable6(
                NativeMemory.all(), map.region(Region.CONNECTIONS6).address());
        counters = new ProcessorCounters(map.region(Region.COUNTERS), 0);
        neighbours = new NeighbourTable(map.region(Region.NEIGHBOURS));
        Sides configurationSides = new Sides(map.region(Region.SIDES_CONFIGURATION));
        ConfigurationWriter.write(
                map.region(
                        Sides.side(configurationSides.active()) == Sides.A
                                ? Region.CONFIGURATION_B
                                : Region.CONFIGURATION_A),
                image);
        configurationSides.flip();
        Sides routingSides = new Sides(map.region(Region.SIDES_ROUTING));
        new RoutingTable(routingSides, map.region(Region.ROUTING_A), map.region(Region.ROUTING_B), MOST_ROUTES)
                .replace(routes());
        MemoryPlan.Section packets = map.plan().section(Region.PACKETS);
        storage = PacketStorage.create(
                NativeMemory.all(),
                map.region(Region.PACKETS).address(),
                Math.toIntExact(packets.elements()),
                Math.toIntExact(packets.elementBytes()),
                map.region(Region.POOL),
                2);
        FrameOwners owners = new FrameOwners(storage.view(0));
        MemoryWire outer = new MemoryWire(1, "outer", 0x0200_0000_0101L, 1500, 1, RING_SLOTS);
        MemoryWire inner = new MemoryWire(2, "inner", 0x0200_0000_0201L, 1500, 1, RING_SLOTS);
        outside = outer.station(storage.view(1));
        inside = inner.station(storage.view(1));
        Port outerPort = outer.port(0, owners);
        Port innerPort = inner.port(0, owners);
        @Nullable Port[] ports = {null, outerPort, innerPort};
        ProcessorContext context = new ProcessorContext(
                owners,
                counters,
                new ConfigurationReader(
                        configurationSides, map.region(Region.CONFIGURATION_A), map.region(Region.CONFIGURATION_B), 0),
                new RouteReader(
                        routingSides, map.region(Region.ROUTING_A), map.region(Region.ROUTING_B), MOST_ROUTES, 0),
                neighbours,
                connections4,
                connections6,
                0,
                1,
                ports,
                new Handshakes(),
                List.of(echo()));
        processor = new SwitchingProcessor(context, List.of(outerPort, innerPort));
        learn();
        confirmNeighbours(0);
        // The announcements of the start go by.
        for (int nowMs = 0; nowMs < SETTLED_MS; nowMs += 20) {
            processor.doWork(nowMs);
            discard(outside);
            discard(inside);
        }
    }

    private static void discard(MemoryStation station) {
        while (station.collect() != null) {
            // one frame less
        }
    }

    /** The application as a node runs it: measured with the same clocks, within a budget. */
    private ApplicationSlot echo() {
        ApplicationProvider provider = new EchoProvider();
        MemorySegment shared = Arena.global().allocate(4096, 64);
        ApplicationBlock block = echoBlock;
        NetworkApplication application =
                provider.create(new ApplicationContext(Settings.NONE, List.of(), 0, 1, block::addCounter, shared));
        ThreadTime time = new ThreadTime();
        ApplicationClock clock = new ApplicationClock() {
            @Override
            public long wallNanos() {
                return System.nanoTime();
            }

            @Override
            public long processorNanos() {
                return time.nanos();
            }
        };
        return new ApplicationSlot("echo", ECHO, application, 0, 500_000, Fallback.DROP, block, clock);
    }

    private static MemoryPlan plan(long flows4, long flows6, long side) {
        long routing = RoutingTable.bytes(MOST_ROUTES);
        int tables = MemoryPlan.HUGE_PAGE_BYTES;
        return MemoryPlan.builder()
                .processors(1)
                .layoutHash(LAYOUT)
                .region(Region.COUNTERS, 1, CountersLayout.bytes(1, 2, MOST_NUMBERED, MOST_NUMBERED))
                .region(Region.SIDES_CONFIGURATION, 1, Sides.bytes(1))
                .region(Region.CONFIGURATION_A, 1, side)
                .region(Region.CONFIGURATION_B, 1, side)
                .region(Region.SIDES_ROUTING, 1, Sides.bytes(1))
                .region(Region.ROUTING_A, 1, routing)
                .region(Region.ROUTING_B, 1, routing)
                .region(Region.NEIGHBOURS, 1, NeighbourTable.bytes(NEIGHBOURS))
                .region(Region.CONNECTIONS4, 1, ConnectionTable4.regionBytes(2 * flows4), tables)
                .region(Region.CONNECTIONS6, 1, ConnectionTable6.regionBytes(2 * flows6), tables)
                .region(Region.POOL, 1, PacketStorage.poolBytes(BUFFERS, 2))
                .region(Region.PACKETS, BUFFERS, 2048)
                .build();
    }

    private static ConfigurationImage image() {
        ConfigurationImage.Builder image = ConfigurationImage.builder()
                .add(new Interface("outer", 0x0200_0000_0101L, 1500, List.of(own4(1, 1), own6(1, 1))))
                .add(new Interface("inner", 0x0200_0000_0201L, 1500, List.of(own4(2, 254), own6(2, 0x254))));
        for (int k = 1; k <= SERVERS; k++) {
            image.add(new Server(k, "server" + k, 1, List.of(address4(2, k), address6(2, k))));
        }
        return image.add(service(1, Traffic.TRANSLATED_PORT, ConfigurationReader.NAT, Traffic.SERVER_PORT))
                .add(service(2, Traffic.DIRECT_PORT, ConfigurationReader.DIRECT, 0))
                .applicationBase(ECHO)
                .add(new Claim(address4(1, 100), UDP, Traffic.ECHO_PORT, Traffic.ECHO_PORT, ECHO))
                .add(new Claim(address6(1, 0x100), UDP, Traffic.ECHO_PORT, Traffic.ECHO_PORT, ECHO))
                .build();
    }

    private static Service service(int number, int port, int forwarding, int serverPort) {
        List<Member> members4 = new ArrayList<>();
        List<Member> members6 = new ArrayList<>();
        for (int k = 1; k <= SERVERS; k++) {
            members4.add(new Member(k, 1, address4(2, k), serverPort));
            members6.add(new Member(k, 1, address6(2, k), serverPort));
        }
        return new Service(
                number,
                "service" + number,
                6,
                port,
                forwarding,
                ConfigurationReader.WEIGHTED_ROUND_ROBIN,
                List.of(address4(1, 100), address6(1, 0x100)),
                Members.inOrder(members4),
                Members.inOrder(members6));
    }

    private static List<Route> routes() {
        RawAddress outer6 = address6(1, 0);
        RawAddress inner6 = address6(2, 0);
        RawAddress router6 = address6(1, 2);
        return List.of(
                Route.onLink4(address4(1, 0).raw4(), 24, 1),
                Route.onLink4(address4(2, 0).raw4(), 24, 2),
                Route.via4(0, 0, 1, address4(1, 2).raw4()),
                Route.onLink6(outer6.address0(), 0, 64, 1),
                Route.onLink6(inner6.address0(), 0, 64, 2),
                Route.via6(0, 0, 0, 1, router6.address0(), router6.address1()));
    }

    private void learn() {
        learn(1, address4(1, 2), ROUTER_LINK);
        learn(1, address6(1, 2), ROUTER_LINK);
        for (int k = 1; k <= SERVERS; k++) {
            learn(2, address4(2, k), SERVER_LINK + k);
            learn(2, address6(2, k), SERVER_LINK + k);
        }
    }

    private void learn(int interfaceId, RawAddress address, long link) {
        entries.add(neighbours.add(interfaceId, address.address0(), address.address1(), 0));
        links.add(link);
    }

    /** Stands in for the neighbours' answers, so that no entry ages during a measurement. */
    void confirmNeighbours(int nowMs) {
        for (int k = 0; k < entries.size(); k++) {
            neighbours.confirm(entries.get(k), links.get(k), nowMs);
        }
    }

    /** 192.168.network.host. */
    static RawAddress address4(int network, int host) {
        return RawAddress.ofBits4(0xc0a8_0000 | network << 8 | host);
    }

    /** fd00:network::host. */
    static RawAddress address6(int network, int host) {
        return RawAddress.ofBits6(0xfd00_0000_0000_0000L | (long) network << 32, host);
    }

    private static OwnAddress own4(int network, int host) {
        return new OwnAddress(address4(network, host), 24);
    }

    private static OwnAddress own6(int network, int host) {
        return new OwnAddress(address6(network, host), 64);
    }

    @Override
    public void close() {
        processor.close();
        map.close();
    }
}
