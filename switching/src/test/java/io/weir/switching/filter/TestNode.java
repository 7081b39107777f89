package io.weir.switching.filter;

import static io.weir.switching.filter.TestFrame.raw4;
import static io.weir.switching.filter.TestFrame.raw6;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Host;
import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.Member;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import io.weir.memory.configuration.ConfigurationImage.Rule;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.ConfigurationWriter;
import io.weir.memory.configuration.RawAddress;
import io.weir.memory.configuration.SelectionSlots;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.CountersLayout;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.map.Sides;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.Route;
import io.weir.memory.routing.RouteReader;
import io.weir.memory.routing.RoutingTable;
import io.weir.port.ForwardingPort;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import io.weir.port.decorator.FaultSettings;
import io.weir.port.decorator.FaultyPort;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import io.weir.switching.application.ApplicationSlot;
import io.weir.switching.engine.SwitchingProcessor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One switching processor between two networks in memory, under a manual clock.
 *
 * <pre>
 *   client 10.0.1.9, fd01::9   (1) weir (2)   servers 10.0.2.1 to 10.0.2.3, fd02::1 to fd02::3
 *                    services on 10.0.1.100, fd01::100
 * </pre>
 */
final class TestNode {
    static final String CLIENT = "10.0.1.9";
    static final String CLIENT6 = "fd01::9";
    static final String VIP = "10.0.1.100";
    static final String VIP6 = "fd01::100";
    static final long OUTER_MAC = 0x02_00_00_00_01_01L;
    static final long INNER_MAC = 0x02_00_00_00_02_01L;
    static final long HOST_MAC = 0x02_00_00_00_03_01L;
    static final int HOST_ID = 3;
    static final long CLIENT_MAC = 0x02_00_00_00_01_77L;
    static final long SERVER_MAC = 0x02_00_00_00_02_70L;
    static final int BUFFERS = 1024;
    private static final List<Route> ROUTES = List.of(
            Route.onLink4(raw4("10.0.1.0"), 24, 1),
            Route.onLink4(raw4("10.0.2.0"), 24, 2),
            Route.via4(raw4("198.51.100.0"), 24, 1, raw4(CLIENT)),
            Route.onLink6(raw6("fd01::", 0), 0, 64, 1),
            Route.onLink6(raw6("fd02::", 0), 0, 64, 2));

    final PacketStorage storage;
    private final MemorySegment counterRegion = Arena.ofAuto().allocate(CountersLayout.bytes(1, 255, 255, 255), 64);
    final ProcessorCounters counters;
    final ConnectionTable4 connections4;
    final ConnectionTable6 connections6;
    final NeighbourTable neighbours;
    final MemoryStation outside;
    final MemoryStation inside;
    /** Behind the host interface of a node with a {@link Builder#host}. */
    final MemoryStation host;

    /** What the host interface says of itself. */
    boolean hostCongested;

    /** Runs in the middle of each cycle: tables have been looked at, the outer interface has not. */
    Runnable midCycle = () -> {};

    /** The interfaces when the node has {@link Builder#faults}. */
    final FaultyPort outerPort;

    final FaultyPort innerPort;
    final ProcessorContext context;
    final SwitchingProcessor processor;
    private final RoutingTable routes;
    private final Sides configurationSides;
    private final MemorySegment[] configuration;
    int nowMs = 1_000;

    /** Services and settings of a node. */
    static final class Builder {
        final ConfigurationImage.Builder image = ConfigurationImage.builder();
        Settings settings = Settings.DEFAULTS;
        int records = 4096;
        int bufferBytes = 2048;
        boolean offloads;
        /** What both lines do to frames in both directions. */
        FaultSettings faults = FaultSettings.NONE;

        /** Network applications, of ids from the image's first one on. */
        List<ApplicationSlot> applications = List.of();

        /** Programs on the host behind interface 3, if there is one. */
        boolean hostPort = true;

        private int serviceNumber;

        Builder host(Host host) {
            image.add(new Interface("host", HOST_MAC, 1500, List.of())).host(host);
            return this;
        }

        Builder() {
            image.add(new Interface("outer", OUTER_MAC, 1500, List.of(own("10.0.1.1", 24), own("fd01::1", 64))));
            image.add(new Interface("inner", INNER_MAC, 1500, List.of(own("10.0.2.254", 24), own("fd02::254", 64))));
            for (int k = 1; k <= 3; k++) {
                image.add(new Server(k, "server" + k, 1, List.of(of("10.0.2." + k), of("fd02::" + k))));
            }
        }

