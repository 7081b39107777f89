package io.weir.memory.connection;

import static io.weir.memory.connection.ConnectionTable.U32;
import static io.weir.memory.connection.ConnectionTable.U64;

import java.lang.foreign.MemorySegment;

/** The header record of a connection table's region; its drawing stands in {@link ConnectionTable}. */
final class ConnectionRegion {
    private static final int VERSION = 1;
    /** Magic while old records are cleared: neither a table nor zeros, should the process die. */
    private static final long BEING_FORMATTED = 1;

    private static final long MAGIC = 0;
    private static final long VERSION_NUMBER = 8;
    private static final long RECORD_BYTES = 12;
    private static final long SLOTS = 16;
    private static final long SEED = 24;
    private static final long PROBE_LIMIT = 32;

    /** Hashes have 32 bits. */
    private static final long MOST_SLOTS = 1L << 32;

    private ConnectionRegion() {}

    /** Slots for so many records; the reasons stand at {@link ConnectionTable4#regionBytes}. */
    static long slotsFor(long records) {
        if (records < 1 || records > MOST_SLOTS / 2) {
            throw new IllegalArgumentException(
                    "connection records: " + records + " is not between 1 and " + MOST_SLOTS / 2);
        }
        return Math.max(ConnectionTable.PROBE_LIMIT, Long.highestOneBit(records * 2 - 1) << 1);
    }

    /**
     * Empties the region and writes its header; as many slots as fit, a power of two. A region with magic 0 was never
     * formatted and holds zeros, as new files and BPF maps do: its pages are not touched, so that gigabytes cost nothing
     * at the start.
     */
    static void format(MemorySegment region, long magic, int recordBytes, long seed) {
        long slots = Long.highestOneBit(Math.max(0, region.byteSize() / recordBytes - 1));
        if (slots < ConnectionTable.PROBE_LIMIT || slots > MOST_SLOTS) {
            throw new IllegalArgumentException("connection table: " + region.byteSize() + " bytes hold " + slots
                    + " slots, not between " + ConnectionTable.PROBE_LIMIT + " and " + MOST_SLOTS);
        }
        if ((long) ConnectionTable.WORD.getAcquire(region, MAGIC) != 0) {
            ConnectionTable.WORD.setRelease(region, MAGIC, BEING_FORMATTED);
            region.asSlice(recordBytes, slots * recordBytes).fill((byte) 0);
        }
        region.set(U32, VERSION_NUMBER, VERSION);
        region.set(U32, RECORD_BYTES, recordBytes);
        region.set(U64, SLOTS, slots);
        region.set(U64, SEED, seed);
        region.set(U32, PROBE_LIMIT, ConnectionTable.PROBE_LIMIT);
        ConnectionTable.WORD.setRelease(region, MAGIC, magic);
    }

    /** Throws IllegalArgumentException when the region is not a table of this kind and version. */
    static void check(MemorySegment memory, long base, long magic, int recordBytes) {
        long foundMagic = (long) ConnectionTable.WORD.getAcquire(memory, base + MAGIC);
        if (foundMagic != magic) {
            throw new IllegalArgumentException(
                    "connection table: magic 0x%x, expected 0x%x: the region is not formatted, or as another table"
                            .formatted(foundMagic, magic));
        }
        int version = memory.get(U32, base + VERSION_NUMBER);
        int foundBytes = memory.get(U32, base + RECORD_BYTES);
        int probeLimit = memory.get(U32, base + PROBE_LIMIT);
        if (version != VERSION || foundBytes != recordBytes || probeLimit != ConnectionTable.PROBE_LIMIT) {
            throw new IllegalArgumentException(
                    "connection table: version %d, record of %d bytes, probe limit %d; expected %d, %d, %d"
                            .formatted(
                                    version,
                                    foundBytes,
                                    probeLimit,
                                    VERSION,
                                    recordBytes,
                                    ConnectionTable.PROBE_LIMIT));
        }
        long slots = slots(memory, base);
        if (Long.bitCount(slots) != 1
                || slots > MOST_SLOTS
                || slots < ConnectionTable.PROBE_LIMIT
                || (slots + 1) * recordBytes > memory.byteSize() - base) {
            throw new IllegalArgumentException("connection table: " + slots
                    + " slots is not a power of two that fits into " + (memory.byteSize() - base) + " bytes");
        }
    }

    static long slots(MemorySegment memory, long base) {
        return memory.get(U64, base + SLOTS);
    }

    static long seed(MemorySegment memory, long base) {
        return memory.get(U64, base + SEED);
    }
}
