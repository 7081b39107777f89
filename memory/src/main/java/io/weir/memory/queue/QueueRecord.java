package io.weir.memory.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** The values of one queue, as the processor that polls it writes them. Allocation-free; one thread. Layout: {@link QueueTable}. */
public final class QueueRecord {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;
    private final long values;

    QueueRecord(MemorySegment memory, long values) {
        this.memory = memory;
        this.values = values;
    }

    /** Replaces a value. */
    public void set(QueueValue value, long amount) {
        LONG.setOpaque(memory, values + 8L * value.index(), amount);
    }

    /** Adds to a value. */
    public void add(QueueValue value, long amount) {
        long at = values + 8L * value.index();
        LONG.setOpaque(memory, at, (long) LONG.get(memory, at) + amount);
    }
}
