package io.weir.node.simulation;

import io.weir.node.simulation.EvenLoadStrategy.Reports;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All strategies at all levels of load, and the table of what came of them. */
final class Contest {
    static final List<Double> LOADS = List.of(0.6, 0.8, 0.9);

    static final String EQUAL_MAGLEV = "Maglev, equal weights";
    static final String EQUAL_ROUND_ROBIN = "round robin, equal weights";
    static final String ORACLE = "oracle";
    static final String TWO_CHOICES = "least connections, equal weights";
    static final String EVEN_LEAST = "least connections, even load, reports 1 s old";

    private final Map<String, Strategy.Factory> strategies = new LinkedHashMap<>();
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    Contest() {
        strategies.put(EQUAL_MAGLEV, on -> Strategies.draws(Draws.Way.MAGLEV, on, Strategies::equalWeight));
        strategies.put(EQUAL_ROUND_ROBIN, on -> Strategies.roundRobin(on, Strategies::equalWeight));
        strategies.put(
                "Maglev, weights by capacity",
                on -> Strategies.draws(Draws.Way.MAGLEV, on, Strategies::weightByCapacity));
        strategies.put(
                "round robin, weights by capacity", on -> Strategies.roundRobin(on, Strategies::weightByCapacity));
        strategies.put(ORACLE, Strategies::oracle);
        strategies.put(TWO_CHOICES, on -> Strategies.draws(Draws.Way.LEAST_CONNECTIONS, on, Strategies::equalWeight));
        strategies.put(
                "least connections, weights by capacity",
                on -> Strategies.draws(Draws.Way.LEAST_CONNECTIONS, on, Strategies::weightByCapacity));
        strategies.put("least connections of all servers, equal weights", Strategies::leastConnectionsOfAll);
        strategies.put(
                "hot/cold, equal weights", on -> Strategies.draws(Draws.Way.HOT_COLD, on, Strategies::equalWeight));
        strategies.put(
                "hot/cold, weights by capacity",
                on -> Strategies.draws(Draws.Way.HOT_COLD, on, Strategies::weightByCapacity));
        for (int delay : new int[] {1, 5, 10}) {
            strategies.put(
                    evenLoad(delay, Reports.DATED),
                    on -> new EvenLoadStrategy(Draws.Way.MAGLEV, on, delay, Reports.DATED));
        }
        for (int delay : new int[] {5, 10}) {
            strategies.put(
                    evenLoad(delay, Reports.UNDATED),
                    on -> new EvenLoadStrategy(Draws.Way.MAGLEV, on, delay, Reports.UNDATED));
        }
        strategies.put(
                "Maglev, even load, no reports", on -> new EvenLoadStrategy(Draws.Way.MAGLEV, on, 0, Reports.NONE));
        strategies.put(EVEN_LEAST, on -> new EvenLoadStrategy(Draws.Way.LEAST_CONNECTIONS, on, 1, Reports.DATED));
        strategies.put(
                "least connections, even load, reports 10 s old",
                on -> new EvenLoadStrategy(Draws.Way.LEAST_CONNECTIONS, on, 10, Reports.DATED));
        strategies.put(
                "hot/cold, even load, reports 1 s old",
                on -> new EvenLoadStrategy(Draws.Way.HOT_COLD, on, 1, Reports.DATED));
        // Each run is alone with its servers and its random numbers.
        LOADS.parallelStream()
                .forEach(load -> strategies.entrySet().parallelStream()
                        .forEach(
                                each -> outcomes.put(key(each.getKey(), load), Simulation.run(load, each.getValue()))));
    }

    static String evenLoad(int delay, Reports reports) {
        return "Maglev, even load, reports " + delay + " s old" + (reports == Reports.DATED ? "" : ", not dated");
    }

    Outcome of(String strategy, double load) {
        Outcome outcome = outcomes.get(key(strategy, load));
        if (outcome == null) {
            throw new IllegalArgumentException("strategy " + strategy + " does not take part");
        }
        return outcome;
    }

    private static String key(String strategy, double load) {
        return strategy + " at " + load;
    }

    /** Markdown. */
    String table() {
        StringBuilder text = new StringBuilder();
        for (double load : LOADS) {
            text.append("\n**Load ")
                    .append(load)
                    .append("**\n\n"
                            + "| | p50 | p99 | max/mean | p99 in the change | p99 after | max/mean after |"
                            + " restlessness |\n"
                            + "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
            for (String strategy : strategies.keySet()) {
                row(text, strategy, of(strategy, load));
            }
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String strategy, Outcome outcome) {
        text.append("| ")
                .append(strategy)
                .append(String.format(
                        Locale.ROOT,
                        " | %s | %s | %.2f | %s | %s | %.2f | %s |\n",
                        time(outcome.steady().median()),
                        time(outcome.steady().p99()),
                        outcome.steady().maxToMean(),
                        time(outcome.change().p99()),
                        time(outcome.after().p99()),
                        outcome.after().maxToMean(),
                        outcome.shares().getLast().length == 0
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "%.0f %%",
                                        100 * outcome.restlessness(Simulation.STEADY_FROM, Simulation.SLOW_FROM))));
    }

    private static String time(double seconds) {
        return seconds < 1
                ? String.format(Locale.ROOT, "%.0f ms", seconds * 1000)
                : String.format(Locale.ROOT, "%.1f s", seconds);
    }
}
