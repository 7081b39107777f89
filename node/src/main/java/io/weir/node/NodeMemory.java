package io.weir.node;

import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.MemoryConfiguration;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.linux.Mappings;
import io.weir.linux.NativeMemory;
import io.weir.memory.application.ApplicationDescription;
import io.weir.memory.application.ApplicationTable;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.ConfigurationSnapshot;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.CountersLayout;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.map.MemoryMap;
import io.weir.memory.map.MemoryPlan;
import io.weir.memory.map.Region;
import io.weir.memory.map.Sides;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.queue.QueueTable;
import io.weir.memory.ring.RingRegion;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RouteReader;
import io.weir.memory.routing.RoutingTable;
import io.weir.memory.server.ServerStatusTable;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** The shared memory of a node with its tables in place: made by the node, attached read-only by tools. */
final class NodeMemory implements AutoCloseable {
    /** Routes the table has room for. */
    static final int MOST_ROUTES = 8192;
    /** Services and servers have numbers up to this. */
    static final int MOST_NUMBERED = 65_535;

    /** A switching processor observes a flip within one duty cycle; one that does not in this time is stuck. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final MemoryMap map;

    private NodeMemory(MemoryMap map) {
        this.map = map;
    }

    /** Creates the map file of a node and empties its tables. */
    static NodeMemory create(NodeConfiguration configuration, NodePlan nodePlan) {
        return create(configuration, nodePlan, List.of());
    }

    /** The same with applications. */
    static NodeMemory create(
            NodeConfiguration configuration, NodePlan nodePlan, List<ApplicationDescription> applications) {
        MemoryMap map = MemoryMap.create(
                configuration.memory().file(), plan(configuration, nodePlan, applications), configuration.name());
        return initialised(map, configuration, applications, new SecureRandom());
    }

    /** The same without a file, and with the same seeds every time. */
    static NodeMemory anonymous(NodeConfiguration configuration) {
        return anonymous(configuration, List.of());
    }

    /** The same with applications. */
    static NodeMemory anonymous(NodeConfiguration configuration, List<ApplicationDescription> applications) {
        MemoryMap map = MemoryMap.anonymous(plan(configuration, NodePlan.none(), applications));
        return initialised(map, configuration, applications, new Random(1));
    }

    /** Attaches to the map of a node, running or dead. */
    static NodeMemory attach(Path file) {
        return new NodeMemory(MemoryMap.attach(file, NodeLayout.HASH));
    }

    private static MemoryPlan plan(
            NodeConfiguration configuration, NodePlan nodePlan, List<ApplicationDescription> applications) {
        MemoryConfiguration memory = configuration.memory();
        int processors = configuration.processors().switching().size();
        int interfaces = greatestInterface(configuration);
        int tables = memory.hugePages() ? MemoryPlan.HUGE_PAGE_BYTES : 4096;
        long side = configurationBytes(configuration);
        long routing = RoutingTable.bytes(MOST_ROUTES);
        return MemoryPlan.builder()
                .processors(processors)
                .layoutHash(NodeLayout.HASH)
                .region(Region.COUNTERS, 1, CountersLayout.bytes(processors, interfaces, MOST_NUMBERED, MOST_NUMBERED))
                .region(Region.SIDES_CONFIGURATION, 1, Sides.bytes(processors))
                .region(Region.CONFIGURATION_A, 1, side)
                .region(Region.CONFIGURATION_B, 1, side)
                .region(Region.SIDES_ROUTING, 1, Sides.bytes(processors))
                .region(Region.ROUTING_A, 1, routing)
                .region(Region.ROUTING_B, 1, routing)
                .region(Region.NEIGHBOURS, 1, NeighbourTable.bytes(memory.neighbours()))
                // A translated connection takes two records, one for each direction.
                .region(Region.CONNECTIONS4, 1, ConnectionTable4.regionBytes(2 * memory.connections4()), tables)
                .region(Region.CONNECTIONS6, 1, ConnectionTable6.regionBytes(2 * memory.connections6()), tables)
                .region(Region.QUEUES, nodePlan.rows(), QueueTable.ROW_BYTES)
                .region(
                        Region.RINGS,
                        1,
                        RingRegion.bytes(processors, nodePlan.rings(), NodePlan.RING_FRAMES, nodePlan.hostRingFrames()))
                .region(Region.POOL, 1, PacketStorage.poolBytes(memory.buffers(), processors + 1))
                .region(Region.PACKETS, memory.buffers(), memory.bufferBytes())
                .region(Region.SERVERS, 1, ServerStatusTable.bytes(MOST_NUMBERED))
                .region(Region.APPLICATIONS, 1, ApplicationTable.bytes(applications, processors))
                .build();
    }

    /** Counters have room for the control interface and the host's whether there are these or not, and for applications. */
    private static int greatestInterface(NodeConfiguration configuration) {
        return configuration.firstApplicationId()
                - 1
                + configuration.applications().size();
    }

    /** Room for the configuration it starts with and for one several times as large. */
    private static long configurationBytes(NodeConfiguration configuration) {
        long members = configuration.services().stream()
                .mapToLong(s -> (long) s.addresses().size() * (s.members().size() + 1))
                .sum();
        long wanted = (8L << 20) + 4096 * members;
        return Math.min(Long.highestOneBit(wanted) * 2, 1L << 30);
    }

