package io.weir.memory.packet;

/** Takes back the memory of a frame: packet storage, or a receive ring of the kernel. */
public interface FrameOwner {
    /** Takes the buffer back; {@code address} is any address within it. */
    void release(long address);

    /** Bytes from {@code address}, which is within a frame, to the end of its buffer; 0 when that is not known. */
    default int room(long address) {
        return 0;
    }
}
