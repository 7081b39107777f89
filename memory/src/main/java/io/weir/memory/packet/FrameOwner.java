package io.weir.memory.packet;

/** Takes back the memory of a frame: packet storage, or a receive ring of the kernel. */
public interface FrameOwner {
    /** Takes the buffer back; {@code address} is any address within it. */
    void release(long address);
}