    private static NodeMemory initialised(
            MemoryMap map,
            NodeConfiguration configuration,
            List<ApplicationDescription> applications,
            RandomGenerator random) {
        MemoryConfiguration memory = configuration.memory();
        int processors = configuration.processors().switching().size();
        CountersLayout.initialise(
                map.region(Region.COUNTERS),
                processors,
                greatestInterface(configuration),
                MOST_NUMBERED,
                MOST_NUMBERED);
        NeighbourTable.initialise(map.region(Region.NEIGHBOURS), random.nextLong());
        ConnectionTable4.format(map.region(Region.CONNECTIONS4), random.nextLong());
        ConnectionTable6.format(map.region(Region.CONNECTIONS6), random.nextLong());
        NodeMemory result = new NodeMemory(map);
        result.applications().describe(applications, processors);
        for (int processor = 0; processor < processors; processor++) {
            result.configurationSides().retire(processor);
            result.routingSides().retire(processor);
        }
        if (memory.hugePages()) {
            result.adviseHugePages();
        }
        return result;
    }

    private void adviseHugePages() {
        for (Region region : List.of(Region.CONNECTIONS4, Region.CONNECTIONS6, Region.PACKETS)) {
            MemorySegment memory = map.region(region);
            Mappings.adviseHugePages(memory.address(), memory.byteSize());
        }
    }

    MemoryMap map() {
        return map;
    }

    Sides configurationSides() {
        return new Sides(map.region(Region.SIDES_CONFIGURATION));
    }

    Sides routingSides() {
        return new Sides(map.region(Region.SIDES_ROUTING));
    }

    MemorySegment configurationA() {
        return map.region(Region.CONFIGURATION_A);
    }

    MemorySegment configurationB() {
        return map.region(Region.CONFIGURATION_B);
    }

    ConfigurationReader configurationReader(int processor) {
        return new ConfigurationReader(configurationSides(), configurationA(), configurationB(), processor);
    }

    /** The active side as plain values. */
    ConfigurationImage configuration() {
        return ConfigurationSnapshot.read(configurationSides(), configurationA(), configurationB())
                .image();
    }

    /** The configuration and routing tables as their one writer sees them. */
    ConfigurationTable configurationTable() {
        return new ConfigurationTable(
                configurationSides(),
                configurationA(),
                configurationB(),
                routingTable(),
                neighbours(),
                GRACE,
                InstantSource.system());
    }

    RoutingTable routingTable() {
        return new RoutingTable(
                routingSides(), map.region(Region.ROUTING_A), map.region(Region.ROUTING_B), MOST_ROUTES);
    }

    RouteReader routeReader(int processor) {
        return new RouteReader(
                routingSides(), map.region(Region.ROUTING_A), map.region(Region.ROUTING_B), MOST_ROUTES, processor);
    }

    NeighbourTable neighbours() {
        return new NeighbourTable(map.region(Region.NEIGHBOURS));
    }

    ConnectionTable4 connections4() {
        return new ConnectionTable4(map.region(Region.CONNECTIONS4));
    }

    ConnectionTable6 connections6() {
        return new ConnectionTable6(map.region(Region.CONNECTIONS6));
    }

    /** The same in the address space of all memory, as fast as it gets; for switching processors, which end before the map. */
    ConnectionTable4 switchingConnections4() {
        return new ConnectionTable4(
                NativeMemory.all(), map.region(Region.CONNECTIONS4).address());
    }

    ConnectionTable6 switchingConnections6() {
        return new ConnectionTable6(
                NativeMemory.all(), map.region(Region.CONNECTIONS6).address());
    }

    QueueTable queues() {
        return new QueueTable(map.region(Region.QUEUES));
    }

    /** Rings between switching processors and to the host; for the node that created the map. */
    RingRegion rings(NodePlan plan) {
        return new RingRegion(
                map.region(Region.RINGS), map.plan().processors(), NodePlan.RING_FRAMES, plan.hostRingFrames());
    }

    /** The counters of a switching processor; those of the control processor have the number behind. */
    ProcessorCounters counters(int processor) {
        return new ProcessorCounters(map.region(Region.COUNTERS), processor);
    }

    /** What the control processor, its one writer, knows about each server. */
    ServerStatusTable serverStatus() {
        return new ServerStatusTable(map.region(Region.SERVERS));
    }

    /** The network applications. */
    ApplicationTable applications() {
        return new ApplicationTable(map.region(Region.APPLICATIONS));
    }

    CountersReader countersReader() {
        return new CountersReader(map.region(Region.COUNTERS));
    }

    /** The packet storage in the address space of all memory; for the node that created the map. */
    PacketStorage storage(int views) {
        MemoryPlan.Section packets = map.plan().section(Region.PACKETS);
        return PacketStorage.create(
                NativeMemory.all(),
                map.region(Region.PACKETS).address(),
                Math.toIntExact(packets.elements()),
                Math.toIntExact(packets.elementBytes()),
                map.region(Region.POOL),
                views);
    }

    /** Packet buffers that nobody holds now. */
    long freeBuffers() {
        return PacketStorage.free(map.region(Region.POOL), map.plan().processors() + 1);
    }

    /** All packet buffers. */
    long buffers() {
        return map.plan().section(Region.PACKETS).elements();
    }

    @Override
    public void close() {
        map.close();
    }
}
