package io.weir.memory.packet;

import java.lang.foreign.MemorySegment;

/**
 * One processor's view of the free buffers of the packet storage (Fig. 13: one free pool from which any interface is
 * refilled). Addresses are offsets in {@link #frames()}. A buffer starts with {@link #HEADROOM} bytes of room before
 * the frame. Allocation-free; one thread per view; views exchange buffers with the shared pool in batches, lock-free.
 */
public interface BufferPool extends FrameOwner {
    /** Room before each frame for a driver's header, in bytes. */
    int HEADROOM = 128;

    /** No free buffer. */
    long ABSENT = 0L;

    /** The address space that frame addresses count in. */
    MemorySegment frames();

    /** Greatest length of a frame in a buffer, in bytes. */
    int frameCapacity();

    /** A free buffer's frame address (after the headroom), or {@link #ABSENT}. */
    long acquire();

    /** Frames in several of these buffers; for the thread of this view. */
    FrameChain chain();

    /** Buffers now free, over all processors; for tests and tools. */
    long free();

    /** All buffers of the storage. */
    long capacity();
}
