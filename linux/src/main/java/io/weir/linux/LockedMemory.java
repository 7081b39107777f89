package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The limit of memory that this process may lock (RLIMIT_MEMLOCK), which also bounds memory that the kernel pins for it. */
public final class LockedMemory {
    /** RLIM_INFINITY. */
    public static final long UNLIMITED = -1;

    private static final int RLIMIT_MEMLOCK = 8;

    private LockedMemory() {}

    /** Bytes that may be locked now, or {@link #UNLIMITED}. */
    public static long limitBytes() {
        try (Arena arena = Arena.ofConfined()) {
            return limit(arena).get(JAVA_LONG, 0);
        }
    }

    /** Raises the limit to so many bytes as far as this process may; false when it may not. */
    public static boolean raise(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = limit(arena);
            if (isEnough(limit.get(JAVA_LONG, 0), bytes)) {
                return true;
            }
            // beyond the hard limit only with CAP_SYS_RESOURCE
            if (!isEnough(limit.get(JAVA_LONG, 8), bytes)) {
                limit.set(JAVA_LONG, 8, bytes);
            }
            limit.set(JAVA_LONG, 0, bytes);
            return SystemCalls.prlimit(0, RLIMIT_MEMLOCK, limit.address(), 0) == 0;
        }
    }

    private static boolean isEnough(long limit, long bytes) {
        return limit == UNLIMITED || limit >= bytes;
    }

    /** {@code struct rlimit}: 0 soft limit, 8 hard limit. */
    private static MemorySegment limit(Arena arena) {
        MemorySegment limit = arena.allocate(16, 8);
        int result = SystemCalls.prlimit(0, RLIMIT_MEMLOCK, 0, limit.address());
        if (result < 0) {
            throw LinuxException.of("prlimit(RLIMIT_MEMLOCK)", -result);
        }
        return limit;
    }
}
