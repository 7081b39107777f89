package io.weir.node.top;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.DropView;
import io.weir.management.model.NodeSnapshot.InterfaceView;
import io.weir.management.model.NodeSnapshot.LoadView;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ProcessorView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import io.weir.node.text.Cells;
import io.weir.node.top.Table.Cell;
import io.weir.node.top.Table.Column;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What each view lists. */
final class TopTables {
    private static final int BAR = 10;
    private static final double BUSY = 0.75;
    private static final double FULL = 0.95;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final Sample sample;
    private final NodeSnapshot node;
    private final Look look;

    TopTables(Sample sample, Look look) {
        this.sample = sample;
        this.node = sample.now();
        this.look = look;
    }

    Table of(TopView view) {
        return switch (view) {
            case SERVERS -> servers();
            case SERVICES -> services();
            case WEIGHTS -> weights();
            case INTERFACES -> interfaces();
            case DROPS -> drops();
            case PROCESSORS -> processors();
            case GENERATIONS -> generations();
        };
    }

    private Table servers() {
        List<Column> columns = List.of(
                Column.text("server", 0, 12),
                Column.text("health", 1),
                Column.text("load", 7),
                Column.number("index", 2),
                Column.text("share", 6),
                Column.number("%", 2),
                Column.number("weight", 4),
                Column.number("live", 1),
                Column.number("new/s", 1),
                Column.number("cpu", 5),
                Column.number("memory", 8),
                Column.number("clients", 9),
                Column.number("exec ms", 9),
                Column.number("req/s", 8),
                Column.number("p50 µs", 9),
                Column.number("p99 µs", 6),
                Column.number("refused", 7),
                Column.number("resets", 9),
                Column.number("SYN again", 10),
                Column.text("source", 10),
                Column.number("age s", 10),
                Column.text("addresses", 12, 12),
                Column.text("message", 11, 10));
        Map<String, List<MemberView>> members = new HashMap<>();
        node.services()
                .forEach(s -> s.members()
                        .forEach(m -> members.computeIfAbsent(m.server(), k -> new ArrayList<>())
                                .add(m)));
        List<List<Cell>> rows = new ArrayList<>();
        for (ServerView s : node.servers()) {
            List<MemberView> in = members.getOrDefault(s.name(), List.of());
            double share = node.services().isEmpty()
                    ? Double.NaN
                    : in.stream().mapToDouble(MemberView::share).sum()
                            / node.services().size();
            List<Cell> row = new ArrayList<>();
            row.add(Cell.text(s.name(), Tone.STRONG));
            row.add(health(s));
            load(s.load(), row);
            row.add(new Cell(look.bar(share, BAR), share, Tone.BAR));
            row.add(new Cell(Double.isNaN(share) ? "-" : Cells.percent(share), share, Tone.PLAIN));
            row.add(weight(in));
            row.add(Cell.number(s.liveConnections()));
            row.add(Cell.number(sample.server(s, ServerView::openedConnections)));
            metrics(s, row);
            row.add(Cell.text(String.join(" ", s.addresses())));
            row.add(Cell.text(s.healthMessage(), Tone.FAINT));
            rows.add(row);
        }
        return new Table(columns, rows);
    }

    private static Cell weight(List<MemberView> in) {
        if (in.size() == 1) {
            MemberView m = in.getFirst();
            return new Cell(
                    m.weight() == m.configuredWeight()
                            ? String.valueOf(m.configuredWeight())
                            : Cells.decimal(m.weight()) + "/" + m.configuredWeight(),
                    m.weight(),
                    m.weight() == 0 ? Tone.WARNING : Tone.PLAIN);
        }
        double sum = in.stream().mapToDouble(MemberView::weight).sum();
        return new Cell(in.isEmpty() ? "-" : "in " + in.size(), in.isEmpty() ? Double.NaN : sum, Tone.FAINT);
    }

    private void load(@org.jspecify.annotations.Nullable LoadView load, List<Cell> row) {
        double index = load == null ? -1 : load.index();
        Tone tone = load != null && load.stale() ? Tone.FAINT : heat(index);
        row.add(new Cell(look.bar(index, BAR), index < 0 ? Double.NaN : index, tone));
        row.add(Cell.known(index, "%.2f", tone));
    }

    private static Tone heat(double fraction) {
        return fraction >= FULL ? Tone.BAD : fraction >= BUSY ? Tone.WARNING : Tone.GOOD;
    }

