package io.weir.switching.filter;

import io.weir.memory.connection.ConnectionTable6;
import java.util.Arrays;

/**
 * A limit per second and source for any number of sources: token buckets ({@link TokenBucket}) that sources are hashed
 * to, with the seed of the connection table, so that nobody can aim at another's bucket. Sources that share a bucket
 * share its tokens: with n busy sources, each shares with another at a probability of about n / 4096.
 *
 * <p>A source is an IPv4 address, or the first 64 bits of an IPv6 address: what one subscriber can fill with addresses of
 * his own choice (RFC 6177). One thread; allocation-free.
 */
final class SourceLimits {
    /** A power of two. */
    private static final int BUCKETS = 4096;

    private final ConnectionTable6 seeded;
    private final TokenBucket[] buckets = new TokenBucket[BUCKETS];

    SourceLimits(ProcessorContext context) {
        this.seeded = context.connections6;
        Arrays.setAll(buckets, _ -> new TokenBucket());
    }

    /**
     * Takes one token of the source if there is one.
     *
     * @param network an IPv4 address as an unsigned number, or the first half of an IPv6 address
     */
    boolean take(long network, int nowMs, int perSecond) {
        return buckets[seeded.hash(network, 0, 0, 0, 0) & (BUCKETS - 1)].take(nowMs, perSecond);
    }
}
