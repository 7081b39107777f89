package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Memory ports. Buffers are checked: one released twice, never acquired, or read beyond the storage throws. */
final class MemoryLinks implements Links {
    private final Map<Integer, MemoryStation> stations = new HashMap<>();

    @Override
    public PacketStorage storage(int buffers) {
        return PacketStorage.checking(buffers, 4096, 1);
    }

    @Override
    public Port open(
            int id, ConfigurationImage.Interface each, PoolView pool, FrameOwners owners, ProcessorCounters counters) {
        PortCapabilities capabilities =
                new PortCapabilities("memory", each.linkAddress(), each.mtu(), true, true, true);
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
        if (!station(interfaceId).inject(0, frame, offload)) {
            throw new AssertionError("no buffer or slot for an incoming frame");
        }
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
