package io.weir.port.afpacket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.linux.Mappings;
import io.weir.linux.Namespaces;
import io.weir.linux.NativeMemory;
import io.weir.linux.Polling;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.PacketStorage;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** What an engine has around its ports: storage, owners, counters; and the simplest engine, which passes everything on. */
final class Switch implements AutoCloseable {
    private static final int BUFFERS = 64;
    private static final int BUFFER_BYTES = 2048;

    final ProcessorCounters counters = ProcessorCounters.standalone();
    final FrameBatch batch = new FrameBatch(64);
    final BufferPool storage;
    final FrameOwners owners;

    private final Arena arena = Arena.ofShared();
    private final long memory = Mappings.mapAnonymous((long) BUFFERS * BUFFER_BYTES);
    private final Polling polling = new Polling(2);
    private final List<AfPacketPort> ports = new ArrayList<>();
    private final String namespace;

    Switch(String namespace) {
        this.namespace = namespace;
        MemorySegment pool = arena.allocate(PacketStorage.poolBytes(BUFFERS, 1), 64);
        storage = PacketStorage.create(NativeMemory.all(), memory, BUFFERS, BUFFER_BYTES, pool, 1)
                .view(0);
        owners = new FrameOwners(storage);
    }

    AfPacketPort open(int id, String device) throws Exception {
        return open(id, device, UnaryOperator.identity());
    }

    AfPacketPort open(int id, String device, UnaryOperator<AfPacketOptions> change) throws Exception {
        return open(change.apply(AfPacketOptions.receiving(id, device, owners, counters)));
    }

    AfPacketPort open(AfPacketOptions options) throws Exception {
        AfPacketPort port = Namespaces.call(namespace, () -> AfPacketPort.open(options));
        ports.add(port);
        await(port, port::isUp);
        return port;
    }

    /** Keeps house until something holds; throws after five seconds. */
    void await(AfPacketPort port, BooleanSupplier condition) {
        long end = System.nanoTime() + 5_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("nothing changed on " + port.name() + " for five seconds");
            }
            port.maintain(0);
            polling.clear();
            polling.await(1);
        }
    }

    /** Receives into the cleared batch, waiting up to two seconds for the first frame. */
    int receive(AfPacketPort port, int limit) {
        batch.clear();
        if (!port.hasBacklog()) {
            waitFor(2_000, port);
        }
        return port.receive(batch, limit);
    }

    void waitFor(int timeoutMs, AfPacketPort... some) {
        polling.clear();
        for (AfPacketPort port : some) {
            polling.add(port.pollDescriptor(), Polling.READABLE);
        }
        polling.await(timeoutMs);
    }

    byte[] bytes(int i) {
        return NativeMemory.segment(batch.address[i], batch.length[i]).toArray(JAVA_BYTE);
    }

    void release(int i) {
        owners.release(batch.address[i], batch.owner[i]);
    }

    void releaseAll() {
        releaseFrom(0);
    }

    /** Puts a frame into packet storage and the batch. */
    void add(byte[] frame, long offload) {
        long address = storage.acquire();
        MemorySegment.copy(frame, 0, NativeMemory.all(), JAVA_BYTE, address, frame.length);
        batch.add(address, frame.length, offload, FrameBatch.STORAGE, 0);
    }

    /** Sends one frame from packet storage; returns how many the port accepted. */
    int send(AfPacketPort port, byte[] frame) {
        batch.clear();
        add(frame, Offload.NONE);
        int accepted = port.transmit(batch);
        releaseFrom(accepted);
        return accepted;
    }

    /** Passes what one port has received on to the other; returns how many frames came. */
    int forward(AfPacketPort from, AfPacketPort to) {
        batch.clear();
        int received = from.receive(batch, 64);
        if (received > 0) {
            releaseFrom(to.transmit(batch));
        }
        return received;
    }

    private void releaseFrom(int accepted) {
        for (int i = accepted; i < batch.size(); i++) {
            release(i);
        }
    }

    @Override
    public void close() {
        ports.forEach(AfPacketPort::close);
        polling.close();
        Mappings.unmap(memory, (long) BUFFERS * BUFFER_BYTES);
        arena.close();
    }
}
