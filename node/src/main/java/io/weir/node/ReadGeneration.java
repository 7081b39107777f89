package io.weir.node;

import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Member;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.SelectionSlots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A generation of the configuration as people read it: what does not change until the next one. */
record ReadGeneration(
        ConfigurationImage image, List<Face> interfaces, List<ServiceFacts> services, List<ServerFacts> servers) {
    record Face(String name, List<String> addresses) {}

    record ServiceFacts(
            int number,
            String name,
            List<String> addresses,
            String protocol,
            int port,
            String forwarding,
            String algorithm,
            String weights,
            List<MemberView> members) {}

    record ServerFacts(int number, String name, List<String> addresses, List<String> tags) {}

    static ReadGeneration of(ConfigurationImage image) {
        Map<Integer, String> names = new HashMap<>();
        image.servers().forEach(s -> names.put(s.number(), s.name()));
        return new ReadGeneration(
                image,
                image.interfaces().stream()
                        .map(f -> new Face(
                                f.name(),
                                f.addresses().stream()
                                        .map(a -> Names.address(a.address()) + "/" + a.prefixLength())
                                        .toList()))
                        .toList(),
                image.services().stream().map(s -> service(s, names)).toList(),
                image.servers().stream()
                        .map(s -> new ServerFacts(
                                s.number(),
                                s.name(),
                                s.addresses().stream().map(Names::address).toList(),
                                s.tags()))
                        .toList());
    }

    private static ServiceFacts service(ConfigurationImage.Service s, Map<Integer, String> names) {
        return new ServiceFacts(
                s.number(),
                s.name(),
                s.addresses().stream().map(Names::address).toList(),
                Names.protocol(s.protocol()),
                s.port(),
                Names.forwarding(s.forwarding()),
                Names.algorithm(s.algorithm()),
                Names.weights(s.weights()),
                members(s, names));
    }

    /**
     * The members, each once: those of IPv4, then those that only IPv6 has. A server that stands in a service of both
     * families has the weight and the share of its IPv4 table; the tables of two families with the same servers are alike.
     */
    private static List<MemberView> members(ConfigurationImage.Service service, Map<Integer, String> names) {
        List<MemberView> views = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        for (Members members : List.of(service.ipv4(), service.ipv6())) {
            double[] shares = shares(members);
            for (int k = 0; k < members.members().size(); k++) {
                Member member = members.members().get(k);
                if (seen.add((long) member.server() << 16 | member.port())) {
                    views.add(new MemberView(
                            names.getOrDefault(member.server(), "#" + member.server()),
                            member.configuredWeight(),
                            weight(service, member),
                            shares[k],
                            member.port()));
                }
            }
        }
        return List.copyOf(views);
    }

    /** The weight in force in the file's units, to a hundredth. */
    static double weight(ConfigurationImage.Service service, Member member) {
        return Math.round(member.weight() * 100 / service.weightUnit()) / 100.0;
    }

    /** The share of the slots that each member has; an empty table gives nobody new connections. */
    static double[] shares(Members members) {
        int count = members.members().size();
        int[] found = new int[count];
        SelectionSlots slots = members.slots();
        for (int slot = 0; slot < slots.size(); slot++) {
            found[slots.member(slot)]++;
        }
        double[] shares = new double[count];
        for (int k = 0; k < count && slots.size() > 0; k++) {
            shares[k] = (double) found[k] / slots.size();
        }
        return shares;
    }
}
