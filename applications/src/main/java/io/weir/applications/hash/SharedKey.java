package io.weir.applications.hash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;

/**
 * A random key in an application's shared memory, the same for all processors: a connection's packets may come by any of
 * them. Whoever is first writes it; zero is not yet written.
 *
 * <pre>
 *   0               8               16
 * 0 ┌───────────────┬───────────────┐
 *   │ first half    │ second half   │  each written once by compare-and-set
 *   └───────────────┴───────────────┘
 * </pre>
 */
public final class SharedKey {
    /** Of shared memory, from its beginning. */
    public static final int BYTES = 16;

    private static final VarHandle HALF = ValueLayout.JAVA_LONG.varHandle();

    private SharedKey() {}

    /**
     * A hash with the key.
     *
     * @param shared at least {@link #BYTES}, aligned to 8
     */
    public static SipHash in(MemorySegment shared) {
        SecureRandom random = new SecureRandom();
        return new SipHash(half(shared, 0, random), half(shared, Long.BYTES, random));
    }

    private static long half(MemorySegment shared, long at, SecureRandom random) {
        long fresh = random.nextLong() | 1;
        long before = (long) HALF.compareAndExchange(shared, at, 0L, fresh);
        return before == 0 ? fresh : before;
    }
}
