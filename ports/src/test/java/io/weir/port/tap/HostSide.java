package io.weir.port.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.linux.Mappings;
import io.weir.linux.Namespaces;
import io.weir.linux.NativeMemory;
import io.weir.linux.Polling;
import io.weir.linux.TapSettings;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.ring.RingRegion;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.WireImage;
import io.weir.port.relay.WakeUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** A host in a network namespace, its device and daemon, and the switching processors' ends of it, which the test plays. */
final class HostSide implements AutoCloseable {
    static final int ID = 5;
    static final int RING = 256;
    static final long WEIR = 0x02_77_00_00_00_01L;
    static final long DEVICE = 0x02_77_00_00_00_02L;
    static final int BUFFERS = 4096;
    private static final int BUFFER_BYTES = 2048;
    private static final int PROCESSORS = 2;

    final List<HostPort> ports = new ArrayList<>();
    final List<WakeUp> processors = new ArrayList<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    final ProcessorCounters counters = ProcessorCounters.standalone();
    final ProcessorCounters daemonCounters = ProcessorCounters.standalone();
    final PacketStorage storage;
    final FrameOwners owners;
    final FrameBatch batch = new FrameBatch(64);
    final HostLink link;
    final InterfaceDaemon daemon;

    private final Arena arena = Arena.ofShared();
    private final long memory = Mappings.mapAnonymous((long) BUFFERS * BUFFER_BYTES);
    private final WakeUp wakeUp;
    private final WireImage image;
    private final Polling polling = new Polling(PROCESSORS);
    private final String namespace;
    private boolean closed;
    private Thread thread = Thread.ofPlatform().unstarted(() -> {});

    HostSide(String namespace, boolean segmentation, String... addresses) throws Exception {
        this.namespace = namespace;
        MemorySegment pool = arena.allocate(PacketStorage.poolBytes(BUFFERS, 2), 64);
        storage = PacketStorage.create(NativeMemory.all(), memory, BUFFERS, BUFFER_BYTES, pool, 2);
        owners = new FrameOwners(storage.view(0));
        image = new WireImage(owners);
        RingRegion rings = new RingRegion(
                arena.allocate(RingRegion.bytes(PROCESSORS, 0, RING, RING), 128), PROCESSORS, RING, RING);
        wakeUp = new WakeUp(rings.daemonDoorbell());
        link = new HostLink(ID, "weir0", WEIR, 1500, wakeUp);
        List<HostLane> lanes = new ArrayList<>();
        for (int processor = 0; processor < PROCESSORS; processor++) {
            processors.add(new WakeUp(rings.doorbell(processor)));
            HostLane lane = new HostLane(rings.toHost(processor), rings.fromHost(processor), processors.get(processor));
            lanes.add(lane);
            ports.add(new HostPort(link, lane, owners, counters, 25));
        }
        daemon = Namespaces.call(
                namespace,
                () -> InterfaceDaemon.open(
                        settings(segmentation, addresses), link, lanes, storage.view(1), daemonCounters, observer()));
    }

    static TapSettings settings(boolean segmentation, String... addresses) {
        return new TapSettings(
                "weir0",
                DEVICE,
                1500,
                PROCESSORS,
                segmentation,
                List.of(addresses).stream().map(InetAddress::ofLiteral).toList(),
                List.of(
                        new TapSettings.Route(InetAddress.ofLiteral("0.0.0.0"), 0),
                        new TapSettings.Route(InetAddress.ofLiteral("::"), 0)));
    }

    private HostObserver observer() {
        return new HostObserver() {
            @Override
            public void down(String device, String reason) {
                told.add(device + " down: " + reason);
            }

            @Override
            public void up(String device) {
                told.add(device + " up");
            }

            @Override
            public void failed(RuntimeException defect) {
                told.add("failed: " + defect);
            }
        };
    }

    String namespace() {
        return namespace;
    }

    /** Runs the daemon on a thread of its own. */
    HostSide start() {
        thread = Thread.ofPlatform().daemon().name("interface-daemon").start(() -> {
            daemon.run();
        });
        return this;
    }

    /** Sends one frame of the packet storage to the host by a processor's handle. */
    void send(int processor, byte[] frame, long offload) {
        batch.clear();
        long address = owners.storage().chain().store(MemorySegment.ofArray(frame), 0, frame.length);
        int owner = frame.length > owners.storage().frameCapacity() ? FrameBatch.CHAIN : FrameBatch.STORAGE;
        batch.add(address, frame.length, offload, owner, 3);
        if (ports.get(processor).transmit(batch) == 0) {
            owners.release(address, owner);
        }
    }

    /** Receives up to one batch of frames of the host, by any handle, waiting up to {@code timeoutMs}. */
    int receive(int timeoutMs) {
        batch.clear();
        for (int round = 0; round < 2; round++) {
            processors.forEach(WakeUp::announceSleep);
            for (HostPort port : ports) {
                port.receive(batch, 64);
            }
            if (batch.size() > 0 || round == 1) {
                break;
            }
            polling.clear();
            processors.forEach(p -> polling.add(p.descriptor(), Polling.READABLE));
            polling.await(timeoutMs);
        }
        processors.forEach(WakeUp::awake);
        processors.forEach(WakeUp::drain);
        return batch.size();
    }

    /** Frame {@code i} of the batch as it goes over the wire. */
    byte[] wire(int i) {
        int length = image.copy(batch, i);
        return image.bytes().asSlice(0, length).toArray(JAVA_BYTE);
    }

    /** Frame {@code i} of the batch as it is, maybe with an open checksum. */
    byte[] raw(int i) {
        byte[] bytes = new byte[batch.length[i]];
        if (batch.owner[i] == FrameBatch.CHAIN) {
            owners.storage().chain().copyTo(batch.address[i], bytes.length, MemorySegment.ofArray(bytes), 0);
        } else {
            MemorySegment.copy(NativeMemory.all(), JAVA_BYTE, batch.address[i], bytes, 0, bytes.length);
        }
        return bytes;
    }

    void releaseAll() {
        for (int i = 0; i < batch.size(); i++) {
            owners.release(batch.address[i], batch.owner[i]);
        }
        batch.clear();
    }

    /** Waits until something holds; throws after five seconds. */
    void await(BooleanSupplier condition) {
        long end = System.nanoTime() + 5_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("nothing changed for five seconds; told: " + told);
            }
            polling.clear();
            polling.await(1);
        }
    }

    /** Ends the daemon's thread. */
    void stop() {
        daemon.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the daemon, and with it what it holds; what is left is free. */
    long freeWithoutDaemon() {
        stop();
        if (!closed) {
            closed = true;
            daemon.close();
        }
        return storage.free();
    }

    @Override
    public void close() {
        freeWithoutDaemon();
        wakeUp.close();
        processors.forEach(WakeUp::close);
        polling.close();
        Mappings.unmap(memory, (long) BUFFERS * BUFFER_BYTES);
        arena.close();
    }
}
