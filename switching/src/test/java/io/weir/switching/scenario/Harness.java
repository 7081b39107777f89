package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.ConfigurationWriter;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.CountersLayout;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.map.Sides;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RouteReader;
import io.weir.memory.routing.RoutingTable;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.memory.MemoryStation;
import io.weir.switching.engine.SwitchingProcessor;
import io.weir.switching.filter.Handshakes;
import io.weir.switching.filter.ProcessorContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs weir's switching processor over some kind of links in the calling thread, under a clock moved by hand. */
final class Harness implements AutoCloseable {
    private static final int SEED = 0x5eed;
    /** Time between duty cycles while time passes: below every timer of the data path. */
    private static final int TICK_MS = 50;
    /** Cycles without work before the processor counts as idle; neighbour tables are looked through in slices. */
    private static final int IDLE_CYCLES = 20;
    /** Announcements are over by then: two rounds, two seconds apart. */
    private static final int START_MS = 5_000;

    private static final int SIDE_BYTES = 256 << 10;

    private final Arena arena = Arena.ofShared();
    private final Network network;
    private final Links links;
    private final PacketStorage storage;
    private final Sides flip;
    private final MemorySegment[] sides;
    private final NeighbourTable neighbours;
    private final CountersReader counters;
    private final SwitchingProcessor processor;
    private final List<Deque<MemoryStation.TransmittedFrame>> transmitted = new ArrayList<>();
    private final Map<Counter, Long> startCounts = new EnumMap<>(Counter.class);
    private int nowMs = Integer.MAX_VALUE - 60_000; // wraps within the longer scenarios

    Harness(Network network, Links links) {
        this.network = network;
        this.links = links;
        int interfaces = network.configuration().interfaces().size();
        storage = links.storage(network.buffers());
        PoolView pool = storage.view(0);
        FrameOwners owners = new FrameOwners(pool);
        Port[] ports = new Port[interfaces + 1];
        List<Port> polled = new ArrayList<>();
        MemorySegment region = arena.allocate(CountersLayout.bytes(1, interfaces, 16, 16), 64);
        CountersLayout.initialise(region, 1, interfaces, 16, 16);
        counters = new CountersReader(region);
        ProcessorCounters own = new ProcessorCounters(region, 0);
        transmitted.add(new ArrayDeque<>());
        for (int id = 1; id <= interfaces; id++) {
            ports[id] = links.open(id, network.configuration().interfaces().get(id - 1), pool, owners, own);
            polled.add(ports[id]);
            transmitted.add(new ArrayDeque<>());
        }
        MemorySegment neighbourMemory = arena.allocate(NeighbourTable.bytes(64), 64);
        NeighbourTable.initialise(neighbourMemory, SEED);
        neighbours = new NeighbourTable(neighbourMemory);
        flip = new Sides(arena.allocate(Sides.bytes(1), 64));
        sides = new MemorySegment[] {arena.allocate(SIDE_BYTES, 64), arena.allocate(SIDE_BYTES, 64)};
        ConfigurationWriter.write(sides[Sides.B], network.configuration());
        flip.flip();
        ProcessorContext context = new ProcessorContext(
                owners,
                own,
                new ConfigurationReader(flip, sides[Sides.A], sides[Sides.B], 0),
                routes(),
                neighbours,
                ConnectionTable4.format(arena.allocate(ConnectionTable4.regionBytes(network.connections()), 64), SEED),
                ConnectionTable6.format(arena.allocate(ConnectionTable6.regionBytes(network.connections()), 64), SEED),
                0,
                1,
                ports,
                new Handshakes(),
                network.applications().get());
        processor = new SwitchingProcessor(context, polled);
        start();
    }

    /** Replaces the configuration as the control processor does: back-up side, flip, and a new path epoch. */
    void configure(ConfigurationImage image) {
        ConfigurationWriter.write(sides[Sides.side(flip.active()) ^ 1], image);
        flip.flip();
        neighbours.newEpoch();
        discardAnnouncements();
    }

