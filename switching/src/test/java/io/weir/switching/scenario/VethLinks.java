package io.weir.switching.scenario;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weir.linux.Descriptors;
import io.weir.linux.Interfaces;
import io.weir.linux.Mappings;
import io.weir.linux.Namespaces;
import io.weir.linux.NativeMemory;
import io.weir.linux.Polling;
import io.weir.linux.Sockets;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.afpacket.AfPacketOptions;
import io.weir.port.afpacket.AfPacketPort;
import io.weir.port.memory.MemoryStation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** af_packet ports; at the other ends of their links plain packet sockets send and receive by system calls. */
final class VethLinks implements Links {
    private static final int BUFFER_BYTES = 4096;
    private static final int TIMEOUT_MS = 5_000;
    /** ETH_P_ALL in network byte order. */
    private static final short ALL_PROTOCOLS = 0x0300;

    private final VethNetwork network;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(70_000, 8);
    private final Polling polling = new Polling(1);
    private final Map<Integer, AfPacketPort> ports = new HashMap<>();
    private final Map<Integer, Integer> sockets = new HashMap<>();
    private long memory;
    private long memoryBytes;

    VethLinks(VethNetwork network) {
        this.network = network;
    }

    @Override
    public PacketStorage storage(int buffers) {
        memoryBytes = (long) buffers * BUFFER_BYTES;
        memory = Mappings.mapAnonymous(memoryBytes);
        MemorySegment pool = arena.allocate(PacketStorage.poolBytes(buffers, 1), 64);
        return PacketStorage.create(NativeMemory.all(), memory, buffers, BUFFER_BYTES, pool, 1);
    }

    @Override
    public Port open(
            int id, ConfigurationImage.Interface each, PoolView pool, FrameOwners owners, ProcessorCounters counters) {
        network.prepare(id, each.linkAddress(), each.mtu());
        try {
            sockets.put(id, Namespaces.call(network.outside(), () -> socket(VethNetwork.farDevice(id))));
            AfPacketPort port = Namespaces.call(
                    network.inside(),
                    () -> AfPacketPort.open(AfPacketOptions.receiving(id, VethNetwork.device(id), owners, counters)));
            ports.put(id, port);
            return port;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int socket(String device) {
        int descriptor = Sockets.open(Sockets.AF_PACKET, Sockets.SOCK_RAW, 0);
        MemorySegment address = arena.allocate(20, 4); // struct sockaddr_ll of linux/if_packet.h
        address.set(JAVA_SHORT, 0, (short) Sockets.AF_PACKET);
        address.set(JAVA_SHORT, 2, ALL_PROTOCOLS);
        address.set(JAVA_INT, 4, Interfaces.index(device));
        Sockets.require(Sockets.bind(descriptor, address), "bind(" + device + ")");
        return descriptor;
    }

    private AfPacketPort port(int id) {
        AfPacketPort port = ports.get(id);
        if (port == null) {
            throw new AssertionError("no interface " + id);
        }
        return port;
    }

    @Override
    public void inject(int interfaceId, byte[] frame, long offload) {
        MemorySegment.copy(frame, 0, buffer, JAVA_BYTE, 0, frame.length);
        long sent = Sockets.send(sockets.getOrDefault(interfaceId, -1), buffer.address(), frame.length, 0);
        if (sent != frame.length) {
            throw new AssertionError("the kernel sent " + sent + " of " + frame.length + " bytes");
        }
        polling.clear();
        polling.add(port(interfaceId).pollDescriptor(), Polling.READABLE);
        if (polling.await(TIMEOUT_MS) <= 0) {
            throw new AssertionError("the frame has not reached weir's ring");
        }
    }

    /** A link hands over before the call that sends returns, so what is not there was not sent. */
    @Override
    public MemoryStation.@Nullable TransmittedFrame collect(int interfaceId) {
        int socket = sockets.getOrDefault(interfaceId, -1);
        int length = (int) Sockets.receive(socket, buffer.address(), buffer.byteSize(), Sockets.MSG_DONTWAIT);
        return length < 0
                ? null
                : new MemoryStation.TransmittedFrame(buffer.asSlice(0, length).toArray(JAVA_BYTE), Offload.NONE);
    }

    @Override
    public long held() {
        return ports.values().stream().mapToLong(AfPacketPort::slotsHeld).sum();
    }

    @Override
    public void close() {
        ports.values().forEach(AfPacketPort::close);
        sockets.values().forEach(Descriptors::close);
        polling.close();
        if (memory != 0) {
            Mappings.unmap(memory, memoryBytes);
        }
        arena.close();
    }
}
