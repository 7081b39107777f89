package io.weir.switching.scenario;

import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import io.weir.switching.engine.DutyCycle;
import io.weir.switching.engine.SwitchingProcessor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two processors on memory ports. */
class TwoProcessorsTest {
    private static final int BUFFERS = 4096;

    /** Every processor has a queue of every interface; frames come on its own interfaces' alone. */
    private static final class MemoryWiring implements TwoProcessors.Wiring {
        private final PacketStorage storage = PacketStorage.checking(BUFFERS, 2048, TwoProcessors.PROCESSORS + 1);
        private final PoolView stationPool = storage.view(TwoProcessors.PROCESSORS);
        private final MemoryStation[] stations = new MemoryStation[TwoProcessors.INTERFACES];

        @Override
        public PacketStorage storage() {
            return storage;
        }

        @Override
        public void open(
                FrameOwners[] owners, ProcessorCounters[] counters, @Nullable Port[][] ports, List<List<Port>> polled) {
            for (int link = 0; link < stations.length; link++) {
                MemoryWire wire = new MemoryWire(
                        link + 1,
                        TwoProcessors.NAMES[link],
                        TwoProcessors.MACS[link],
                        1500,
                        TwoProcessors.PROCESSORS,
                        1024);
                stations[link] = wire.station(stationPool);
                for (int k = 0; k < TwoProcessors.PROCESSORS; k++) {
                    Port port = wire.port(k, owners[k]);
                    ports[k][link + 1] = port;
                    if (link / 2 == k) {
                        polled.get(k).add(port);
                    }
                }
            }
        }

        @Override
        public DutyCycle duty(int processor, SwitchingProcessor engine) {
            return engine;
        }

        @Override
        public boolean isOwnedByOne() {
            return true;
        }

        @Override
        public boolean send(int link, byte[] frame) {
            return stations[link].inject(link / 2, frame, Offload.NONE);
        }

        @Override
        public byte @Nullable [] collect(int link) {
            MemoryStation.@Nullable TransmittedFrame frame = stations[link].collect();
            return frame == null ? null : frame.bytes();
        }

        @Override
        public void close() {
            for (MemoryStation station : stations) {
                station.close();
            }
        }
    }

    @Test
    @Timeout(60)
    void connections_opened_on_one_processor_are_answered_on_the_other() throws InterruptedException {
        new TwoProcessors(new MemoryWiring()).run();
    }
}