    private RouteReader routes() {
        int capacity = 64;
        MemorySegment a = arena.allocate(RoutingTable.bytes(capacity), 64);
        MemorySegment b = arena.allocate(RoutingTable.bytes(capacity), 64);
        Sides sides = new Sides(arena.allocate(Sides.bytes(1), 64));
        new RoutingTable(sides, a, b, capacity).replace(network.routes());
        return new RouteReader(sides, a, b, capacity, 0);
    }

    private void start() {
        if (!network.startObserved()) {
            discardAnnouncements();
        }
        confirmStations();
        for (Counter counter : Counter.values()) {
            startCounts.put(counter, network.startObserved() ? 0L : counters.value(counter));
        }
    }

    private void discardAnnouncements() {
        advance(START_MS);
        transmitted.forEach(Deque::clear);
    }

    /** Stations never age: whoever wants that has them learnt by frames. */
    private void confirmStations() {
        for (Network.Station station : network.stations()) {
            var address = station.endpoint().raw();
            int entry = neighbours.find(station.interfaceId(), address.address0(), address.address1());
            if (entry < 0) {
                entry = neighbours.add(station.interfaceId(), address.address0(), address.address1(), nowMs);
            }
            neighbours.confirm(entry, station.endpoint().mac(), nowMs);
        }
    }

    /** A frame arrives; runs until everything that follows from it has happened. */
    void receive(int interfaceId, byte[] frame, long offload) {
        links.inject(interfaceId, frame, offload);
        run();
    }

    /** Time passes. */
    void advance(int milliseconds) {
        int left = milliseconds;
        while (left > 0) {
            int step = Math.min(left, TICK_MS);
            nowMs += step;
            left -= step;
            confirmStations();
            run();
        }
    }

    /** One duty cycle, later by this much; what is transmitted stays where it is. */
    int cycle(int milliseconds) {
        nowMs += milliseconds;
        confirmStations();
        return processor.doWork(nowMs);
    }

    private void run() {
        for (int idle = 0; idle < IDLE_CYCLES; ) {
            idle = processor.doWork(nowMs) > 0 ? 0 : idle + 1;
            collect();
        }
    }

    private void collect() {
        for (int id = 1; id < transmitted.size(); id++) {
            MemoryStation.@Nullable TransmittedFrame frame;
            while ((frame = links.collect(id)) != null) {
                transmitted.get(id).add(frame);
            }
        }
    }

    /** Interfaces that have transmitted something nobody has taken yet. */
    int interfaces() {
        return transmitted.size() - 1;
    }

    /** The next frame transmitted by an interface, or null. */
    MemoryStation.@Nullable TransmittedFrame transmitted(int interfaceId) {
        return transmitted.get(interfaceId).poll();
    }

    /** Dropped packets so far, by reason. */
    Map<DropReason, Long> dropped() {
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            long count = counters.dropped(reason);
            if (count > 0) {
                dropped.put(reason, count);
            }
        }
        return dropped;
    }

    /** Growth since the start of the scenario. */
    long count(Counter counter) {
        return counters.value(counter) - startCounts.getOrDefault(counter, 0L);
    }

    long total(Counter counter) {
        return counters.value(counter);
    }

    long total(InterfaceCounter counter, int interfaceId) {
        return counters.value(counter, interfaceId);
    }

    long live(int service) {
        return counters.serviceLive(service);
    }

    @Nullable
    RuntimeException defect() {
        return processor.lastDefect();
    }

    /** Buffers that are not free, wherever the links keep frames. */
    long missingBuffers() {
        return links.held() + storage.buffers() - storage.free();
    }

    /** Stops the processor, so that everything it held is given back. */
    void stop() {
        processor.close();
        collect();
    }

    @Override
    public void close() {
        links.close();
        arena.close();
    }
}
