package io.weir.node;

import io.weir.management.model.GenerationView;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir weight SERVICE SERVER N|--clear}. */
@Command(
        name = "weight",
        description = {
            "Sets the weight of a server in a service by hand. It stays, whatever files and load reports say, until it"
                    + " is cleared.",
            "Weight 0 gives the server no new connections; established ones stay."
        },
        mixinStandardHelpOptions = true)
final class WeightCommand implements Callable<Integer> {
    private static final int MOST = 65_535;

    @Parameters(index = "0", paramLabel = "SERVICE", description = "name of the service")
    private String service = "";

    @Parameters(index = "1", paramLabel = "SERVER", description = "name of the server")
    private String server = "";

    @Parameters(index = "2", paramLabel = "N", arity = "0..1", description = "the weight, 0.." + MOST)
    private @Nullable Integer weight;

    @Option(names = "--clear", description = "leave the weight to the configuration and the load again")
    private boolean clear;

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Integer wanted = weight;
        if (clear == (wanted != null)) {
            throw new NodeException(ExitStatus.REFUSED, "weight: give either a weight or --clear");
        }
        if (wanted != null && (wanted < 0 || wanted > MOST)) {
            throw new NodeException(ExitStatus.REFUSED, "weight: " + wanted + " is not in 0.." + MOST);
        }
        NodeApi api = NodeApi.open(node.nodeName());
        NodeApi.Reply<GenerationView> reply =
                wanted == null ? api.clearWeight(service, server) : api.setWeight(service, server, wanted);
        var out = spec.commandLine().getOut();
        out.println(json ? reply.json() : GenerationText.of(reply.value()));
        out.flush();
        return ExitStatus.OK;
    }
}
