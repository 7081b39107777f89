package io.weir.memory.map;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The first page of a map.
 *
 * <pre>
 *    0 u64 magic, stored last         8 u32 version
 *   12 u32 byte order mark           16 u64 layout hash
 *   24 u64 length of the map         32 u64 process id of the owner
 *   40 u64 created, ms since 1970    48 u64 clock base, ns of CLOCK_MONOTONIC
 *   56 u32 switching processors      60 u32 number of regions
 *   64 u32 heartbeat: ms of the map's clock, stored by the control loop (own cache line)
 *  128 64 bytes node name, UTF-8, padded with zeros
 *  192 region table, 32 bytes each: u64 offset, u64 elements, u64 bytes per element, u32 alignment, u32 layout number
 * </pre>
 */
final class MapHeader {
    static final long MAGIC = 0x3170_616d_7269_6577L; // the bytes "weirmap1" on a little-endian machine
    static final int VERSION = 1;
    static final int BYTE_ORDER_MARK = 0x0102_0304;

    static final long MAGIC_OFFSET = 0;
    static final long VERSION_OFFSET = 8;
    static final long ORDER_OFFSET = 12;
    static final long HASH_OFFSET = 16;
    static final long LENGTH_OFFSET = 24;
    static final long PID_OFFSET = 32;
    static final long CREATED_OFFSET = 40;
    static final long CLOCK_OFFSET = 48;
    static final long PROCESSORS_OFFSET = 56;
    static final long REGIONS_OFFSET = 60;
    static final long HEARTBEAT_OFFSET = 64;
    static final long NAME_OFFSET = 128;
    static final int NAME_BYTES = 64;
    static final long TABLE_OFFSET = 192;
    static final int TABLE_ENTRY_BYTES = 32;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private MapHeader() {}

