package io.weir.port;

import io.weir.memory.packet.BufferPool;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * A small packet storage on the heap that notices what the real one must not spend time on: a buffer released twice, an
 * address that is none of its own. Reading outside the buffers throws, because the memory ends there.
 */
public final class CheckedPool implements BufferPool {
    private static final int BUFFER_BYTES = 2048;

    private final MemorySegment frames;
    private final BitSet taken = new BitSet();
    private final int buffers;
    private int free;

    public CheckedPool(int buffers) {
        this.buffers = buffers;
        free = buffers;
        // The first buffer is left out so that no frame has the address ABSENT.
        frames = MemorySegment.ofArray(new byte[(buffers + 1) * BUFFER_BYTES]);
    }

    @Override
    public MemorySegment frames() {
        return frames;
    }

    @Override
    public int frameCapacity() {
        return BUFFER_BYTES - HEADROOM;
    }

    @Override
    public long acquire() {
        int index = taken.nextClearBit(0);
        if (index >= buffers) {
            return ABSENT;
        }
        taken.set(index);
        free--;
        return (long) (index + 1) * BUFFER_BYTES + HEADROOM;
    }

    @Override
    public void release(long address) {
        int index = (int) (address / BUFFER_BYTES) - 1;
        if (index < 0 || index >= buffers || !taken.get(index)) {
            throw new IllegalStateException("buffer at " + address + " is not taken");
        }
        taken.clear(index);
        free++;
    }

    @Override
    public long free() {
        return free;
    }

    @Override
    public long capacity() {
        return buffers;
    }
}