        Builder service(int protocol, int port, int forwarding, int algorithm, int serverPort, int... weights) {
            List<Member> members4 = new ArrayList<>();
            List<Member> members6 = new ArrayList<>();
            for (int k = 1; k <= weights.length; k++) {
                members4.add(new Member(k, weights[k - 1], of("10.0.2." + k), serverPort));
                members6.add(new Member(k, weights[k - 1], of("fd02::" + k), serverPort));
            }
            image.add(new Service(
                    ++serviceNumber,
                    "service" + serviceNumber,
                    protocol,
                    port,
                    forwarding,
                    algorithm,
                    List.of(of(VIP), of(VIP6)),
                    Members.inOrder(members4),
                    Members.inOrder(members6)));
            return this;
        }

        /** Server 1 alone by hot/cold, found by the last of four rules. */
        Builder ruled(int protocol, int port, int serverPort) {
            SelectionSlots slots = SelectionSlots.of((char) 0);
            List<Rule> rules = List.of(
                    new Rule(of("10.99.0.0"), 112, 0, 0xffff, -1, 0, slots),
                    new Rule(of(CLIENT), 0, 0, 0xffff, 1L << 46, 0, slots),
                    new Rule(of(CLIENT), 0, 0, 0xffff, -1, 1L << 30, slots),
                    new Rule(of(CLIENT), 0, port, port, -1, 0, slots));
            image.add(new Service(
                    ++serviceNumber,
                    "service" + serviceNumber,
                    protocol,
                    port,
                    ConfigurationReader.NAT,
                    ConfigurationReader.HOT_COLD,
                    List.of(of(VIP), of(VIP6)),
                    new Members(List.of(new Member(1, 1, of("10.0.2.1"), serverPort)), SelectionSlots.EMPTY, rules),
                    new Members(List.of(new Member(1, 1, of("fd02::1"), serverPort)), SelectionSlots.EMPTY, rules)));
            return this;
        }

        Builder nat(int protocol, int port, int serverPort) {
            return service(
                    protocol,
                    port,
                    ConfigurationReader.NAT,
                    ConfigurationReader.WEIGHTED_ROUND_ROBIN,
                    serverPort,
                    1,
                    1,
                    1);
        }

        TestNode build() {
            return new TestNode(this);
        }
    }

    static Builder builder() {
        return new Builder();
    }

    /** NAT on TCP and UDP port 80 to port 8080. */
    static TestNode web() {
        return builder()
                .nat(TestFrame.TCP, 80, 8080)
                .nat(TestFrame.UDP, 80, 8080)
                .build();
    }

    static RawAddress of(String text) {
        return text.contains(":") ? new RawAddress(raw6(text, 0), raw6(text, 1)) : RawAddress.of4(raw4(text));
    }

    static OwnAddress own(String text, int prefix) {
        return new OwnAddress(of(text), prefix);
    }

    private TestNode(Builder builder) {
        Arena arena = Arena.ofAuto();
        CountersLayout.initialise(counterRegion, 1, 255, 255, 255);
        counters = new ProcessorCounters(counterRegion, 0);
        storage = PacketStorage.checking(BUFFERS, builder.bufferBytes, 2);
        configurationSides = new Sides(arena.allocate(Sides.bytes(1), 64));
        ConfigurationImage image = builder.image.settings(builder.settings).build();
        long bytes = ConfigurationWriter.bytesNeeded(image) * 2 + (16 << 10);
        configuration = new MemorySegment[] {arena.allocate(bytes, 64), arena.allocate(bytes, 64)};
        apply(image);
        Sides routeSides = new Sides(arena.allocate(Sides.bytes(1), 64));
        MemorySegment routesA = arena.allocate(RoutingTable.bytes(64), 64);
        MemorySegment routesB = arena.allocate(RoutingTable.bytes(64), 64);
        routes = new RoutingTable(routeSides, routesA, routesB, 64);
        routes.replace(ROUTES);
        connections4 = ConnectionTable4.format(
                arena.allocate(ConnectionTable4.regionBytes(builder.records), 64), 0x1234_5678_9abc_def1L);
        connections6 = ConnectionTable6.format(
                arena.allocate(ConnectionTable6.regionBytes(builder.records), 128), 0x1234_5678_9abc_def1L);
        MemorySegment neighbourMemory = arena.allocate(NeighbourTable.bytes(64), 64);
        NeighbourTable.initialise(neighbourMemory, 7);
        neighbours = new NeighbourTable(neighbourMemory);
        FrameOwners owners = new FrameOwners(storage.view(0));
        MemoryWire outer = wire(1, "outer", OUTER_MAC, builder.offloads);
        MemoryWire inner = wire(2, "inner", INNER_MAC, builder.offloads);
        outside = outer.station(storage.view(1));
        inside = inner.station(storage.view(1));
        outerPort = new FaultyPort(outer.port(0, owners), owners, counters, 1, builder.faults, builder.faults);
        innerPort = new FaultyPort(inner.port(0, owners), owners, counters, 2, builder.faults, builder.faults);
        List<Port> polled = builder.faults.equals(FaultSettings.NONE)
                ? List.of(new WatchedPort(outer.port(0, owners)), inner.port(0, owners))
                : List.of(outerPort, innerPort);
        MemoryWire programs = wire(HOST_ID, "host", HOST_MAC, builder.offloads);
        host = programs.station(storage.view(1));
        Port hostPort = new CongestedPort(programs.port(0, owners));
        @Nullable Port[] ports = {null, polled.get(0), polled.get(1), builder.hostPort ? hostPort : null};
        context = new ProcessorContext(
                owners,
                counters,
                new ConfigurationReader(configurationSides, configuration[0], configuration[1], 0),
                new RouteReader(routeSides, routesA, routesB, 64, 0),
                neighbours,
                connections4,
                connections6,
                0,
                1,
                ports,
                new Handshakes(),
                builder.applications);
        processor = new SwitchingProcessor(context, List.of(polled.get(0), polled.get(1), hostPort));
        learn(1, CLIENT, CLIENT_MAC);
        learn(1, CLIENT6, CLIENT_MAC);
        for (int k = 1; k <= 3; k++) {
            learn(2, "10.0.2." + k, SERVER_MAC + k);
            learn(2, "fd02::" + k, SERVER_MAC + k);
        }
        settle();
    }

