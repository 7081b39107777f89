package io.weir.control.resource;

/** So many per second, with one second's worth at once. Not for several threads. */
final class TokenBucket {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private double tokens;
    private long lastNs;

    TokenBucket(double perSecond, long nowNs) {
        this.perSecond = perSecond;
        tokens = Math.max(1, perSecond);
        lastNs = nowNs;
    }

    /** Takes a token if there is one. */
    boolean take(long nowNs) {
        double most = Math.max(1, perSecond);
        tokens = Math.min(most, tokens + Math.max(0, nowNs - lastNs) / NANOS * perSecond);
        lastNs = nowNs;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
