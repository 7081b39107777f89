package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.node.application.ApplicationLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir check FILE}. */
@Command(
        name = "check",
        description = "Says whether a configuration is right; exit status 2 when it is not.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the configuration")
    private Path file = Path.of("weir.yaml");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws ConfigurationException {
        NodeConfiguration c = ConfigurationLoader.load(file);
        ApplicationLoader.check(c, List.of());
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: ok: node %s, %d interfaces, %d services, %d servers, %d routes%s%n",
                        file,
                        c.name(),
                        c.interfaces().size(),
                        c.services().size(),
                        c.servers().size(),
                        c.routes().size(),
                        c.applications().isEmpty()
                                ? ""
                                : ", " + c.applications().size() + " applications");
        return ExitStatus.OK;
    }
}