    private final class CongestedPort extends ForwardingPort {
        CongestedPort(Port port) {
            super(port);
        }

        @Override
        public boolean isCongested() {
            return hostCongested;
        }
    }

    private final class WatchedPort extends ForwardingPort {
        WatchedPort(Port port) {
            super(port);
        }

        @Override
        public int receive(FrameBatch batch, int limit) {
            midCycle.run();
            return super.receive(batch, limit);
        }
    }

    private static MemoryWire wire(int id, String name, long mac, boolean offloads) {
        return new MemoryWire(id, name, new PortCapabilities("memory", mac, 1500, offloads, offloads, true), 1, 512);
    }

    /** What tools read. */
    CountersReader serverCounters() {
        return new CountersReader(counterRegion);
    }

    /** Writes the back-up side and flips. */
    void apply(ConfigurationImage image) {
        int backup = Sides.side(configurationSides.active()) ^ 1;
        ConfigurationWriter.write(configuration[backup], image);
        configurationSides.flip();
    }

    /** Routes besides those of the start, in force as the control processor does it: a flip, then a new path epoch. */
    void route(Route... added) {
        List<Route> all = new ArrayList<>(ROUTES);
        all.addAll(List.of(added));
        routes.replace(all);
        neighbours.newEpoch();
    }

    void learn(int interfaceId, String address, long mac) {
        RawAddress raw = of(address);
        int entry = neighbours.add(interfaceId, raw.address0(), raw.address1(), nowMs);
        neighbours.confirm(entry, mac, nowMs);
    }

    /** Lets the announcements of the start go by. */
    private void settle() {
        for (int k = 0; k < 50; k++) {
            nowMs += 20;
            processor.doWork(nowMs);
        }
        drain();
    }

    /** Forgets what has been transmitted. */
    void drain() {
        while (outside.collect() != null) {
            // one frame less
        }
        while (inside.collect() != null || host.collect() != null) {
            // one frame less
        }
    }

    /** A frame as the client's network would send it. */
    byte @Nullable [] fromClient(TestFrame frame) {
        frame.macs(OUTER_MAC, CLIENT_MAC);
        return fromClient(frame.build(), Offload.NONE);
    }

    /** Injects outside; returns the one frame that left anywhere, or null. */
    byte @Nullable [] fromClient(byte[] frame, long offload) {
        outside.inject(0, frame, offload);
        return cycle();
    }

    byte @Nullable [] fromHost(TestFrame frame) {
        host.inject(0, frame.macs(HOST_MAC, HOST_MAC).build(), Offload.NONE);
        return cycle();
    }

    byte @Nullable [] fromServer(TestFrame frame) {
        frame.macs(INNER_MAC, SERVER_MAC + 1);
        inside.inject(0, frame.build(), Offload.NONE);
        return cycle();
    }

    private byte @Nullable [] cycle() {
        processor.doWork(nowMs);
        MemoryStation.TransmittedFrame out = inside.collect();
        if (out == null) {
            out = outside.collect();
        }
        if (out == null) {
            out = host.collect();
        }
        return out == null ? null : out.bytes();
    }

    /** Buffers that are neither free nor on a wire. */
    long missingBuffers() {
        return BUFFERS - storage.free();
    }
}
