package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir apply FILE}. */
@Command(
        name = "apply",
        description = {
            "Changes the configuration of a running node without losing a packet.",
            "A configuration with a mistake changes nothing; exit status 2."
        },
        mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the new configuration")
    private Path file = Path.of("weir.yaml");

    @Mixin
    private MapFinder node = new MapFinder();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws ConfigurationException, IOException {
        // Checked here first, so that messages name the file as the user did; the node checks again what it is given.
        ConfigurationLoader.load(file);
        AdminServer.Answer answer = AdminClient.call(node.nodeName(), "apply", file + "\n" + Files.readString(file));
        PrintWriter out = answer.status() == ExitStatus.OK
                ? spec.commandLine().getOut()
                : spec.commandLine().getErr();
        out.println(answer.text());
        out.flush();
        return answer.status();
    }
}
