package io.weir.control.master.policy;

import io.weir.control.configuration.BalanceConfiguration;
import io.weir.control.configuration.LoadConfiguration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that a decision about the weights of one service depends on.
 *
 * @param service its name, for notices
 * @param balance how the weights are made
 * @param load the closed loop's settings
 * @param members in the order of the service, with distinct names
 * @param state what the last decision left, {@link ServiceState#NONE} before the first
 * @param nowMs a clock that only goes forward
 */
public record Situation(
        String service,
        BalanceConfiguration balance,
        LoadConfiguration load,
        List<MemberSituation> members,
        ServiceState state,
        long nowMs) {
    public Situation {
        members = List.copyOf(members);
        Set<String> names = HashSet.newHashSet(members.size());
        for (MemberSituation member : members) {
            if (!names.add(member.name())) {
                throw new IllegalArgumentException("service " + service + ": member " + member.name()
                        + " stands twice; give a server's second port a name of its own");
            }
        }
    }
}
