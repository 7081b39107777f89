package io.weir.node.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One run: six servers of 2 to 16 times a worker of speed 1, of which the fourth becomes half as fast at second 240. Seconds
 * 180 to 240 are the steady time, 240 to 300 the change, 480 to 540 the time after it.
 */
final class Simulation {
    static final int SLOW_FROM = 240;
    static final int STEADY_FROM = 180;
    static final int SETTLED_FROM = 300;
    static final int AFTER_FROM = 480;
    static final int SECONDS = 540;
    /** The one that becomes slow. */
    static final int SLOWED = 3;

    private static final int[] WORKERS = {16, 8, 8, 4, 4, 8};
    private static final double[] SPEEDS = {1, 1, 1, 1, 0.5, 0.5};

    private Simulation() {}

    static List<SimulatedServer> servers() {
        List<SimulatedServer> servers = new ArrayList<>();
        for (int k = 0; k < WORKERS.length; k++) {
            servers.add(new SimulatedServer(
                    "s" + (k + 1), WORKERS[k], SPEEDS[k], k == SLOWED ? SLOW_FROM : Double.POSITIVE_INFINITY, SECONDS));
        }
        return servers;
    }

    /**
     * Runs a strategy.
     *
     * @param load work that comes, relative to the servers' capacity at the start
     */
    static Outcome run(double load, Strategy.Factory factory) {
        List<SimulatedServer> servers = servers();
        Strategy strategy = factory.create(servers);
        double capacity = servers.stream().mapToDouble(each -> each.capacity(0)).sum();
        Workload workload = new Workload(20_250_101, load * capacity);
        int expected = (int) (workload.connectionsPerSecond() * SECONDS * 1.1);
        double[] arrival = new double[expected];
        double[] response = new double[expected];
        List<double[]> shares = new ArrayList<>();
        int count = 0;
        double decision = 0.5;
        for (double now = workload.pause(); now < SECONDS; now += workload.pause()) {
            for (; decision <= now; decision++) {
                if (decision > 1) {
                    strategy.decide(decision);
                }
                shares.add(strategy.shares());
            }
            arrival[count] = now;
            response[count++] = servers.get(strategy.choose(now)).accept(now, workload.work()) - now;
        }
        return new Outcome(
                period(servers, Arrays.copyOf(arrival, count), response, STEADY_FROM, SLOW_FROM),
                period(servers, Arrays.copyOf(arrival, count), response, SLOW_FROM, SETTLED_FROM),
                period(servers, Arrays.copyOf(arrival, count), response, AFTER_FROM, SECONDS),
                shares);
    }

    private static Outcome.Period period(
            List<SimulatedServer> servers, double[] arrival, double[] response, int from, int to) {
        int first = indexOf(arrival, from);
        double[] sorted = Arrays.copyOfRange(response, first, indexOf(arrival, to));
        Arrays.sort(sorted);
        double[] loads = servers.stream()
                .mapToDouble(server -> server.offeredLoad(from, to))
                .toArray();
        double mean = Arrays.stream(loads).average().orElseThrow();
        return new Outcome.Period(
                sorted[sorted.length / 2],
                sorted[sorted.length * 99 / 100],
                Arrays.stream(loads).max().orElseThrow() / mean);
    }

    private static int indexOf(double[] arrival, double time) {
        int at = Arrays.binarySearch(arrival, time);
        return at < 0 ? -at - 1 : at;
    }
}
