package io.weir.lab;

import io.weir.lab.Demo.Chapter;
import io.weir.lab.NodeWindow.ServerState;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * What happens in the demo, step by step: equal weights on unequal servers, even load, a busy server, a killed one that
 * comes back, strangers, a drain, a bad configuration, a rollback. Every wait is bounded.
 */
final class DemoStory {
    /** Share of the servers' capacity that the clients ask for. */
    private static final double DEMAND = 0.45;

    /** Workers of 5-1 that something else takes. */
    private static final int BUSY = 7;

    private static final long LOOK_MS = 40;
    /** Within which a share has moved clearly: some time constants of the loop. */
    private static final int FALL_SECONDS = 20;

    /** A share that has clearly left its lowest point. */
    private static final double GROWN = 1.07;

    private static final int SETTLED_LOOKS = 50;
    private static final double SETTLED = 1.2;
    private static final long SLOW_BYTES = 6L << 20;

    private final DemoNetwork network;
    private final NodeWindow window;
    private final Expectations expectations;
    private final int seconds;
    private final PrintStream out;
    private final DemoClients clients;
    private final DemoTable table;

    /** Failed requests that the killed server explains. */
    private long excused;

    DemoStory(DemoNetwork network, NodeWindow window, Expectations expectations, int seconds, PrintStream out) {
        this.network = network;
        this.window = window;
        this.expectations = expectations;
        this.seconds = seconds;
        this.out = out;
        this.clients = new DemoClients(network);
        this.table = new DemoTable(out, clients::udp);
    }

    /** Tells some chapters; the clients go on afterwards. */
    void tell(Set<Chapter> chapters) throws InterruptedException {
        double rate = DEMAND * DemoNetwork.capacity();
        step(String.format(
                Locale.ROOT,
                "Clients 7-1, 7-2 (stations), 9-1, 9-2 (Internet) ask %s and %s for %.0f pages/s",
                Figure1.VIRTUAL_4,
                Figure1.VIRTUAL_6,
                rate));
        if (!await(20, () -> all(s -> s.health().equals("up") && s.load() >= 0))) {
            expectations.expect(
                    "all servers are up and report their load",
                    false,
                    window.servers().toString());
        }
        clients.start(rate);
        for (Chapter chapter : Chapter.values()) {
            if (chapters.contains(chapter)) {
                tell(chapter);
            }
        }
        answers();
    }

    private void tell(Chapter chapter) throws InterruptedException {
        switch (chapter) {
            case BALANCE -> balance();
            case BUSY -> busy();
            case KILL -> kill();
            case DRAIN -> {
                drain();
                rollback();
            }
        }
    }

    private void balance() throws InterruptedException {
        step("Equal weights, unequal servers: 5-1 has 8 workers, 5-2 has 4, 5-3 has 2");
        await(2, () -> false);
        double before = DemoLoads.spread(measure());
        step("weir apply with weights: even-load; the agents' reports decide now");
        apply("even.yaml", network.configuration(true));
        long startNs = System.nanoTime();
        List<double[]> last = new ArrayList<>();
        boolean settled = await(30, () -> {
            last.add(loads());
            if (last.size() > SETTLED_LOOKS) {
                last.removeFirst();
            }
            return last.size() == SETTLED_LOOKS && DemoLoads.spread(DemoLoads.mean(last)) < SETTLED;
        });
        double took = secondsSince(startNs);
        double after = DemoLoads.spread(measure());
        expectations.expect(
                "even load: the busiest server is near the mean",
                after < 1.35 && after <= 0.85 * before,
                String.format(
                        Locale.ROOT,
                        "max/mean load %.2f, with equal weights %.2f; %s %.0f s",
                        after,
                        before,
                        settled ? "settled in" : "not settled after",
                        took));
    }

    private void busy() throws InterruptedException {
        step("Something else takes " + BUSY + " of the 8 workers of 5-1");
        double before = server("5-1").share();
        network.ask("5-1", "/busy/" + BUSY);
        long startNs = System.nanoTime();
        boolean fell = await(FALL_SECONDS, () -> server("5-1").share() <= before * 2 / 3);
        double took = secondsSince(startNs);
        double low = server("5-1").share();
        shown();
        expectations.expect(
                "the busy server's share falls by a third",
                fell,
                String.format(Locale.ROOT, "%.0f %% to %.0f %% in %.1f s", 100 * before, 100 * low, took));
        network.ask("5-1", "/busy/0");
        startNs = System.nanoTime();
        // Meanwhile the loop finds out.
        strangers();
        badConfiguration();
        step("The workers of 5-1 are free again");
        double[] lowest = {low};
        boolean back = await(FALL_SECONDS, () -> {
            double share = server("5-1").share();
            lowest[0] = Math.min(lowest[0], share);
            return share >= GROWN * lowest[0];
        });
        shown();
        expectations.expect(
                "its share grows when they are free again",
                back,
                String.format(
                        Locale.ROOT,
                        "%.0f %% to %.0f %% in %.1f s",
                        100 * lowest[0],
                        100 * server("5-1").share(),
                        secondsSince(startNs)));
    }

