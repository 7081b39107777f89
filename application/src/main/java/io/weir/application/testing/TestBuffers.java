package io.weir.application.testing;

import io.weir.application.Packets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The free pool, as far as an application meets it. Buffers that were sent stay as they are until {@link #reset}. */
final class TestBuffers {
    private static final int FREE = 0;
    private static final int HELD = -1;

    private final long base;
    private final int stride;
    /** Or length of the packet that was sent. */
    private final int[] state;

    private int left;
    private int held;
    private boolean taken;

    TestBuffers(long base, int stride, int buffers) {
        this.base = base;
        this.stride = stride;
        this.state = new int[buffers];
        this.left = buffers;
    }

    void leave(int buffers) {
        left = Math.min(buffers, state.length);
    }

    /** All are free again; returns whether any was taken. */
    boolean reset() {
        boolean any = taken;
        Arrays.fill(state, FREE);
        held = 0;
        taken = false;
        return any;
    }

    long allocate() {
        if (held == Packets.MOST_BUFFERS || held == left) {
            return 0;
        }
        for (int i = 0; i < state.length; i++) {
            if (state[i] == FREE) {
                state[i] = HELD;
                taken = true;
                held++;
                return base + (long) i * stride;
            }
        }
        return 0;
    }

    private int index(long packet) {
        int i = (int) ((packet - base) / stride);
        if (i < 0 || i >= state.length || packet != base + (long) i * stride || state[i] != HELD) {
            throw new IllegalArgumentException("the application has no buffer at address " + packet);
        }
        return i;
    }

    void send(long packet, int length) {
        state[index(packet)] = length;
        held--;
    }

    void release(long packet) {
        state[index(packet)] = FREE;
        held--;
    }

    /** Buffers that were neither sent nor released. */
    int held() {
        return held;
    }

    List<byte[]> sent(byte[] memory) {
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < state.length; i++) {
            if (state[i] > 0) {
                int at = (int) base + i * stride;
                sent.add(Arrays.copyOfRange(memory, at, at + state[i]));
            }
        }
        return sent;
    }
}
