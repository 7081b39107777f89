package io.weir.switching.filter;

/**
 * Limits answers to strangers: {@code perSecond} tokens flow in each second, at most one second's worth is kept. One
 * thread; allocation-free. The rate is given with every call because the configuration may change it at any time.
 */
final class TokenBucket {
    private static final int SCALE = 1000; // tokens are kept in thousandths: one millisecond adds perSecond of them

    private long thousandths;
    private int lastMs;
    private boolean started;

    /** Takes one token if there is one; never when {@code perSecond} is 0. */
    boolean take(int nowMs, int perSecond) {
        long most = (long) perSecond * SCALE;
        if (!started) {
            started = true;
            thousandths = most;
        } else {
            // Elapsed time as an unsigned number: the clock wraps, and a pause of weeks only fills the bucket.
            long elapsedMs = Integer.toUnsignedLong(nowMs - lastMs);
            thousandths = Math.min(most, thousandths + elapsedMs * perSecond);
        }
        lastMs = nowMs;
        if (thousandths < SCALE) {
            return false;
        }
        thousandths -= SCALE;
        return true;
    }
}
