package io.weir.memory.application;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The network applications of a node: what they are, how they are on each processor, and the memory they share.
 * Little-endian.
 *
 * <pre>
 * header, 64 bytes
 *    0  u32 applications   4  u32 blocks of each: the switching processors and the control processor
 * description of application k, 2560 bytes, at 64 + 2560 k
 *    0  u32 interface id   4  u32 counters   8  u32 drop reasons   12  u32 0
 *   16  u64 budget, ns    24  u64 offset of its shared memory from the start of the region   32  u64 shared bytes
 *   64  name: u8 length, 63 bytes UTF-8   128  type, likewise   192  fallback, likewise
 *  256  names of counters [32], 48 bytes each: u8 length, 47 bytes
 * 1792  names of drop reasons [16], likewise
 * block of application k on processor p, 1024 bytes, behind the descriptions, application by application
 *    0  u32 state                8  u64 1 + time of the call it has not returned from, ms; 0: not being called
 *   16  u64 counts [22], by ApplicationCount
 *  192  u64 counters [32]      448  u64 drops [16], by its own reasons
 *  640  reason it was stopped for: u16 length, 254 bytes UTF-8
 * shared memory of each application, at a multiple of 4096
 * </pre>
 *
 * <p><b>Writers.</b> Header and descriptions: the control processor, before anybody else looks. A block: its processor. The
 * shared memory: as the application says.
 */
public final class ApplicationTable {
    public static final int MOST_APPLICATIONS = 16;
    public static final int MOST_COUNTERS = 32;
    public static final int MOST_DROP_REASONS = 16;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

    private static final int HEADER_BYTES = 64;
    private static final int DESCRIPTION_BYTES = 2560;
    private static final int SHARED_ALIGNMENT = 4096;
    private static final int BLOCKS = 4;

    private static final int INTERFACE = 0;
    private static final int COUNTERS = 4;
    private static final int DROP_REASONS = 8;
    private static final int BUDGET = 16;
    private static final int SHARED = 24;
    private static final int SHARED_BYTES = 32;
    private static final int NAME = 64;
    private static final int TYPE = 128;
    private static final int FALLBACK = 192;
    private static final int NAME_BYTES = 64;
    private static final int COUNTER_NAMES = 256;
    private static final int SHORT_NAME_BYTES = 48;
    private static final int DROP_NAMES = COUNTER_NAMES + MOST_COUNTERS * SHORT_NAME_BYTES;

    private final MemorySegment region;

    /** A view of the region, which begins as zeros: no applications. */
    public ApplicationTable(MemorySegment region) {
        this.region = region;
    }

    /** Bytes of the region for these applications. */
    public static long bytes(List<ApplicationDescription> applications, int processors) {
        long bytes = firstShared(applications.size(), processors + 1);
        for (ApplicationDescription each : applications) {
            bytes += align(each.sharedBytes());
        }
        return bytes;
    }

    private static long firstShared(int applications, int blocks) {
        return align(HEADER_BYTES + (long) applications * (DESCRIPTION_BYTES + (long) blocks * ApplicationBlock.BYTES));
    }

    private static long align(long bytes) {
        return (bytes + SHARED_ALIGNMENT - 1) & -SHARED_ALIGNMENT;
    }

