package io.weir.memory.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The node's packet buffers: equal, a power of two long, one after the other from {@code base} in the frames' address
 * space, and one pool of the free ones. A frame starts {@link BufferPool#HEADROOM} bytes into its buffer, so no frame has
 * the address 0. Views are made one per thread.
 */
public final class PacketStorage {
    private final MemorySegment frames;
    private final long base;
    private final int buffers;
    private final int bufferBytes;
    private final int views;
    private final FreePool pool;
    private final @Nullable AtomicIntegerArray held;

    private PacketStorage(
            MemorySegment frames,
            long base,
            int buffers,
            int bufferBytes,
            MemorySegment pool,
            int views,
            boolean checking) {
        if (Integer.bitCount(bufferBytes) != 1 || bufferBytes < 2 * BufferPool.HEADROOM) {
            throw new IllegalArgumentException(
                    "buffer size: " + bufferBytes + " is not a power of two of at least " + 2 * BufferPool.HEADROOM);
        }
        if (buffers < 1 || pool.byteSize() < FreePool.bytes(buffers, views)) {
            throw new IllegalArgumentException(
                    "free pool: " + pool.byteSize() + " bytes for " + buffers + " buffers and " + views + " views");
        }
        this.frames = frames;
        this.base = base;
        this.buffers = buffers;
        this.bufferBytes = bufferBytes;
        this.views = views;
        this.pool = new FreePool(pool, views);
        this.held = checking ? new AtomicIntegerArray(buffers) : null;
    }

    /** Bytes of the pool region for {@code views} threads. */
    public static long poolBytes(int buffers, int views) {
        return FreePool.bytes(buffers, views);
    }

    /**
     * Storage with all buffers free.
     *
     * @param frames the address space of frames
     * @param base where the first buffer starts in {@code frames}
     * @param pool zeros, {@link #poolBytes} long
     * @param views number of threads that acquire and release
     */
    public static PacketStorage create(
            MemorySegment frames, long base, int buffers, int bufferBytes, MemorySegment pool, int views) {
        PacketStorage storage = new PacketStorage(frames, base, buffers, bufferBytes, pool, views, false);
        storage.pool.fill(buffers);
        return storage;
    }

    /**
     * Storage in memory of its own that throws on a buffer released twice or never acquired, and on any access outside of
     * it; for tests. Addresses are small.
     */
    public static PacketStorage checking(int buffers, int bufferBytes, int views) {
        Arena arena = Arena.ofAuto();
        MemorySegment frames = arena.allocate((long) buffers * bufferBytes, 4096);
        MemorySegment pool = arena.allocate(FreePool.bytes(buffers, views), 64);
        PacketStorage storage = new PacketStorage(frames, 0, buffers, bufferBytes, pool, views, true);
        storage.pool.fill(buffers);
        return storage;
    }

    /** Buffers free in a pool region with so many views; for tools that look at a node's memory. */
    public static long free(MemorySegment pool, int views) {
        return new FreePool(pool, views).free();
    }

    /** The view of one thread, {@code 0..views-1}. */
    public PoolView view(int view) {
        if (view < 0 || view >= views) {
            throw new IllegalArgumentException("view " + view + " is not in 0.." + (views - 1));
        }
        return new PoolView(this, pool, view, held);
    }

    public MemorySegment frames() {
        return frames;
    }

    public long base() {
        return base;
    }

    public int buffers() {
        return buffers;
    }

    public int bufferBytes() {
        return bufferBytes;
    }

    /** Buffers in the pool and all caches; exact when nothing moves. */
    public long free() {
        return pool.free();
    }
}
