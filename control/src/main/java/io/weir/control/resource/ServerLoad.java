package io.weir.control.resource;

import io.weir.agent.report.LoadReport;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * What is known of a server's load.
 *
 * @param report the last metrics; all unknown when the server only ever answered agent checks
 * @param source where they come from
 * @param receivedMs when they came, on the clock of {@link ResourceManager#accept}
 * @param wish what the server asked for by agent check
 */
public record ServerLoad(LoadReport report, LoadSource source, long receivedMs, AgentWish wish) {
    /** Without a wish. */
    public ServerLoad(LoadReport report, LoadSource source, long receivedMs) {
        this(report, source, receivedMs, AgentWish.NONE);
    }

    /** Age of the metrics, never negative. */
    public long ageMs(long nowMs) {
        return Math.max(0, nowMs - receivedMs);
    }

    /** Whether the metrics are too old to be used. */
    public boolean isStale(long nowMs, Duration stale) {
        return ageMs(nowMs) > stale.toMillis();
    }

    /** Percent of the configured weight that the server wants; empty when it did not say so, or too long ago. */
    public OptionalInt weightPercent(long nowMs, Duration stale) {
        return nowMs - wish.receivedMs() > stale.toMillis() ? OptionalInt.empty() : wish.weightPercent();
    }

    /** Whether the server wants new connections; a word on that holds until the next one, see {@link AgentWish}. */
    public Availability availability() {
        return wish.availability();
    }
}
