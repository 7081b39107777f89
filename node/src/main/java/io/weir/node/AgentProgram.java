package io.weir.node;

import picocli.CommandLine;

/**
 * {@code weir agent} as a program of its own, which the launcher starts with the options of a small virtual machine: the
 * other commands, and what they need, are never loaded.
 */
final class AgentProgram {
    private AgentProgram() {}

    /** The arguments of {@code weir agent}; the exit status is that of {@link Main}. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new AgentCommand());
        line.setCommandName("weir agent");
        return line;
    }
}
