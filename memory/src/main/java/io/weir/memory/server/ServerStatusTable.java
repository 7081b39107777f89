package io.weir.memory.server;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.weir.memory.server.ServerStatus.Health;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A record for each server number, and how many reports of load came to which end. Little-endian.
 *
 * <pre>
 * header, 128 bytes
 *    0  u64 reports [16], by ReportOutcome; the rest 0
 * record of server n, 192 bytes, at 128 + 192 n
 *    0  u64 sequence: 0 never written, odd while it is being written
 *    8  u8 health   9  u8 source   10  u8 draining   11  u8 stale   12  u32 0
 *   16  i64 arrival of the last report, ms of the map's clock
 *   24  f64 index   32  f64 clients   40  f64 CPU   48  f64 memory   56  f64 execution time, s   64  f64 requests/s
 *   72  message: u8 length, 95 bytes UTF-8
 *  168  0
 * </pre>
 *
 * <p><b>One writer</b> per record at a time: the control processor, which calls {@link #write} from one thread or under a
 * lock of its own. Report counters are added to atomically, from any thread of the control processor.
 *
 * <p><b>Consistent reads</b> by a sequence lock. The writer makes the sequence odd, stores the fields and makes it even
 * again with a release store; the fence after the first store keeps the fields behind it. A reader loads the sequence
 * with acquire, copies the record, and loads the sequence again behind an acquire fence. If it saw a field of a later
 * write, the writer's odd sequence was stored before that field, so the second load sees that number or a later one, and
 * the copy is thrown away. If both loads are equal and even, no field of another write can be in the copy. Readers never
 * delay the writer.
 *
 * <p>A record that stays odd, because the writer was killed in the middle, is read as {@link ServerStatus#NONE} after a
 * bounded number of attempts.
 */
public final class ServerStatusTable {
    private static final VarHandle U64 =
            ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle();
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final int HEADER_BYTES = 128;
    private static final int RECORD_BYTES = 192;
    private static final int HEALTH = 8;
    private static final int SOURCE = 9;
    private static final int DRAINING = 10;
    private static final int STALE = 11;
    private static final int REPORT_MS = 16;
    private static final int INDEX = 24;
    private static final int CLIENTS = 32;
    private static final int CPU = 40;
    private static final int MEMORY = 48;
    private static final int EXECUTION = 56;
    private static final int REQUESTS = 64;
    private static final int MESSAGE = 72;

    private static final Health[] HEALTHS = Health.values();
    private static final LoadSource[] SOURCES = LoadSource.values();

    /** A write takes less than a microsecond, but its thread may lose the processor meanwhile. */
    private static final int ATTEMPTS = 100_000;

    private static final int SPINS = 100;

    private final MemorySegment region;
    private final long servers;

    /** A view of the region, which begins as zeros; its length says how many servers it has room for. */
    public ServerStatusTable(MemorySegment region) {
        if (region.byteSize() < bytes(0)) {
            throw new IllegalArgumentException(
                    "servers region: " + region.byteSize() + " bytes, needs at least " + bytes(0));
        }
        this.region = region;
        this.servers = (region.byteSize() - HEADER_BYTES) / RECORD_BYTES - 1;
    }

    /**
     * Bytes of the region.
     *
     * @param servers greatest server number
     */
    public static long bytes(int servers) {
        return HEADER_BYTES + (servers + 1L) * RECORD_BYTES;
    }

    /** Replaces what is known about a server; for the control processor, one thread at a time. */
    public void write(int server, ServerStatus status) {
        long at = at(server);
        byte[] message = cut(status.message());
        long sequence = (long) U64.get(region, at) & -2L; // a predecessor may have died in the middle
        U64.setOpaque(region, at, sequence + 1);
        VarHandle.storeStoreFence();
        region.set(BYTE, at + HEALTH, (byte) ordinal(status.health()));
        region.set(BYTE, at + SOURCE, (byte) ordinal(status.source()));
        region.set(BYTE, at + DRAINING, (byte) (status.draining() ? 1 : 0));
        region.set(BYTE, at + STALE, (byte) (status.stale() ? 1 : 0));
        region.set(LONG, at + REPORT_MS, status.reportMs());
        region.set(DOUBLE, at + INDEX, status.index());
        region.set(DOUBLE, at + CLIENTS, status.clients());
        region.set(DOUBLE, at + CPU, status.cpu());
        region.set(DOUBLE, at + MEMORY, status.memory());
        region.set(DOUBLE, at + EXECUTION, status.executionSeconds());
        region.set(DOUBLE, at + REQUESTS, status.requestsPerSecond());
        region.set(BYTE, at + MESSAGE, (byte) message.length);
        MemorySegment.copy(message, 0, region, BYTE, at + MESSAGE + 1, message.length);
        U64.setRelease(region, at, sequence + 2);
    }

    /** What is known about a server: all of one write, {@link ServerStatus#NONE} when there was none. */
    public ServerStatus read(int server) {
        long at = at(server);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long before = (long) U64.getAcquire(region, at);
            if (before == 0) {
                return ServerStatus.NONE;
            }
            if ((before & 1) == 0) {
                ServerStatus status = copy(at);
                VarHandle.acquireFence();
                if (status != null && (long) U64.getOpaque(region, at) == before) {
                    return status;
                }
            }
            pause(attempt);
        }
        return ServerStatus.NONE;
    }

    @SuppressWarnings("ThreadPriorityCheck") // the writer may need this processor to go on
    private static void pause(int attempt) {
        if (attempt < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    /** The fields as they are now, perhaps of two writes; null when they are of no write at all. */
    private @Nullable ServerStatus copy(long at) {
        int health = region.get(BYTE, at + HEALTH);
        int source = region.get(BYTE, at + SOURCE);
        int length = region.get(BYTE, at + MESSAGE);
        if (health < 0 || health >= HEALTHS.length || source < 0 || source >= SOURCES.length) {
            return null;
        }
        if (length < 0 || length > ServerStatus.MESSAGE_BYTES) {
            return null;
        }
        byte[] message = new byte[length];
        MemorySegment.copy(region, BYTE, at + MESSAGE + 1, message, 0, length);
        return new ServerStatus(
                HEALTHS[health],
                new String(message, StandardCharsets.UTF_8),
                region.get(BYTE, at + DRAINING) != 0,
                SOURCES[source],
                region.get(LONG, at + REPORT_MS),
                region.get(BYTE, at + STALE) != 0,
                region.get(DOUBLE, at + INDEX),
                region.get(DOUBLE, at + CLIENTS),
                region.get(DOUBLE, at + CPU),
                region.get(DOUBLE, at + MEMORY),
                region.get(DOUBLE, at + EXECUTION),
                region.get(DOUBLE, at + REQUESTS));
    }

    /** Counts a report; from any thread of the control processor. */
    public void count(ReportOutcome outcome) {
        long _ = (long) U64.getAndAdd(region, 8L * outcome.index(), 1L);
    }

    /** Reports that came to this end so far. */
    public long reports(ReportOutcome outcome) {
        return (long) U64.getOpaque(region, 8L * outcome.index());
    }

    private long at(int server) {
        if (server < 0 || server > servers) {
            throw new IndexOutOfBoundsException("server " + server + " is not in 0.." + servers);
        }
        return HEADER_BYTES + (long) server * RECORD_BYTES;
    }

    @SuppressWarnings("EnumOrdinal") // the order of declaration is the layout: append only
    private static int ordinal(Enum<?> value) {
        return value.ordinal();
    }

    /** As many whole characters as fit. */
    private static byte[] cut(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= ServerStatus.MESSAGE_BYTES) {
            return bytes;
        }
        int length = ServerStatus.MESSAGE_BYTES;
        while ((bytes[length] & 0xc0) == 0x80) {
            length--; // in the middle of a character
        }
        return Arrays.copyOf(bytes, length);
    }
}
