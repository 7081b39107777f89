package io.weir.port.memory;

import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;

/**
 * One processor's handle on a {@link MemoryWire}. Frames of the packet storage pass without a copy; a frame from
 * another port's receive ring is copied into the storage, into several buffers if it is long, because the station takes it only later.
 */
public final class MemoryPort implements Port {
    private final MemoryWire wire;
    private final FrameRing receive;
    private final FrameRing transmit;
    private final FrameOwners owners;

    MemoryPort(MemoryWire wire, FrameRing receive, FrameRing transmit, FrameOwners owners) {
        this.wire = wire;
        this.receive = receive;
        this.transmit = transmit;
        this.owners = owners;
    }

    @Override
    public int id() {
        return wire.id();
    }

    @Override
    public String name() {
        return wire.name();
    }

    @Override
    public PortCapabilities capabilities() {
        return wire.capabilities();
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        return wire.isUp() ? MemoryWire.drain(receive, batch, limit, wire.id()) : 0;
    }

    /** Accepts until the ring is full, or until a frame must be copied and no buffer is free. */
    @Override
    public int transmit(FrameBatch batch) {
        if (!wire.isUp()) {
            return 0;
        }
        int size = batch.size();
        for (int i = 0; i < size; i++) {
            boolean accepted = owners.moveToStorage(batch, i)
                    && transmit.offer(
                            batch.address[i], batch.length[i], batch.offload[i], batch.owner[i], batch.ingress[i]);
            if (!accepted) {
                return i;
            }
        }
        return size;
    }

    @Override
    public void maintain(long nowMs) {}

    @Override
    public boolean isUp() {
        return wire.isUp();
    }

    @Override
    public boolean hasBacklog() {
        return wire.isUp() && !receive.isEmpty();
    }

    /** Nothing to close: frames still in the rings belong to the station ({@link MemoryStation#close}). */
    @Override
    public void close() {}
}
