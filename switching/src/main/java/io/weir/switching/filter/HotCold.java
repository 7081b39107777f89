package io.weir.switching.filter;

/**
 * The hot/cold rule of Prequal (Wydrowski, Kleinberg, Rumble and Archer, "Load is not what you should balance", NSDI
 * 2024, section 4), applied to what a packet load balancer sees: of a few members drawn at random, those with unusually
 * many requests in flight are hot; among the cold ones the fastest is chosen, and when all are hot the one with the least
 * in flight.
 *
 * <ul>
 *   <li>Requests in flight are a server's live connections per unit of weight.
 *   <li>Hot is what lies above the {@value #QUANTILE_PERCENT}th percentile of what was drawn before. The percentile is
 *       followed, not computed: up by a step when a draw lies above it, down by a smaller step otherwise, so that it rests
 *       where as much pushes up as down. The step is a small part of the value, for it to be at home on any scale.
 *   <li>Fast is a low delay from SYN to SYN-ACK. Delays that differ by less than an eighth, or by less than
 *       {@value #NOISE_MICROS} µs, count as equal, and fewer in flight decides: handshakes of equal servers scatter by as
 *       much, and following noise would send every connection to one server until it is hot. A delay of 0 is not known and
 *       so the best, for new servers to be tried.
 * </ul>
 *
 * <p>Integers only; allocation-free; knows no packets. The static methods are the whole rule; an instance keeps the
 * percentile for each key and the members drawn for one decision, in the order {@link #begin}, {@link #add} up to {@value
 * #DRAWS} times, {@link #choose}. One thread.
 */
public final class HotCold {
    /** Members drawn for one decision: enough by the paper's measurements. */
    public static final int DRAWS = 3;

    /** The paper's quantile of 2^-0.25. */
    private static final int QUANTILE_PERCENT = 84;

    private static final int UP = QUANTILE_PERCENT / 4;
    private static final int DOWN = (100 - QUANTILE_PERCENT) / 4;
    /** A step is a 512th of the value. */
    private static final int STEP_SHIFT = 9;

    /** One connection of a server of weight 1. */
    private static final int LOAD_SHIFT = 20;

    /** A duty cycle that sleeps wakes up as much too late. */
    private static final int NOISE_MICROS = 64;

    private final long[] limits;
    private final long[] loads = new long[DRAWS];
    private final long[] latencies = new long[DRAWS];
    private int key;
    private int drawn;

    /**
     * No member is known to be hot yet.
     *
     * @param keys number of services
     */
    public HotCold(int keys) {
        limits = new long[keys];
    }

    /** Starts a decision for a service, 0 to the number of keys less 1. */
    public void begin(int service) {
        key = service;
        drawn = 0;
    }

    /**
     * A member that was drawn, perhaps for the second time.
     *
     * @param inFlight live connections of its server, not negative
     * @param weight at least 1
     * @param latencyMicros estimate of its delay; 0 is not known
     */
    public void add(long inFlight, int weight, long latencyMicros) {
        loads[drawn] = load(inFlight, weight);
        latencies[drawn] = latencyMicros;
        drawn++;
    }

    /** Which of the members drawn gets the connection: 0 is the first that was added, of at least one. */
    public int choose() {
        long limit = limits[key];
        int chosen = choose(limit, loads, latencies, drawn);
        for (int k = 0; k < drawn; k++) {
            limit = follow(limit, loads[k]);
        }
        limits[key] = limit;
        return chosen;
    }

    /** Requests in flight per weight as the other methods want them: one of a server of weight 1 is 2^20. */
    public static long load(long inFlight, int weight) {
        return (inFlight << LOAD_SHIFT) / Math.max(weight, 1);
    }

    /** The percentile after one more draw. */
    public static long follow(long limit, long load) {
        long step = (limit >> STEP_SHIFT) + 1;
        return load > limit ? limit + step * UP : Math.max(limit - step * DOWN, 0);
    }

    /**
     * The rule.
     *
     * @param limit a greater load is hot
     * @param loads of the members drawn, by {@link #load}
     * @param latencies of the members drawn, in microseconds; 0 is not known
     * @param count members drawn, at least 1
     * @return index of the chosen one
     */
    public static int choose(long limit, long[] loads, long[] latencies, int count) {
        int best = 0;
        for (int k = 1; k < count; k++) {
            if (isBetter(limit, loads[k], latencies[k], loads[best], latencies[best])) {
                best = k;
            }
        }
        return best;
    }

    private static boolean isBetter(long limit, long load, long latency, long otherLoad, long otherLatency) {
        boolean hot = load > limit;
        boolean otherHot = otherLoad > limit;
        if (hot != otherHot) {
            return otherHot;
        }
        if (!hot) {
            if (isClearlyLess(latency, otherLatency)) {
                return true;
            }
            if (isClearlyLess(otherLatency, latency)) {
                return false;
            }
        }
        return load < otherLoad;
    }

    private static boolean isClearlyLess(long a, long b) {
        return b - a > Math.max(a >> 3, NOISE_MICROS);
    }
}
