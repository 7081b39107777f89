package io.weir.port.memory;

import io.weir.port.FrameBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Frame descriptors from one producing thread to one consuming thread. Only addresses travel; the bytes stay where they
 * are.
 *
 * <p>Ordering: the producer writes the descriptor, then the tail with release; the consumer reads the tail with acquire,
 * so it sees the descriptor and the frame's bytes. The head goes the other way round in the same manner. Each side
 * keeps a copy of the other's position and reads the shared one only when the copy says full or empty.
 */
final class FrameRing {
    private static final VarHandle POSITION = MethodHandles.arrayElementVarHandle(long[].class);

    /** Distance between positions in longs: two cache lines, because processors prefetch lines in pairs. */
    private static final int LINE = 16;

    private static final int HEAD = LINE;
    private static final int TAIL = 2 * LINE;
    private static final int PRODUCER_HEAD = 3 * LINE;
    private static final int CONSUMER_TAIL = 4 * LINE;

    private final long[] position = new long[5 * LINE];
    private final long[] address;
    private final int[] length;
    private final long[] offload;
    private final int mask;

    FrameRing(int slots) {
        if (slots < 1 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException("ring slots: " + slots + " is not a power of two");
        }
        address = new long[slots];
        length = new int[slots];
        offload = new long[slots];
        mask = slots - 1;
    }

    /** Producer: false when the ring is full. */
    boolean offer(long frameAddress, int frameLength, long frameOffload) {
        long tail = position[TAIL];
        if (tail - position[PRODUCER_HEAD] > mask) {
            position[PRODUCER_HEAD] = (long) POSITION.getAcquire(position, HEAD);
            if (tail - position[PRODUCER_HEAD] > mask) {
                return false;
            }
        }
        int slot = (int) tail & mask;
        address[slot] = frameAddress;
        length[slot] = frameLength;
        offload[slot] = frameOffload;
        POSITION.setRelease(position, TAIL, tail + 1);
        return true;
    }

    /** Consumer: appends up to {@code limit} frames of the packet storage to the batch; returns how many. */
    int drain(FrameBatch batch, int limit, int ingress) {
        long head = position[HEAD];
        if (head == position[CONSUMER_TAIL]) {
            position[CONSUMER_TAIL] = (long) POSITION.getAcquire(position, TAIL);
        }
        int room = Math.min(limit, batch.capacity() - batch.size());
        int count = (int) Math.min(room, position[CONSUMER_TAIL] - head);
        for (int i = 0; i < count; i++) {
            int slot = (int) (head + i) & mask;
            batch.add(address[slot], length[slot], offload[slot], FrameBatch.STORAGE, ingress);
        }
        if (count > 0) {
            POSITION.setRelease(position, HEAD, head + count);
        }
        return count;
    }

    boolean isEmpty() {
        return (long) POSITION.getAcquire(position, HEAD) == (long) POSITION.getAcquire(position, TAIL);
    }
}
