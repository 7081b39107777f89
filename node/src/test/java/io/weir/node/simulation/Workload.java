package io.weir.node.simulation;

import java.util.SplittableRandom;

/**
 * Connections come by a Poisson process; the work that each brings, in seconds of a worker of speed 1, has a bounded Pareto
 * distribution (shape 1.5, 10 ms to 2 s: mean 28 ms, squared coefficient of variation 4).
 */
final class Workload {
    private static final double LEAST = 0.010;
    private static final double GREATEST = 2;
    /** (least/greatest)^1.5 */
    private static final double CUT = LEAST / GREATEST * StrictMath.sqrt(LEAST / GREATEST);

    /** Mean work of a connection: of x^-2.5 cut at both ends. */
    static final double MEAN = 3 * LEAST * (1 - StrictMath.sqrt(LEAST / GREATEST)) / (1 - CUT);

    private final SplittableRandom random;
    private final double rate;

    /**
     * Connections of a total work.
     *
     * @param work seconds of a worker of speed 1, per second
     */
    Workload(long seed, double work) {
        this.random = new SplittableRandom(seed);
        this.rate = work / MEAN;
    }

    double connectionsPerSecond() {
        return rate;
    }

    /** Seconds to the next connection. */
    double pause() {
        return -StrictMath.log(1 - random.nextDouble()) / rate;
    }

    /** Work of a connection. */
    double work() {
        double u = random.nextDouble() * (1 - CUT);
        double root = StrictMath.cbrt(1 - u);
        return LEAST / (root * root);
    }
}
