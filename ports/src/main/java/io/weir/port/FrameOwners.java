package io.weir.port;

import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameOwner;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who takes a frame back, by {@link FrameBatch#owner}: the packet storage, or the receive ring of one of this
 * processor's ports. One per processor, used by its thread only; all ports are registered before the first frame.
 */
public final class FrameOwners {
    /** Owner numbers are interface ids, 1..254, {@link FrameBatch#STORAGE} and {@link FrameBatch#CHAIN}. */
    private static final int NUMBERS = 256;

    private final BufferPool storage;
    private final @Nullable FrameOwner[] owners = new @Nullable FrameOwner[NUMBERS];

    public FrameOwners(BufferPool storage) {
        this.storage = storage;
        owners[FrameBatch.STORAGE] = storage;
        owners[FrameBatch.CHAIN] = storage.chain();
    }

    /** This processor's view of the packet storage. */
    public BufferPool storage() {
        return storage;
    }

    /** Names the receive ring whose frames carry the port's id as owner. */
    public void register(int portId, FrameOwner owner) {
        if (portId <= FrameBatch.STORAGE || portId >= FrameBatch.CHAIN) {
            throw new IllegalArgumentException("port id " + portId + " is not within 1.." + (FrameBatch.CHAIN - 1));
        }
        owners[portId] = owner;
    }

    /** Gives a frame back, all buffers of it. */
    public void release(long address, int owner) {
        Objects.requireNonNull(owners[owner]).release(address);
    }

    /** As {@link FrameOwner#room}. */
    public int room(long address, int owner) {
        return Objects.requireNonNull(owners[owner]).room(address);
    }

    /**
     * Moves a frame that stands in a port's receive ring into packet storage, a copy in one buffer or several, and gives
     * the original back; a frame that is there already stays.
     *
     * @return false when there are not enough free buffers: the frame is where it was
     */
    public boolean moveToStorage(FrameBatch batch, int i) {
        if (batch.isStored(i)) {
            return true;
        }
        int length = batch.length[i];
        long copy = storage.chain().store(storage.frames(), batch.address[i], length);
        if (copy == BufferPool.ABSENT) {
            return false;
        }
        release(batch.address[i], batch.owner[i]);
        batch.address[i] = copy;
        batch.owner[i] = length > storage.frameCapacity() ? FrameBatch.CHAIN : FrameBatch.STORAGE;
        return true;
    }
}
