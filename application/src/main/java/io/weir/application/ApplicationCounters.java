package io.weir.application;

/** The named counters of one application on one processor; shown by {@code weir applications}, REST and metrics. */
public interface ApplicationCounters {
    /**
     * Adds to a counter.
     *
     * @param counter number of one of {@link ApplicationPlan#counters}, from 0
     */
    void add(int counter, long amount);
}
