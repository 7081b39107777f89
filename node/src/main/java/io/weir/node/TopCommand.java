package io.weir.node;

import io.weir.memory.map.MemoryMapException;
import io.weir.node.top.Line;
import io.weir.node.top.Look;
import io.weir.node.top.Sample;
import io.weir.node.top.TopFrame;
import io.weir.node.top.TopScreen;
import io.weir.node.top.TopState;
import io.weir.node.top.TopView;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir top}: a node in the terminal, live, from the shared memory. */
@Command(
        name = "top",
        description = {
            "Shows a node live in the terminal: servers with load and share, services, weights, interfaces, drops,"
                    + " processors.",
            "Reads the shared memory only; works also while the node is stuck or dead. Press ? for the keys."
        },
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
    private static final int FOR_EVER = 0;
    private static final int INTERACTIVE = -1;

    @Mixin
    private MapFinder node = new MapFinder();

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "time between two looks, such as 500ms or 2s (default: ${DEFAULT-VALUE})")
    private String interval = "1s";

    @Option(
            names = "--view",
            paramLabel = "VIEW",
            defaultValue = "servers",
            description = "what to list first: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private TopView view = TopView.SERVERS;

    @Option(names = "--filter", paramLabel = "TEXT", defaultValue = "", description = "list only what has this text")
    private String filter = "";

    @Option(
            names = {"-b", "--batch"},
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "0",
            description = "print N plain pictures instead, without N until ctrl-C; needs no terminal")
    private @Nullable Integer batch;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        int pictures = batch == null ? INTERACTIVE : batch;
        if (batch != null && batch < 0) {
            throw new NodeException(ExitStatus.REFUSED, "--batch: " + batch + " is not 0 (for ever) or more");
        }
        TopState state = TopState.of(view, IntervalText.milliseconds("--interval", interval))
                .filter(filter);
        try (LiveNode live = attach()) {
            return pictures == INTERACTIVE ? interactive(live, state) : print(live, state, pictures);
        }
    }

    private LiveNode attach() {
        try {
            return LiveNode.attach(node.path());
        } catch (MemoryMapException e) {
            throw new NodeException(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private static int interactive(LiveNode live, TopState state) throws IOException {
        String noColour = System.getenv("NO_COLOR");
        try (TopScreen screen = TopScreen.open(noColour == null || noColour.isEmpty())) {
            screen.run(state, live::look);
        } catch (TopScreen.NoTerminalException e) {
            throw new NodeException(
                    ExitStatus.REFUSED,
                    "top: " + e.getMessage() + " (--batch prints plain pictures, --batch 2 two of them)");
        }
        return ExitStatus.OK;
    }

    /** The first picture has no rates, as there is nothing to compare with; so one look comes before it. */
    private int print(LiveNode live, TopState state, int pictures) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Duration pause = Duration.ofMillis(state.intervalMs());
        live.look();
        for (int k = 0; (pictures == FOR_EVER || k < pictures) && !out.checkError(); k++) {
            Thread.sleep(pause);
            Sample sample = live.look();
            if (k > 0) {
                out.println();
            }
            for (Line line : TopFrame.plain(sample, state, new Look(false))) {
                out.println(line.text());
            }
            out.flush();
        }
        return ExitStatus.OK;
    }
}
