package io.weir.memory.counters;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One processor's block of the counters region: written by that processor alone, read by anyone. A count is a plain load
 * and an opaque store (on 64-bit machines the same instruction as a plain one, but never merged away by the compiler),
 * so counting costs no fence and readers see whole numbers that only grow. Allocation-free. Layout: {@link
 * CountersLayout}.
 */
public final class ProcessorCounters {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment region;
    private final int blocks;
    private final int interfaces;
    private final int services;
    private final int servers;
    private final long blockBytes;
    private final long block;
    private final long serviceOffset;
    private final long serverOffset;

    /**
     * The block of one processor.
     *
     * @param region initialised counters region
     * @param processor number of the switching processor from 0; their count names the control processor's block
     */
    public ProcessorCounters(MemorySegment region, int processor) {
        this.region = region;
        blocks = region.get(ValueLayout.JAVA_INT, CountersLayout.BLOCKS_OFFSET);
        if (processor < 0 || processor >= blocks) {
            throw new IllegalArgumentException("processor " + processor + " has no block of counters: " + blocks
                    + " blocks (is the region initialised?)");
        }
        interfaces = region.get(ValueLayout.JAVA_INT, CountersLayout.INTERFACES_OFFSET);
        services = region.get(ValueLayout.JAVA_INT, CountersLayout.SERVICES_OFFSET);
        servers = region.get(ValueLayout.JAVA_INT, CountersLayout.SERVERS_OFFSET);
        blockBytes = region.get(ValueLayout.JAVA_LONG, CountersLayout.BLOCK_BYTES_OFFSET);
        block = CountersLayout.FIRST_BLOCK_OFFSET + processor * blockBytes;
        serviceOffset = CountersLayout.services(interfaces);
        serverOffset = CountersLayout.servers(interfaces, services);
    }

    /** Counters in memory of their own, for one processor with up to 255 interfaces, services and servers; for tests. */
    public static ProcessorCounters standalone() {
        MemorySegment region = Arena.ofAuto().allocate(CountersLayout.bytes(1, 255, 255, 255), 64);
        CountersLayout.initialise(region, 1, 255, 255, 255);
        return new ProcessorCounters(region, 0);
    }

    public void add(Counter counter, long amount) {
        bump(block + 8L * counter.index(), amount);
    }

    public void add(InterfaceCounter counter, int interfaceId, long amount) {
        bump(interfaceRow(interfaceId) + CountersLayout.DROPS_BYTES + 8L * counter.index(), amount);
    }

    /** Counts one dropped packet: the reason, {@link Counter#PACKETS_DROPPED} and the interface it came in by. */
    public void drop(DropReason reason, int interfaceId) {
        long row = interfaceRow(interfaceId);
        bump(block + 8L * Counter.PACKETS_DROPPED.index(), 1);
        bump(block + CountersLayout.DROPS + 8L * reason.index(), 1);
        bump(row + 8L * reason.index(), 1);
        bump(row + CountersLayout.DROPS_BYTES + 8L * InterfaceCounter.DROPPED_PACKETS.index(), 1);
    }

    /** A new connection of a service went to a server. */
    public void connectionOpened(int service, int server) {
        bump(block + serviceOffset + 16L * clip(service, services), 1);
        bump(serverRow(server), 1);
    }

    /** A connection's record was removed. */
    public void connectionClosed(int service, int server) {
        bump(block + serviceOffset + 16L * clip(service, services) + 8, 1);
        bump(serverRow(server) + CountersLayout.SERVER_CLOSED, 1);
    }

    /** A server has answered a SYN with a SYN-ACK, {@code micros} microseconds after it was sent on. */
    public void handshake(int server, long micros) {
        long row = serverRow(server);
        bump(row + CountersLayout.SERVER_HANDSHAKES, 1);
        bump(row + CountersLayout.SERVER_HANDSHAKE_MICROS, micros);
        bump(row + CountersLayout.SERVER_BUCKETS + 8L * CountersLayout.handshakeBucket(micros), 1);
    }

    /** A client has sent its SYN again: the server, or somebody on the way, has lost one. */
    public void synRetransmitted(int server) {
        bump(serverRow(server) + CountersLayout.SERVER_SYNS_AGAIN, 1);
    }

    /** A server has answered a SYN with a reset. */
    public void refused(int server) {
        bump(serverRow(server) + CountersLayout.SERVER_REFUSED, 1);
    }

    /** A server has reset a connection that it had accepted. */
    public void serverReset(int server) {
        bump(serverRow(server) + CountersLayout.SERVER_RESETS, 1);
    }

    /**
     * Connections a server has now over all processors, opened less closed: two loads per processor. While other processors
     * count, the sum is that of moments close together; never negative.
     */
    public long liveConnections(int server) {
        long at =
                CountersLayout.FIRST_BLOCK_OFFSET + serverOffset + CountersLayout.SERVER_BYTES * clip(server, servers);
        long live = 0;
        for (int k = 0; k < blocks; k++) {
            live += (long) LONG.getOpaque(region, at)
                    - (long) LONG.getOpaque(region, at + CountersLayout.SERVER_CLOSED);
            at += blockBytes;
        }
        return Math.max(live, 0);
    }

    // What this processor itself has counted.

    public long value(Counter counter) {
        return (long) LONG.getOpaque(region, block + 8L * counter.index());
    }

    public long value(InterfaceCounter counter, int interfaceId) {
        return (long)
                LONG.getOpaque(region, interfaceRow(interfaceId) + CountersLayout.DROPS_BYTES + 8L * counter.index());
    }

    public long dropped(DropReason reason) {
        return (long) LONG.getOpaque(region, block + CountersLayout.DROPS + 8L * reason.index());
    }

    public long dropped(DropReason reason, int interfaceId) {
        return (long) LONG.getOpaque(region, interfaceRow(interfaceId) + 8L * reason.index());
    }

    private long interfaceRow(int interfaceId) {
        return block + CountersLayout.INTERFACES + clip(interfaceId, interfaces) * CountersLayout.INTERFACE_BYTES;
    }

    private long serverRow(int server) {
        return block + serverOffset + CountersLayout.SERVER_BYTES * clip(server, servers);
    }

    private static int clip(int number, int greatest) {
        return number > 0 && number <= greatest ? number : 0;
    }

    private void bump(long offset, long amount) {
        LONG.setOpaque(region, offset, (long) LONG.get(region, offset) + amount);
    }
}
