package io.weir.switching.scenario;

import static io.weir.switching.scenario.TwoProcessors.INTERFACES;
import static io.weir.switching.scenario.TwoProcessors.PROCESSORS;

import io.weir.linux.Mappings;
import io.weir.linux.Namespaces;
import io.weir.linux.NativeMemory;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.ring.Doorbell;
import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.afxdp.AfXdpInterface;
import io.weir.port.afxdp.AfXdpOptions;
import io.weir.port.afxdp.AfXdpPort;
import io.weir.port.afxdp.Attach;
import io.weir.port.afxdp.Umem;
import io.weir.port.memory.MemoryStation;
import io.weir.port.relay.Relay;
import io.weir.port.relay.RelayOutlet;
import io.weir.port.relay.RelayPort;
import io.weir.port.relay.WakeUp;
import io.weir.switching.engine.DutyCycle;
import io.weir.switching.engine.SwitchingProcessor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AF_XDP ports over one storage. With one queue, an interface belongs to one processor and the other transmits through a
 * relay; with two, each processor has a queue of its own of every interface, and the kernel spreads the flows.
 */
final class XdpWiring implements TwoProcessors.Wiring {
    private static final int BUFFERS = 8192;
    private static final int BUFFER_BYTES = 2048;
    private static final int RING_FRAMES = 512;
    private static final int RELAY_FRAMES = 1024;
    private static final int MTU = 1500;

    private final VethNetwork network;
    private final int queues;
    private final Arena arena = Arena.ofShared();
    private final long memory = Mappings.mapAnonymous((long) BUFFERS * BUFFER_BYTES);
    private final PacketStorage storage = PacketStorage.create(
            NativeMemory.all(),
            memory,
            BUFFERS,
            BUFFER_BYTES,
            arena.allocate(PacketStorage.poolBytes(BUFFERS, PROCESSORS + 1), 64),
            PROCESSORS + 1);
    private final List<AfXdpInterface> faces = new ArrayList<>();
    private final List<AfXdpPort> opened = new ArrayList<>();
    private final List<FarSocket> stations = new ArrayList<>();
    private final List<WakeUp> wakeUps = new ArrayList<>();
    private final List<List<RelayOutlet>> outlets = new ArrayList<>();

    XdpWiring(VethNetwork network, int queues) {
        this.network = network;
        this.queues = queues;
    }

    @Override
    public PacketStorage storage() {
        return storage;
    }

    @Override
    public void open(
            FrameOwners[] owners, ProcessorCounters[] counters, @Nullable Port[][] ports, List<List<Port>> polled) {
        Umem umem = Umem.over(storage);
        for (int k = 0; k < PROCESSORS; k++) {
            wakeUps.add(new WakeUp(new Doorbell(segment(Doorbell.BYTES))));
            outlets.add(new ArrayList<>());
        }
        for (int id = 1; id <= INTERFACES; id++) {
            network.prepare(id, TwoProcessors.MACS[id - 1], MTU);
            stations.add(new FarSocket(network.outside(), VethNetwork.farDevice(id)));
            AfXdpInterface face = face(id, umem);
            for (int queue = 0; queue < queues; queue++) {
                int owner = queues == 1 ? (id - 1) / 2 : queue;
                AfXdpPort port = face.port(queue, owners[owner], counters[owner]);
                opened.add(port);
                ports[owner][id] = port;
                polled.get(owner).add(port);
                if (queues == 1) {
                    int other = 1 - owner;
                    ports[other][id] = relay(port, owner, owners, counters, other);
                }
            }
        }
        // The kernel has buffers before the first frame comes: what is lost nobody sends again.
        opened.forEach(port -> port.maintain(0));
    }

    private MemorySegment segment(long bytes) {
        return arena.allocate(bytes, 128);
    }

    private AfXdpInterface face(int id, Umem umem) {
        AfXdpOptions options = new AfXdpOptions(id, VethNetwork.device(id), Attach.NATIVE, false, RING_FRAMES, queues);
        try {
            AfXdpInterface face = Namespaces.call(network.inside(), () -> AfXdpInterface.open(options, umem));
            faces.add(face);
            return face;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private RelayPort relay(
            AfXdpPort port, int owner, FrameOwners[] owners, ProcessorCounters[] counters, int transmitter) {
        FrameRing ring = new FrameRing(segment(FrameRing.bytes(RELAY_FRAMES)));
        Relay relay = new Relay(port.id(), port.name(), ring, wakeUps.get(owner), port.capabilities(), port.isUp());
        outlets.get(owner).add(new RelayOutlet(port, List.of(relay), owners[owner], counters[owner], 64));
        return new RelayPort(relay, owners[transmitter], counters[transmitter]);
    }

    /** A processor and its ends of relays. */
    private record Duty(SwitchingProcessor engine, List<RelayOutlet> outlets) implements DutyCycle {
        @Override
        public int doWork(int nowMs, int nowMicros) {
            int work = 0;
            for (RelayOutlet outlet : outlets) {
                outlet.maintain();
                work += outlet.drain();
            }
            return work + engine.doWork(nowMs, nowMicros);
        }

        @Override
        public boolean hasBacklog() {
            return engine.hasBacklog() || outlets.stream().anyMatch(RelayOutlet::hasBacklog);
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    @Override
    public DutyCycle duty(int processor, SwitchingProcessor engine) {
        return new Duty(engine, outlets.get(processor));
    }

    @Override
    public boolean isOwnedByOne() {
        return queues == 1;
    }

    @Override
    public boolean send(int link, byte[] frame) {
        return stations.get(link).send(frame);
    }

    /** One checksum in 65,536 looks as if it were open, and leaves so. */
    @Override
    public byte @Nullable [] collect(int link) {
        MemoryStation.@Nullable TransmittedFrame frame = stations.get(link).receive();
        if (frame == null) {
            return null;
        }
        if (Offload.needsChecksum(frame.offload())) {
            FrameChecksums.repair(frame.bytes());
        }
        return frame.bytes();
    }

    @Override
    public void close() {
        outlets.forEach(some -> some.forEach(RelayOutlet::close));
        opened.forEach(AfXdpPort::close);
        faces.forEach(AfXdpInterface::close);
        stations.forEach(FarSocket::close);
        wakeUps.forEach(WakeUp::close);
    }

    /** The storage is not used any more. */
    void unmap() {
        Mappings.unmap(memory, (long) BUFFERS * BUFFER_BYTES);
        arena.close();
    }
}
