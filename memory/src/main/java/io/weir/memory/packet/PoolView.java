package io.weir.memory.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * One thread's access to the free buffers: a cache of up to two chunks in shared memory that it fills from, and
 * overflows to, the common pool one chunk at a time. Last in, first out: the buffer handed out is the one most
 * likely still in the processor's cache.
 */
public final class PoolView implements BufferPool {
    private static final int CACHE = 2 * FreePool.CHUNK;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    private final MemorySegment frames;
    private final long base;
    private final int shift;
    private final int buffers;
    private final FreePool pool;
    private final MemorySegment memory;
    private final long cache;
    private final @Nullable AtomicIntegerArray held;
    private final FrameChain chain;
    private long foreign;

    PoolView(PacketStorage storage, FreePool pool, int view, @Nullable AtomicIntegerArray held) {
        this.frames = storage.frames();
        this.base = storage.base();
        this.shift = Integer.numberOfTrailingZeros(storage.bufferBytes());
        this.buffers = storage.buffers();
        this.pool = pool;
        this.memory = pool.memory();
        this.cache = FreePool.cache(view);
        this.held = held;
        this.chain = new FrameChain(this, base, storage.bufferBytes());
    }

    @Override
    public MemorySegment frames() {
        return frames;
    }

    @Override
    public int frameCapacity() {
        return (1 << shift) - HEADROOM;
    }

    @Override
    public long acquire() {
        int count = (int) INT.get(memory, cache);
        if (count == 0) {
            count = pool.take(cache);
            if (count == 0) {
                return ABSENT;
            }
        }
        count--;
        int index = memory.get(ValueLayout.JAVA_INT, FreePool.cacheSlot(cache, count)) - 1;
        INT.setRelease(memory, cache, count);
        if (held != null) {
            checkAcquired(held, index);
        }
        return base + ((long) index << shift) + HEADROOM;
    }

    /** Takes the buffer back; an address outside of the storage is counted in {@link #foreign} and left alone. */
    @Override
    public void release(long address) {
        long index = (address - base) >> shift;
        if (index < 0 || index >= buffers) {
            refuse(address);
            return;
        }
        if (held != null) {
            checkReleased(held, (int) index);
        }
        int count = (int) INT.get(memory, cache);
        if (count == CACHE) {
            pool.give(cache, count, FreePool.CHUNK);
            count -= FreePool.CHUNK;
        }
        memory.set(ValueLayout.JAVA_INT, FreePool.cacheSlot(cache, count), (int) index + 1);
        INT.setRelease(memory, cache, count + 1);
    }

    @Override
    public int room(long address) {
        int bytes = 1 << shift;
        return bytes - ((int) (address - base) & (bytes - 1));
    }

    /** Gives everything in the cache to the other threads; when the thread ends. */
    public void flush() {
        int count = (int) INT.get(memory, cache);
        while (count > 0) {
            int part = Math.min(count, FreePool.CHUNK);
            pool.give(cache, count, part);
            count -= part;
            INT.setRelease(memory, cache, count);
        }
    }

    @Override
    public FrameChain chain() {
        return chain;
    }

    @Override
    public long free() {
        return pool.free();
    }

    @Override
    public long capacity() {
        return buffers;
    }

    /** Addresses that were released here and are not in the storage: each is a defect of the caller. */
    public long foreign() {
        return foreign;
    }

    private void refuse(long address) {
        foreign++;
        if (held != null) {
            throw new IllegalStateException(
                    "released 0x" + Long.toHexString(address) + ", which is not in the storage");
        }
    }

    private static void checkAcquired(AtomicIntegerArray held, int index) {
        if (!held.compareAndSet(index, 0, 1)) {
            throw new IllegalStateException("buffer " + index + " was handed out twice");
        }
    }

    private static void checkReleased(AtomicIntegerArray held, int index) {
        if (!held.compareAndSet(index, 1, 0)) {
            throw new IllegalStateException("buffer " + index + " was released but is not held");
        }
    }
}
