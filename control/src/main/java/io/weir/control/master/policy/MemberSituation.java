package io.weir.control.master.policy;

import io.weir.agent.report.LoadReport;
import io.weir.memory.server.ServerStatus.Health;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a member of a service at the time of a decision.
 *
 * @param name unique in the service: the server's name, and for a server's second port the name that the selection table
 *     knows it by
 * @param configuredWeight 0..65535; 0 drains
 * @param backup whether it takes connections only when no other member does
 * @param tags of the server
 * @param health result of its check; one that is starting takes connections only when no member is up
 * @param upForMs milliseconds since it came up after it had been down or was new; negative when it did not come up while
 *     the node has been watching
 * @param draining an operator takes the server out of service
 * @param manualWeight weight that a person has set, 0..65535, or {@link #NO_WEIGHT}
 * @param agentPercent answer of an agent check, 0..100, or {@link #NO_PERCENT}
 * @param load its last report; null when there never was one
 * @param traffic what the switching processors see
 */
public record MemberSituation(
        String name,
        int configuredWeight,
        boolean backup,
        List<String> tags,
        Health health,
        long upForMs,
        boolean draining,
        int manualWeight,
        int agentPercent,
        @Nullable ReportedLoad load,
        Traffic traffic) {
    /** No manual weight is set. */
    public static final int NO_WEIGHT = -1;

    /** No agent check has answered. */
    public static final int NO_PERCENT = -1;

    /** {@link #upForMs} of a server that did not come up while it was watched. */
    public static final long ALWAYS_UP = -1;

    public MemberSituation {
        tags = List.copyOf(tags);
    }

    /** A member that nothing is known about but its configuration. */
    public static MemberSituation of(String name, int configuredWeight) {
        return new MemberSituation(
                name,
                configuredWeight,
                false,
                List.of(),
                Health.UNCHECKED,
                ALWAYS_UP,
                false,
                NO_WEIGHT,
                NO_PERCENT,
                null,
                Traffic.UNKNOWN);
    }

    /** A copy to change. */
    public Builder with() {
        return new Builder(this);
    }

    /**
     * A report of load.
     *
     * @param report the five metrics
     * @param receivedMs when it arrived, on the clock of {@link Situation#nowMs}; a report is new when this is
     * @param delayMs how old the metrics were when it arrived, as far as known; 0 otherwise
     */
    public record ReportedLoad(LoadReport report, long receivedMs, long delayMs) {}

    /**
     * What the switching processors see of a server; a value that is not known is negative.
     *
     * @param liveConnections connections at present
     * @param newPerSecond connections opened per second
     * @param handshakeSeconds mean time from SYN to SYN-ACK of late
     * @param refusedPerSecond SYNs answered with a reset, per second
     */
    public record Traffic(
            double liveConnections, double newPerSecond, double handshakeSeconds, double refusedPerSecond) {
        public static final Traffic UNKNOWN = new Traffic(-1, -1, -1, -1);
    }

    /** For members that differ in little; the setters are described at the record. */
    public static final class Builder {
        private final String name;
        private final int configuredWeight;
        private boolean backup;
        private List<String> tags;
        private Health health;
        private long upForMs;
        private boolean draining;
        private int manualWeight;
        private int agentPercent;
        private @Nullable ReportedLoad load;
        private Traffic traffic;

        private Builder(MemberSituation member) {
            name = member.name;
            configuredWeight = member.configuredWeight;
            backup = member.backup;
            tags = member.tags;
            health = member.health;
            upForMs = member.upForMs;
            draining = member.draining;
            manualWeight = member.manualWeight;
            agentPercent = member.agentPercent;
            load = member.load;
            traffic = member.traffic;
        }

        public Builder backup(boolean isBackup) {
            backup = isBackup;
            return this;
        }

        public Builder tags(List<String> newTags) {
            tags = newTags;
            return this;
        }

        public Builder health(Health newHealth, long newUpForMs) {
            health = newHealth;
            upForMs = newUpForMs;
            return this;
        }

        public Builder draining(boolean isDraining) {
            draining = isDraining;
            return this;
        }

        public Builder manualWeight(int weight) {
            manualWeight = weight;
            return this;
        }

        public Builder agentPercent(int percent) {
            agentPercent = percent;
            return this;
        }

        public Builder load(@Nullable ReportedLoad newLoad) {
            load = newLoad;
            return this;
        }

        public Builder traffic(Traffic newTraffic) {
            traffic = newTraffic;
            return this;
        }

        public MemberSituation build() {
            return new MemberSituation(
                    name,
                    configuredWeight,
                    backup,
                    tags,
                    health,
                    upForMs,
                    draining,
                    manualWeight,
                    agentPercent,
                    load,
                    traffic);
        }
    }
}
