package io.weir.node.top;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import io.weir.node.text.Cells;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What two snapshots say of a change of the configuration between them. */
final class GenerationChanges {
    private GenerationChanges() {}

    /** A line for each service, server of a service or server that came, went or has another weight. */
    static List<String> of(NodeSnapshot before, NodeSnapshot after) {
        List<String> lines = new ArrayList<>();
        Map<String, String> servers = new LinkedHashMap<>();
        before.servers().forEach(s -> servers.put(s.name(), s.administration()));
        after.servers().forEach(s -> {
            String was = servers.remove(s.name());
            if (was == null) {
                lines.add("server " + s.name() + " added");
            } else if (!was.equals(s.administration())) {
                lines.add("server " + s.name() + " " + s.administration());
            }
        });
        servers.keySet().forEach(name -> lines.add("server " + name + " removed"));
        Map<String, ServiceView> services = new LinkedHashMap<>();
        before.services().forEach(s -> services.put(s.name(), s));
        for (ServiceView service : after.services()) {
            ServiceView was = services.remove(service.name());
            if (was == null) {
                lines.add("service " + service.name() + " added");
            } else {
                members(was, service, lines);
            }
        }
        services.keySet().forEach(name -> lines.add("service " + name + " removed"));
        return lines;
    }

    private static void members(ServiceView before, ServiceView after, List<String> lines) {
        Map<String, MemberView> members = new LinkedHashMap<>();
        before.members().forEach(m -> members.put(m.server() + ":" + m.port(), m));
        for (MemberView member : after.members()) {
            MemberView was = members.remove(member.server() + ":" + member.port());
            String name = after.name() + "/" + member.server();
            if (was == null) {
                lines.add(name + " added, weight " + member.weight());
            } else if (was.weight() != member.weight()) {
                lines.add(name + " weight " + Cells.decimal(was.weight()) + " → " + Cells.decimal(member.weight())
                        + ", share " + Cells.percent(was.share()) + " → " + Cells.percent(member.share()));
            }
        }
        members.values().forEach(m -> lines.add(after.name() + "/" + m.server() + " removed"));
    }
}
