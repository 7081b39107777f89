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
 *      last block: control processor
 *
 * a block, a whole number of cache lines:
 *  +0     u64 counter[Counter]                                     padded to whole lines
 *  +C     u64 dropped[DropReason]                                  padded to whole lines
 *  +I     per interface 0..interfaces: u64 dropped[DropReason], u64 counter[InterfaceCounter], each padded
 *  +S     per service 0..services: u64 opened, u64 closed
 *  +V     per server 0..servers: u64 opened, u64 closed            padded to whole lines
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

    private CountersLayout() {}

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
        return services(interfaces) + (services + 1) * 16L;
    }

    private static long blockBytes(int interfaces, int services, int servers) {
        return lines(servers(interfaces, services) + (servers + 1) * 16L);
    }

    private static long lines(long bytes) {
        return (bytes + 63) & -64;
    }
}
