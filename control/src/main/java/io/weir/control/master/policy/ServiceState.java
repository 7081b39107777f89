package io.weir.control.master.policy;

import java.util.Map;

/**
 * What the policies remember of a service from one decision to the next. Opaque to the caller, who keeps it as long as
 * the service has its name and hands it in again; to forget it costs nothing but a new run of the closed loop from the
 * configured weights.
 *
 * @param members by name
 * @param spill share of their weight, 0..1, with which members without the preferred tags take part
 * @param spillMs arrival of the newest report that the share was decided by
 */
public record ServiceState(Map<String, MemberState> members, double spill, long spillMs) {
    /** Before the first decision. */
    public static final ServiceState NONE = new ServiceState(Map.of(), 0, MemberState.NEVER);

    public ServiceState {
        members = Map.copyOf(members);
    }

    MemberState member(String name) {
        return members.getOrDefault(name, MemberState.NEW);
    }

    /**
     * Of a member.
     *
     * @param factor what the closed loop makes of the weight, 1 leaves it
     * @param index smoothed load index, negative before the first report
     * @param noise variance of reports about the smoothed index, relative to it
     * @param reportMs arrival of the last report that was acted on
     * @param side sign of the last clear deviation from the mean, 0 before the first
     * @param patienceMs delay in the loop that nobody reported but that overshoots have shown
     * @param base weight before the closed loop, in units of the selection table
     * @param published weight handed out last
     */
    public record MemberState(
            double factor,
            double index,
            double noise,
            long reportMs,
            int side,
            double patienceMs,
            double base,
            int published) {
        static final long NEVER = Long.MIN_VALUE;
        static final MemberState NEW = new MemberState(1, -1, 0, NEVER, 0, LoopGain.LEAST_PATIENCE_MS, 0, 0);

        MemberState withFactor(double factor) {
            return new MemberState(factor, index, noise, reportMs, side, patienceMs, base, published);
        }

        MemberState withPublished(double base, int published) {
            return new MemberState(factor, index, noise, reportMs, side, patienceMs, base, published);
        }
    }
}
