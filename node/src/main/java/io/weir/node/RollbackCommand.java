package io.weir.node;

import io.weir.management.model.GenerationView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir rollback [N]}. */
@Command(
        name = "rollback",
        description = {
            "Puts the configuration of an earlier generation in force again, as a new generation.",
            "weir generations lists them; established connections stay on their servers."
        },
        mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "N",
            arity = "0..1",
            defaultValue = "0",
            description = "number of the generation; by default the one before that in force")
    private long generation;

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (generation < 0) {
            throw new NodeException(ExitStatus.REFUSED, "generation " + generation + " is not 1 or more");
        }
        NodeApi.Reply<GenerationView> reply = NodeApi.open(node.nodeName()).rollback(generation);
        var out = spec.commandLine().getOut();
        out.println(json ? reply.json() : GenerationText.of(reply.value()));
        out.flush();
        return ExitStatus.OK;
    }
}
