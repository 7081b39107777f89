package io.weir.node;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** The command line with the commands under test, whether {@link Main} lists them or not; also as a program. */
final class AllCommands {
    private AllCommands() {}

    /** What a command did. */
    record Result(int status, String out, String err) {}

    static CommandLine commandLine() {
        CommandLine line = Main.commandLine();
        Map<String, Object> commands = new LinkedHashMap<>();
        commands.put("top", new TopCommand());
        commands.put("servers", new ServersCommand());
        commands.put("generations", new GenerationsCommand());
        commands.put("preview", new PreviewCommand());
        commands.put("rollback", new RollbackCommand());
        commands.put("drain", new DrainCommand());
        commands.put("weight", new WeightCommand());
        commands.put("dashboard", new DashboardCommand());
        commands.forEach((name, command) -> {
            if (!line.getSubcommands().containsKey(name)) {
                line.addSubcommand(name, command);
            }
        });
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(Main.commandLine().getExecutionExceptionHandler());
        return line;
    }

    static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int status = line.execute(arguments);
        return new Result(status, out.toString(), err.toString());
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }
}
