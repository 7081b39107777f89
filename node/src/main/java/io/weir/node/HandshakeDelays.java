package io.weir.node;

import io.weir.memory.counters.CountersLayout;
import io.weir.memory.counters.CountersReader;

/** Quantiles of the delays from SYN to SYN-ACK, out of the histogram of a server. */
final class HandshakeDelays {
    private HandshakeDelays() {}

    /** The histogram of a server. */
    static long[] of(CountersReader counters, int server) {
        long[] buckets = new long[CountersLayout.HANDSHAKE_BUCKETS];
        for (int k = 0; k < buckets.length; k++) {
            buckets[k] = counters.serverHandshakeBucket(server, k);
        }
        return buckets;
    }

    /**
     * A quantile in microseconds, interpolated between the bounds of its bucket; -1 when there is nothing. In the last
     * bucket, which has no upper bound, its lower bound.
     *
     * @param buckets delays counted by bucket
     * @param quantile 0..1, such as 0.99
     */
    static long quantile(long[] buckets, double quantile) {
        long total = 0;
        for (long bucket : buckets) {
            total += bucket;
        }
        if (total <= 0) {
            return -1;
        }
        double rank = quantile * total;
        double below = 0;
        for (int k = 0; k < buckets.length; k++) {
            if (buckets[k] > 0 && below + buckets[k] >= rank) {
                long lower = k == 0 ? 0 : CountersLayout.handshakeBucketLimitMicros(k - 1);
                long upper = k == buckets.length - 1 ? lower : CountersLayout.handshakeBucketLimitMicros(k);
                return lower + Math.round((upper - lower) * Math.max(0, rank - below) / buckets[k]);
            }
            below += buckets[k];
        }
        return CountersLayout.handshakeBucketLimitMicros(buckets.length - 2);
    }
}
