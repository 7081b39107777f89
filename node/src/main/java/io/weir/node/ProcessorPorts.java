package io.weir.node;

import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.queue.QueueRecord;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.relay.RelayOutlet;
import io.weir.port.relay.WakeUp;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One switching processor's handles on the interfaces, while they are being opened and afterwards. */
final class ProcessorPorts {
    /** A queue that this processor polls, and where it tells of it. */
    record Reported(Port port, QueueRecord record) {}

    final int processor;
    final FrameOwners owners;
    final ProcessorCounters counters;
    final WakeUp wakeUp;
    /** Handles to transmit by, by interface id; index 0 is unused. */
    final @Nullable Port[] byId;

    final List<Port> polled = new ArrayList<>();
    final List<RelayOutlet> outlets = new ArrayList<>();
    final List<Reported> reported = new ArrayList<>();

    ProcessorPorts(int processor, FrameOwners owners, ProcessorCounters counters, WakeUp wakeUp, int interfaces) {
        this.processor = processor;
        this.owners = owners;
        this.counters = counters;
        this.wakeUp = wakeUp;
        this.byId = new Port[interfaces + 1];
    }
}
