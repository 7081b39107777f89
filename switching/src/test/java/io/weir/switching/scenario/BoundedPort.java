package io.weir.switching.scenario;

import io.weir.memory.packet.FrameOwner;
import io.weir.port.FrameBatch;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import java.util.function.ObjIntConsumer;

/**
 * A port that receives the one frame it was given and hands every frame it transmits to an observer before it is
 * released. It can refuse and be down like a real one, and own the memory of the frames it receives.
 */
final class BoundedPort implements Port, FrameOwner {
    private final int id;
    private final PortCapabilities capabilities;
    private final FrameOwner frames;
    private final ObjIntConsumer<FrameBatch> observer;
    private final FrameBatch waiting = new FrameBatch(1);

    private int refusals;
    private boolean down;

    /**
     * A port that is up.
     *
     * @param frames takes back frames of its receive ring
     * @param observer is shown each accepted frame as batch and row, and releases it
     */
    BoundedPort(int id, PortCapabilities capabilities, FrameOwner frames, ObjIntConsumer<FrameBatch> observer) {
        this.id = id;
        this.capabilities = capabilities;
        this.frames = frames;
        this.observer = observer;
    }

    /** The next frame to receive. */
    void arrive(long address, int length, long offload, int owner) {
        waiting.clear();
        waiting.add(address, length, offload, owner, id);
    }

    /** Refuses this many frames from now on. */
    void refuse(int frameCount) {
        refusals = frameCount;
    }

    void setDown(boolean isDown) {
        down = isDown;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String name() {
        return "bounded" + id;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        if (waiting.size() == 0) {
            return 0;
        }
        batch.add(waiting.address[0], waiting.length[0], waiting.offload[0], waiting.owner[0], id);
        waiting.clear();
        return 1;
    }

    @Override
    public int transmit(FrameBatch batch) {
        if (down) {
            return 0;
        }
        for (int i = 0; i < batch.size(); i++) {
            if (refusals > 0) {
                refusals--;
                return i;
            }
            observer.accept(batch, i);
        }
        return batch.size();
    }

    @Override
    public void maintain(long nowMs) {}

    @Override
    public boolean isUp() {
        return !down;
    }

    @Override
    public void release(long address) {
        frames.release(address);
    }

    @Override
    public void close() {}
}
