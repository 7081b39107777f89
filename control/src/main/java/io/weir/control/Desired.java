package io.weir.control;

import io.weir.control.configuration.Decisions.MemberName;
import io.weir.control.configuration.NodeConfiguration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What people want: the file, and what they set by hand since. A rollback brings an earlier one back.
 *
 * @param configuration the file, read
 * @param text the file as it was given
 * @param draining servers that get no new connections
 * @param weights weights set by hand
 */
public record Desired(
        NodeConfiguration configuration, String text, Set<String> draining, Map<MemberName, Integer> weights) {
    public Desired {
        draining = Set.copyOf(draining);
        weights = Map.copyOf(weights);
    }

    /** A file alone. */
    public Desired(NodeConfiguration configuration, String text) {
        this(configuration, text, Set.of(), Map.of());
    }

    /** Another file; what was set by hand stays for the servers and services that are still there. */
    Desired with(NodeConfiguration next, String nextText) {
        Set<String> servers = new HashSet<>();
        next.servers().forEach(server -> servers.add(server.name()));
        Set<MemberName> members = new HashSet<>();
        next.services()
                .forEach(service -> service.members()
                        .forEach(member -> members.add(new MemberName(service.name(), member.server()))));
        Set<String> stillDraining = new HashSet<>(draining);
        stillDraining.retainAll(servers);
        Map<MemberName, Integer> stillSet = new HashMap<>(weights);
        stillSet.keySet().retainAll(members);
        return new Desired(next, nextText, stillDraining, stillSet);
    }

    Desired drain(String server, boolean drain) {
        Set<String> next = new HashSet<>(draining);
        if (drain) {
            next.add(server);
        } else {
            next.remove(server);
        }
        return new Desired(configuration, text, next, weights);
    }

    /** @param weight 0..65535, or -1 to leave it to the master again */
    Desired weight(MemberName member, int weight) {
        Map<MemberName, Integer> next = new HashMap<>(weights);
        if (weight < 0) {
            next.remove(member);
        } else {
            next.put(member, weight);
        }
        return new Desired(configuration, text, draining, next);
    }
}
