package io.weir.memory.counters;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** Sums of counters over all processors; for tools and the control processor. Writes nothing, allocates nothing. */
public final class CountersReader {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment region;
    private final int blocks;
    private final int interfaces;
    private final int services;
    private final int servers;
    private final long blockBytes;

    public CountersReader(MemorySegment region) {
        this.region = region;
        blocks = region.get(ValueLayout.JAVA_INT, CountersLayout.BLOCKS_OFFSET);
        interfaces = region.get(ValueLayout.JAVA_INT, CountersLayout.INTERFACES_OFFSET);
        services = region.get(ValueLayout.JAVA_INT, CountersLayout.SERVICES_OFFSET);
        servers = region.get(ValueLayout.JAVA_INT, CountersLayout.SERVERS_OFFSET);
        blockBytes = region.get(ValueLayout.JAVA_LONG, CountersLayout.BLOCK_BYTES_OFFSET);
    }

    /** Number of switching processors; the block of that number is the control processor's. */
    public int processors() {
        return blocks - 1;
    }

    /** Greatest interface id there is a row for. */
    public int interfaces() {
        return interfaces;
    }

    /** Greatest service number there is a row for. */
    public int services() {
        return services;
    }

    /** Greatest server number there is a row for. */
    public int servers() {
        return servers;
    }

    public long value(Counter counter) {
        return sum(8L * counter.index());
    }

    /** One processor's count; {@link #processors()} names the control processor. */
    public long value(Counter counter, int processor) {
        checkIndex("processor", processor, blocks - 1);
        return load(CountersLayout.FIRST_BLOCK_OFFSET + processor * blockBytes + 8L * counter.index());
    }

    public long value(InterfaceCounter counter, int interfaceId) {
        return sum(interfaceRow(interfaceId) + CountersLayout.DROPS_BYTES + 8L * counter.index());
    }

    public long dropped(DropReason reason) {
        return sum(CountersLayout.DROPS + 8L * reason.index());
    }

    /** Packets that came in by the interface (0: none) and were dropped for the reason. */
    public long dropped(DropReason reason, int interfaceId) {
        return sum(interfaceRow(interfaceId) + 8L * reason.index());
    }

    public long serviceOpened(int service) {
        return sum(service(service));
    }

    public long serviceClosed(int service) {
        return sum(service(service) + 8);
    }

    /** Connections of the service now. */
    public long serviceLive(int service) {
        return Math.max(serviceOpened(service) - serviceClosed(service), 0);
    }

    public long serverOpened(int server) {
        return sum(server(server));
    }

    public long serverClosed(int server) {
        return sum(server(server) + CountersLayout.SERVER_CLOSED);
    }

    /** Connections of the server now. */
    public long serverLive(int server) {
        return Math.max(serverOpened(server) - serverClosed(server), 0);
    }

    /** SYNs that the server answered with a SYN-ACK. */
    public long serverHandshakes(int server) {
        return sum(server(server) + CountersLayout.SERVER_HANDSHAKES);
    }

    /** The delays of all its handshakes in microseconds, SYN to SYN-ACK, added up. */
    public long serverHandshakeMicros(int server) {
        return sum(server(server) + CountersLayout.SERVER_HANDSHAKE_MICROS);
    }

    /** Its handshakes with a delay in element {@code bucket} of the histogram ({@link CountersLayout#handshakeBucketLimitMicros}). */
    public long serverHandshakeBucket(int server, int bucket) {
        checkIndex("bucket", bucket, CountersLayout.HANDSHAKE_BUCKETS - 1);
        return sum(server(server) + CountersLayout.SERVER_BUCKETS + 8L * bucket);
    }

    /** SYNs that clients sent again because nobody had answered. */
    public long serverRetransmittedSyns(int server) {
        return sum(server(server) + CountersLayout.SERVER_SYNS_AGAIN);
    }

    /** SYNs that the server answered with a reset. */
    public long serverRefused(int server) {
        return sum(server(server) + CountersLayout.SERVER_REFUSED);
    }

    /** Connections that the server reset after it had accepted them. */
    public long serverResets(int server) {
        return sum(server(server) + CountersLayout.SERVER_RESETS);
    }

    private long interfaceRow(int interfaceId) {
        checkIndex("interface", interfaceId, interfaces);
        return CountersLayout.INTERFACES + interfaceId * CountersLayout.INTERFACE_BYTES;
    }

    private long service(int service) {
        checkIndex("service", service, services);
        return CountersLayout.services(interfaces) + 16L * service;
    }

    private long server(int server) {
        checkIndex("server", server, servers);
        return CountersLayout.servers(interfaces, services) + CountersLayout.SERVER_BYTES * server;
    }

    private static void checkIndex(String what, int index, int greatest) {
        if (index < 0 || index > greatest) {
            throw new IndexOutOfBoundsException(what + " " + index + " is not in 0.." + greatest);
        }
    }

    private long sum(long offsetInBlock) {
        long sum = 0;
        long at = CountersLayout.FIRST_BLOCK_OFFSET + offsetInBlock;
        for (int k = 0; k < blocks; k++) {
            sum += load(at);
            at += blockBytes;
        }
        return sum;
    }

    private long load(long offset) {
        return (long) LONG.getOpaque(region, offset);
    }
}
