package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.memory.MemoryStation;
import org.jspecify.annotations.Nullable;

/** The cables of a scenario: one from each interface to whoever injects and collects frames. */
interface Links extends AutoCloseable {
    /** Packet storage that ports of this kind can use. */
    PacketStorage storage(int buffers);

    /** The port of an interface. */
    Port open(int id, ConfigurationImage.Interface each, PoolView pool, FrameOwners owners, ProcessorCounters counters);

    /** Sends a frame to an interface; it can be received when this returns. */
    void inject(int interfaceId, byte[] frame, long offload);

    /** The next frame that an interface has transmitted, or null when there is none. */
    MemoryStation.@Nullable TransmittedFrame collect(int interfaceId);

    /** Received frames not given back that stand outside packet storage. */
    long held();

    @Override
    void close();
}
