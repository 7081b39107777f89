package io.weir.node;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.LoadView;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import io.weir.memory.map.MemoryMapException;
import io.weir.node.text.Cells;
import io.weir.node.top.Sample;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir servers}: servers with health, load, weights and connections. */
@Command(
        name = "servers",
        description = {
            "Lists the servers of a node with health, load, weights, connections and what clients met.",
            "Reads the shared memory; works also while the node is stuck or dead."
        },
        mixinStandardHelpOptions = true)
final class ServersCommand implements Callable<Integer> {
    /** Services named in a line; of others only the number is said. */
    private static final int SERVICES_SHOWN = 3;

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--watch", description = "show again every second, with new connections per second, until ctrl-C")
    private boolean watch;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (LiveNode live = LiveNode.attach(node.path())) {
            Sample sample = live.look();
            if (json) {
                out.println(Json.of(sample.now().servers()));
                out.flush();
                return ExitStatus.OK;
            }
            out.println(render(sample, false));
            out.flush();
            while (watch && !out.checkError()) {
                Thread.sleep(Duration.ofSeconds(1));
                sample = live.look();
                out.println("\033[H\033[2J" + render(sample, true));
                out.flush();
            }
        } catch (MemoryMapException e) {
            throw new NodeException(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
        return ExitStatus.OK;
    }

    /** The listing; with rates when there was an earlier look. */
    static String render(Sample sample, boolean rates) {
        NodeSnapshot node = sample.now();
        StringBuilder text = new StringBuilder();
        if (rates || !node.running()) {
            text.append("node ")
                    .append(Cells.printable(node.name()))
                    .append(": ")
                    .append(sample.life().text())
                    .append(", generation ")
                    .append(node.generation())
                    .append("\n\n");
        }
        if (node.servers().isEmpty()) {
            return text.append("no servers").toString();
        }
        List<String> headings = new ArrayList<>(List.of("server", "addresses", "health", "services: weight share"));
        headings.add("live");
        headings.add(rates ? "new/s" : "total");
        headings.addAll(List.of("load", "cpu", "memory", "clients", "exec ms", "req/s", "source", "age s"));
        headings.addAll(List.of("p50 µs", "p99 µs", "refused", "resets", "SYN again", "message"));
        TextTable table = new TextTable(headings.toArray(String[]::new));
        Map<String, List<String>> services = services(node);
        for (ServerView s : node.servers()) {
            LoadView load = s.load();
            table.row(
                    s.name(),
                    String.join(" ", s.addresses()),
                    health(s),
                    shown(services.getOrDefault(s.name(), List.of())),
                    s.liveConnections(),
                    rates
                            ? Cells.compact(sample.server(s, ServerView::openedConnections))
                            : TextTable.number(s.openedConnections()),
                    metric(load == null ? -1 : load.index(), "%.2f"),
                    metric(load == null ? -1 : 100 * load.cpu(), "%.0f %%"),
                    metric(load == null ? -1 : 100 * load.memory(), "%.0f %%"),
                    metric(load == null ? -1 : load.clients(), "%.0f"),
                    metric(load == null ? -1 : load.executionMs(), "%.1f"),
                    metric(load == null ? -1 : load.requestsPerSecond(), "%.1f"),
                    source(load),
                    metric(load == null ? -1 : load.ageMs() / 1000.0, "%.1f"),
                    metric((double) s.handshakeP50Micros(), "%,.0f"),
                    metric((double) s.handshakeP99Micros(), "%,.0f"),
                    s.refused(),
                    s.resets(),
                    s.retransmittedSyns(),
                    s.healthMessage());
        }
        return text.append(table.render().stripTrailing()).toString();
    }

    private static String health(ServerView server) {
        String health = server.health().equals("down") ? "DOWN" : server.health();
        return server.administration().equals("draining") ? health + " draining" : health;
    }

    private static String source(@Nullable LoadView load) {
        return load == null ? "-" : load.stale() ? load.source() + " STALE" : load.source();
    }

    private static String metric(double value, String format) {
        return value < 0 ? "-" : String.format(Locale.ROOT, format, value);
    }

    /** By server: each service it is in, with the weight that counts and its share. */
    private static Map<String, List<String>> services(NodeSnapshot node) {
        Map<String, List<String>> services = new HashMap<>();
        for (ServiceView service : node.services()) {
            for (MemberView member : service.members()) {
                services.computeIfAbsent(member.server(), k -> new ArrayList<>())
                        .add(service.name() + ": " + weight(member.configuredWeight(), member.weight()) + " "
                                + Cells.percent(member.share()));
            }
        }
        return services;
    }

    /** {@code 100}, or {@code 100→60.5} when the master chose another than is configured. */
    static String weight(int configured, double chosen) {
        return configured == chosen ? String.valueOf(configured) : configured + "→" + Cells.decimal(chosen);
    }

    private static String shown(List<String> services) {
        if (services.size() <= SERVICES_SHOWN) {
            return String.join(", ", services);
        }
        return String.join(", ", services.subList(0, SERVICES_SHOWN)) + ", and " + (services.size() - SERVICES_SHOWN)
                + " more";
    }
}
