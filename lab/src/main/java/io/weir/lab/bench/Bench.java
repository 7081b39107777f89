package io.weir.lab.bench;

import io.weir.lab.LabException;
import io.weir.lab.Network;
import io.weir.lab.Station;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Builds the lab, sets all contestants up, and measures them in turns. */
public final class Bench {
    private final Options options;
    private final PrintStream progress;
    private final List<Balancer> balancers = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> absent = new HashSet<>();
    /** Contestants whose last check failed. */
    private final Set<String> unreachable = new HashSet<>();

    /**
     * What to measure.
     *
     * @param weir command line that runs {@code weir}, to which a subcommand is added
     * @param version weir's version
     * @param home weir's folder, asked for the commit
     * @param rounds how often each row is measured for each contestant
     * @param seconds how long each load runs
     * @param rows what is measured
     * @param contestants keys of those who take part
     * @param seed of the order in which contestants have their turns
     */
    public record Options(
            List<String> weir,
            String version,
            Path home,
            int rounds,
            int seconds,
            Set<Row> rows,
            List<String> contestants,
            long seed) {}

    public Bench(Options options, PrintStream progress) {
        this.options = options;
        this.progress = progress;
    }

    /** The keys of all contestants, in the order of the table. */
    public static List<String> contestants() {
        return Contestants.ALL_CONTESTANTS.stream().map(Contestant::key).toList();
    }

    /** Programs that are missing, with the packages that have them, a line each. */
    public static List<String> missing() {
        List<String> lines = new ArrayList<>();
        for (Program program : Program.values()) {
            if (program.find().isEmpty()) {
                String users = Contestants.ALL_CONTESTANTS.stream()
                        .filter(c -> c.programs().contains(program))
                        .map(Contestant::key)
                        .collect(Collectors.joining(", "));
                lines.add(program.command() + " is missing (Debian and Ubuntu: " + program.packages() + ")"
                        + (users.isEmpty() ? "" : ", needed by " + users));
            }
        }
        return lines;
    }

    /**
     * Measures; the lab is removed at the end in any case.
     *
     * @throws LabException when the lab cannot be built
     */
    public Report run() throws IOException, InterruptedException {
        String name = "bench-" + ProcessHandle.current().pid();
        Workshop workshop = new Workshop(name, options.weir());
        // A stopped process acts on no signal but SIGKILL and SIGCONT, so whoever ends us by a signal needs this first.
        Thread hook = new Thread(
                () -> {
                    List.copyOf(balancers).forEach(Balancer::release);
                    workshop.close();
                },
                "bench-cleanup");
        Runtime.getRuntime().addShutdownHook(hook);
        try (workshop;
                Network network = new Network(name + "-")) {
            try {
                return measure(network, workshop);
            } finally {
                List.copyOf(balancers).forEach(Balancer::release);
            }
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM is ending: the hook runs or has run.
            }
        }
    }

    private Report measure(Network network, Workshop workshop) throws IOException, InterruptedException {
        double load = Machine.otherLoadPercent();
        if (load > 10) {
            say(String.format(
                    Locale.ROOT,
                    "! %.0f %% of the CPUs are busy with other things: figures will be too low and vary",
                    load));
        }
        step("Building the lab: a client, a server, and a network namespace for each contestant");
        Station client = network.station("client");
        Station server = network.station("server");
        Contestants.roomForConnections(client);
        List<Contestant> chosen = Contestants.ALL_CONTESTANTS.stream()
                .filter(c -> options.contestants().contains(c.key()))
                .filter(c -> options.rows().stream().anyMatch(c::carries))
                .toList();
        List<Lane> lanes = new ArrayList<>();
        String discard = "";
        for (int i = 0; i < chosen.size(); i++) {
            lanes.add(Lane.lay(network, i, client, server));
            discard = UdpFlood.discard(lanes.getLast(), workshop);
        }
        Map<String, String> facts = Machine.facts(options.home(), options.version());
        facts.put("other load before", String.format(Locale.ROOT, "%.0f %% of all CPUs", load));
        facts.put("UDP frames dropped at the server by", discard);
        facts.put("rounds", String.valueOf(options.rounds()));
        facts.put("seconds", String.valueOf(options.seconds()));
        facts.put("seed", String.valueOf(options.seed()));
        Results results = new Results(
                options.rounds(), chosen.stream().map(Contestant::key).toList());
        try (Service _ = Service.start(server, workshop)) {
            Measurements measurements = new Measurements(workshop, options.seconds());
            for (int i = 0; i < chosen.size(); i++) {
                setUp(chosen.get(i), lanes.get(i), workshop, measurements, results);
            }
            Random order = new Random(options.seed());
            for (int round = 0; round < options.rounds(); round++) {
                for (Row row : options.rows()) {
                    turn(row, round, order, measurements, results);
                }
            }
        }
        return new Report(facts, options.rows(), results);
    }

    private void setUp(Contestant contestant, Lane lane, Workshop workshop, Measurements measurements, Results results)
            throws IOException, InterruptedException {
        step("Setting up " + contestant.key() + ": " + contestant.title());
        try {
            Balancer balancer =
                    new Balancer(contestant, lane, contestant.setUp().in(lane, workshop));
            balancers.add(balancer);
            String complaint = Measurements.complaint(balancer, Measurements.RETRIES);
            if (!complaint.isEmpty()) {
                throw new MeasurementException(complaint);
            }
            measurements.warmUp(balancer);
            balancer.suspend();
        } catch (MeasurementException | LabException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            say("  does not take part: " + reason);
            results.absent(contestant.key(), reason);
            absent.add(contestant.key());
        }
    }

    private void turn(Row row, int round, Random order, Measurements measurements, Results results)
            throws InterruptedException {
        List<Balancer> turns = new ArrayList<>(balancers.stream()
                .filter(b ->
                        !absent.contains(b.contestant().key()) && b.contestant().carries(row))
                .toList());
        Collections.shuffle(turns, order);
        step("Round " + (round + 1) + "/" + options.rounds() + ", " + row.key() + ": " + row.title());
        for (Balancer balancer : turns) {
            String key = balancer.contestant().key();
            try {
                balancer.resume();
                // One that is down must not hold the others up in every row.
                int retries = unreachable.contains(key) ? 0 : Measurements.RETRIES;
                String complaint = Measurements.complaint(balancer, retries);
                if (!complaint.isEmpty()) {
                    unreachable.add(key);
                    throw new MeasurementException(complaint);
                }
                unreachable.remove(key);
                Measurements.Outcome outcome = measurements.measure(row, balancer);
                outcome.values().forEach((metric, value) -> results.record(key, metric, round, value));
                results.errors(key, row, outcome.errors(), outcome.complaint());
                say(line(key, row, outcome));
            } catch (MeasurementException | LabException e) {
                String reason =
                        String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                results.failed(key, row, reason);
                say("  " + key + " failed: " + reason);
            } finally {
                balancer.suspend();
            }
        }
    }

    private static String line(String contestant, Row row, Measurements.Outcome outcome) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "  %-12s", contestant));
        for (Metric metric : row.metrics()) {
            Double value = outcome.values().get(metric);
            if (value != null) {
                text.append("  ").append(metric.text(value)).append(' ').append(metric.unit());
            }
        }
        return outcome.errors() == 0 ? text.toString() : text + "  (" + outcome.complaint() + ")";
    }

    private void step(String text) {
        say("* " + text);
    }

    private void say(String text) {
        progress.println(text);
        progress.flush();
    }
}
