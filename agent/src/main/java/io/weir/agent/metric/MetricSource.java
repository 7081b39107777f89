package io.weir.agent.metric;

import java.util.Set;

/** Something that knows some of the five metrics. One thread at a time. */
public interface MetricSource extends AutoCloseable {
    /** What it is, for people, such as {@code nginx http://127.0.0.1/status}. */
    String name();

    /** The metrics it is the source of, known at present or not. May grow as the source shows what it has. */
    Set<Metric> metrics();

    /**
     * Asks it. May block as long as its time limit.
     *
     * @param nowNs the time of the monotonic clock
     * @return the metrics that are known; rates are unknown until the second time
     * @throws SourceException when it does not answer, or answers nonsense
     */
    Reading read(long nowNs) throws SourceException;

    /** How the present value came about, for people; empty when there is nothing to say. */
    default String detail(Metric metric) {
        return "";
    }

    @Override
    default void close() {}
}