    /** Fills everything in but the magic. */
    static void write(MemorySegment header, MemoryPlan plan, String nodeName, long clockBaseNs) {
        header.set(ValueLayout.JAVA_INT, VERSION_OFFSET, VERSION);
        header.set(ValueLayout.JAVA_INT, ORDER_OFFSET, BYTE_ORDER_MARK);
        header.set(ValueLayout.JAVA_LONG, HASH_OFFSET, plan.layoutHash());
        header.set(ValueLayout.JAVA_LONG, LENGTH_OFFSET, plan.bytes());
        header.set(ValueLayout.JAVA_LONG, PID_OFFSET, ProcessHandle.current().pid());
        header.set(ValueLayout.JAVA_LONG, CREATED_OFFSET, System.currentTimeMillis());
        header.set(ValueLayout.JAVA_LONG, CLOCK_OFFSET, clockBaseNs);
        header.set(ValueLayout.JAVA_INT, PROCESSORS_OFFSET, plan.processors());
        header.set(ValueLayout.JAVA_INT, REGIONS_OFFSET, plan.sections().size());
        byte[] name = nodeName.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= NAME_BYTES) {
            throw new MemoryMapException(
                    "node name: \"" + nodeName + "\" has " + name.length + " bytes, not 1.." + (NAME_BYTES - 1));
        }
        MemorySegment.copy(name, 0, header, ValueLayout.JAVA_BYTE, NAME_OFFSET, name.length);
        for (MemoryPlan.Section section : plan.sections()) {
            long entry = TABLE_OFFSET + (long) section.region().index() * TABLE_ENTRY_BYTES;
            header.set(ValueLayout.JAVA_LONG, entry, section.offset());
            header.set(ValueLayout.JAVA_LONG, entry + 8, section.elements());
            header.set(ValueLayout.JAVA_LONG, entry + 16, section.elementBytes());
            header.set(ValueLayout.JAVA_INT, entry + 24, section.alignment());
            header.set(ValueLayout.JAVA_INT, entry + 28, section.region().layout());
        }
    }

    /** Makes the map valid: a reader that finds the magic finds everything else. */
    static void seal(MemorySegment header) {
        LONG.setRelease(header, MAGIC_OFFSET, MAGIC);
    }

    /** Checks a header that was found, and rebuilds the plan from it. */
    static MemoryPlan read(MemorySegment header, Object origin, long layoutHash, long fileBytes) {
        long magic = (long) LONG.getAcquire(header, MAGIC_OFFSET);
        if (magic == Long.reverseBytes(MAGIC)) {
            throw new MemoryMapException(origin + ": written by a machine of the other byte order");
        }
        if (magic != MAGIC) {
            throw new MemoryMapException(origin + ": not a weir map, or not completely created: magic 0x"
                    + Long.toHexString(magic) + " instead of 0x" + Long.toHexString(MAGIC));
        }
        int mark = header.get(ValueLayout.JAVA_INT, ORDER_OFFSET);
        if (mark != BYTE_ORDER_MARK) {
            throw new MemoryMapException(origin + ": byte order mark 0x" + Integer.toHexString(mark) + " instead of 0x"
                    + Integer.toHexString(BYTE_ORDER_MARK));
        }
        int version = header.get(ValueLayout.JAVA_INT, VERSION_OFFSET);
        if (version != VERSION) {
            throw new MemoryMapException(
                    origin + ": map version " + version + ", this program reads version " + VERSION);
        }
        long hash = header.get(ValueLayout.JAVA_LONG, HASH_OFFSET);
        if (hash != layoutHash) {
            throw new MemoryMapException(origin + ": layout hash 0x" + Long.toHexString(hash) + " instead of 0x"
                    + Long.toHexString(layoutHash) + "; the node was built from other sources, use its own tools");
        }
        long length = header.get(ValueLayout.JAVA_LONG, LENGTH_OFFSET);
        if (length > fileBytes) {
            throw new MemoryMapException(origin + ": " + fileBytes + " bytes, the header says " + length);
        }
        return new MemoryPlanReader(header, origin, length).plan();
    }

    static String nodeName(MemorySegment header) {
        byte[] name = header.asSlice(NAME_OFFSET, NAME_BYTES).toArray(ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < NAME_BYTES && name[length] != 0) {
            length++;
        }
        return new String(name, 0, length, StandardCharsets.UTF_8);
    }

    /** Rebuilds a plan from the region table, refusing regions that do not lie within the map. */
    private record MemoryPlanReader(MemorySegment header, Object origin, long length) {
        MemoryPlan plan() {
            int regions = header.get(ValueLayout.JAVA_INT, REGIONS_OFFSET);
            if (regions != Region.values().length) {
                throw new MemoryMapException(origin + ": " + regions + " regions instead of " + Region.values().length);
            }
            List<MemoryPlan.Section> found = new ArrayList<>();
            MemoryPlan.Builder builder = MemoryPlan.builder()
                    .processors(header.get(ValueLayout.JAVA_INT, PROCESSORS_OFFSET))
                    .layoutHash(header.get(ValueLayout.JAVA_LONG, HASH_OFFSET));
            for (Region region : Region.values()) {
                long entry = TABLE_OFFSET + (long) region.index() * TABLE_ENTRY_BYTES;
                MemoryPlan.Section section = new MemoryPlan.Section(
                        region,
                        header.get(ValueLayout.JAVA_LONG, entry + 8),
                        header.get(ValueLayout.JAVA_LONG, entry + 16),
                        header.get(ValueLayout.JAVA_INT, entry + 24),
                        header.get(ValueLayout.JAVA_LONG, entry));
                found.add(section);
                if (region != Region.HEADER) {
                    builder.region(region, section.elements(), section.elementBytes(), section.alignment());
                }
            }
            MemoryPlan plan = builder.build();
            if (!plan.sections().equals(found) || plan.bytes() != length) {
                throw new MemoryMapException(origin + ": the region table contradicts itself: " + found);
            }
            return plan;
        }
    }
}
