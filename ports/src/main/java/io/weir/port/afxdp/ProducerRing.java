package io.weir.port.afxdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weir.linux.NativeMemory;
import io.weir.linux.XdpSockets;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A ring that weir puts entries into and the kernel takes them out of: fill (addresses) or transmit (descriptors).
 * Entries become visible with {@link #publish}, whose release store of the producer word comes after them; the kernel's
 * consumer word is read with acquire before an entry is written over, and only when the ring seems to be full.
 */
final class ProducerRing {
    private static final MemorySegment MEMORY = NativeMemory.all();
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    private final long producer;
    private final long consumer;
    private final long entries;
    private final long flags;
    private final int size;
    private final int mask;
    private int next;
    private int published;
    private int consumed;

    ProducerRing(XdpSockets.MappedRing ring, int size) {
        producer = ring.producer();
        consumer = ring.consumer();
        entries = ring.entries();
        flags = ring.flags();
        this.size = size;
        mask = size - 1;
        next = (int) INT.getAcquire(MEMORY, producer);
        published = next;
        consumed = (int) INT.getAcquire(MEMORY, consumer);
    }

    /** Room for at least {@code wanted} entries, or for as many as the kernel has taken out. */
    int free(int wanted) {
        int free = size - (next - consumed);
        if (free < wanted) {
            consumed = (int) INT.getAcquire(MEMORY, consumer);
            free = size - (next - consumed);
        }
        return free;
    }

    /** Puts an address into a fill ring that has room. */
    void put(long address) {
        MEMORY.set(JAVA_LONG, entries + ((long) (next++ & mask) << 3), address);
    }

    /** Puts a descriptor into a transmit ring that has room. */
    void put(long address, int length, int options) {
        long entry = entries + ((long) (next++ & mask) << 4);
        MEMORY.set(JAVA_LONG, entry, address);
        MEMORY.set(JAVA_INT, entry + 8, length);
        MEMORY.set(JAVA_INT, entry + 12, options);
    }

    /** Shows the kernel all entries that were put in; false when there was none. */
    boolean publish() {
        if (published == next) {
            return false;
        }
        published = next;
        INT.setRelease(MEMORY, producer, next);
        return true;
    }

    /** The kernel waits for a system call before it takes entries out. */
    boolean needsWakeup() {
        return ((int) INT.getOpaque(MEMORY, flags) & XdpSockets.RING_NEED_WAKEUP) != 0;
    }

    /** Entries that the kernel has not taken out. */
    int level() {
        consumed = (int) INT.getAcquire(MEMORY, consumer);
        return next - consumed;
    }
}
