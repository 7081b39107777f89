package io.weir.memory.counters;

import java.lang.foreign.MemorySegment;

/**
 * One processor's block of the counters region: written by that processor alone with plain stores, read by anyone.
 * Allocation-free. Stub: layout and reader follow.
 */
public final class ProcessorCounters {
    private final MemorySegment block;

    /** Counters in the given part of the counters region. */
    public ProcessorCounters(MemorySegment block) {
        this.block = block;
    }

    public void add(Counter counter, long amount) {
        throw new UnsupportedOperationException(counter + " " + amount + block);
    }

    public void add(InterfaceCounter counter, int interfaceId, long amount) {
        throw new UnsupportedOperationException(counter + " " + interfaceId + amount);
    }

    /** Counts one dropped packet: the reason, {@link Counter#PACKETS_DROPPED} and the interface it came in by. */
    public void drop(DropReason reason, int interfaceId) {
        throw new UnsupportedOperationException(reason + " " + interfaceId);
    }

    /** A new connection of a service went to a server. */
    public void connectionOpened(int service, int server) {
        throw new UnsupportedOperationException(service + " " + server);
    }

    /** A connection's record was removed. */
    public void connectionClosed(int service, int server) {
        throw new UnsupportedOperationException(service + " " + server);
    }
}
