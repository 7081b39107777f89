package io.weir.control.resource;

import java.net.InetAddress;
import java.util.SplittableRandom;

/**
 * Limits the datagrams looked at: all of them, and before that those of one source, so that a flood from one place leaves
 * room for the others. Sources share {@value #PLACES} places by a hash that outsiders cannot foresee. Safe for any number of
 * threads.
 */
final class SourceLimiter {
    private static final int PLACES = 256;
    /** Of the whole rate, what one place may use. */
    private static final double SHARE = 0.25;

    private final long secret = new SplittableRandom().nextLong() | 1;
    private final TokenBucket[] places = new TokenBucket[PLACES];
    private final TokenBucket all;

    SourceLimiter(int perSecond, long nowNs) {
        all = new TokenBucket(perSecond, nowNs);
        for (int i = 0; i < PLACES; i++) {
            places[i] = new TokenBucket(SHARE * perSecond, nowNs);
        }
    }

    synchronized boolean admits(InetAddress source, long nowNs) {
        long hash = secret;
        for (byte octet : source.getAddress()) {
            hash = (hash ^ (octet & 0xff)) * secret;
            hash ^= hash >>> 29;
        }
        return places[(int) (hash >>> 40) & PLACES - 1].take(nowNs) && all.take(nowNs);
    }
}