    private void metrics(ServerView s, List<Cell> row) {
        LoadView load = s.load();
        Tone tone = load != null && load.stale() ? Tone.FAINT : Tone.PLAIN;
        row.add(Cell.known(load == null ? -1 : load.cpu() * 100, "%.0f %%", tone));
        row.add(Cell.known(load == null ? -1 : load.memory() * 100, "%.0f %%", tone));
        row.add(Cell.known(load == null ? -1 : load.clients(), "%.0f", tone));
        row.add(Cell.known(load == null ? -1 : load.executionMs(), "%.1f", tone));
        row.add(Cell.known(load == null ? -1 : load.requestsPerSecond(), "%.1f", tone));
        row.add(Cell.known((double) s.handshakeP50Micros(), "%.0f", Tone.PLAIN));
        row.add(Cell.known((double) s.handshakeP99Micros(), "%.0f", Tone.PLAIN));
        row.add(Cell.trouble(s.refused()));
        row.add(Cell.trouble(s.resets()));
        row.add(Cell.trouble(s.retransmittedSyns()));
        row.add(
                load == null
                        ? Cell.text("-", Tone.FAINT)
                        : Cell.text(
                                load.source() + (load.stale() ? " STALE" : ""), load.stale() ? Tone.WARNING : tone));
        row.add(Cell.known(load == null ? -1 : load.ageMs() / 1000.0, "%.0f", tone));
    }

    private static Cell health(ServerView server) {
        boolean draining = server.administration().equals("draining");
        String state = server.health().equals("down") ? "DOWN" : server.health();
        Tone tone = switch (server.health()) {
            case "up" -> Tone.GOOD;
            case "down" -> Tone.BAD;
            case "starting" -> Tone.WARNING;
            default -> Tone.FAINT;
        };
        return draining ? Cell.text(state + " drain", tone == Tone.BAD ? tone : Tone.WARNING) : Cell.text(state, tone);
    }

    private Table services() {
        List<Column> columns = List.of(
                Column.text("service", 0, 12),
                Column.text("protocol", 2),
                Column.text("algorithm", 3),
                Column.text("weights", 4),
                Column.number("servers", 1),
                Column.number("live", 1),
                Column.number("new/s", 1),
                Column.number("total", 3),
                Column.text("forwarding", 6),
                Column.text("addresses", 5, 12),
                Column.text("shares", 7, 12));
        List<List<Cell>> rows = new ArrayList<>();
        for (ServiceView s : node.services()) {
            long taking = s.members().stream().filter(m -> m.share() > 0).count();
            List<Cell> row = new ArrayList<>();
            row.add(Cell.text(s.name(), Tone.STRONG));
            row.add(Cell.text(s.protocol() + "/" + (s.port() == 0 ? "any" : s.port())));
            row.add(Cell.text(s.algorithm()));
            row.add(Cell.text(s.weights()));
            row.add(new Cell(
                    taking + "/" + s.members().size(),
                    taking,
                    taking == 0 ? Tone.BAD : taking < s.members().size() ? Tone.WARNING : Tone.PLAIN));
            row.add(Cell.number(s.liveConnections()));
            row.add(Cell.number(sample.service(s, ServiceView::openedConnections)));
            row.add(Cell.number(s.openedConnections()));
            row.add(Cell.text(s.forwarding()));
            row.add(Cell.text(String.join(" ", s.addresses())));
            row.add(Cell.text(shares(s), Tone.FAINT));
            rows.add(row);
        }
        return new Table(columns, rows);
    }

    private static String shares(ServiceView service) {
        StringBuilder text = new StringBuilder();
        for (MemberView member : service.members()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(member.server())
                    .append(' ')
                    .append(Math.round(member.share() * 100))
                    .append('%');
            if (text.length() > 300) {
                return text.append(", …").toString();
            }
        }
        return text.toString();
    }

    private Table weights() {
        List<Column> columns = List.of(
                Column.text("service", 0, 10),
                Column.text("server", 0, 10),
                Column.number("configured", 3),
                Column.number("weight", 1),
                Column.text("share", 5),
                Column.number("%", 1),
                Column.text("health", 2),
                Column.text("load", 6),
                Column.number("index", 4),
                Column.number("port", 7));
        Map<String, ServerView> servers = new HashMap<>();
        node.servers().forEach(s -> servers.put(s.name(), s));
        List<List<Cell>> rows = new ArrayList<>();
        for (ServiceView service : node.services()) {
            for (MemberView m : service.members()) {
                ServerView server = servers.get(m.server());
                List<Cell> row = new ArrayList<>();
                row.add(Cell.text(service.name(), Tone.STRONG));
                row.add(Cell.text(m.server()));
                row.add(Cell.number(m.configuredWeight()));
                row.add(new Cell(
                        Cells.decimal(m.weight()),
                        m.weight(),
                        m.weight() == 0 ? Tone.WARNING : m.weight() == m.configuredWeight() ? Tone.PLAIN : Tone.BAR));
                row.add(new Cell(look.bar(m.share(), BAR), m.share(), Tone.BAR));
                row.add(new Cell(Cells.percent(m.share()), m.share(), Tone.PLAIN));
                row.add(server == null ? Cell.text("-") : health(server));
                load(server == null ? null : server.load(), row);
                row.add(new Cell(m.port() == 0 ? "same" : String.valueOf(m.port()), m.port(), Tone.PLAIN));
                rows.add(row);
            }
        }
        return new Table(columns, rows);
    }

