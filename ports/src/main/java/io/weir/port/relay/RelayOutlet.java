package io.weir.port.relay;

import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import java.util.List;

/**
 * The end of an interface's relays at the processor that owns a queue of it: sends what the others have put into their
 * rings. What the queue has no room for stays in the rings, so that a full queue fills the rings, and the processor that
 * finds its ring full drops and counts the frame, once. While the interface is down, frames are dropped here.
 *
 * <p>The transmitting processor has already counted the frames as transmitted.
 */
public final class RelayOutlet {
    private final Port port;
    private final Relay[] relays;
    private final FrameOwners owners;
    private final ProcessorCounters counters;
    private final FrameBatch batch;

    /**
     * The receiving end of some relays.
     *
     * @param port the queue to send by, of the processor that owns it
     * @param owners of that processor
     * @param batchFrames how many frames to send at a time
     */
    public RelayOutlet(Port port, List<Relay> relays, FrameOwners owners, ProcessorCounters counters, int batchFrames) {
        this.port = port;
        this.relays = relays.toArray(new Relay[0]);
        this.owners = owners;
        this.counters = counters;
        this.batch = new FrameBatch(batchFrames);
    }

    /** Sends up to one batch of each relay; returns how many frames left the rings. */
    public int drain() {
        int sent = 0;
        for (Relay relay : relays) {
            sent += drain(relay.ring());
        }
        return sent;
    }

    private int drain(FrameRing ring) {
        int count = ring.available(batch.capacity());
        if (count == 0) {
            return 0;
        }
        batch.clear();
        for (int k = 0; k < count; k++) {
            batch.add(ring.address(k), ring.length(k), ring.offload(k), ring.owner(k), ring.ingress(k));
        }
        int accepted = port.transmit(batch);
        if (accepted < count && !port.isUp()) {
            discard(accepted);
            accepted = count;
        }
        ring.consume(accepted);
        return accepted;
    }

    private void discard(int from) {
        for (int k = from; k < batch.size(); k++) {
            counters.add(InterfaceCounter.TRANSMIT_ERRORS, port.id(), 1);
            counters.drop(DropReason.INTERFACE_DOWN, batch.ingress[k]);
            owners.release(batch.address[k], batch.owner[k]);
        }
    }

    /** Tells the other ends how the interface is; a few times per second. */
    public void maintain() {
        for (Relay relay : relays) {
            relay.follow(port.isUp(), port.capabilities());
        }
    }

    /** True when a ring has frames. */
    public boolean hasBacklog() {
        for (Relay relay : relays) {
            if (relay.ring().available(1) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Gives back what is in the rings; nobody may put anything into them any more. */
    public void close() {
        for (Relay relay : relays) {
            release(relay.ring(), owners);
        }
    }

    static void release(FrameRing ring, FrameOwners owners) {
        for (int count = ring.available(ring.capacity()); count > 0; count = ring.available(ring.capacity())) {
            for (int k = 0; k < count; k++) {
                owners.release(ring.address(k), ring.owner(k));
            }
            ring.consume(count);
        }
    }
}
