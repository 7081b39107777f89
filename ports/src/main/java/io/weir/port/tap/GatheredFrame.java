package io.weir.port.tap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weir.linux.NativeMemory;
import io.weir.linux.TapDevice;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.VirtioNetHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Writes frames to the device from where they stand, with their header in the bytes before the first piece; a frame in
 * several buffers as an array of {@code struct iovec} for writev(2). For one thread; makes no objects after its construction.
 */
final class GatheredFrame {
    private static final MemorySegment ALL = NativeMemory.all();
    private static final int VECTOR_BYTES = 16;
    /** IOV_MAX: the kernel takes no more. */
    private static final int MOST_PIECES = 1024;
    /** As {@code -errno}: a frame in more pieces than the kernel takes. */
    private static final long TOO_MANY = -io.weir.linux.Errno.EMSGSIZE;

    private final FrameChain chain;
    private final MemorySegment memory = Arena.ofAuto().allocate((long) MOST_PIECES * VECTOR_BYTES, 64);
    private final long vectors = memory.address();

    GatheredFrame(FrameChain chain) {
        this.chain = chain;
    }

    /** Returns what the kernel does: bytes with the header, or the negated errno. */
    long write(TapDevice device, int queue, long address, int length, long offload, int owner) {
        long start = address - VirtioNetHeader.BYTES;
        VirtioNetHeader.write(ALL, start, offload);
        if (owner != FrameBatch.CHAIN) {
            return device.write(queue, start, VirtioNetHeader.BYTES + (long) length);
        }
        int count = 0;
        for (long piece = address; piece != FrameChain.LAST; piece = chain.next(piece)) {
            if (count == MOST_PIECES) {
                return TOO_MANY;
            }
            int before = count == 0 ? VirtioNetHeader.BYTES : 0;
            long vector = vectors + (long) count * VECTOR_BYTES;
            ALL.set(JAVA_LONG, vector, piece - before);
            ALL.set(JAVA_LONG, vector + 8, chain.length(piece) + (long) before);
            count++;
        }
        return device.write(queue, vectors, count);
    }
}
