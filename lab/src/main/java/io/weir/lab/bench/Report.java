package io.weir.lab.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** What {@code weir bench} tells: tables for a terminal, Markdown and tab-separated values from the same figures. */
public final class Report {
    private static final List<String> WEIR = List.of(Contestants.AF_PACKET, Contestants.AF_XDP);
    private static final List<String> OTHERS = List.of(
            Contestants.NONE, Contestants.NFTABLES, Contestants.HAPROXY, Contestants.NGINX, Contestants.C_FORWARDER);

    private final Map<String, String> facts;
    private final Set<Row> rows;
    private final Results results;

    /**
     * @param facts the machine and versions
     * @param rows what was measured
     */
    Report(Map<String, String> facts, Set<Row> rows, Results results) {
        this.facts = facts;
        this.rows = rows;
        this.results = results;
    }

    /** The machine and versions. */
    public Map<String, String> facts() {
        return facts;
    }

    private List<Metric> metrics() {
        return rows.stream().flatMap(r -> r.metrics().stream()).toList();
    }

    /** Medians by metric and contestant. */
    private Grid medians() {
        List<String> headings = new ArrayList<>(
                List.of("median of " + results.rounds() + (results.rounds() == 1 ? " round" : " rounds")));
        headings.addAll(results.contestants());
        Grid grid = new Grid(headings);
        for (Metric metric : metrics()) {
            List<String> cells = new ArrayList<>(List.of(metric.title() + ", " + metric.unit()));
            for (String contestant : results.contestants()) {
                cells.add(cell(contestant, metric));
            }
            grid.row(cells);
        }
        return grid;
    }

    private String cell(String contestant, Metric metric) {
        OptionalDouble median = results.median(contestant, metric);
        int failed = results.failures(contestant, metric.row()).size();
        if (median.isEmpty()) {
            return failed > 0 ? "failed" : "-";
        }
        String text = metric.text(median.getAsDouble());
        boolean first = metric == metric.row().metrics().getFirst();
        long errors = results.errors(contestant, metric.row());
        if (first && errors > 0) {
            text += " (" + errors + (errors == 1 ? " error)" : " errors)");
        }
        return first && failed > 0 ? text + " (" + failed + " of " + results.rounds() + " failed)" : text;
    }

