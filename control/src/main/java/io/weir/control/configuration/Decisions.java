package io.weir.control.configuration;

import io.weir.control.configuration.ServiceConfiguration.Member;
import java.util.Map;
import java.util.Set;

/**
 * What is decided on top of the file: by health checks, load, drains and weights set by hand.
 *
 * @param weights weights in force by service and server; a member that is not here has the file's
 * @param resetting servers whose connections are ended
 */
public record Decisions(Map<MemberName, Integer> weights, Set<String> resetting) {
    /** The file alone. */
    public static final Decisions NONE = new Decisions(Map.of(), Set.of());

    public Decisions {
        weights = Map.copyOf(weights);
        resetting = Set.copyOf(resetting);
    }

    /** Names a member of a service. */
    public record MemberName(String service, String server) {}

    /** The weight in force. */
    public int weight(String service, Member member) {
        Integer decided = weights.get(new MemberName(service, member.server()));
        return decided == null ? member.weight() : decided;
    }
}
