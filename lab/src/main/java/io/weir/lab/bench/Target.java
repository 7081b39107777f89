package io.weir.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A ratio that weir sets out to reach.
 *
 * @param metric of weir's better driver
 * @param driver the driver meant, or empty for the better one
 * @param other whom it is compared with
 * @param otherMetric the other's figure
 * @param bound the ratio
 * @param atLeast true when the ratio must not be less than the bound, false when it must not be more
 */
record Target(Metric metric, String driver, String other, Metric otherMetric, double bound, boolean atLeast) {
    static final List<Target> ALL = List.of(
            // The forwarder looks nothing up, so its one figure stands against both kinds of weir's work.
            new Target(
                    Metric.UDP_OVERLOAD_RATE,
                    Contestants.AF_XDP,
                    Contestants.C_FORWARDER,
                    Metric.FORWARDING_RATE,
                    0.9,
                    true),
            new Target(
                    Metric.FORWARDING_RATE,
                    Contestants.AF_XDP,
                    Contestants.C_FORWARDER,
                    Metric.FORWARDING_RATE,
                    0.9,
                    true),
            against(Contestants.NFTABLES, Metric.SHORT_RATE, 0.9, true),
            against(Contestants.NFTABLES, Metric.KEEP_ALIVE_RATE, 0.9, true),
            against(Contestants.NFTABLES, Metric.UDP_LOSSLESS_RATE, 1.2, true),
            against(Contestants.NFTABLES, Metric.UDP_OVERLOAD_RATE, 1.2, true),
            against(Contestants.NFTABLES, Metric.BULK_1_RATE, 0.75, true),
            against(Contestants.NFTABLES, Metric.BULK_8_RATE, 0.75, true),
            against(Contestants.HAPROXY, Metric.SHORT_RATE, 1.3, true),
            against(Contestants.NGINX, Metric.SHORT_RATE, 1.3, true),
            against(Contestants.HAPROXY, Metric.SHORT_CPU_ADDED, 0.7, false),
            against(Contestants.NGINX, Metric.SHORT_CPU_ADDED, 0.7, false));

    private static Target against(String other, Metric metric, double bound, boolean atLeast) {
        return new Target(metric, "", other, metric, bound, atLeast);
    }

    /**
     * Whether a target was met.
     *
     * @param ratio the ratio found; empty when it was not measured
     * @param driver weir's driver that it is about
     */
    record Outcome(Target target, OptionalDouble ratio, String driver) {
        boolean met() {
            return ratio.isPresent()
                    && (target.atLeast ? ratio.getAsDouble() >= target.bound : ratio.getAsDouble() <= target.bound);
        }

        String verdict() {
            return ratio.isEmpty() ? "not measured" : met() ? "met" : "missed";
        }

        /** Such as {@code short connections, af_packet / nftables: 0.93, target >= 0.90}. */
        String text() {
            return String.format(
                    Locale.ROOT,
                    "%s, %s / %s%s: %s, target %s %.2f",
                    target.metric.title(),
                    driver.isEmpty() ? "weir" : driver,
                    target.other,
                    target.otherMetric == target.metric ? "" : " " + target.otherMetric.title(),
                    ratio.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()),
                    target.atLeast ? ">=" : "<=",
                    target.bound);
        }
    }

    /** Evaluates all targets; the better driver is chosen for each by its ratio. */
    static List<Outcome> evaluate(Results results) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Target target : ALL) {
            outcomes.add(target.evaluateIn(results));
        }
        return outcomes;
    }

    private Outcome evaluateIn(Results results) {
        Outcome best = new Outcome(this, OptionalDouble.empty(), driver);
        for (String candidate :
                driver.isEmpty() ? List.of(Contestants.AF_PACKET, Contestants.AF_XDP) : List.of(driver)) {
            OptionalDouble ratio = results.ratio(candidate, metric, other, otherMetric);
            if (ratio.isPresent()
                    && (best.ratio().isEmpty()
                            || (ratio.getAsDouble() > best.ratio().getAsDouble()) == atLeast)) {
                best = new Outcome(this, ratio, candidate);
            }
        }
        return best;
    }
}
