package io.weir.control.master.policy;

import java.util.Arrays;
import java.util.List;

/**
 * A load index without any report, from what the switching processors see: live connections per weight and the time from
 * SYN to SYN-ACK, both relative to the service's median, and SYNs that were refused.
 *
 * <pre>
 * index = TYPICAL * live/median(live) * sqrt(handshake/median(handshake)) + refused/(refused + new)
 * </pre>
 *
 * A slow server keeps its connections for longer, so that it has more of them at the same rate. The handshake is answered
 * by the server's kernel, and says little before the machine is short of CPU or its accept queue is full: hence the root.
 * A typical server has index 0.5. The index compares servers of one service, and says nothing about how busy they are.
 */
final class PassiveIndex {
    private static final double TYPICAL = 0.5;

    /** Bounds of the handshake's ratio: a server next door answers many times faster without being less busy. */
    private static final double LEAST_RATIO = 0.5;

    private static final double GREATEST_RATIO = 8;

    private PassiveIndex() {}

    /**
     * The index of each member; {@link LoadIndex#UNKNOWN} for those without live connections to count by.
     *
     * @param takesPart members to compare; the others' is unknown
     */
    static double[] of(List<MemberSituation> members, double[] weights, boolean[] takesPart) {
        double[] live = new double[members.size()];
        double[] handshake = new double[members.size()];
        for (int k = 0; k < live.length; k++) {
            MemberSituation.Traffic traffic = members.get(k).traffic();
            live[k] = takesPart[k] ? traffic.liveConnections() / weights[k] : LoadIndex.UNKNOWN;
            handshake[k] = takesPart[k] ? traffic.handshakeSeconds() : LoadIndex.UNKNOWN;
        }
        double medianLive = median(live);
        double medianHandshake = median(handshake);
        double[] index = new double[live.length];
        for (int k = 0; k < index.length; k++) {
            index[k] = live[k] < 0 || medianLive <= 0
                    ? LoadIndex.UNKNOWN
                    : Math.min(
                            LoadIndex.GREATEST_PART,
                            TYPICAL * live[k] / medianLive * Math.sqrt(ratio(handshake[k], medianHandshake))
                                    + refused(members.get(k).traffic()));
        }
        return index;
    }

    private static double ratio(double value, double median) {
        return value < 0 || median <= 0 ? 1 : Math.clamp(value / median, LEAST_RATIO, GREATEST_RATIO);
    }

    private static double refused(MemberSituation.Traffic traffic) {
        double refused = Math.max(0, traffic.refusedPerSecond());
        double all = refused + Math.max(0, traffic.newPerSecond());
        return all > 0 ? refused / all : 0;
    }

    /** Of the values that are known, the lower one of two; negative when there is none. */
    private static double median(double[] values) {
        double[] known =
                Arrays.stream(values).filter(value -> value >= 0).sorted().toArray();
        return known.length == 0 ? LoadIndex.UNKNOWN : known[(known.length - 1) / 2];
    }
}
