package io.weir.control.master.policy;

import io.weir.control.master.policy.Distribution.MemberWeight;
import io.weir.control.master.policy.ServiceState.MemberState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides the weights of a service. Call it for each service once per {@code load.interval}, and at once when
 * configuration, health, draining or a manual weight has changed: extra calls do no harm, because a report is acted on once.
 */
public final class Master {
    private static final Stage EVEN_LOAD = new EvenLoad();

    /** In this order: what a stage excludes, no later one brings back. */
    private static final List<Stage> STAGES = List.of(
            new StartingWeights(),
            new RequiredTags(),
            new Availability(),
            new Backups(),
            new Loads(),
            new PreferredTags(),
            new SlowStart());

    private Master() {}

    /** The weights; those of a service whose members all stay away are all 0. */
    public static Distribution distribute(Situation situation) {
        Draft draft = new Draft(situation);
        for (Stage stage : STAGES) {
            stage.apply(draft);
        }
        double[] base = draft.weight.clone();
        EVEN_LOAD.apply(draft);
        int[] weights = Publication.weights(draft, base);
        List<MemberWeight> members = new ArrayList<>();
        Map<String, MemberState> states = HashMap.newHashMap(weights.length);
        boolean isAny = false;
        for (int k = 0; k < weights.length; k++) {
            String name = draft.member(k).name();
            members.add(new MemberWeight(
                    name, weights[k], draft.index[k], draft.stale[k], draft.passive, draft.reasons(k)));
            states.put(name, draft.state[k]);
            isAny |= weights[k] > 0;
        }
        if (!isAny) {
            draft.notice("no server takes connections");
        }
        return new Distribution(
                situation.service(),
                members,
                Publication.scale(draft),
                draft.notices,
                new ServiceState(states, draft.spill, draft.spillMs));
    }
}
