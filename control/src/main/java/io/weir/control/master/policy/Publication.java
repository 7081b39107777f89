package io.weir.control.master.policy;

import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.control.master.Candidate;
import io.weir.control.master.policy.ServiceState.MemberState;

/**
 * Whole numbers for the selection table. A configured weight of 1 becomes {@value #FINE}, or the next smaller power of
 * two with which the greatest weight still fits, so that proportions of configured weights stay exact and steps can be fine.
 * As long as all members are within 1 % of what was published, that stays: a table that nobody would notice is not made.
 */
final class Publication {
    /** With a floor of 0.1, a weight of 1 is still exact to 2 %. */
    static final int FINE = 256;

    private static final double UNNOTICED = 0.01;

    private Publication() {}

    /** The weights by member; the draft's state remembers them. */
    static int[] weights(Draft draft, double[] base) {
        double scale = scale(draft);
        int[] weights = new int[draft.count()];
        boolean isUnnoticed = true;
        for (int k = 0; k < weights.length; k++) {
            double exact = draft.weight[k] * scale;
            weights[k] = exact > 0 ? Math.clamp(Math.round(exact), 1, Candidate.MAX_WEIGHT) : 0;
            MemberState state = draft.state[k];
            boolean isSameBase = state.base() == base[k] * scale;
            boolean isNear = (weights[k] == 0) == (state.published() == 0)
                    && Math.abs(exact - state.published()) <= Math.max(UNNOTICED * state.published(), 0.5);
            isUnnoticed &= isSameBase && isNear;
        }
        for (int k = 0; k < weights.length; k++) {
            if (isUnnoticed) {
                weights[k] = draft.state[k].published();
            }
            draft.state[k] = draft.state[k].withPublished(base[k] * scale, weights[k]);
        }
        return weights;
    }

    /** From what changes rarely only: another scale is another table. */
    static double scale(Draft draft) {
        double ceiling = draft.situation.balance().weights() == Weights.EVEN_LOAD
                ? Math.max(1, draft.situation.load().ceiling())
                : 1;
        double greatest = 1;
        for (MemberSituation member : draft.members) {
            greatest = Math.max(greatest, member.configuredWeight() * ceiling);
            greatest = Math.max(greatest, member.manualWeight());
        }
        double scale = FINE;
        while (greatest * scale > Candidate.MAX_WEIGHT) {
            scale /= 2;
        }
        return scale;
    }
}
