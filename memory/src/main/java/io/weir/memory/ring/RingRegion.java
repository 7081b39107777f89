package io.weir.memory.ring;

import java.lang.foreign.MemorySegment;

/**
 * Rings between switching processors, all of one size; rings between each switching processor and the interface daemon, all
 * of another; and a doorbell for each processor and for the daemon.
 *
 * <pre>
 *   0          doorbells, 128 bytes for each of P switching processors
 *   128P       doorbell of the interface daemon
 *   128(P+1)   rings between processors, each a whole number of 128-byte lines
 *              host rings, only in a node that has a host interface, likewise whole lines; for each processor:
 *                to host:    producer the switching processor, consumer the interface daemon
 *                from host:  producer the interface daemon, consumer the switching processor
 * </pre>
 *
 * Which ring between processors is between whom is decided when the node starts.
 */
public final class RingRegion {
    private final MemorySegment memory;
    private final int processors;
    private final int capacity;
    private final int hostCapacity;

    /**
     * The region over its memory, of exactly {@link #bytes}.
     *
     * @param capacity frames in each ring between processors, a power of two
     * @param hostCapacity frames in each ring to and from the interface daemon, a power of two; 0 when there are none
     */
    public RingRegion(MemorySegment memory, int processors, int capacity, int hostCapacity) {
        this.memory = memory;
        this.processors = processors;
        this.capacity = capacity;
        this.hostCapacity = hostCapacity;
    }

    /** Bytes for so many processors and rings between them, and two host rings per processor unless their capacity is 0. */
    public static long bytes(int processors, int rings, int capacity, int hostCapacity) {
        return doorbells(processors) + (long) rings * stride(capacity) + hostBytes(processors, hostCapacity);
    }

    private static long doorbells(int processors) {
        return (processors + 1L) * Doorbell.BYTES;
    }

    private static long hostBytes(int processors, int hostCapacity) {
        return hostCapacity == 0 ? 0 : 2L * processors * stride(hostCapacity);
    }

    private static long stride(int capacity) {
        return (FrameRing.bytes(capacity) + 127) & -128L;
    }

    public Doorbell doorbell(int processor) {
        return new Doorbell(memory.asSlice((long) processor * Doorbell.BYTES, Doorbell.BYTES));
    }

    /** The doorbell of the interface daemon. */
    public Doorbell daemonDoorbell() {
        return doorbell(processors);
    }

    /** Number of rings between processors there is room for. */
    public int rings() {
        return (int) ((hostRings() - doorbells(processors)) / stride(capacity));
    }

    /** The ring between processors with a number from 0. */
    public FrameRing ring(int number) {
        return new FrameRing(
                memory.asSlice(doorbells(processors) + number * stride(capacity), FrameRing.bytes(capacity)));
    }

    /** The ring by which a processor hands frames to the interface daemon. */
    public FrameRing toHost(int processor) {
        return hostRing(2 * processor);
    }

    /** The ring by which a processor gets frames from the interface daemon. */
    public FrameRing fromHost(int processor) {
        return hostRing(2 * processor + 1);
    }

    private FrameRing hostRing(int number) {
        if (hostCapacity == 0) {
            throw new IllegalStateException("the region has no host rings");
        }
        return new FrameRing(
                memory.asSlice(hostRings() + number * stride(hostCapacity), FrameRing.bytes(hostCapacity)));
    }

    private long hostRings() {
        return memory.byteSize() - hostBytes(processors, hostCapacity);
    }
}
