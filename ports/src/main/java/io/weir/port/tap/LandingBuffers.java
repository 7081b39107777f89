package io.weir.port.tap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weir.linux.NativeMemory;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.VirtioNetHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Free buffers of the packet storage laid out for the next frame from the device, enough for the longest one. For readv(2):
 *
 * <pre>
 *  +---------+----+----------+------+----------+------+- - -
 *  | header  | 10 | buffer 0 | room | buffer 1 | room |        struct iovec: address, length
 *  +---------+----+----------+------+----------+------+- - -
 * </pre>
 *
 * <p>A frame takes the buffers it needs away, from the front; {@link #refill} puts free ones in their place. For one thread;
 * makes no objects after its construction.
 */
final class LandingBuffers {
    private static final MemorySegment ALL = NativeMemory.all();
    private static final int VECTOR_BYTES = 16;
    private static final int HEADER_ROOM = 16;

    private final BufferPool pool;
    private final FrameChain chain;
    private final int room;
    private final long[] buffers;
    private final MemorySegment memory;
    private final long header;
    private final long vectors;

    /** Buffers {@code 0..missing-1} are not there. */
    private int missing;

    /** Owner of the frame that {@link #take} returned. */
    private int owner;

    LandingBuffers(BufferPool pool, int longestFrame) {
        this.pool = pool;
        this.chain = pool.chain();
        this.room = pool.frameCapacity();
        // one byte more than the longest, so that a frame that fills all of it was cut
        this.buffers = new long[Math.ceilDiv(longestFrame + 1, room)];
        this.missing = buffers.length;
        memory = Arena.ofAuto().allocate(HEADER_ROOM + (buffers.length + 1L) * VECTOR_BYTES, 64);
        header = memory.address();
        vectors = header + HEADER_ROOM;
        ALL.set(JAVA_LONG, vectors, header);
        ALL.set(JAVA_LONG, vectors + 8, VirtioNetHeader.BYTES);
        for (int i = 0; i < buffers.length; i++) {
            ALL.set(JAVA_LONG, vector(i) + 8, room);
        }
    }

    private long vector(int buffer) {
        return vectors + (buffer + 1L) * VECTOR_BYTES;
    }

    /** Address of the array of {@code struct iovec}. */
    long vectors() {
        return vectors;
    }

    /** Number of its elements. */
    int count() {
        return buffers.length + 1;
    }

    /** Bytes that the buffers have room for: more than the longest frame. */
    int capacity() {
        return buffers.length * room;
    }

    /** Fills the gaps; false when there are not enough free buffers. */
    boolean refill() {
        while (missing > 0) {
            long buffer = pool.acquire();
            if (buffer == BufferPool.ABSENT) {
                return false;
            }
            missing--;
            buffers[missing] = buffer;
            ALL.set(JAVA_LONG, vector(missing), buffer);
        }
        return true;
    }

    /** True when {@link #refill} has found too few free buffers. */
    boolean isShort() {
        return missing > 0;
    }

    /** What the header of the frame that was read says. */
    long offload() {
        return VirtioNetHeader.read(ALL, header);
    }

    /** Takes the frame of {@code length} bytes that was read, from 1 on, out of the buffers; returns its address. */
    long take(int length) {
        long first = buffers[0];
        if (length <= room) {
            missing = 1;
            owner = FrameBatch.STORAGE;
            return first;
        }
        int pieces = Math.ceilDiv(length, room);
        int left = length;
        for (int i = 0; i < pieces; i++) {
            int part = Math.min(left, room);
            left -= part;
            chain.set(buffers[i], part, left == 0 ? FrameChain.LAST : buffers[i + 1]);
        }
        missing = pieces;
        owner = FrameBatch.CHAIN;
        return first;
    }

    /** Owner of the frame that {@link #take} returned. */
    int owner() {
        return owner;
    }

    /** Gives all buffers back. */
    void close() {
        for (int i = missing; i < buffers.length; i++) {
            pool.release(buffers[i]);
        }
        missing = buffers.length;
    }
}
