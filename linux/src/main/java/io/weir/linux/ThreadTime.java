package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The processor time of the calling thread: a system call of a microsecond or more. For one thread; allocation-free once it
 * has been called.
 */
public final class ThreadTime {
    /** CLOCK_THREAD_CPUTIME_ID, include/uapi/linux/time.h. */
    private static final int CLOCK_THREAD_CPUTIME_ID = 3;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** struct timespec: seconds, nanoseconds. */
    private final MemorySegment timespec = Arena.ofAuto().allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());

    /** Nanoseconds for which the calling thread had a processor, in user and in kernel mode. */
    public long nanos() {
        int result = SystemCalls.clockGettime(CLOCK_THREAD_CPUTIME_ID, timespec.address());
        if (result < 0) {
            throw LinuxException.of("clock_gettime(CLOCK_THREAD_CPUTIME_ID)", -result);
        }
        return timespec.get(JAVA_LONG, 0) * NANOS_PER_SECOND + timespec.get(JAVA_LONG, JAVA_LONG.byteSize());
    }
}
