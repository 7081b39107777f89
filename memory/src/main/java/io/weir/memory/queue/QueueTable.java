package io.weir.memory.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One row for each receive queue that the node polls.
 *
 * <pre>
 * a row of 512 bytes:
 *   +0  u32 interface id, stored last; 0 is an unused row                        writer: control processor
 *   +4  u32 queue   +8 u32 processor
 *  +12  u32 frames of the receive, +16 transmit, +20 fill, +24 completion ring
 *  +32  32 bytes driver, +64 64 bytes mode, UTF-8 padded with zeros
 * +128  u64 value[QueueValue]                                                    writer: the processor that polls the queue
 * +256  256 bytes reason, UTF-8 padded with zeros                                writer: control processor
 * </pre>
 *
 * A row's numbers are read one by one: a reader may see some of before and some of after a change.
 */
public final class QueueTable {
    /** Bytes of one row. */
    public static final int ROW_BYTES = 512;

    private static final long ID = 0;
    private static final long QUEUE = 4;
    private static final long PROCESSOR = 8;
    private static final long RINGS = 12;
    private static final long DRIVER = 32;
    private static final int DRIVER_BYTES = 32;
    private static final long MODE = 64;
    private static final int MODE_BYTES = 64;
    private static final long VALUES = 128;
    private static final long REASON = 256;
    private static final int REASON_BYTES = 256;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;

    /** The table over its region; zeros are unused rows. */
    public QueueTable(MemorySegment memory) {
        this.memory = memory;
    }

    /** Number of rows, used or not. */
    public int rows() {
        return (int) (memory.byteSize() / ROW_BYTES);
    }

    /** Says what a queue is; by the control processor. */
    public void describe(int row, QueueDescription queue) {
        long at = at(row);
        memory.set(ValueLayout.JAVA_INT, at + QUEUE, queue.queue());
        memory.set(ValueLayout.JAVA_INT, at + PROCESSOR, queue.processor());
        memory.set(ValueLayout.JAVA_INT, at + RINGS, queue.receiveRing());
        memory.set(ValueLayout.JAVA_INT, at + RINGS + 4, queue.transmitRing());
        memory.set(ValueLayout.JAVA_INT, at + RINGS + 8, queue.fillRing());
        memory.set(ValueLayout.JAVA_INT, at + RINGS + 12, queue.completionRing());
        write(at + DRIVER, DRIVER_BYTES, queue.driver());
        write(at + MODE, MODE_BYTES, queue.mode());
        write(at + REASON, REASON_BYTES, queue.reason());
        INT.setRelease(memory, at + ID, queue.interfaceId());
    }

    /** What a queue is; empty for an unused row. */
    public Optional<QueueDescription> description(int row) {
        long at = at(row);
        int id = (int) INT.getAcquire(memory, at + ID);
        if (id == 0) {
            return Optional.empty();
        }
        return Optional.of(new QueueDescription(
                id,
                memory.get(ValueLayout.JAVA_INT, at + QUEUE),
                memory.get(ValueLayout.JAVA_INT, at + PROCESSOR),
                read(at + DRIVER, DRIVER_BYTES),
                read(at + MODE, MODE_BYTES),
                memory.get(ValueLayout.JAVA_INT, at + RINGS),
                memory.get(ValueLayout.JAVA_INT, at + RINGS + 4),
                memory.get(ValueLayout.JAVA_INT, at + RINGS + 8),
                memory.get(ValueLayout.JAVA_INT, at + RINGS + 12),
                read(at + REASON, REASON_BYTES)));
    }

    /** The rows of an interface, in the order of the table. */
    public List<Integer> rowsOf(int interfaceId) {
        List<Integer> found = new ArrayList<>();
        for (int row = 0; row < rows(); row++) {
            if ((int) INT.getAcquire(memory, at(row) + ID) == interfaceId) {
                found.add(row);
            }
        }
        return found;
    }

    /** A value as the processor last told it. */
    public long value(int row, QueueValue value) {
        return (long) LONG.getOpaque(memory, at(row) + VALUES + 8L * value.index());
    }

    /** Where the processor that polls the queue tells of it. */
    public QueueRecord record(int row) {
        return new QueueRecord(memory, at(row) + VALUES);
    }

    private long at(int row) {
        if (row < 0 || row >= rows()) {
            throw new IndexOutOfBoundsException("row " + row + " is not in 0.." + (rows() - 1));
        }
        return (long) row * ROW_BYTES;
    }

    /** Cut to the room there is; the last byte stays 0. */
    private void write(long at, int room, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, room - 1);
        memory.asSlice(at, room).fill((byte) 0);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, at, length);
    }

    private String read(long at, int room) {
        byte[] bytes = memory.asSlice(at, room).toArray(ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < room && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
