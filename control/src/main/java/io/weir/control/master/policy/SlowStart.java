package io.weir.control.master.policy;

/**
 * A server that came up begins with a tenth of its weight (as Envoy's slow start does by default) and has all of it after
 * the configured time, in a straight line: caches fill and code compiles meanwhile.
 */
final class SlowStart implements Stage {
    private static final double FIRST_SHARE = 0.1;

    @Override
    public void apply(Draft draft) {
        long wholeMs = draft.situation.balance().slowStart().toMillis();
        for (int k = 0; k < draft.count(); k++) {
            long upForMs = draft.member(k).upForMs();
            if (draft.weight[k] > 0 && upForMs >= 0 && upForMs < wholeMs) {
                double share = FIRST_SHARE + (1 - FIRST_SHARE) * upForMs / wholeMs;
                draft.weight[k] *= share;
                draft.rising[k] = true;
                draft.reason(k, "slow start " + Math.round(share * 100) + " %");
            }
        }
    }
}
