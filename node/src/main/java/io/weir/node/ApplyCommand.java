package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.management.model.GenerationView;
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

/** {@code weir apply FILE}. */
@Command(
        name = "apply",
        description = {
            "Changes the configuration of a running node without losing a packet; weir preview FILE says what would"
                    + " change.",
            "A configuration with a mistake changes nothing; exit status 2."
        },
        mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the new configuration")
    private Path file = Path.of("weir.yaml");

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws ConfigurationException, IOException {
        // Checked here first, so that messages name the file as the user did; the node checks again what it is given.
        ConfigurationLoader.load(file);
        NodeApi.Reply<GenerationView> reply = NodeApi.open(node.nodeName()).apply(file, Files.readString(file));
        var out = spec.commandLine().getOut();
        out.println(json ? reply.json() : GenerationText.of(reply.value()));
        out.flush();
        return ExitStatus.OK;
    }
}
