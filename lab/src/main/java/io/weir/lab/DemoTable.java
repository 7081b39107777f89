package io.weir.lab;

import java.io.Console;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** The table of servers: on a terminal redrawn in place while the demo looks on, otherwise printed at the end of a step. */
final class DemoTable {
    private static final long DRAW_NS = 250_000_000L;
    private static final int BAR = 16;

    private final PrintStream out;
    private final ToLongFunction<String> udp;
    private final boolean terminal = isTerminal();
    private int drawn;
    private long nextNs = System.nanoTime();

    /**
     * @param out where it is printed
     * @param udp answers to UDP requests by a server so far
     */
    DemoTable(PrintStream out, ToLongFunction<String> udp) {
        this.out = out;
        this.udp = udp;
    }

    /** Draws over the table before, on a terminal and not too often. */
    void draw(List<NodeWindow.ServerState> servers) {
        if (terminal && System.nanoTime() - nextNs >= 0) {
            print(servers);
            nextNs = System.nanoTime() + DRAW_NS;
        }
    }

    /** The last table of a step; what is printed after it stays below it. */
    void end(List<NodeWindow.ServerState> servers) {
        print(servers);
        drawn = 0;
    }

    /** Something else is printed now: the next table stands below it. */
    void forget() {
        drawn = 0;
    }

    private void print(List<NodeWindow.ServerState> servers) {
        String text = text(servers);
        if (terminal) {
            String up = drawn == 0 ? "" : "\033[" + drawn + "A";
            out.print(up + text.replace("\n", "\033[K\n"));
            drawn = servers.size() + 1;
        } else {
            out.print(text);
        }
        out.flush();
    }

    private String text(List<NodeWindow.ServerState> servers) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "    %-7s%-9s %6s %6s  %-" + (BAR + 6) + "s %5s %7s %6s%n",
                "server",
                "health",
                "weight",
                "share",
                "load",
                "live",
                "opened",
                "UDP"));
        for (NodeWindow.ServerState s : servers) {
            text.append(String.format(
                    Locale.ROOT,
                    "    %-7s%-9s %6.2f %5.1f%%  %s %5d %7d %6d%n",
                    s.name(),
                    s.health(),
                    s.weight(),
                    100 * s.share(),
                    bar(s.load()),
                    s.live(),
                    s.opened(),
                    udp.applyAsLong(s.name())));
        }
        return text.toString();
    }

    private static String bar(double load) {
        if (load < 0) {
            return " ".repeat(BAR) + "     -";
        }
        int full = Math.clamp(Math.round(load * BAR), 0, BAR);
        return "#".repeat(full) + ".".repeat(BAR - full) + String.format(Locale.ROOT, " %4.0f%%", 100 * load);
    }

    /** Without a terminal System.console() is null or not a terminal, depending on the JDK. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
