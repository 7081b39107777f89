package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.management.model.GenerationView.MoveView;
import io.weir.management.model.Preview;
import io.weir.node.text.Cells;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir preview FILE}: what {@code weir apply FILE} would do. */
@Command(
        name = "preview",
        description = {
            "Says what weir apply FILE would change: services and servers, which share of each service's hash space",
            "would move to other servers, and which live connections would be given another server if they were new.",
            "Changes nothing."
        },
        mixinStandardHelpOptions = true)
final class PreviewCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the configuration")
    private Path file = Path.of("weir.yaml");

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws ConfigurationException, IOException {
        // Checked here first, so that messages name the file as the user did.
        ConfigurationLoader.load(file);
        NodeApi.Reply<Preview> reply = NodeApi.open(node.nodeName()).preview(file, Files.readString(file));
        var out = spec.commandLine().getOut();
        out.println(json ? reply.json() : render(file.toString(), reply.value()));
        out.flush();
        return ExitStatus.OK;
    }

    static String render(String file, Preview preview) {
        StringBuilder text = new StringBuilder();
        if (preview.changes().isEmpty()) {
            text.append(file).append(" would change nothing.\n");
        } else {
            text.append(file).append(" would change:\n");
            preview.changes()
                    .forEach(line ->
                            text.append("  ").append(Cells.printable(line)).append('\n'));
        }
        TextTable moves = new TextTable("service", "family", "hash space that moves");
        for (MoveView move : preview.moves()) {
            moves.row(move.service(), "IPv" + move.family(), Cells.percent(move.share()));
        }
        if (!moves.isEmpty()) {
            text.append('\n').append(moves.render());
        }
        text.append('\n')
                .append(TextTable.number(preview.liveConnections()))
                .append(" live connections, of which ")
                .append(TextTable.number(preview.movedConnections()))
                .append(" would be given another server if they were new (they stay where they are) and ")
                .append(TextTable.number(preview.endedConnections()))
                .append(" would be reset.\n");
        TextTable examples = new TextTable("client", "service", "is on", "would be on");
        for (Preview.MovedConnection moved : preview.examples()) {
            examples.row(moved.client(), moved.service(), moved.from(), moved.to());
        }
        if (!examples.isEmpty()) {
            text.append('\n').append(examples.render());
            long more = preview.movedConnections() - preview.examples().size();
            text.append(more > 0 ? "... and " + TextTable.number(more) + " more\n" : "");
        }
        return text.append("\nNothing was changed.").toString();
    }
}