    /** Ratios of weir's drivers to the others: medians of the ratios within each round. */
    private Grid ratios() {
        List<String> headings = new ArrayList<>(List.of("ratio, median over rounds"));
        List<List<String>> pairs = new ArrayList<>();
        for (String weir : WEIR) {
            for (String other : OTHERS) {
                if (results.takesPart(weir) && results.takesPart(other)) {
                    pairs.add(List.of(weir, other));
                    headings.add(weir + "/" + other);
                }
            }
        }
        Grid grid = new Grid(headings);
        for (Metric metric : metrics()) {
            if (!metric.hasRatio()) {
                continue;
            }
            List<String> cells =
                    new ArrayList<>(List.of(metric.title() + (metric.higherIsBetter() ? "" : " (less is better)")));
            boolean some = false;
            for (List<String> pair : pairs) {
                OptionalDouble ratio = results.ratio(pair.getFirst(), pair.getLast(), metric);
                some |= ratio.isPresent();
                cells.add(ratio.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()));
            }
            if (some) {
                grid.row(cells);
            }
        }
        return grid;
    }

    /** What went wrong, a line each; nothing is hidden. */
    public List<String> troubles() {
        List<String> lines = new ArrayList<>();
        results.absent().forEach((contestant, reason) -> lines.add(contestant + " does not take part: " + reason));
        for (String contestant : results.contestants()) {
            for (Row row : rows) {
                for (String reason : results.failures(contestant, row)) {
                    lines.add(contestant + ", " + row.key() + ": failed: " + reason);
                }
                if (results.errors(contestant, row) > 0) {
                    lines.add(contestant + ", " + row.key() + ": " + results.errors(contestant, row)
                            + " errors, first: " + results.complaint(contestant, row));
                }
            }
        }
        return lines;
    }

    /** Whether the targets were met, about which the measured rows can say something: the verdict by the target in words. */
    public Map<String, String> verdicts() {
        Map<String, String> verdicts = new LinkedHashMap<>();
        targets().forEach(o -> verdicts.put(o.text(), o.verdict()));
        return verdicts;
    }

    private List<Target.Outcome> targets() {
        return Target.evaluate(results).stream()
                .filter(o -> rows.contains(o.target().metric().row()))
                .toList();
    }

    /** For a terminal. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append('\n').append(medians().aligned()).append('\n').append(ratios().aligned());
        List<String> troubles = troubles();
        if (!troubles.isEmpty()) {
            text.append("\nNot as it should be\n");
            troubles.forEach(line -> text.append("  ").append(line).append('\n'));
        }
        text.append("\nTargets\n");
        for (Target.Outcome outcome : targets()) {
            text.append(String.format(Locale.ROOT, "  %-12s  %s%n", outcome.verdict(), outcome.text()));
        }
        return text.toString();
    }

    /** A document of its own. */
    public String markdown() {
        StringBuilder text = new StringBuilder("# weir beside other load balancers\n\nWritten by `weir bench`. "
                + "All of it runs on one machine; compare within a table, not between machines.\n\n");
        facts.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\n## Medians\n\n").append(medians().markdown());
        text.append("\n## Ratios\n\nEach within a round, then the median.\n\n").append(ratios().markdown());
        text.append("\n## Targets\n\n");
        for (Target.Outcome outcome : targets()) {
            text.append("- ")
                    .append(outcome.verdict())
                    .append(": ")
                    .append(outcome.text())
                    .append('\n');
        }
        List<String> troubles = troubles();
        text.append("\n## Errors\n\n");
        if (troubles.isEmpty()) {
            text.append("None.\n");
        }
        troubles.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("\n## Contestants and method\n\n");
        for (Contestant contestant : Contestants.ALL_CONTESTANTS) {
            text.append("- `")
                    .append(contestant.key())
                    .append("`: ")
                    .append(contestant.title())
                    .append('\n');
        }
        return text.append(METHOD).toString();
    }

    private static final String METHOD = """

            Every contestant has a network namespace of its own with a veth to the same client and a veth to the same server, all
            alike and with their offloads on. All are set up and warmed up before the first round; those not in turn are stopped
            (SIGSTOP). In each round the rows are measured one after the other, and in each row the contestants in an order drawn by
            the seed. Before each measurement an HTTP request and a UDP echo through the contestant must be answered.

            - HTTP: wrk with 2 threads and 64 connections; nginx with 2 workers answers 7 bytes of body.
            - CPU by requests, three ways. *Whole machine*: busy time in /proc/stat (user, nice, system, interrupts), whoever caused it.
              *Lab*: user and system time of client, server, balancer and this program. The kernel's forwarding runs in soft interrupts
              at the end of a send call and is charged to the sender, so this has it too, and leaves out what else runs on the
              machine. *Added to none* is that less the figure of `none` in the same round: what the balancer costs in whichever
              process it is spent. Targets use it, as a kernel balancer has no process. *Balancer's processes* stands beside it; it
              includes TCP of client and server that runs in soft interrupts at the end of the balancer's own sends.
            - UDP frames of 64 bytes: 60 bytes and the check sequence, 256 flows, prepared, sent by one thread with sendmmsg(2) on a packet
              socket; counted by the server's interface, then dropped. In the kernel the sender's thread also does the forwarding, so a
              kernel balancer loses nothing under overload; it slows the sender down instead.
            - Lossless: the highest offered rate with less than 0.1 % loss, by bisection.
            - Ping: 18 bytes, one at a time, 150 µs pause; *added* is the difference of the quantiles in the same round.
            - Forwarding: the same frames to the server's own address, which is no service. `c-forwarder` has this one figure for
              comparison with both.
            """;

    /** A line for each contestant, metric and round. */
    public String tsv() {
        StringBuilder text = new StringBuilder();
        facts.forEach((name, value) ->
                text.append("# ").append(name).append('\t').append(value).append('\n'));
        text.append("contestant\tmetric\tunit\tround\tvalue\n");
        for (String contestant : results.contestants()) {
            for (Metric metric : metrics()) {
                for (int round = 0; round < results.rounds(); round++) {
                    double value = results.value(contestant, metric, round);
                    if (!Double.isNaN(value)) {
                        text.append(String.format(
                                Locale.ROOT,
                                "%s\t%s\t%s\t%d\t%.3f%n",
                                contestant,
                                metric.key(),
                                metric.unit(),
                                round + 1,
                                value));
                    }
                }
            }
        }
        for (String line : troubles()) {
            text.append("# ").append(line).append('\n');
        }
        return text.toString();
    }

    /** The medians by contestant and metric, for machines. */
    public Map<String, Map<String, Double>> mediansByContestant() {
        Map<String, Map<String, Double>> all = new LinkedHashMap<>();
        for (String contestant : results.contestants()) {
            Map<String, Double> own = new LinkedHashMap<>();
            for (Metric metric : metrics()) {
                results.median(contestant, metric).ifPresent(v -> own.put(metric.key(), v));
            }
            all.put(contestant, own);
        }
        return all;
    }
}
