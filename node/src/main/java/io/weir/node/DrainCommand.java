package io.weir.node;

import io.weir.management.model.GenerationView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.node.text.Cells;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir drain SERVER [--wait[=SECONDS]] [--undo]}. */
@Command(
        name = "drain",
        description = {
            "Takes a server out of service: it gets no new connections, established ones go on to their end.",
            "With --wait, ends when no connection is left on it; exit status 1 when some are after the given time."
        },
        mixinStandardHelpOptions = true)
final class DrainCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(500);

    @Parameters(paramLabel = "SERVER", description = "name of the server")
    private String server = "";

    @Option(
            names = "--wait",
            paramLabel = "[=TIME]",
            hideParamSyntax = true,
            arity = "0..1",
            preprocessor = AttachedOnly.class,
            description =
                    "wait until its last connection has ended; with =TIME (seconds, or such as 5m), no longer than"
                            + " that")
    private @Nullable String wait;

    @Option(names = "--undo", description = "give the server new connections again")
    private boolean undo;

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    /** The server was seen to be drained; a moment may pass until its status says so. */
    private boolean seen;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Takes the value of an option only when it hangs on it by an equals sign; what follows is the server's name. */
    static final class AttachedOnly implements IParameterPreprocessor {
        @Override
        public boolean preprocess(
                Stack<String> arguments, CommandSpec command, ArgSpec argument, Map<String, Object> info) {
            argument.setValue("=".equals(info.get("separator")) ? arguments.pop() : "");
            return true;
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        String time = wait;
        if (undo && time != null) {
            throw new NodeException(ExitStatus.REFUSED, "drain: --undo and --wait do not go together");
        }
        int limitMs = time == null || time.isEmpty() ? Integer.MAX_VALUE : IntervalText.milliseconds("--wait", time);
        NodeApi api = NodeApi.open(node.nodeName());
        NodeApi.Reply<GenerationView> reply = api.drain(server, !undo);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? reply.json() : GenerationText.of(reply.value()));
        out.flush();
        return time == null ? ExitStatus.OK : await(api, limitMs);
    }

    private int await(NodeApi api, int limitMs) throws InterruptedException {
        PrintWriter progress = spec.commandLine().getErr();
        boolean terminal = isTerminal(System.console());
        long begin = System.nanoTime();
        long shown = -1;
        while (true) {
            long left = live(api);
            long ms = (System.nanoTime() - begin) / 1_000_000;
            String text = left == 0
                    ? server + ": no connection is left after " + Cells.duration(ms)
                    : server + ": " + TextTable.number(left) + (left == 1 ? " connection" : " connections") + " left";
            boolean late = left > 0 && ms >= limitMs;
            if (terminal) {
                progress.print("\r" + text + "\033[K" + (left == 0 || late ? "\n" : ""));
            } else if (left != shown) {
                progress.println(text);
            }
            shown = left;
            if (late) {
                progress.println(server + ": still drained, but not empty after " + Cells.duration(ms));
            }
            progress.flush();
            if (left == 0 || late) {
                return left == 0 ? ExitStatus.OK : ExitStatus.FAILED;
            }
            Thread.sleep(LOOK);
        }
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    private long live(NodeApi api) {
        Optional<ServerView> found = api.servers().value().stream()
                .filter(s -> s.name().equals(server))
                .findFirst();
        if (found.isEmpty()) {
            throw new NodeException(
                    ExitStatus.FAILED, "server '" + server + "' was removed from the configuration meanwhile");
        }
        boolean draining = found.get().administration().equals("draining");
        if (seen && !draining) {
            throw new NodeException(ExitStatus.FAILED, "the drain of server '" + server + "' was ended meanwhile");
        }
        seen |= draining;
        return found.get().liveConnections();
    }
}
