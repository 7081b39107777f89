package io.weir.control.health;

import io.weir.control.configuration.CheckConfiguration;
import java.util.random.RandomGenerator;

/** When checks start, in nanoseconds of some clock: never many servers at one moment. */
final class CheckTimes {
    /** However much jitter, two checks of a server start no closer than this share of the interval. */
    private static final double LEAST_SHARE = 0.1;

    private final RandomGenerator random;

    CheckTimes(RandomGenerator random) {
        this.random = random;
    }

    /** The first check of a server that is checked from now on: somewhere in the first interval. */
    long first(long nowNs, CheckConfiguration check) {
        return nowNs + (long) (random.nextDouble() * check.interval().toNanos());
    }

    /** The check after one that started then. */
    long next(long startedNs, CheckConfiguration check) {
        double varied = 1 + check.jitter() * (2 * random.nextDouble() - 1);
        return startedNs
                + (long) (Math.max(LEAST_SHARE, varied) * check.interval().toNanos());
    }
}
