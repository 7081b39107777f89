package io.weir.memory.packet;

/** Takes back the memory of a frame: packet storage, or a receive ring of the kernel. */
public interface FrameOwner {
    /** @param address the frame's address, or any address within its buffer */
    void release(long address);
}
