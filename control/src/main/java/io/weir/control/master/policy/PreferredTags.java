package io.weir.control.master.policy;

import java.util.List;

/**
 * Capability: servers with all preferred tags come first. The others take part when no preferred server takes
 * connections, or when the preferred ones' mean load index is above {@code spillOver}, and then with the share of their
 * weight that brings it back to {@code spillOver}:
 *
 * <pre>
 * wanted = ((P + s O) index / spillOver - P) / O      P, O: weights of the preferred and the others; s: share so far
 * s      = s + gain (wanted - s)                      at each new report of a preferred server
 * </pre>
 *
 * Hysteresis: the share begins when the index passes {@code spillOver}, and falls only while the index is below 0.95 of it.
 */
final class PreferredTags implements Stage {
    /** Below this share of {@code spillOver} less is spilled. */
    private static final double RETURN = 0.95;

    /** A smaller share is none. */
    private static final double LEAST_SHARE = 0.01;

    @Override
    public void apply(Draft draft) {
        List<String> tags = draft.situation.balance().preferred();
        if (tags.isEmpty()) {
            draft.spill = 0;
            return;
        }
        boolean[] preferred = new boolean[draft.count()];
        double preferredWeight = 0;
        double otherWeight = 0;
        for (int k = 0; k < draft.count(); k++) {
            preferred[k] = draft.member(k).tags().containsAll(tags);
            if (preferred[k]) {
                preferredWeight += draft.weight[k];
            } else {
                otherWeight += draft.weight[k];
            }
        }
        if (preferredWeight == 0) {
            if (otherWeight > 0) {
                draft.notice("no server with the preferred tags takes connections: the others do");
            }
            return;
        }
        if (otherWeight > 0) {
            follow(draft, preferred, preferredWeight, otherWeight);
        }
        share(draft, preferred);
    }

    private static void follow(Draft draft, boolean[] preferred, double preferredWeight, double otherWeight) {
        double sum = 0;
        double known = 0;
        double ageMs = 0;
        long newestMs = ServiceState.MemberState.NEVER;
        for (int k = 0; k < draft.count(); k++) {
            if (preferred[k] && draft.weight[k] > 0 && draft.index[k] >= 0 && !draft.passive) {
                sum += draft.weight[k] * draft.index[k];
                known += draft.weight[k];
                ageMs = Math.max(ageMs, draft.ageMs(k));
                newestMs = Math.max(newestMs, draft.measuredMs(k));
            }
        }
        if (known == 0) {
            draft.notice("no server with the preferred tags reports its load: the others take no part");
            draft.spill = 0;
            return;
        }
        if (newestMs <= draft.spillMs) {
            return;
        }
        double intervalMs = interval(draft, newestMs);
        draft.spillMs = newestMs;
        double limit = draft.situation.balance().spillOver();
        double index = sum / known;
        double wanted = wanted(draft.spill, index / limit, preferredWeight, otherWeight);
        if (index > limit || (draft.spill > 0 && index < RETURN * limit)) {
            double gain =
                    LoopGain.gain(intervalMs, ageMs, LoopGain.lifetimeMs(draft.members), LoopGain.LEAST_PATIENCE_MS);
            draft.spill = Math.clamp(draft.spill + gain * (wanted - draft.spill), 0, 1);
        }
        if (draft.spill < LEAST_SHARE) {
            draft.spill = index > limit ? LEAST_SHARE : 0;
        }
    }

    private static double wanted(double spill, double overload, double preferredWeight, double otherWeight) {
        double wanted = ((preferredWeight + spill * otherWeight) * overload - preferredWeight) / otherWeight;
        return Math.clamp(wanted, 0, 1);
    }

    private static double interval(Draft draft, long newestMs) {
        long usualMs = draft.situation.load().interval().toMillis();
        return draft.spillMs == ServiceState.MemberState.NEVER
                ? usualMs
                : Math.min(
                        newestMs - draft.spillMs, draft.situation.load().stale().toMillis());
    }

    private static void share(Draft draft, boolean[] preferred) {
        for (int k = 0; k < draft.count(); k++) {
            if (!preferred[k] && draft.weight[k] > 0) {
                if (draft.spill == 0) {
                    draft.exclude(k, "waits until the preferred servers overflow");
                } else {
                    draft.weight[k] *= draft.spill;
                    draft.spilledTo[k] = true;
                    draft.reason(k, "takes what overflows: " + Math.round(draft.spill * 100) + " %");
                }
            }
        }
    }
}