    /** Describes all applications of a node; once, by the control processor. */
    public void describe(List<ApplicationDescription> applications, int processors) {
        if (applications.size() > MOST_APPLICATIONS) {
            throw new IllegalArgumentException(
                    applications.size() + " applications are more than " + MOST_APPLICATIONS);
        }
        region.set(U32, BLOCKS, processors + 1);
        long shared = firstShared(applications.size(), processors + 1);
        for (int k = 0; k < applications.size(); k++) {
            ApplicationDescription each = applications.get(k);
            long at = at(k);
            region.set(U32, at + INTERFACE, each.interfaceId());
            region.set(U32, at + COUNTERS, each.counters().size());
            region.set(U32, at + DROP_REASONS, each.dropReasons().size());
            region.set(U64, at + BUDGET, each.budgetNanos());
            region.set(U64, at + SHARED, shared);
            region.set(U64, at + SHARED_BYTES, each.sharedBytes());
            name(at + NAME, NAME_BYTES, each.name());
            name(at + TYPE, NAME_BYTES, each.type());
            name(at + FALLBACK, NAME_BYTES, each.fallback());
            names(at + COUNTER_NAMES, MOST_COUNTERS, each.counters());
            names(at + DROP_NAMES, MOST_DROP_REASONS, each.dropReasons());
            shared += align(each.sharedBytes());
        }
        region.set(U32, 0, applications.size());
    }

    private void names(long at, int most, List<String> names) {
        if (names.size() > most) {
            throw new IllegalArgumentException(names.size() + " names are more than " + most);
        }
        for (int k = 0; k < names.size(); k++) {
            name(at + (long) k * SHORT_NAME_BYTES, SHORT_NAME_BYTES, names.get(k));
        }
    }

    private void name(long at, int room, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= room) {
            throw new IllegalArgumentException(
                    "name \"" + name + "\" has " + bytes.length + " bytes, more than " + (room - 1));
        }
        region.set(U8, at, (byte) bytes.length);
        MemorySegment.copy(bytes, 0, region, U8, at + 1, bytes.length);
    }

    private String name(long at, int room) {
        int length = Math.min(region.get(U8, at) & 0xff, room - 1);
        byte[] bytes = new byte[length];
        MemorySegment.copy(region, U8, at + 1, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private List<String> names(long at, int count, int most) {
        List<String> names = new ArrayList<>();
        for (int k = 0; k < Math.min(count, most); k++) {
            names.add(name(at + (long) k * SHORT_NAME_BYTES, SHORT_NAME_BYTES));
        }
        return names;
    }

    /** Number of applications. */
    public int size() {
        return region.byteSize() < HEADER_BYTES ? 0 : Math.clamp(region.get(U32, 0), 0, MOST_APPLICATIONS);
    }

    /** Number of switching processors; the block with that number is the control processor's. */
    public int processors() {
        return region.get(U32, BLOCKS) - 1;
    }

    public ApplicationDescription description(int application) {
        long at = at(application);
        return new ApplicationDescription(
                name(at + NAME, NAME_BYTES),
                name(at + TYPE, NAME_BYTES),
                region.get(U32, at + INTERFACE),
                name(at + FALLBACK, NAME_BYTES),
                region.get(U64, at + BUDGET),
                names(at + COUNTER_NAMES, region.get(U32, at + COUNTERS), MOST_COUNTERS),
                names(at + DROP_NAMES, region.get(U32, at + DROP_REASONS), MOST_DROP_REASONS),
                region.get(U64, at + SHARED_BYTES));
    }

    /** What a processor says of an application; {@link #processors} is the control processor. */
    public ApplicationBlock block(int application, int processor) {
        int blocks = region.get(U32, BLOCKS);
        if (processor < 0 || processor >= blocks) {
            throw new IndexOutOfBoundsException("processor " + processor + " is not in 0.." + (blocks - 1));
        }
        long at = HEADER_BYTES
                + (long) size() * DESCRIPTION_BYTES
                + ((long) application * blocks + processor) * ApplicationBlock.BYTES;
        return new ApplicationBlock(region.asSlice(at, ApplicationBlock.BYTES));
    }

    /** The memory that all parts of an application share. */
    public MemorySegment shared(int application) {
        long at = at(application);
        return region.asSlice(region.get(U64, at + SHARED), region.get(U64, at + SHARED_BYTES));
    }

    private long at(int application) {
        if (application < 0 || application >= MOST_APPLICATIONS) {
            throw new IndexOutOfBoundsException("application " + application);
        }
        return HEADER_BYTES + (long) application * DESCRIPTION_BYTES;
    }
}
