package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.memory.map.MemoryMapException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code weir} command line. */
@Command(
        name = "weir",
        description = "A load-balancing packet switch in user space.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            ApplyCommand.class,
            PreviewCommand.class,
            RollbackCommand.class,
            GenerationsCommand.class,
            DrainCommand.class,
            WeightCommand.class,
            StatCommand.class,
            TopCommand.class,
            DashboardCommand.class,
            ServicesCommand.class,
            ServersCommand.class,
            ConnectionsCommand.class,
            InterfacesCommand.class,
            ApplicationsCommand.class,
            AgentCommand.class,
            ResourceManagerCommand.class,
            ReplayCommand.class,
            DemoCommand.class,
            BenchCommand.class,
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /** Runs a command; the exit status is 0, 1 (failed), 2 (refused: usage or configuration) or 3 (something is missing). */
    public static void main(String[] arguments) {
        // One line per message on standard error: time, level, text.
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n");
        int status = commandLine().execute(arguments);
        // A running node keeps threads of its own; it ends in RunCommand.
        System.exit(status);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((e, command, parsed) -> explain(e, command.getErr()));
        return line;
    }

    private static int explain(Exception e, PrintWriter err) {
        return switch (e) {
            case ConfigurationException c -> {
                err.println(c.getMessage());
                yield ExitStatus.REFUSED;
            }
            case ConfigurationRefusedException c -> {
                err.println("weir: " + c.getMessage());
                yield ExitStatus.REFUSED;
            }
            case NodeException n -> {
                err.println("weir: " + n.getMessage());
                yield n.exitStatus();
            }
            case MemoryMapException m -> {
                err.println("weir: " + m.getMessage());
                yield ExitStatus.UNAVAILABLE;
            }
            case io.weir.linux.LinuxException l -> {
                err.println("weir: " + l.getMessage());
                yield ExitStatus.UNAVAILABLE;
            }
            default -> {
                err.println("weir: " + e);
                e.printStackTrace(err);
                yield ExitStatus.FAILED;
            }
        };
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"weir " + (version == null ? "development" : version)};
        }
    }
}
