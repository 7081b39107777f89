package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An eventfd(2): wakes a thread that waits in {@link Polling}. Any thread may signal; one thread drains. */
public final class EventDescriptor implements AutoCloseable {
    /** EFD_CLOEXEC | EFD_NONBLOCK. */
    private static final int FLAGS = 0x80000 | 0x800;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment one = arena.allocateFrom(JAVA_LONG, 1L);
    private final MemorySegment count = arena.allocate(JAVA_LONG);
    private final int descriptor;

    public EventDescriptor() {
        descriptor = SystemCalls.eventfd(0, FLAGS);
        if (descriptor < 0) {
            throw LinuxException.of("eventfd(0)", -descriptor);
        }
    }

    /** To be added to a poll set as readable. */
    public int descriptor() {
        return descriptor;
    }

    /** Makes the descriptor readable. Allocation-free. */
    public void signal() {
        // EAGAIN means the counter is at its greatest value, so the descriptor is readable already.
        var _ = SystemCalls.write(descriptor, one.address(), Long.BYTES);
    }

    /** Takes all signals since the last call; 0 when there were none. Allocation-free. */
    public long drain() {
        return SystemCalls.read(descriptor, count.address(), Long.BYTES) == Long.BYTES ? count.get(JAVA_LONG, 0) : 0;
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
        arena.close();
    }
}
