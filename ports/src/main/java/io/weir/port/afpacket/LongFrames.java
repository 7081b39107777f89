package io.weir.port.afpacket;

import io.weir.linux.Mappings;
import io.weir.port.VirtioNetHeader;

/**
 * Memory for frames that are longer than a slot of the receive ring: those that the kernel has merged or not yet
 * segmented. What was given back last is taken first, so that a few buffers serve and stay in the cache. A buffer:
 *
 * <pre>
 *   0               56                     66
 *  +---------------+----------------------+-------
 *  | room (56)     | virtio_net_hdr (10)  | frame
 *  +---------------+----------------------+-------
 * </pre>
 *
 * <p>One thread. Memory that was never used costs nothing.
 */
final class LongFrames {
    /** A batch, and what a batch before may have left in transmit queues. */
    private static final int BUFFERS = 128;

    /**
     * The longest frame that the kernel makes without BIG TCP: 65,535 bytes of IP packet and an Ethernet header with tag;
     * in whole pages, and three cache lines, so that the headers do not all meet in the same sets of the cache.
     */
    private static final int BUFFER_BYTES = 17 * 4096 + 192;

    private static final int MESSAGE = 56;

    /** Bytes of a message, with the header before the frame. */
    static final int MESSAGE_BYTES = BUFFER_BYTES - MESSAGE;

    private final long base = Mappings.reserveAnonymous((long) BUFFERS * BUFFER_BYTES);
    private final int[] free = new int[BUFFERS];
    private int count = BUFFERS;

    LongFrames() {
        for (int i = 0; i < BUFFERS; i++) {
            free[i] = BUFFERS - 1 - i;
        }
    }

    boolean isExhausted() {
        return count == 0;
    }

    int held() {
        return BUFFERS - count;
    }

    /** Where the next message would begin; it stays free until {@link #take}. */
    long nextMessage() {
        return base + (long) free[count - 1] * BUFFER_BYTES + MESSAGE;
    }

    /** Takes that buffer; returns where its frame begins. */
    long take() {
        long message = nextMessage();
        count--;
        return message + VirtioNetHeader.BYTES;
    }

    int room(long address) {
        return BUFFER_BYTES - (int) ((address - base) % BUFFER_BYTES);
    }

    void release(long address) {
        free[count++] = (int) ((address - base) / BUFFER_BYTES);
    }

    void unmap() {
        Mappings.unmap(base, (long) BUFFERS * BUFFER_BYTES);
    }
}
