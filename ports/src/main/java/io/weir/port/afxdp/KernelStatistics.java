package io.weir.port.afxdp;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weir.linux.XdpSockets;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What the kernel counts for the socket of a queue, added to weir's counters. Written by the port's thread. */
final class KernelStatistics {
    private static final int DROPPED = 0;
    private static final int INVALID_RECEIVED = 1;
    private static final int INVALID_TRANSMITTED = 2;
    private static final int RING_FULL = 3;
    private static final int FILL_EMPTY = 4;
    private static final int NUMBERS = 6;

    private final int id;
    private final ProcessorCounters counters;
    private final MemorySegment answer = Arena.ofAuto().allocate(56, 8);
    private final long[] last = new long[NUMBERS];
    private final long[] delta = new long[NUMBERS];

    private volatile long dropped;
    private volatile long ringFull;
    private volatile long fillEmpty;
    private volatile long invalidDescriptors;

    KernelStatistics(int id, ProcessorCounters counters) {
        this.id = id;
        this.counters = counters;
    }

    /** There is another socket, whose numbers begin at 0. */
    void restart() {
        java.util.Arrays.fill(last, 0);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void read(int socket) {
        if (XdpSockets.statistics(socket, answer.address()) < 0) {
            return;
        }
        for (int i = 0; i < NUMBERS; i++) {
            long now = answer.get(JAVA_LONG, 8L * i);
            delta[i] = now - last[i];
            last[i] = now;
        }
        // frames that found no buffer are among the dropped ones, those that found the ring full are not
        long lost = delta[DROPPED] + delta[RING_FULL];
        long invalid = delta[INVALID_RECEIVED] + delta[INVALID_TRANSMITTED];
        if ((lost | invalid | delta[FILL_EMPTY]) == 0) {
            return;
        }
        counters.add(InterfaceCounter.KERNEL_DROPPED_PACKETS, id, lost);
        counters.add(InterfaceCounter.KERNEL_RING_FULL, id, delta[RING_FULL]);
        counters.add(InterfaceCounter.KERNEL_FILL_EMPTY, id, delta[FILL_EMPTY]);
        counters.add(InterfaceCounter.KERNEL_INVALID_DESCRIPTORS, id, invalid);
        dropped += lost;
        ringFull += delta[RING_FULL];
        fillEmpty += delta[FILL_EMPTY];
        invalidDescriptors += invalid;
    }

    long dropped() {
        return dropped;
    }

    long ringFull() {
        return ringFull;
    }

    long fillEmpty() {
        return fillEmpty;
    }

    long invalidDescriptors() {
        return invalidDescriptors;
    }
}
