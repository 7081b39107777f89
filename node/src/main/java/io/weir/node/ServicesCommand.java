package io.weir.node;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.CountersReader;
import io.weir.node.text.Cells;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir services}: services, their servers, weights and connections. */
@Command(
        name = "services",
        description = "Lists the services of a node with their servers, weights and connections.",
        mixinStandardHelpOptions = true)
final class ServicesCommand implements Callable<Integer> {
    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** A service in the listing. */
    record Service(
            int number,
            String name,
            List<String> addresses,
            String protocol,
            int port,
            String forwarding,
            String algorithm,
            String weights,
            long connections,
            long total,
            List<Member> servers) {}

    /**
     * A server of a service; connections are those of the server over all its services. The weight is the one in force,
     * which the master may have chosen; the share is that of new connections, 0..1.
     */
    record Member(
            int number,
            String name,
            List<String> addresses,
            int configuredWeight,
            double weight,
            double share,
            long connections,
            long total) {}

    @Override
    public Integer call() {
        try (NodeMemory memory = node.attach()) {
            List<Service> services = read(memory);
            var out = spec.commandLine().getOut();
            out.println(json ? Json.of(services) : render(services));
            out.flush();
        }
        return ExitStatus.OK;
    }

    private static List<Service> read(NodeMemory memory) {
        ConfigurationImage configuration = memory.configuration();
        CountersReader counters = memory.countersReader();
        Map<Integer, String> names = new HashMap<>();
        configuration.servers().forEach(s -> names.put(s.number(), s.name()));
        List<Service> services = new ArrayList<>();
        for (ConfigurationImage.Service service : configuration.services()) {
            Map<Integer, List<ConfigurationImage.Member>> byServer = new LinkedHashMap<>();
            Map<Integer, Double> shares = new HashMap<>();
            for (ConfigurationImage.Members family : List.of(service.ipv4(), service.ipv6())) {
                double[] share = ReadGeneration.shares(family);
                Map<Integer, Double> here = new HashMap<>();
                for (int k = 0; k < share.length; k++) {
                    ConfigurationImage.Member member = family.members().get(k);
                    byServer.computeIfAbsent(member.server(), n -> new ArrayList<>())
                            .add(member);
                    here.merge(member.server(), share[k], Double::sum);
                }
                // A server of both families has about the same share in either.
                here.forEach(shares::putIfAbsent);
            }
            List<Member> servers = new ArrayList<>();
            byServer.forEach((number, members) -> servers.add(new Member(
                    number,
                    names.getOrDefault(number, "#" + number),
                    members.stream()
                            .map(m -> m.address().application() != 0
                                    ? "application"
                                    : Names.endpoint(Names.address(m.address()), m.port()))
                            .distinct()
                            .toList(),
                    members.getFirst().configuredWeight(),
                    ReadGeneration.weight(service, members.getFirst()),
                    shares.getOrDefault(number, 0.0),
                    counters.serverLive(number),
                    counters.serverOpened(number))));
            services.add(new Service(
                    service.number(),
                    service.name(),
                    service.addresses().stream().map(Names::address).toList(),
                    Names.protocol(service.protocol()),
                    service.port(),
                    Names.forwarding(service.forwarding()),
                    Names.algorithm(service.algorithm()),
                    Names.weights(service.weights()),
                    counters.serviceLive(service.number()),
                    counters.serviceOpened(service.number()),
                    servers));
        }
        return services;
    }

    private static String render(List<Service> services) {
        if (services.isEmpty()) {
            return "no services";
        }
        TextTable table = new TextTable(
                "service",
                "protocol",
                "address",
                "forwarding",
                "algorithm",
                "server",
                "weight",
                "share",
                "live",
                "total");
        for (Service service : services) {
            String port = service.port() == 0 ? "any" : String.valueOf(service.port());
            table.row(
                    service.name(),
                    service.protocol() + "/" + port,
                    String.join(" ", service.addresses()),
                    service.forwarding(),
                    service.algorithm() + (service.weights().equals("static") ? "" : ", " + service.weights()),
                    "",
                    "",
                    "",
                    service.connections(),
                    service.total());
            for (Member server : service.servers()) {
                table.row(
                        "",
                        "",
                        "  " + String.join(" ", server.addresses()),
                        "",
                        "",
                        server.name(),
                        ServersCommand.weight(server.configuredWeight(), server.weight()),
                        Cells.percent(server.share()),
                        server.connections(),
                        server.total());
            }
        }
        return table.render().stripTrailing();
    }
}