    private Table interfaces() {
        List<Column> columns = List.of(
                Column.text("interface", 0, 12),
                Column.number("in pkt/s", 1),
                Column.number("in bit/s", 2),
                Column.number("out pkt/s", 1),
                Column.number("out bit/s", 2),
                Column.number("dropped/s", 3),
                Column.number("in pkt", 4),
                Column.number("in bytes", 6),
                Column.number("out pkt", 4),
                Column.number("out bytes", 6),
                Column.number("dropped", 5),
                Column.text("addresses", 7, 12));
        List<List<Cell>> rows = new ArrayList<>();
        for (InterfaceView f : node.interfaces()) {
            rows.add(List.of(
                    Cell.text(f.name(), Tone.STRONG),
                    Cell.number(sample.face(f, InterfaceView::receivedPackets)),
                    Cell.number(8 * sample.face(f, InterfaceView::receivedBytes)),
                    Cell.number(sample.face(f, InterfaceView::transmittedPackets)),
                    Cell.number(8 * sample.face(f, InterfaceView::transmittedBytes)),
                    Cell.trouble(sample.face(f, InterfaceView::droppedPackets)),
                    Cell.number(f.receivedPackets()),
                    Cell.number(f.receivedBytes()),
                    Cell.number(f.transmittedPackets()),
                    Cell.number(f.transmittedBytes()),
                    Cell.number(f.droppedPackets()),
                    Cell.text(String.join(" ", f.addresses()))));
        }
        return new Table(columns, rows);
    }

    private Table drops() {
        List<Column> columns = List.of(
                Column.text("dropped because", 0, 16),
                Column.number("per s", 0),
                Column.number("packets", 0),
                Column.text("which means", 1, 16));
        List<List<Cell>> rows = new ArrayList<>();
        for (DropView d : node.drops()) {
            rows.add(List.of(
                    Cell.text(d.reason(), Tone.STRONG),
                    Cell.trouble(sample.drop(d.reason(), d.packets())),
                    Cell.number(d.packets()),
                    Cell.text(d.description(), Tone.FAINT)));
        }
        return new Table(columns, rows);
    }

    private Table processors() {
        List<Column> columns = List.of(
                Column.number("processor", 0),
                Column.text("state", 0),
                Column.number("generation", 1),
                Column.number("balanced/s", 1),
                Column.number("forwarded/s", 1),
                Column.number("batches/s", 2),
                Column.number("packets/batch", 4),
                Column.number("balanced", 5),
                Column.number("forwarded", 5),
                Column.number("batches", 6));
        List<List<Cell>> rows = new ArrayList<>();
        for (ProcessorView p : node.processors()) {
            boolean late = p.running() && p.observedGeneration() != node.generation();
            double balanced = sample.processor(p, ProcessorView::packetsBalanced);
            double forwarded = sample.processor(p, ProcessorView::packetsForwarded);
            double batches = sample.processor(p, ProcessorView::batches);
            rows.add(List.of(
                    new Cell(String.valueOf(p.number()), p.number(), Tone.STRONG),
                    p.running() ? Cell.text("running", Tone.GOOD) : Cell.text("not running", Tone.BAD),
                    new Cell(
                            p.running() ? String.valueOf(p.observedGeneration()) : "-",
                            p.observedGeneration(),
                            late ? Tone.WARNING : Tone.PLAIN),
                    Cell.number(balanced),
                    Cell.number(forwarded),
                    Cell.number(batches),
                    Cell.known(batches > 0 ? (balanced + forwarded) / batches : -1, "%.1f", Tone.PLAIN),
                    Cell.number(p.packetsBalanced()),
                    Cell.number(p.packetsForwarded()),
                    Cell.number(p.batches())));
        }
        return new Table(columns, rows);
    }

    private Table generations() {
        List<Column> columns = List.of(
                Column.number("generation", 0),
                Column.text("since", 1),
                Column.text("cause", 0, 16),
                Column.text("changes seen", 2, 16));
        List<List<Cell>> rows = new ArrayList<>();
        for (Sample.SeenGeneration g : sample.generations()) {
            rows.add(List.of(
                    new Cell(
                            String.valueOf(g.number()),
                            g.number(),
                            g.number() == node.generation() ? Tone.STRONG : Tone.PLAIN),
                    Cell.text(
                            g.epochMs() == 0
                                    ? "-"
                                    : TIME.format(
                                            Instant.ofEpochMilli(g.epochMs()).atZone(ZoneId.systemDefault()))),
                    Cell.text(g.cause()),
                    Cell.text(String.join("; ", g.changes()), Tone.FAINT)));
        }
        return new Table(columns, rows);
    }
}
