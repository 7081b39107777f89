package io.weir.agent;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A source with its last reading, and what was said about it: a line when it fails and when it answers again, not one at each
 * interval. Polled by one thread, looked at by another.
 */
final class WatchedSource {
    /** The reason of a failure may change from time to time; it is told again no more often than this. */
    private static final long TOLD_AGAIN_NS = 60_000_000_000L;

    private final MetricSource source;
    private final long freshNs;
    private final Consumer<String> log;
    private Reading reading = Reading.NONE;
    private long readNs;
    private String failure = "";
    private String told = "";
    private long toldNs;
    private boolean polled;

    /**
     * @param freshNs age at which a reading is worth nothing, because the source has hung since
     * @param log takes messages
     */
    WatchedSource(MetricSource source, long freshNs, Consumer<String> log) {
        this.source = source;
        this.freshNs = freshNs;
        this.log = log;
    }

    String name() {
        return source.name();
    }

    Set<Metric> metrics() {
        return source.metrics();
    }

    String detail(Metric metric) {
        return source.detail(metric);
    }

    /** Asks the source; returns when it has answered. */
    void poll(long nowNs) {
        try {
            answered(source.read(nowNs).checked(), nowNs);
        } catch (SourceException e) {
            failed(String.valueOf(e.getMessage()), nowNs);
        } catch (RuntimeException e) {
            failed(e.toString(), nowNs);
        }
    }

    private synchronized void answered(Reading answer, long nowNs) {
        if (!told.isEmpty()) {
            log.accept(source.name() + ": answers again");
        }
        reading = answer;
        readNs = nowNs;
        polled = true;
        failure = "";
        told = "";
    }

    private synchronized void failed(String reason, long nowNs) {
        reading = Reading.NONE;
        readNs = nowNs;
        polled = true;
        failure = reason;
        tell(reason, nowNs);
    }

    private void tell(String reason, long nowNs) {
        if (told.isEmpty() || (!told.equals(reason) && nowNs - toldNs >= TOLD_AGAIN_NS)) {
            log.accept(source.name() + ": " + reason + "; what it would tell is unknown");
            told = reason;
            toldNs = nowNs;
        }
    }

    /** The last reading, or nothing when the source has failed or hung since. */
    synchronized Reading reading(long nowNs) {
        if (polled && nowNs - readNs > freshNs) {
            reading = Reading.NONE;
            failure = "does not answer";
            tell(failure, nowNs);
        }
        return reading;
    }

    /** Why nothing is known; empty when there is no reason. */
    synchronized String failure() {
        return failure;
    }

    void close() {
        source.close();
    }
}
