package io.weir.node.top;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.ProcessorView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import io.weir.node.text.Cells;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One picture: lines that fit the screen, at most as many as it has rows. A pure function.
 *
 * @param lines from top to bottom
 * @param state the given one, held within what the table has
 */
public record TopFrame(List<Line> lines, TopState state) {
    /** Below this many rows, parts of the header give way to the list. */
    private static final int SMALL_ROWS = 14;

    private static final int TINY_ROWS = 7;
    private static final String GAP = "  ";

    private static final List<String> HELP = List.of(
            "1-7 or s v w i d p g   choose what is listed; also Tab, left and right",
            "< >   sort by the column before or after        r   reverse",
            "/     list only what has a text; Enter keeps it, Esc clears it",
            "up down, j k, PgUp PgDn, Home End   scroll",
            "space   stand still        + -   look less or more often",
            "q or ctrl-C   quit        any key ends this help",
            "",
            "index   load index that the master makes of a report: 1 is fully loaded",
            "share   of new connections; of a server in several services: the mean over services",
            "weight  chosen by the master / configured",
            "p50 p99   SYN to SYN-ACK; SYN again: SYNs that clients had to repeat",
            "Numbers with /s are per second since the last look; - is unknown");

    public TopFrame {
        lines = List.copyOf(lines);
    }

    /** The picture for a screen. */
    public static TopFrame of(Sample sample, TopState state, int rows, int columns, Look look) {
        int width = Math.max(1, columns);
        Table table = new TopTables(sample, look).of(state.view()).filtered(state.filter());
        List<Line> lines = new ArrayList<>(header(sample, rows, width));
        if (rows >= TINY_ROWS) {
            lines.add(tabs(state, width));
        }
        int body = Math.max(1, rows - lines.size() - 2);
        TopState inside = state.within(table.columns().size(), table.rows().size(), body);
        if (state.mode() == TopState.Mode.HELP) {
            HELP.stream()
                    .limit(body + 1)
                    .forEach(text -> lines.add(Line.of(text, Tone.PLAIN).fit(width, Tone.PLAIN)));
        } else {
            list(lines, sample, table, inside, body, width, look);
        }
        int until = Math.max(0, rows - 1);
        while (lines.size() < until) {
            lines.add(Line.EMPTY);
        }
        lines.subList(Math.min(until, lines.size()), lines.size()).clear();
        if (rows > 0) {
            lines.add(footer(inside, table.rows().size(), body, width));
        }
        return new TopFrame(lines, inside);
    }

    /** The picture on paper: everything there is, in its natural width, without keys. */
    public static List<Line> plain(Sample sample, TopState state, Look look) {
        int width = 4096;
        Table table = new TopTables(sample, look).of(state.view()).filtered(state.filter());
        List<Line> lines = new ArrayList<>(header(sample, SMALL_ROWS, width));
        lines.add(Line.EMPTY);
        TopState inside = state.within(
                table.columns().size(), table.rows().size(), table.rows().size());
        list(lines, sample, table, inside, table.rows().size(), width, look);
        return lines;
    }

    private static void list(
            List<Line> lines, Sample sample, Table table, TopState state, int body, int width, Look look) {
        TopState.Sort sort = state.sort();
        Table sorted = table.sorted(sort.column(), sort.reversed());
        boolean descending =
                sort.column() >= 0 && table.columns().get(sort.column()).right() != sort.reversed();
        Layout layout = new Layout(sorted, width, sort.column(), descending ? look.descending() : look.ascending());
        lines.add(layout.heading());
        sorted.rows().stream().skip(state.offset()).limit(body).forEach(row -> lines.add(layout.row(row)));
        if (sorted.rows().isEmpty()) {
            lines.add(Line.of(nothing(sample, state), Tone.FAINT).fit(width, Tone.PLAIN));
        }
    }

    private static String nothing(Sample sample, TopState state) {
        if (!state.filter().isEmpty()) {
            return "nothing here has '" + state.filter() + "'";
        }
        if (sample.now().generation() == 0) {
            return "no configuration is in force yet";
        }
        return state.view() == TopView.DROPS
                ? "nothing was dropped"
                : "no " + state.view().title();
    }

