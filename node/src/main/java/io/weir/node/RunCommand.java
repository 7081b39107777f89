package io.weir.node;

import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.NodeConfiguration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir run -c FILE}. */
@Command(
        name = "run",
        description = {
            "Runs a node until SIGTERM or ctrl-C. SIGHUP reads the configuration again; a mistake in it changes nothing.",
            "Needs CAP_NET_RAW and CAP_NET_ADMIN for the interfaces, and CAP_BPF for those on AF_XDP."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--configuration"},
            paramLabel = "FILE",
            defaultValue = "weir.yaml",
            description = "the configuration (default: ${DEFAULT-VALUE})")
    private Path file = Path.of("weir.yaml");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        ConfigurationLoader.Loaded loaded = ConfigurationLoader.loadWithText(file);
        NodeConfiguration configuration = loaded.configuration();
        Node node = Node.start(configuration, loaded.text(), "start " + file);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        Signals.on("HUP", () -> node.reload(file));
        out.printf(
                "weir: node %s ready: %d interfaces, %d switching processors, %d services (map %s)%n",
                configuration.name(),
                configuration.interfaces().size(),
                configuration.processors().switching().size(),
                configuration.services().size(),
                configuration.memory().file());
        out.flush();
        node.await();
        return ExitStatus.OK;
    }
}
