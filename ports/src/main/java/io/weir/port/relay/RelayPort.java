package io.weir.port.relay;

import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;

/**
 * A processor's handle on an interface of which it owns no queue: frames go through a ring to the processor that owns one
 * ({@link RelayOutlet}). Receives nothing. A frame in a receive ring of the kernel is copied into packet storage first,
 * because only its own processor may give it back.
 *
 * <p>A full ring refuses the frame. A frame that can never pass (no free buffer to copy it into) is accepted, dropped and
 * counted.
 */
public final class RelayPort implements Port {
    private final Relay relay;
    private final FrameRing ring;
    private final FrameOwners owners;
    private final ProcessorCounters counters;

    /**
     * The transmitting end.
     *
     * @param owners of the processor that transmits
     * @param counters of the processor that transmits
     */
    public RelayPort(Relay relay, FrameOwners owners, ProcessorCounters counters) {
        this.relay = relay;
        this.ring = relay.ring();
        this.owners = owners;
        this.counters = counters;
    }

    @Override
    public int id() {
        return relay.id();
    }

    @Override
    public String name() {
        return relay.name();
    }

    @Override
    public PortCapabilities capabilities() {
        return relay.capabilities();
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        return 0;
    }

    @Override
    public int transmit(FrameBatch batch) {
        if (!relay.isUp()) {
            return 0;
        }
        int count = Math.min(batch.size(), ring.free());
        for (int i = 0; i < count; i++) {
            if (owners.moveToStorage(batch, i)) {
                append(batch, i);
            } else {
                counters.add(InterfaceCounter.TRANSMIT_ERRORS, relay.id(), 1);
                counters.drop(DropReason.NO_BUFFER, batch.ingress[i]);
                owners.release(batch.address[i], batch.owner[i]);
            }
        }
        if (count > 0) {
            relay.owner().ring();
        }
        return count;
    }

    private void append(FrameBatch batch, int i) {
        if (!ring.offer(batch.address[i], batch.length[i], batch.offload[i], batch.owner[i], batch.ingress[i])) {
            // Cannot be: the ring had room and has one producer.
            counters.drop(DropReason.INTERNAL_ERROR, batch.ingress[i]);
            owners.release(batch.address[i], batch.owner[i]);
        }
    }

    @Override
    public void maintain(long nowMs) {
        // The owner of the queue looks after the interface.
    }

    @Override
    public boolean isUp() {
        return relay.isUp();
    }

    @Override
    public void close() {
        // The owner of the queue closes the interface.
    }
}
