package io.weir.switching.filter;

import io.weir.memory.connection.ConnectionTable6;

/**
 * A limit per second and source for any number of sources: token buckets ({@link TokenBucket}) that sources are hashed
 * to, with the seed of the connection table, so that nobody can aim at another's bucket. Sources that share a bucket
 * share its tokens: with n busy sources, each shares with another at a probability of about n / 4096.
 *
 * <p>A source is an IPv4 address, or the first 64 bits of an IPv6 address: what one subscriber can fill with addresses of
 * his own choice (RFC 6177). One thread; allocation-free.
 */
final class SourceLimits {
    /** A power of two. 48 KiB for each processor, of which a flood from one source touches one line. */
    private static final int BUCKETS = 4096;

    private static final int SCALE = 1000; // as in TokenBucket
    private static final long FRESH = -1;

    private final ConnectionTable6 seeded;
    private final long[] thousandths = new long[BUCKETS];
    private final int[] lastMs = new int[BUCKETS];

    SourceLimits(ProcessorContext context) {
        this.seeded = context.connections6;
        java.util.Arrays.fill(thousandths, FRESH);
    }

    /**
     * Takes one token of the source if there is one.
     *
     * @param network an IPv4 address as an unsigned number, or the first half of an IPv6 address
     */
    boolean take(long network, int nowMs, int perSecond) {
        int bucket = seeded.hash(network, 0, 0, 0, 0) & (BUCKETS - 1);
        long most = (long) perSecond * SCALE;
        long left = thousandths[bucket];
        if (left == FRESH) {
            left = most;
        } else {
            long elapsedMs = Integer.toUnsignedLong(nowMs - lastMs[bucket]);
            left = Math.min(most, left + elapsedMs * perSecond);
        }
        lastMs[bucket] = nowMs;
        boolean granted = left >= SCALE;
        thousandths[bucket] = granted ? left - SCALE : left;
        return granted;
    }
}
