package io.weir.node;

import io.weir.management.model.GenerationView;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code weir generations}: the history of the configuration. */
@Command(
        name = "generations",
        description = {
            "Lists the generations of a node's configuration, newest first: when and why each came into force, what"
                    + " changed.",
            "weir rollback N goes back to one of them."
        },
        mixinStandardHelpOptions = true)
final class GenerationsCommand implements Callable<Integer> {
    private static final int SHOWN = 20;
    /** Changes of a generation that are listed; of the rest, the number. */
    private static final int CHANGES_SHOWN = 5;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "show the newest N (default: " + SHOWN + "; with --json all)")
    private @Nullable Integer limit;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (limit != null && limit < 1) {
            throw new NodeException(ExitStatus.REFUSED, "--limit: " + limit + " is not 1 or more");
        }
        NodeApi.Reply<List<GenerationView>> reply =
                NodeApi.open(node.nodeName()).generations();
        var out = spec.commandLine().getOut();
        out.println(json ? json(reply.json()) : render(reply.value(), limit == null ? SHOWN : limit));
        out.flush();
        return ExitStatus.OK;
    }

    private String json(String answer) {
        if (limit == null) {
            return answer;
        }
        JsonMapper mapper = JsonMapper.shared();
        List<JsonNode> newest =
                mapper.readTree(answer).valueStream().limit(limit).toList();
        return mapper.writeValueAsString(newest);
    }

    static String render(List<GenerationView> generations, int limit) {
        if (generations.isEmpty()) {
            return "no generations";
        }
        TextTable table = new TextTable("generation", "", "since", "cause", "changes", "hash space that moves");
        for (GenerationView g : generations.subList(0, Math.min(limit, generations.size()))) {
            List<String> changes = g.changes();
            table.row(
                    g.number(),
                    g.active() ? "in force" : "",
                    g.epochMs() == 0
                            ? "-"
                            : TIME.format(Instant.ofEpochMilli(g.epochMs()).atZone(ZoneId.systemDefault())),
                    g.cause(),
                    changes.isEmpty() ? "none" : changes.getFirst(),
                    GenerationText.moves(g.moves()));
            for (int k = 1; k < Math.min(CHANGES_SHOWN, changes.size()); k++) {
                table.row("", "", "", "", changes.get(k), "");
            }
            if (changes.size() > CHANGES_SHOWN) {
                table.row("", "", "", "", "and " + (changes.size() - CHANGES_SHOWN) + " more", "");
            }
        }
        int more = generations.size() - limit;
        return table.render().stripTrailing() + (more > 0 ? "\n... and " + more + " more (--limit)" : "");
    }
}
