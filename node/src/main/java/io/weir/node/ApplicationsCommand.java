package io.weir.node;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.ApplicationView;
import io.weir.memory.map.MemoryMapException;
import io.weir.node.text.Cells;
import io.weir.node.top.Sample;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir applications}: network applications, what they do, and why one was stopped. */
@Command(
        name = "applications",
        description = {
            "Lists the network applications of a node and says why one was stopped; with NAME, all that one counts.",
            "Reads the shared memory; works also while the node is stuck or dead."
        },
        mixinStandardHelpOptions = true)
final class ApplicationsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "an application")
    @Nullable
    private String application;

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (LiveNode live = LiveNode.attach(node.path())) {
            Sample sample = live.look();
            List<ApplicationView> applications = sample.now().applications();
            ApplicationView one = application == null ? null : find(applications, application);
            if (json) {
                out.println(Json.of(one == null ? applications : one));
            } else {
                out.println(notice(sample) + (one == null ? render(applications) : render(one)));
            }
            out.flush();
        } catch (MemoryMapException e) {
            throw new NodeException(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
        return ExitStatus.OK;
    }

    private static ApplicationView find(List<ApplicationView> applications, String name) {
        return applications.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NodeException(
                        ExitStatus.REFUSED,
                        "there is no application " + Cells.printable(name) + "; there are: "
                                + (applications.isEmpty()
                                        ? "none"
                                        : String.join(
                                                ", ",
                                                applications.stream()
                                                        .map(ApplicationView::name)
                                                        .toList()))));
    }

    private static String notice(Sample sample) {
        NodeSnapshot node = sample.now();
        return node.running()
                ? ""
                : "node " + Cells.printable(node.name()) + ": " + sample.life().text() + ", generation "
                        + node.generation() + "\n\n";
    }

    static String render(List<ApplicationView> applications) {
        if (applications.isEmpty()) {
            return "no applications";
        }
        TextTable table = new TextTable(
                "application", "type", "state", "processors", "packets", "drops", "ns/packet", "fallback", "reason");
        for (ApplicationView each : applications) {
            table.row(
                    each.name(),
                    each.type(),
                    state(each),
                    each.runningProcessors() + "/" + each.processors(),
                    each.packets(),
                    each.dropped(),
                    nanos(each),
                    each.fallback(),
                    each.reason());
        }
        return table.render().stripTrailing();
    }

    /** What is wrong is in capitals, as servers that are down. */
    private static String state(ApplicationView each) {
        return each.state().equals("stopped") ? "STOPPED" : each.state();
    }

    private static String nanos(ApplicationView each) {
        return each.nanosPerPacket() < 0 ? "-" : String.format(Locale.ROOT, "%,.0f", each.nanosPerPacket());
    }

    static String render(ApplicationView each) {
        StringBuilder text = new StringBuilder(render(List.of(each)));
        TextTable counts = new TextTable("counter", "total");
        each.counts().forEach(counts::row);
        text.append("\n\n").append(counts.render());
        section(text, "own counter", each.counters());
        section(text, "dropped for", each.drops());
        return text.toString().stripTrailing();
    }

    private static void section(StringBuilder text, String heading, Map<String, Long> values) {
        if (!values.isEmpty()) {
            TextTable table = new TextTable(heading, "total");
            values.forEach(table::row);
            text.append('\n').append(table.render());
        }
    }
}
