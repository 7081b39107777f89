package io.weir.control.configuration;

import io.weir.control.configuration.ServiceConfiguration.Member;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is decided on top of the file: by health checks, load, drains and weights set by hand.
 *
 * @param weights weights in force by service and server; a member that is not here has the file's
 * @param units what a weight of 1 in the file is in those weights, by service; 1 for a service that is not here
 * @param resetting servers whose connections are ended
 * @param leaving servers that are no longer in the file, until the last of their connections is ended
 */
public record Decisions(
        Map<MemberName, Integer> weights,
        Map<String, Double> units,
        Set<String> resetting,
        List<ServerConfiguration> leaving) {
    /** The file alone. */
    public static final Decisions NONE = new Decisions(Map.of(), Map.of(), Set.of(), List.of());

    public Decisions {
        weights = Map.copyOf(weights);
        units = Map.copyOf(units);
        resetting = Set.copyOf(resetting);
        leaving = List.copyOf(leaving);
    }

    /** Names a member of a service. */
    public record MemberName(String service, String server) {}

    /** What a weight of 1 in the file is in the weights in force. */
    public double unit(String service) {
        return units.getOrDefault(service, 1.0);
    }

    /** The weight in force in the file's units. */
    public double relativeWeight(String service, Member member) {
        return weight(service, member) / unit(service);
    }

    /** The weight in force. */
    public int weight(String service, Member member) {
        Integer decided = weights.get(new MemberName(service, member.server()));
        return decided == null ? member.weight() : decided;
    }
}
