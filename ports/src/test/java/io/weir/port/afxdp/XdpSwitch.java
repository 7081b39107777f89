package io.weir.port.afxdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.linux.Mappings;
import io.weir.linux.Namespaces;
import io.weir.linux.NativeMemory;
import io.weir.linux.Polling;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.memory.packet.PacketStorage;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What an engine has around its ports: storage, owners, counters; and the simplest engine, which passes everything on. */
final class XdpSwitch implements AutoCloseable {
    final ProcessorCounters counters = ProcessorCounters.standalone();
    final FrameBatch batch = new FrameBatch(64);
    final PacketStorage packets;
    final BufferPool storage;
    final FrameOwners owners;
    final Umem umem;

    private final Arena arena = Arena.ofShared();
    private final long bytes;
    private final long memory;
    private final Polling polling = new Polling(2);
    private final List<AfXdpInterface> faces = new ArrayList<>();
    private final List<AfXdpPort> ports = new ArrayList<>();
    private final String namespace;

    XdpSwitch(String namespace) {
        this(namespace, 1024, 2048);
    }

    XdpSwitch(String namespace, int buffers, int bufferBytes) {
        this.namespace = namespace;
        bytes = (long) buffers * bufferBytes;
        memory = Mappings.mapAnonymous(bytes);
        MemorySegment pool = arena.allocate(PacketStorage.poolBytes(buffers, 1), 64);
        packets = PacketStorage.create(NativeMemory.all(), memory, buffers, bufferBytes, pool, 1);
        storage = packets.view(0);
        owners = new FrameOwners(storage);
        umem = Umem.over(packets);
    }

    static AfXdpOptions options(int id, String device, Attach attach) {
        return new AfXdpOptions(id, device, attach, false, 256, 0);
    }

    AfXdpInterface face(AfXdpOptions options) throws Exception {
        return face(options, null);
    }

    AfXdpInterface face(AfXdpOptions options, @org.jspecify.annotations.Nullable TrafficSelector selector)
            throws Exception {
        AfXdpInterface face = Namespaces.call(
                namespace,
                () -> selector == null
                        ? AfXdpInterface.open(options, umem)
                        : AfXdpInterface.open(options, umem, selector));
        faces.add(face);
        return face;
    }

    AfXdpPort open(int id, String device, Attach attach) throws Exception {
        return port(face(options(id, device, attach)), 0);
    }

    /** The port of a queue, in service. */
    AfXdpPort port(AfXdpInterface face, int queue) throws Exception {
        AfXdpPort port = face.port(queue, owners, counters);
        ports.add(port);
        await(port::isUp);
        return port;
    }

    /** Keeps house until something holds; throws after five seconds. */
    void await(BooleanSupplier condition) {
        long end = System.nanoTime() + 5_000_000_000L;
        do {
            keepHouse();
            if (System.nanoTime() > end) {
                throw new IllegalStateException("nothing changed for five seconds");
            }
            polling.clear();
            polling.await(1);
        } while (!condition.getAsBoolean());
    }

    /** A turn of the control thread and one of the switching thread. */
    void keepHouse() {
        faces.forEach(AfXdpInterface::follow);
        ports.forEach(port -> port.maintain(0));
    }

    /** Receives into the cleared batch, waiting up to two seconds for the first frame. */
    int receive(AfXdpPort port, int limit) {
        batch.clear();
        long end = System.nanoTime() + 2_000_000_000L;
        int received = port.receive(batch, limit);
        while (received == 0 && System.nanoTime() < end) {
            waitFor(100, port);
            received = port.receive(batch, limit);
        }
        return received;
    }

    void waitFor(int timeoutMs, AfXdpPort... some) {
        polling.clear();
        for (AfXdpPort port : some) {
            polling.add(port.pollDescriptor(), Polling.READABLE);
        }
        polling.await(timeoutMs);
    }

    byte[] bytes(int i) {
        byte[] bytes = new byte[batch.length[i]];
        if (batch.owner[i] == FrameBatch.CHAIN) {
            storage.chain().copyTo(batch.address[i], bytes.length, MemorySegment.ofArray(bytes), 0);
            return bytes;
        }
        return NativeMemory.segment(batch.address[i], batch.length[i]).toArray(JAVA_BYTE);
    }

    void release(int i) {
        owners.release(batch.address[i], batch.owner[i]);
    }

    void releaseAll() {
        releaseFrom(0);
        batch.clear();
    }

    /** Puts a frame into packet storage and the batch. */
    void add(byte[] frame, long offload) {
        if (frame.length > storage.frameCapacity()) {
            MemorySegment copy = arena.allocateFrom(JAVA_BYTE, frame);
            FrameChain chains = storage.chain();
            long first = chains.store(NativeMemory.all(), copy.address(), frame.length);
            batch.add(first, frame.length, offload, FrameBatch.CHAIN, 0);
            return;
        }
        long address = storage.acquire();
        MemorySegment.copy(frame, 0, NativeMemory.all(), JAVA_BYTE, address, frame.length);
        batch.add(address, frame.length, offload, FrameBatch.STORAGE, 0);
    }

    /** Sends one frame from packet storage; returns how many the port accepted. */
    int send(AfXdpPort port, byte[] frame) {
        return send(port, frame, Offload.NONE);
    }

    int send(AfXdpPort port, byte[] frame, long offload) {
        batch.clear();
        add(frame, offload);
        int accepted = port.transmit(batch);
        releaseFrom(accepted);
        batch.clear();
        return accepted;
    }

    /** Passes what one port has received on to the other; returns how many frames came. */
    int forward(AfXdpPort from, AfXdpPort to) {
        batch.clear();
        int received = from.receive(batch, 64);
        if (received > 0) {
            releaseFrom(to.transmit(batch));
        }
        return received;
    }

    void releaseFrom(int accepted) {
        for (int i = accepted; i < batch.size(); i++) {
            release(i);
        }
    }

    /** Closes ports and interfaces; all buffers are free then, unless some have been lost. */
    void closePorts() {
        ports.forEach(AfXdpPort::close);
        faces.forEach(AfXdpInterface::close);
        ports.clear();
        faces.clear();
    }

    @Override
    public void close() {
        closePorts();
        polling.close();
        Mappings.unmap(memory, bytes);
        arena.close();
    }
}
