package io.weir.port.memory;

import io.weir.memory.packet.BufferPool;
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
    private final BufferPool storage;

    MemoryPort(MemoryWire wire, FrameRing receive, FrameRing transmit, FrameOwners owners) {
        this.wire = wire;
        this.receive = receive;
        this.transmit = transmit;
        this.owners = owners;
        storage = owners.storage();
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
            int owner = batch.owner[i];
            boolean isStored = owner == FrameBatch.STORAGE || owner == FrameBatch.CHAIN;
            boolean accepted = isStored
                    ? transmit.offer(batch.address[i], batch.length[i], batch.offload[i], owner, batch.ingress[i])
                    : offerCopy(batch, i);
            if (!accepted) {
                return i;
            }
        }
        return size;
    }

    private boolean offerCopy(FrameBatch batch, int i) {
        int length = batch.length[i];
        int owner = length > storage.frameCapacity() ? FrameBatch.CHAIN : FrameBatch.STORAGE;
        long copy = storage.chain().store(storage.frames(), batch.address[i], length);
        if (copy == BufferPool.ABSENT) {
            return false;
        }
        if (!transmit.offer(copy, length, batch.offload[i], owner, batch.ingress[i])) {
            owners.release(copy, owner);
            return false;
        }
        owners.release(batch.address[i], batch.owner[i]);
        return true;
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
