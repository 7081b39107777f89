package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** Which processors a thread may run on. Platform threads only: a virtual thread changes its carrier. */
public final class Affinity {
    /** Room for 4,096 processors; the kernel refuses a mask shorter than its own. */
    private static final int MASK_BYTES = 512;

    private Affinity() {}

    /** The number the kernel knows the calling thread by, as in {@code /proc/self/task}. */
    public static int threadId() {
        return SystemCalls.gettid();
    }

    /** Lets the calling thread run on this processor only. */
    public static void pin(int cpu) {
        BitSet cpus = new BitSet();
        cpus.set(cpu);
        restrict(cpus);
    }

    /** Lets the calling thread run on these processors only. */
    public static void restrict(BitSet cpus) {
        refuseVirtualThread("sched_setaffinity");
        restrict(0, cpus);
    }

    /**
     * Lets a thread of this process run on these processors only.
     *
     * @param threadId as in {@code /proc/self/task}; 0 is the calling thread
     * @throws LinuxException EINVAL when none of the processors exists or may be used, ESRCH when the thread is gone
     */
    public static void restrict(int threadId, BitSet cpus) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            byte[] bits = cpus.toByteArray();
            if (bits.length > MASK_BYTES) {
                throw new IllegalArgumentException("cpu " + (cpus.length() - 1) + " is above " + (MASK_BYTES * 8 - 1));
            }
            MemorySegment.copy(bits, 0, mask, JAVA_BYTE, 0, bits.length);
            int result = SystemCalls.schedSetaffinity(threadId, MASK_BYTES, mask.address());
            if (result < 0) {
                throw LinuxException.of(
                        "sched_setaffinity(thread " + threadId + ", cpus " + cpus + ")",
                        -result,
                        result == -Errno.EINVAL ? "this process may use cpus " + allowed() + " only" : "");
            }
        }
    }

    /** The processors the calling thread may run on. */
    public static BitSet allowed() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            int result = SystemCalls.schedGetaffinity(0, MASK_BYTES, mask.address());
            if (result < 0) {
                throw LinuxException.of("sched_getaffinity(0)", -result);
            }
            return BitSet.valueOf(mask.toArray(JAVA_BYTE));
        }
    }

    static void refuseVirtualThread(String call) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(
                    call + " on a virtual thread would change its carrier for all others;" + " use a platform thread");
        }
    }
}
