package io.weir.port.relay;

import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;

/**
 * A processor's share of an interface whose one receive queue another processor owns ({@link SpreadPort}). Transmits
 * through a relay to that processor.
 */
public final class SpreadReceiver implements Port {
    private final FrameRing ring;
    private final Port transmit;
    private final FrameOwners owners;

    /**
     * The receiving end.
     *
     * @param transmit this processor's handle to transmit by
     * @param owners of this processor
     */
    public SpreadReceiver(FrameRing ring, Port transmit, FrameOwners owners) {
        this.ring = ring;
        this.transmit = transmit;
        this.owners = owners;
    }

    @Override
    public int id() {
        return transmit.id();
    }

    @Override
    public String name() {
        return transmit.name();
    }

    @Override
    public PortCapabilities capabilities() {
        return transmit.capabilities();
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        int count = ring.available(Math.min(limit, batch.capacity() - batch.size()));
        for (int k = 0; k < count; k++) {
            batch.add(ring.address(k), ring.length(k), ring.offload(k), ring.owner(k), ring.ingress(k));
        }
        ring.consume(count);
        return count;
    }

    @Override
    public int transmit(FrameBatch batch) {
        return transmit.transmit(batch);
    }

    @Override
    public void maintain(long nowMs) {
        // The owner of the queue looks after the interface.
    }

    @Override
    public boolean isUp() {
        return transmit.isUp();
    }

    @Override
    public boolean isCongested() {
        return transmit.isCongested();
    }

    @Override
    public boolean hasBacklog() {
        return ring.available(1) != 0;
    }

    /** Gives back what is in the ring; the owner of the queue has stopped. */
    @Override
    public void close() {
        RelayOutlet.release(ring, owners);
    }
}
