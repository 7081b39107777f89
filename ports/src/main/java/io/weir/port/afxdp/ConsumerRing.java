package io.weir.port.afxdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weir.linux.NativeMemory;
import io.weir.linux.XdpSockets;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A ring that the kernel puts entries into and weir takes them out of: receive (descriptors) or completion (addresses).
 * The kernel's producer word is read with acquire before entries; the release store of the consumer word gives them back
 * once they were read.
 */
final class ConsumerRing {
    private static final MemorySegment MEMORY = NativeMemory.all();
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    private final long producer;
    private final long consumer;
    private final long entries;
    private final int mask;
    private int next;
    private int produced;

    ConsumerRing(XdpSockets.MappedRing ring, int size) {
        producer = ring.producer();
        consumer = ring.consumer();
        entries = ring.entries();
        mask = size - 1;
        next = (int) INT.getAcquire(MEMORY, consumer);
        produced = next;
    }

    /** Entries to be read, looked for in shared memory when fewer than {@code wanted} are known. */
    int available(int wanted) {
        int available = produced - next;
        if (available < wanted) {
            produced = (int) INT.getAcquire(MEMORY, producer);
            available = produced - next;
        }
        return available;
    }

    /** Address in entry {@code i} of a completion ring, counted from the first available one. */
    long address(int i) {
        return MEMORY.get(JAVA_LONG, entries + ((long) ((next + i) & mask) << 3));
    }

    /** Where descriptor {@code i} of a receive ring stands: 0 u64 address, 8 u32 length, 12 u32 options. */
    long descriptor(int i) {
        return entries + ((long) ((next + i) & mask) << 4);
    }

    /** Gives the first entries back to the kernel. */
    void release(int count) {
        next += count;
        INT.setRelease(MEMORY, consumer, next);
    }
}
