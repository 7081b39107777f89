package io.weir.control.master.policy;

import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.control.master.policy.MemberSituation.ReportedLoad;

/**
 * The load index of each member. When a service is to have even load and none of its members ever reported, what the
 * switching processors see stands in for reports.
 */
final class Loads implements Stage {
    @Override
    public void apply(Draft draft) {
        boolean isWanted = draft.situation.balance().weights() == Weights.EVEN_LOAD
                || !draft.situation.balance().preferred().isEmpty();
        boolean isAnyReport = false;
        long staleMs = draft.situation.load().stale().toMillis();
        for (int k = 0; k < draft.count(); k++) {
            ReportedLoad load = draft.member(k).load();
            if (load != null) {
                isAnyReport = true;
                draft.stale[k] = draft.situation.nowMs() - load.receivedMs() >= staleMs;
                draft.index[k] = draft.stale[k]
                        ? LoadIndex.UNKNOWN
                        : LoadIndex.of(load.report(), draft.situation.load().index());
                if (draft.stale[k] && isWanted && draft.weight[k] > 0) {
                    draft.notice("the report of " + draft.member(k).name() + " is stale");
                }
            }
        }
        if (!isAnyReport && draft.situation.balance().weights() == Weights.EVEN_LOAD) {
            passive(draft);
        }
    }

    private static void passive(Draft draft) {
        boolean[] takesPart = new boolean[draft.count()];
        for (int k = 0; k < takesPart.length; k++) {
            takesPart[k] = draft.weight[k] > 0;
        }
        double[] index = PassiveIndex.of(draft.members, draft.weight, takesPart);
        for (int k = 0; k < index.length; k++) {
            draft.index[k] = index[k];
            draft.passive |= index[k] >= 0;
        }
        if (draft.passive) {
            draft.notice("no server reports its load: connections and handshakes stand in for reports");
        }
    }
}
