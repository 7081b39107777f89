package io.weir.lab.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** All figures by contestant, metric and round, with the errors and failures that came with them. */
final class Results {
    private final int rounds;
    private final List<String> contestants;
    private final Map<String, Map<Metric, double[]>> values = new LinkedHashMap<>();
    private final Map<String, Map<Row, List<String>>> failures = new LinkedHashMap<>();
    private final Map<String, Map<Row, Long>> errors = new LinkedHashMap<>();
    private final Map<String, Map<Row, String>> complaints = new LinkedHashMap<>();
    private final Map<String, String> absent = new LinkedHashMap<>();

    Results(int rounds, List<String> contestants) {
        this.rounds = rounds;
        this.contestants = List.copyOf(contestants);
        for (String contestant : contestants) {
            values.put(contestant, new EnumMap<>(Metric.class));
            failures.put(contestant, new EnumMap<>(Row.class));
            errors.put(contestant, new EnumMap<>(Row.class));
            complaints.put(contestant, new EnumMap<>(Row.class));
        }
    }

    int rounds() {
        return rounds;
    }

    List<String> contestants() {
        return contestants;
    }

    private static <T> T of(Map<String, T> map, String contestant) {
        T found = map.get(contestant);
        if (found == null) {
            throw new IllegalArgumentException("no contestant " + contestant);
        }
        return found;
    }

    /** Records a figure of a round, counted from 0. */
    void record(String contestant, Metric metric, int round, double value) {
        double[] all = of(values, contestant).computeIfAbsent(metric, m -> {
            double[] none = new double[rounds];
            Arrays.fill(none, Double.NaN);
            return none;
        });
        all[round] = value;
    }

    /** Adds errors that a load program reported although it ended well. */
    void errors(String contestant, Row row, long count, String complaint) {
        if (count > 0) {
            of(errors, contestant).merge(row, count, Long::sum);
            of(complaints, contestant).putIfAbsent(row, complaint);
        }
    }

    /** A row could not be measured in a round. */
    void failed(String contestant, Row row, String reason) {
        of(failures, contestant).computeIfAbsent(row, r -> new ArrayList<>()).add(reason);
    }

    /** A contestant does not take part at all. */
    void absent(String contestant, String reason) {
        absent.put(contestant, reason);
    }

    /** Contestants that do not take part, with the reason. */
    Map<String, String> absent() {
        return absent;
    }

    boolean takesPart(String contestant) {
        return contestants.contains(contestant) && !absent.containsKey(contestant);
    }

    List<String> failures(String contestant, Row row) {
        return of(failures, contestant).getOrDefault(row, List.of());
    }

    long errors(String contestant, Row row) {
        return of(errors, contestant).getOrDefault(row, 0L);
    }

    String complaint(String contestant, Row row) {
        return of(complaints, contestant).getOrDefault(row, "");
    }

    /** The figure of a round, not a number when it is missing. */
    double value(String contestant, Metric metric, int round) {
        Metric base = metric.base();
        if (base != metric) {
            return contestant.equals(Contestants.NONE)
                    ? Double.NaN
                    : value(contestant, base, round) - value(Contestants.NONE, base, round);
        }
        Map<Metric, double[]> all = values.get(contestant);
        double[] found = all == null ? null : all.get(metric);
        return found == null ? Double.NaN : found[round];
    }

    /** Median over the rounds that have the figure. */
    OptionalDouble median(String contestant, Metric metric) {
        double[] all = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            all[round] = value(contestant, metric, round);
        }
        return median(all);
    }

    /** Median of the ratios {@code contestant / other}, each within a round. */
    OptionalDouble ratio(String contestant, String other, Metric metric) {
        return ratio(contestant, metric, other, metric);
    }

    /** Median of the ratios of two metrics, each within a round. */
    OptionalDouble ratio(String contestant, Metric metric, String other, Metric otherMetric) {
        double[] all = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double divisor = value(other, otherMetric, round);
            all[round] = divisor > 0 ? value(contestant, metric, round) / divisor : Double.NaN;
        }
        return median(all);
    }

    /** The median of what is a number; of an even count the mean of the middle two. */
    static OptionalDouble median(double... values) {
        double[] sorted =
                Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
        if (sorted.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = sorted.length / 2;
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }
}
