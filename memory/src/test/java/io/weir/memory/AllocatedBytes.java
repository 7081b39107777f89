package io.weir.memory;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How many bytes the current thread allocates while it runs something many times, after a warm-up. */
public final class AllocatedBytes {
    private static final int RUNS = 20_000;

    private AllocatedBytes() {}

    /** The least of several measurements: allocation by the virtual machine itself (compilation) is no fault of the code. */
    public static long of(Runnable code) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int measurement = 0; measurement < 5; measurement++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int k = 0; k < RUNS; k++) {
                code.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
