package io.weir.control.master.policy;

import io.weir.control.master.policy.MemberSituation.ReportedLoad;
import io.weir.control.master.policy.ServiceState.MemberState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A decision in the making: the stages change it one after the other. Arrays are by member, in the situation's order. */
final class Draft {
    final Situation situation;
    final List<MemberSituation> members;
    /** Weight so far, in units of the configuration. */
    final double[] weight;
    /** Load index, or {@link LoadIndex#UNKNOWN}; of stale reports it is unknown. */
    final double[] index;
    /** Whether there is a report, but too old a one. */
    final boolean[] stale;
    /** Whether a person has set the weight, which the closed loop then leaves alone. */
    final boolean[] manual;
    /** Whether the weight is on its way up after a start: its load says nothing about its capacity yet. */
    final boolean[] rising;
    /** Whether the member takes part only because others overflow: it is not to be as busy as they are. */
    final boolean[] spilledTo;
    /** State for the next decision. */
    final MemberState[] state;

    final List<String> notices = new ArrayList<>();
    /** Whether the index is made of what the switching processors see. */
    boolean passive;

    double spill;
    long spillMs;

    private final List<List<String>> reasons = new ArrayList<>();

    Draft(Situation situation) {
        this.situation = situation;
        this.members = situation.members();
        int count = members.size();
        weight = new double[count];
        index = new double[count];
        stale = new boolean[count];
        manual = new boolean[count];
        rising = new boolean[count];
        spilledTo = new boolean[count];
        state = new MemberState[count];
        spill = situation.state().spill();
        spillMs = situation.state().spillMs();
        Arrays.fill(index, LoadIndex.UNKNOWN);
        for (int k = 0; k < count; k++) {
            state[k] = situation.state().member(members.get(k).name());
            reasons.add(new ArrayList<>());
        }
    }

    int count() {
        return weight.length;
    }

    MemberSituation member(int k) {
        return members.get(k);
    }

    /** Takes a member out, for one reason: those found so far do not matter any more. */
    void exclude(int k, String reason) {
        weight[k] = 0;
        reasons.get(k).clear();
        reasons.get(k).add(reason);
    }

    void reason(int k, String reason) {
        reasons.get(k).add(reason);
    }

    String reasons(int k) {
        return reasons.get(k).isEmpty() ? "configured weight" : String.join(", ", reasons.get(k));
    }

    /** A sentence about the service. */
    void notice(String text) {
        notices.add("service " + situation.service() + ": " + text);
    }

    /** Arrival of the metrics in use. What the switching processors see is new each time. */
    long measuredMs(int k) {
        ReportedLoad load = member(k).load();
        return passive || load == null ? situation.nowMs() : load.receivedMs();
    }

    /** From the measurement to now, as far as known. */
    double ageMs(int k) {
        ReportedLoad load = member(k).load();
        return passive || load == null ? 0 : situation.nowMs() - load.receivedMs() + Math.max(0, load.delayMs());
    }
}
