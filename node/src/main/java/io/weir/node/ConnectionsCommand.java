package io.weir.node;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.connection.ConnectionEntry;
import io.weir.memory.connection.ConnectionReader;
import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir connections}: the connection table. */
@Command(
        name = "connections",
        description = "Lists the connections a node keeps, a line for each direction it switches.",
        mixinStandardHelpOptions = true)
final class ConnectionsCommand implements Callable<Integer> {
    @Mixin
    private MapFinder node = new MapFinder();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "show at most N (default: ${DEFAULT-VALUE})")
    private int limit;

    @Option(names = "--service", paramLabel = "NAME", description = "only of this service")
    private @Nullable String service;

    @Option(names = "--server", paramLabel = "NAME", description = "only of this server")
    private @Nullable String server;

    @Option(names = "--replies", description = "also show the entries of the way back")
    private boolean replies;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** A record in the listing. */
    record Connection(
            String protocol,
            String state,
            String direction,
            String source,
            String destination,
            String translated,
            String service,
            String server,
            String egress,
            long idleMs,
            long packets,
            long bytes) {}

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        try (NodeMemory memory = node.attach()) {
            List<Connection> connections = new ArrayList<>();
            long more = 0;
            ConfigurationImage configuration = memory.configuration();
            int now = memory.map().nowMs();
            for (ConnectionTable table : List.of(memory.connections4(), memory.connections6())) {
                ConnectionReader reader = new ConnectionReader(table);
                while (reader.next(now)) {
                    Connection connection = describe(configuration, reader.entry());
                    if (!wanted(connection)) {
                        continue;
                    }
                    if (connections.size() < limit) {
                        connections.add(connection);
                    } else {
                        more++;
                    }
                }
            }
            out.println(json ? Json.of(connections) : render(connections, more));
            out.flush();
        }
        return ExitStatus.OK;
    }

    private boolean wanted(Connection connection) {
        return (replies || !connection.direction().equals("reply"))
                && (service == null || service.equals(connection.service()))
                && (server == null || server.equals(connection.server()));
    }

    private static Connection describe(ConfigurationImage configuration, ConnectionEntry e) {
        return new Connection(
                Names.protocol(e.protocol()),
                ConnectionState.nameOf(e.state()),
                e.kind() == ConnectionTable.REVERSE ? "reply" : e.kind() == ConnectionTable.DIRECT ? "direct" : "nat",
                Names.endpoint(Names.address(e.source()), e.sourcePort()),
                Names.endpoint(Names.address(e.destination()), e.destinationPort()),
                e.kind() == ConnectionTable.DIRECT ? "-" : Names.endpoint(Names.address(e.newAddress()), e.newPort()),
                e.service() == 0 ? "-" : Names.service(configuration, e.service()),
                e.server() == 0 ? "-" : Names.server(configuration, e.server()),
                Names.face(configuration, e.egress()),
                e.idleMs(),
                e.packets(),
                e.bytes());
    }

    private static String render(List<Connection> connections, long more) {
        if (connections.isEmpty()) {
            return "no connections";
        }
        TextTable table = new TextTable(
                "proto",
                "state",
                "kind",
                "source",
                "destination",
                "translated",
                "service",
                "server",
                "egress",
                "idle s",
                "packets",
                "bytes");
        for (Connection c : connections) {
            table.row(
                    c.protocol(),
                    c.state(),
                    c.direction(),
                    c.source(),
                    c.destination(),
                    c.translated(),
                    c.service(),
                    c.server(),
                    c.egress(),
                    String.format(java.util.Locale.ROOT, "%.1f", c.idleMs() / 1000.0),
                    c.packets(),
                    c.bytes());
        }
        return table.render().stripTrailing() + (more > 0 ? "\n... and " + more + " more (--limit)" : "");
    }
}
