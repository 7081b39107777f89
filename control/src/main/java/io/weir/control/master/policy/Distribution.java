package io.weir.control.master.policy;

import io.weir.control.master.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A decision: the weights of a service's members.
 *
 * @param service its name
 * @param members in the order of the situation
 * @param unit what a configured weight of 1 is in their weights
 * @param notices what a person ought to know, whole sentences without changing figures: a notice that stays the same
 *     string is the same notice
 * @param state for the next decision
 */
public record Distribution(
        String service, List<MemberWeight> members, double unit, List<String> notices, ServiceState state) {
    public Distribution {
        members = List.copyOf(members);
        notices = List.copyOf(notices);
    }

    /** For a selection algorithm. */
    public List<Candidate> candidates() {
        return members.stream()
                .map(member -> new Candidate(member.name(), member.weight()))
                .toList();
    }

    /** Whether the selection table can stay as it is. */
    public boolean hasWeightsOf(Distribution other) {
        return candidates().equals(other.candidates());
    }

    /** What differs from an earlier decision, such as {@code web: 5-2 from 256 to 240 (load 0.90, mean 0.72: -6 %)}. */
    public List<String> changesSince(Distribution earlier) {
        Map<String, Integer> before = new HashMap<>();
        earlier.members.forEach(member -> before.put(member.name(), member.weight()));
        List<String> changes = new ArrayList<>();
        for (MemberWeight member : members) {
            Integer old = before.get(member.name());
            if (old == null || old != member.weight()) {
                changes.add(service + ": " + member.name() + (old == null ? "" : " from " + old) + " to "
                        + member.weight() + " (" + member.reason() + ")");
            }
        }
        return changes;
    }

    /**
     * The weight of a member.
     *
     * @param name of the member
     * @param weight for the selection table, 0..65535
     * @param index load index, or {@link LoadIndex#UNKNOWN}; made of what the switching processors see when {@code passive}
     * @param stale whether its report is too old to be used
     * @param passive whether the index is made of what the switching processors see
     * @param reason why it has this weight, in words
     */
    public record MemberWeight(String name, int weight, double index, boolean stale, boolean passive, String reason) {}
}
