package io.weir.switching.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.linux.Mappings;
import io.weir.linux.Namespaces;
import io.weir.linux.NativeMemory;
import io.weir.linux.Polling;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.afxdp.AfXdpInterface;
import io.weir.port.afxdp.AfXdpOptions;
import io.weir.port.afxdp.AfXdpPort;
import io.weir.port.afxdp.Attach;
import io.weir.port.afxdp.Umem;
import io.weir.port.decorator.Fault;
import io.weir.port.decorator.FaultSettings;
import io.weir.port.decorator.FaultyPort;
import io.weir.port.memory.MemoryStation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * AF_XDP ports over one storage with buffers of 2,048 bytes; at the other ends of their links packet sockets send and
 * receive by system calls. When everything is closed, every buffer must be free.
 */
final class XdpLinks implements Links {
    private static final int BUFFER_BYTES = 2048;
    private static final int RING_FRAMES = 256;
    private static final int TIMEOUT_MS = 5_000;

    private final VethNetwork network;
    private final Attach attach;
    private final Arena arena = Arena.ofShared();
    private final Polling polling = new Polling(1);
    private final Map<Integer, AfXdpPort> ports = new HashMap<>();
    private final List<AfXdpInterface> faces = new ArrayList<>();
    private final Map<Integer, FarSocket> sockets = new HashMap<>();
    private final FaultSettings faults;
    private final Map<Integer, FaultyPort> faultyPorts = new HashMap<>();
    private final Deque<Long> hoard = new ArrayDeque<>();
    private @Nullable PoolView pool;
    private @Nullable PacketStorage storage;
    private @Nullable Umem umem;

    XdpLinks(VethNetwork network, Attach attach) {
        this(network, attach, FaultSettings.NONE);
    }

    /** Links whose stations only send, with bad lines between them and weir. */
    XdpLinks(VethNetwork network, Attach attach, FaultSettings faults) {
        this.network = network;
        this.attach = attach;
        this.faults = faults;
    }

    @Override
    public PacketStorage storage(int buffers) {
        long memory = Mappings.mapAnonymous((long) buffers * BUFFER_BYTES);
        MemorySegment pool = arena.allocate(PacketStorage.poolBytes(buffers, 1), 64);
        PacketStorage created = PacketStorage.create(NativeMemory.all(), memory, buffers, BUFFER_BYTES, pool, 1);
        storage = created;
        umem = Umem.over(created);
        return created;
    }

    @Override
    public Port open(
            int id, ConfigurationImage.Interface each, PoolView pool, FrameOwners owners, ProcessorCounters counters) {
        network.prepare(id, each.linkAddress(), each.mtu());
        plug(id);
        this.pool = pool;
        try {
            AfXdpOptions options = new AfXdpOptions(id, VethNetwork.device(id), attach, false, RING_FRAMES, 1);
            AfXdpInterface face =
                    Namespaces.call(network.inside(), () -> AfXdpInterface.open(options, Objects.requireNonNull(umem)));
            faces.add(face);
            assertThat(face.mode()).isEqualTo(attach);
            AfXdpPort port = face.port(0, owners, counters);
            ports.put(id, port);
            if (!isFaulty()) {
                return port;
            }
            FaultyPort faulty = new FaultyPort(port, owners, counters, id, faults, faults);
            faultyPorts.put(id, faulty);
            return faulty;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isFaulty() {
        return !faults.equals(FaultSettings.NONE);
    }

    /** Connects the stations, for the first time or to a new link. */
    void plug(int id) {
        String device = VethNetwork.farDevice(id);
        FarSocket socket =
                isFaulty() ? FarSocket.sending(network.outside(), device) : new FarSocket(network.outside(), device);
        FarSocket old = sockets.put(id, socket);
        if (old != null) {
            old.close();
        }
    }

    /** False when the link does not take the frame. */
    boolean send(int interfaceId, byte[] frame) {
        return socket(interfaceId).send(frame);
    }

    /** A turn of the control thread. */
    void follow() {
        faces.forEach(AfXdpInterface::follow);
    }

    long injected(Fault fault) {
        return faultyPorts.values().stream()
                .mapToLong(port -> port.injected(fault))
                .sum();
    }

    /** Takes all but a few free buffers away until the next call; a negative number gives them back. */
    void starve(int left) {
        PoolView from = Objects.requireNonNull(pool);
        while (!hoard.isEmpty()) {
            from.release(hoard.pop());
        }
        for (long take = left < 0 ? 0 : from.free() - left; take > 0; take--) {
            hoard.push(from.acquire());
        }
    }

    private AfXdpPort port(int id) {
        AfXdpPort port = ports.get(id);
        if (port == null) {
            throw new AssertionError("no interface " + id);
        }
        return port;
    }

    private FarSocket socket(int id) {
        FarSocket socket = sockets.get(id);
        if (socket == null) {
            throw new AssertionError("no interface " + id);
        }
        return socket;
    }

    /** AF_XDP says nothing of offloads, so only the bytes count. */
    @Override
    public void inject(int interfaceId, byte[] frame, long offload) {
        if (!socket(interfaceId).send(frame)) {
            throw new AssertionError("the kernel did not send a frame of " + frame.length + " bytes");
        }
        polling.clear();
        polling.add(port(interfaceId).pollDescriptor(), Polling.READABLE);
        if (polling.await(TIMEOUT_MS) <= 0) {
            throw new AssertionError("the frame has not reached weir's ring");
        }
    }

    @Override
    public MemoryStation.@Nullable TransmittedFrame collect(int interfaceId) {
        return socket(interfaceId).receive();
    }

    /** Less than none: buffers that wait in the fill rings for frames are not free. */
    @Override
    public long held() {
        long waiting = 0;
        long end = System.nanoTime() + 1_000_000L * TIMEOUT_MS;
        for (AfXdpPort port : ports.values()) {
            port.maintain(0);
            while (port.transmitOutstanding() > 0 && System.nanoTime() < end) {
                polling.clear();
                polling.await(1);
                port.maintain(0);
            }
            waiting += port.fillLevel();
        }
        return -waiting;
    }

    @Override
    public void close() {
        faultyPorts.values().forEach(FaultyPort::close);
        ports.values().stream()
                .filter(port -> !faultyPorts.containsKey(port.id()))
                .forEach(AfXdpPort::close);
        faces.forEach(AfXdpInterface::close);
        sockets.values().forEach(FarSocket::close);
        polling.close();
        PacketStorage closed = storage;
        if (closed != null) {
            long free = closed.free();
            Mappings.unmap(closed.base(), (long) closed.buffers() * BUFFER_BYTES);
            arena.close();
            assertThat(free).as("free buffers once all sockets are closed").isEqualTo(closed.buffers());
        }
    }
}
