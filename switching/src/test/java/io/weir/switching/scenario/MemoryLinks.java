package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Memory ports. Buffers are checked: one released twice, never acquired, or read beyond the storage throws. */
final class MemoryLinks implements Links {
    /** How frames come in. */
    enum Delivery {
        /** In one buffer, or full buffers and a rest. */
        WHOLE,
        /** All as chains: headers and some payload, then pieces of odd lengths. */
        PIECES,
        /** Nobody says whether a checksum is complete. */
        UNKNOWN_CHECKSUM
    }

    private static final int FIRST_PIECE = 193;
    private static final int NEXT_PIECES = 61;

    private final Delivery delivery;
    private final int bufferBytes;
    private final boolean checksumOffload;
    private final Map<Integer, MemoryStation> stations = new HashMap<>();

    MemoryLinks() {
        this(Delivery.WHOLE, 4096, true);
    }

    MemoryLinks(Delivery delivery, int bufferBytes, boolean checksumOffload) {
        this.delivery = delivery;
        this.bufferBytes = bufferBytes;
        this.checksumOffload = checksumOffload;
    }

    @Override
    public PacketStorage storage(int buffers) {
        return PacketStorage.checking(buffers, bufferBytes, 1);
    }

    @Override
    public Port open(
            int id, ConfigurationImage.Interface each, PoolView pool, FrameOwners owners, ProcessorCounters counters) {
        PortCapabilities capabilities =
                new PortCapabilities("memory", each.linkAddress(), each.mtu(), checksumOffload, true, true);
        MemoryWire wire = new MemoryWire(id, each.name(), capabilities, 1, 128);
        Port port = wire.port(0, owners);
        stations.put(id, wire.station(pool));
        return port;
    }

    private MemoryStation station(int id) {
        MemoryStation station = stations.get(id);
        if (station == null) {
            throw new AssertionError("no interface " + id);
        }
        return station;
    }

    @Override
    public void inject(int interfaceId, byte[] frame, long offload) {
        MemoryStation station = station(interfaceId);
        boolean isQueued = switch (delivery) {
            case WHOLE -> station.inject(0, frame, offload);
            case PIECES -> station.injectPieces(0, frame, offload, FIRST_PIECE, NEXT_PIECES);
            case UNKNOWN_CHECKSUM -> station.inject(0, frame, unknown(offload));
        };
        if (!isQueued) {
            throw new AssertionError("no buffer or slot for an incoming frame");
        }
    }

    /** A port that cannot tell neither verifies nor merges. */
    private static long unknown(long offload) {
        boolean isAskedFor = offload == Offload.NONE || Offload.needsChecksum(offload);
        return isAskedFor && Offload.segmentationType(offload) == 0 ? Script.UNKNOWN : offload;
    }

    @Override
    public MemoryStation.@Nullable TransmittedFrame collect(int interfaceId) {
        return station(interfaceId).collect();
    }

    @Override
    public long held() {
        return 0;
    }

    @Override
    public void close() {
        // Memory of the wires is not in their care alone: stations may outlive a processor.
    }
}
