package io.weir.control.master.policy;

import io.weir.control.master.Candidate;

/** The configured weight, or the one a person has set, or the share of the configured one that an agent check asks for. */
final class StartingWeights implements Stage {
    private static final int WHOLE_PERCENT = 100;

    @Override
    public void apply(Draft draft) {
        for (int k = 0; k < draft.count(); k++) {
            MemberSituation member = draft.member(k);
            draft.weight[k] = Math.clamp(member.configuredWeight(), 0, Candidate.MAX_WEIGHT);
            if (member.manualWeight() >= 0) {
                draft.manual[k] = true;
                draft.weight[k] = Math.min(member.manualWeight(), Candidate.MAX_WEIGHT);
                draft.reason(k, "manual weight " + member.manualWeight());
            } else if (member.configuredWeight() <= 0) {
                draft.exclude(k, "configured weight 0");
            } else if (member.agentPercent() >= 0 && member.agentPercent() < WHOLE_PERCENT) {
                // More than 100 % counts as 100 %: an agent must not take its server above the configured weight.
                draft.weight[k] *= member.agentPercent() / 100.0;
                draft.reason(k, "agent check " + member.agentPercent() + " %");
            }
        }
    }
}
