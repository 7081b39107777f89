package io.weir.control.master.policy;

import java.util.List;

/**
 * How much of a deviation to correct at once. An integrating controller behind a pure delay of {@code tau} does not
 * overshoot as long as its gain per second is at most {@code 1/(e tau)} (the double root of {@code s + g exp(-s tau)});
 * it becomes unstable at {@code pi/(2 tau)}, 4.3 times that. Behind a lag instead of a delay it has a damping of 0.82.
 *
 * <p>All delays of the loop add up: metrics are old when a report arrives, wait for the decision, are smoothed, are a mean
 * over the interval between reports; connections that exist stay where they are, so that a new share takes the lifetime
 * of a connection to show. What nobody tells (an agent that smooths for itself, a report that was under way for long) is
 * found by overshoots: {@link #patience}.
 */
final class LoopGain {
    /** Smoothing of reports, at least: one report that has just fallen must not draw everybody. */
    static final double SMOOTHING_MS = 2_000;

    /** Hidden delay that is always allowed for. */
    static final double LEAST_PATIENCE_MS = 2_000;

    /** Beyond that the loop would not be worth its name. */
    static final double GREATEST_PATIENCE_MS = 60_000;

    private static final double LONGEST_LIFETIME_MS = 60_000;
    private static final double IMPATIENCE = 1.5;

    /** Patience is lost with this time constant: long against an oscillation, whose period is about 4 tau. */
    private static final double FORGETTING_MS = 300_000;

    /** How noisy reports are is learnt with this time constant. */
    private static final double NOISE_MS = 30_000;

    private LoopGain() {}

    /** Time constant with which reports are smoothed. */
    static double smoothingMs(double patienceMs) {
        return Math.max(SMOOTHING_MS, patienceMs / 2);
    }

    /**
     * Share of a deviation to correct when a report has come.
     *
     * @param intervalMs since the last report that was acted on
     * @param ageMs from the measurement to now, as far as known
     * @param lifetimeMs mean lifetime of a connection, 0 when not known
     */
    static double gain(double intervalMs, double ageMs, double lifetimeMs, double patienceMs) {
        double delayMs = intervalMs
                + Math.max(0, ageMs)
                + Math.clamp(lifetimeMs, 0, LONGEST_LIFETIME_MS)
                + smoothingMs(patienceMs)
                + patienceMs;
        return -StrictMath.expm1(-intervalMs / (Math.E * delayMs));
    }

    /** Weight of a new value in the smoothed one. */
    static double weightOfNew(double intervalMs, double patienceMs) {
        return -StrictMath.expm1(-intervalMs / smoothingMs(patienceMs));
    }

    /** Variance of reports about their smoothed value, after one more, both relative. */
    static double noise(double noise, double deviation, double intervalMs) {
        return noise + -StrictMath.expm1(-intervalMs / NOISE_MS) * (deviation * deviation - noise);
    }

    /** Standard deviation of the smoothed value when reports have that variance. */
    static double smoothedDeviation(double noise, double intervalMs, double patienceMs) {
        double weight = weightOfNew(intervalMs, patienceMs);
        return Math.sqrt(noise * weight / (2 - weight));
    }

    /**
     * Lifetime of a connection in milliseconds by Little's law, how many there are over how many come; 0 when not known.
     * The members' lower median: where connections wait for an overloaded server they live for longer, and there the
     * loop must not be slower.
     */
    static double lifetimeMs(List<MemberSituation> members) {
        double[] known = members.stream()
                .map(MemberSituation::traffic)
                .filter(traffic -> traffic.newPerSecond() > 0 && traffic.liveConnections() >= 0)
                .mapToDouble(traffic -> 1000 * traffic.liveConnections() / traffic.newPerSecond())
                .sorted()
                .toArray();
        return known.length == 0 ? 0 : known[(known.length - 1) / 2];
    }

    /** The hidden delay after an interval, in which the deviation has changed its sign clearly, or not. */
    static double patience(double patienceMs, double intervalMs, boolean hasOvershot) {
        double kept =
                LEAST_PATIENCE_MS + (patienceMs - LEAST_PATIENCE_MS) * StrictMath.exp(-intervalMs / FORGETTING_MS);
        return hasOvershot ? Math.min(GREATEST_PATIENCE_MS, kept * IMPATIENCE + LEAST_PATIENCE_MS) : kept;
    }
}