    private void kill() throws InterruptedException {
        step("kill -9 of server 5-2");
        long failedBefore = clients.failures();
        long openedBefore = server("5-2").opened();
        double shareBefore = server("5-2").share();
        // What weir has opened by now, the server has accepted by then, so that a request on the way is counted.
        Thread.sleep(250);
        long present = (long) network.metric("5-2", "lab_clients");
        network.kill("5-2");
        long killNs = System.nanoTime();
        long[] times = {killNs, 0};
        long[] opened = {openedBefore};
        boolean down = await(10, () -> {
            ServerState now = server("5-2");
            long ns = System.nanoTime();
            if (now.opened() != opened[0]) {
                opened[0] = now.opened();
                times[0] = ns;
            }
            if (times[1] == 0 && now.health().equals("down")) {
                times[1] = ns;
            }
            // Long enough for a UDP request to give up.
            return times[1] != 0 && ns - times[1] > 2_500_000_000L;
        });
        shown();
        excused = clients.failures() - failedBefore;
        long on = present + opened[0] - openedBefore;
        expectations.expect(
                "no connection goes to a dead server a second after its check failed",
                down && times[0] <= times[1] + 1_000_000_000L,
                String.format(
                        Locale.ROOT,
                        "killed, down after %.1f s, last connection after %.1f s",
                        (times[1] - killNs) / 1e9,
                        (times[0] - killNs) / 1e9));
        expectations.expect(
                "only connections that were on it fail",
                excused <= on,
                excused + " requests failed, " + on + " were on it: " + present
                        + " as it died, the others before it was down");
        comeBack(shareBefore);
    }

    private void comeBack(double shareBefore) throws InterruptedException {
        step("5-2 is started again, with slow start over 5 s");
        network.startServer("5-2");
        if (!await(20, () -> server("5-2").share() > 0)) {
            expectations.expect("the server comes back", false, server("5-2").toString());
            return;
        }
        double first = server("5-2").share();
        long upNs = System.nanoTime();
        boolean grown = await(12, () -> server("5-2").share() >= Math.max(2 * first, shareBefore * 0.7));
        double later = server("5-2").share();
        shown();
        expectations.expect(
                "it comes back with slow start",
                grown && first < 0.5 * shareBefore,
                String.format(
                        Locale.ROOT,
                        "share %.1f %% at first, %.1f %% after %.1f s, %.1f %% before",
                        100 * first,
                        100 * later,
                        secondsSince(upNs),
                        100 * shareBefore));
    }

    private void strangers() throws InterruptedException {
        step("Strangers: a TCP port and a UDP port that no service lists");
        long before = window.drops("service-unknown");
        List<Future<String>> tcp = new ArrayList<>();
        List<Future<String>> udp = new ArrayList<>();
        for (String address : List.of(Figure1.VIRTUAL_4, Figure1.VIRTUAL_6)) {
            tcp.add(network.station("9-1").submit(() -> LabClient.knock(address, 81)));
            udp.add(network.station("7-2").submit(() -> {
                try {
                    return "answered: " + LabClient.ask(address, 9999, "anyone?");
                } catch (IOException e) {
                    return "no answer";
                }
            }));
        }
        List<String> resets = tcp.stream().map(Station::await).toList();
        List<String> answers = udp.stream().map(Station::await).toList();
        Thread.sleep(300);
        long counted = window.drops("service-unknown") - before;
        expectations.expect(
                "unlisted TCP ports are reset, IPv4 and IPv6",
                resets.equals(List.of("reset", "reset")),
                String.join(", ", resets));
        expectations.expect(
                "unlisted UDP ports are discarded and counted, IPv4 and IPv6",
                answers.equals(List.of("no answer", "no answer")) && counted == 2,
                String.join(", ", answers) + ", " + counted + " drops counted");
    }