    private static List<Line> header(Sample sample, int rows, int width) {
        NodeSnapshot node = sample.now();
        boolean lives = sample.life().state() == Life.State.RUNNING;
        Line first = new Flow(width)
                .add(Cells.printable(node.name()), Tone.STRONG)
                .add(sample.life().text(), lives ? Tone.GOOD : Tone.BAD)
                .add(rows < SMALL_ROWS ? "generation " + node.generation() : "pid " + node.processId(), Tone.PLAIN)
                .add("up " + Cells.duration(node.uptimeMs()), Tone.PLAIN)
                .add(processors(node), Tone.PLAIN)
                .line();
        long live =
                node.services().stream().mapToLong(ServiceView::liveConnections).sum();
        double drops = sample.counter("packets-dropped");
        long free = node.buffers() == 0 ? 0 : 100 * node.freeBuffers() / node.buffers();
        Line rates = new Flow(width)
                .add("packets/s " + Cells.compact(sample.counter("packets-received")), Tone.PLAIN)
                .add("connections/s " + Cells.compact(connections(sample)), Tone.PLAIN)
                .add("drops/s " + Cells.compact(drops), drops > 0 ? Tone.WARNING : Tone.PLAIN)
                .add("live " + Cells.compact(live), Tone.PLAIN)
                .add(
                        "buffers " + free + " % free",
                        node.freeBuffers() * 10 < node.buffers() ? Tone.WARNING : Tone.PLAIN)
                .line();
        if (rows < TINY_ROWS) {
            return rows < 4 ? List.of() : List.of(first);
        }
        if (rows < SMALL_ROWS) {
            return List.of(first, rates);
        }
        String cause = node.cause().isEmpty() ? "" : ": " + Cells.printable(node.cause());
        long age = node.takenAtEpochMs() - node.generationEpochMs();
        Line generation = new Flow(width)
                .add("generation " + node.generation() + cause, Tone.PLAIN)
                .add(node.generationEpochMs() == 0 ? "" : Cells.duration(age) + " ago", Tone.FAINT)
                .line();
        return List.of(first, generation, rates);
    }

    private static double connections(Sample sample) {
        double sum = 0;
        boolean known = false;
        for (ServiceView service : sample.now().services()) {
            double rate = sample.service(service, ServiceView::openedConnections);
            if (!Double.isNaN(rate)) {
                sum += rate;
                known = true;
            }
        }
        return known ? sum : Double.NaN;
    }

    private static String processors(NodeSnapshot node) {
        long running = node.processors().stream().filter(ProcessorView::running).count();
        return running + "/" + node.processors().size() + " processors";
    }

    private static Line tabs(TopState state, int width) {
        Line wide = Line.EMPTY;
        Line narrow = Line.EMPTY;
        int cells = 0;
        for (TopView view : TopView.values()) {
            boolean chosen = view == state.view();
            String text = view.number() + " " + view.title() + " ";
            cells += text.length();
            wide = wide.with(text, chosen ? Tone.CHOSEN : Tone.PLAIN);
            narrow = narrow.with(chosen ? text : view.number() + " ", chosen ? Tone.CHOSEN : Tone.PLAIN);
        }
        return (cells <= width ? wide : narrow).fit(width, Tone.PLAIN);
    }

    private static Line footer(TopState state, int rows, int body, int width) {
        Flow flow = new Flow(width);
        if (state.mode() == TopState.Mode.FILTERING) {
            flow.add("filter: " + Cells.printable(state.filter()) + "_", Tone.STRONG);
        } else if (!state.filter().isEmpty()) {
            flow.add("filter '" + Cells.printable(state.filter()) + "', Esc clears it", Tone.STRONG);
        }
        if (state.paused()) {
            flow.add("PAUSED", Tone.WARNING);
        }
        if (rows > body) {
            flow.add(state.offset() + 1 + "-" + Math.min(rows, state.offset() + body) + " of " + rows, Tone.PLAIN);
        }
        return flow.add("? help", Tone.FAINT)
                .add("q quit", Tone.FAINT)
                .add(String.format(Locale.ROOT, "every %.1f s", state.intervalMs() / 1000.0), Tone.FAINT)
                .add("/ filter", Tone.FAINT)
                .add("< > sort", Tone.FAINT)
                .add("space pause", Tone.FAINT)
                .line();
    }

    /** Pieces on one line for as long as they fit; the first is cut when it does not. */
    private static final class Flow {
        private final int width;
        private Line line = Line.EMPTY;
        private int used;
        private boolean full;

        Flow(int width) {
            this.width = width;
        }

        Flow add(String text, Tone tone) {
            int needed = Cells.width(text) + (used == 0 ? 0 : GAP.length());
            if (text.isEmpty() || full) {
                return this;
            }
            if (used > 0 && used + needed > width) {
                full = true;
                return this;
            }
            line = used == 0 ? line : line.with(GAP, Tone.PLAIN);
            line = line.with(text, tone);
            used += needed;
            return this;
        }

        Line line() {
            return line.fit(width, Tone.PLAIN);
        }
    }
}
