package io.weir.memory.counters;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where each counter stands in the counters region. Every number is a u64 that only grows.
 *
 * <pre>
 *   0  u32 blocks, u32 interfaces, u32 services, u32 servers, u64 bytes per block        (one cache line)
 *  64  block 0: switching processor 0
 *      block 1 ...
 *      last block: control processor; its one writer is the interface daemon, the only part of it that moves packets
 *
 * a block, a whole number of cache lines:
 *  +0     u64 counter[Counter]                                     padded to whole lines
 *  +C     u64 dropped[DropReason]                                  padded to whole lines
 *  +I     per interface 0..interfaces: u64 dropped[DropReason], u64 counter[InterfaceCounter], each padded
 *  +S     per service 0..services: u64 opened, u64 closed          padded to whole lines
 *  +V     per server 0..servers, 192 bytes:
 *           +0  u64 opened, u64 closed
 *          +16  u64 handshakes, u64 their delays in microseconds (SYN to SYN-ACK, added up)
 *          +32  u64 SYNs sent again, u64 refused (RST in answer to a SYN), u64 reset by the server later, u64 0
 *          +64  u64 handshakes by delay [16]: element k below 64 &lt;&lt; k microseconds, the last all others
 * </pre>
 *
 * Index 0 (no interface, no service, no server) also takes numbers outside the planned range.
 */
public final class CountersLayout {
    static final long BLOCKS_OFFSET = 0;
    static final long INTERFACES_OFFSET = 4;
    static final long SERVICES_OFFSET = 8;
    static final long SERVERS_OFFSET = 12;
    static final long BLOCK_BYTES_OFFSET = 16;
    static final long FIRST_BLOCK_OFFSET = 64;

    static final long DROPS = lines(8L * Counter.values().length);
    static final long DROPS_BYTES = lines(8L * DropReason.values().length);
    static final long INTERFACES = DROPS + DROPS_BYTES;
    static final long INTERFACE_BYTES = DROPS_BYTES + lines(8L * InterfaceCounter.values().length);

    /** Bytes of a server's row: three cache lines. */
    static final long SERVER_BYTES = 192;

    static final long SERVER_CLOSED = 8;
    static final long SERVER_HANDSHAKES = 16;
    static final long SERVER_HANDSHAKE_MICROS = 24;
    static final long SERVER_SYNS_AGAIN = 32;
    static final long SERVER_REFUSED = 40;
    static final long SERVER_RESETS = 48;
    static final long SERVER_BUCKETS = 64;

    /** Elements of the histogram of handshake delays. */
    public static final int HANDSHAKE_BUCKETS = 16;

    private CountersLayout() {}

    /** The element of the histogram that counts a handshake of {@code micros} microseconds. */
    public static int handshakeBucket(long micros) {
        return Math.min(Long.SIZE - Long.numberOfLeadingZeros(micros >>> 6), HANDSHAKE_BUCKETS - 1);
    }

    /** Delays in element {@code bucket} are below this many microseconds; {@link Long#MAX_VALUE} for the last. */
    public static long handshakeBucketLimitMicros(int bucket) {
        return bucket >= HANDSHAKE_BUCKETS - 1 ? Long.MAX_VALUE : 64L << bucket;
    }

    /**
     * Bytes of the region.
     *
     * @param processors number of switching processors; the control processor has a block of its own
     * @param interfaces greatest interface id
     * @param services greatest service number
     * @param servers greatest server number
     */
    public static long bytes(int processors, int interfaces, int services, int servers) {
        return FIRST_BLOCK_OFFSET + (processors + 1) * blockBytes(interfaces, services, servers);
    }

    /** Writes the region's first line; the rest must be zeros. */
    public static void initialise(MemorySegment region, int processors, int interfaces, int services, int servers) {
        if (region.byteSize() < bytes(processors, interfaces, services, servers)) {
            throw new IllegalArgumentException("counters region: " + region.byteSize() + " bytes, needs "
                    + bytes(processors, interfaces, services, servers));
        }
        region.set(ValueLayout.JAVA_INT, BLOCKS_OFFSET, processors + 1);
        region.set(ValueLayout.JAVA_INT, INTERFACES_OFFSET, interfaces);
        region.set(ValueLayout.JAVA_INT, SERVICES_OFFSET, services);
        region.set(ValueLayout.JAVA_INT, SERVERS_OFFSET, servers);
        region.set(ValueLayout.JAVA_LONG, BLOCK_BYTES_OFFSET, blockBytes(interfaces, services, servers));
    }

    static long services(int interfaces) {
        return INTERFACES + (interfaces + 1) * INTERFACE_BYTES;
    }

    static long servers(int interfaces, int services) {
        return services(interfaces) + lines((services + 1) * 16L);
    }

    private static long blockBytes(int interfaces, int services, int servers) {
        return servers(interfaces, services) + (servers + 1) * SERVER_BYTES;
    }

    private static long lines(long bytes) {
        return (bytes + 63) & -64;
    }
}