    private void drain() throws InterruptedException {
        step("Draining server 5-3 with weir apply (weight 0) while downloads run");
        List<Future<Long>> downloads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String address = i % 2 == 0 ? Figure1.VIRTUAL_4 : Figure1.VIRTUAL_6;
            downloads.add(network.station(Figure1.CLIENTS.get(i % 4))
                    .submit(() -> LabClient.download(address, 80, "/slow/" + SLOW_BYTES)));
        }
        await(1, () -> false);
        Commands.Result apply = apply("drained.yaml", network.configuration(true, 1, 1, 0));
        expectations.expect(
                "weir apply accepted",
                apply.status() == 0,
                firstLine(apply.output()).replaceAll(" \\(.*", ""));
        Thread.sleep(300);
        long opened = server("5-3").opened();
        long others = server("5-1").opened() + server("5-2").opened();
        await(3, () -> false);
        shown();
        long drained = server("5-3").opened() - opened;
        long served = server("5-1").opened() + server("5-2").opened() - others;
        expectations.expect(
                "no new connection goes to the drained server",
                drained == 0 && served > 20,
                drained + " to 5-3, " + served + " to the others");
        long whole = 0;
        String complaint = "";
        for (Future<Long> download : downloads) {
            try {
                whole += Station.await(download) == SLOW_BYTES ? 1 : 0;
            } catch (LabException e) {
                complaint = "; " + e.getMessage();
            }
        }
        expectations.expect(
                "downloads under way are not broken",
                whole == downloads.size(),
                whole + " of " + downloads.size() + " complete" + complaint);
    }

    private void badConfiguration() {
        step("A configuration with a mistake");
        Commands.Result apply =
                apply("bad.yaml", network.configuration(true).replace("protocol: udp", "protocol: upd"));
        out.println("    " + firstLine(apply.output()));
        expectations.expect(
                "a bad configuration is refused with its place",
                apply.status() == 2 && apply.output().contains("bad.yaml:"),
                "exit " + apply.status());
    }

    private void rollback() throws InterruptedException {
        step("weir rollback takes the drain back");
        long opened = server("5-3").opened();
        Commands.Result rollback = network.weir("rollback");
        boolean back = rollback.status() == 0 && await(10, () -> server("5-3").opened() > opened);
        shown();
        expectations.expect("a rollback brings the drained server back", back, firstLine(rollback.output()));
    }

    private void answers() {
        long failed = clients.failures() - excused;
        List<Long> served = clients.served();
        expectations.expect(
                "every other request is answered",
                failed == 0,
                served.stream().mapToLong(Long::longValue).sum() + " answered, " + failed + " failed"
                        + (failed == 0 ? "" : "; some: " + clients.complaints()));
        long fewest = served.stream().mapToLong(Long::longValue).min().orElse(0);
        expectations.expect(
                "every client is served, over IPv4 and IPv6",
                fewest > 10,
                fewest + " answers at least to each station and Internet client");
    }

    /** Goes on until the node ends. */
    void linger(Process node) throws InterruptedException {
        while (node.isAlive()) {
            table.draw(window.servers());
            Thread.sleep(2 * LOOK_MS);
        }
    }

    /** Ends the clients. */
    void end() {
        clients.stop();
    }

    private Commands.Result apply(String file, String configuration) {
        return network.weir("apply", network.write(file, configuration).toString());
    }

    /** Looks on, with the table, until a condition holds or the time is over. */
    private boolean await(double seconds, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + (long) (seconds * 1e9);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            table.draw(window.servers());
            Thread.sleep(LOOK_MS);
        }
        return true;
    }

    /** The last table of a step. */
    private void shown() {
        table.end(window.servers());
    }

    private ServerState server(String name) {
        return window.servers().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new LabException("the node has no server " + name));
    }

    private boolean all(Predicate<ServerState> condition) {
        return window.servers().stream().allMatch(condition);
    }

    private double[] loads() {
        return window.servers().stream().mapToDouble(ServerState::load).toArray();
    }

    /** The servers' mean loads over the time to measure. */
    private double[] measure() throws InterruptedException {
        List<double[]> looks = new ArrayList<>();
        await(seconds, () -> {
            looks.add(loads());
            return false;
        });
        shown();
        return DemoLoads.mean(looks);
    }

    private static double secondsSince(long startNs) {
        return (System.nanoTime() - startNs) / 1e9;
    }

    private void step(String text) {
        table.forget();
        out.println("* " + text);
        out.flush();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("(nothing printed)");
    }
}
