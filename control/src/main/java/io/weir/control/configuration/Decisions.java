package io.weir.control.configuration;

import io.weir.control.configuration.ServiceConfiguration.Member;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is decided on top of the file: by health checks, load, drains and weights set by hand.
 *
 * @param weights weights in force by service and server; a member that is not here has the file's
 * @param resetting servers whose connections are ended
 * @param leaving servers that are no longer in the file, until the last of their connections is ended
 */
public record Decisions(Map<MemberName, Integer> weights, Set<String> resetting, List<ServerConfiguration> leaving) {
    /** The file alone. */
    public static final Decisions NONE = new Decisions(Map.of(), Set.of(), List.of());

    public Decisions {
        weights = Map.copyOf(weights);
        resetting = Set.copyOf(resetting);
        leaving = List.copyOf(leaving);
    }

    /** Names a member of a service. */
    public record MemberName(String service, String server) {}

    /** The weight in force. */
    public int weight(String service, Member member) {
        Integer decided = weights.get(new MemberName(service, member.server()));
        return decided == null ? member.weight() : decided;
    }
}
