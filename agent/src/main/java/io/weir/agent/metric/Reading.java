package io.weir.agent.metric;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of the five metrics at one time; immutable. An unknown metric is {@link #UNKNOWN}. */
public final class Reading {
    /** A metric that is not known. */
    public static final double UNKNOWN = -1;
    /** Nothing is known. */
    public static final Reading NONE = new Reading(Map.of());

    private final Map<Metric, Double> values;

    private Reading(Map<Metric, Double> values) {
        this.values = values;
    }

    /** A reading of one metric. */
    public static Reading of(Metric metric, double value) {
        return NONE.with(metric, value);
    }

    /** The value of a metric, or {@link #UNKNOWN}. */
    public double value(Metric metric) {
        return values.getOrDefault(metric, UNKNOWN);
    }

    /** Whether a metric is known. */
    public boolean knows(Metric metric) {
        return value(metric) >= 0;
    }

    /** This reading with another value of one metric, which may be {@link #UNKNOWN}. */
    public Reading with(Metric metric, double value) {
        Map<Metric, Double> copy = new EnumMap<>(Metric.class);
        copy.putAll(values);
        if (value == UNKNOWN) {
            copy.remove(metric);
        } else {
            copy.put(metric, value);
        }
        return new Reading(copy);
    }

    /**
     * This reading, once no value of it is absurd.
     *
     * @throws SourceException when a value is not a number, negative or beyond {@link Metric#greatest}
     */
    public Reading checked() throws SourceException {
        for (Metric metric : Metric.values()) {
            double value = value(metric);
            if (value != UNKNOWN && !(value >= 0 && value <= metric.greatest())) {
                throw new SourceException(
                        metric.key() + ": " + value + " is not within 0.." + (long) metric.greatest());
            }
        }
        return this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Reading reading && values.equals(reading.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Metric metric : Metric.values()) {
            if (knows(metric)) {
                text.append(text.isEmpty() ? "" : " ")
                        .append(metric.key())
                        .append('=')
                        .append(value(metric));
            }
        }
        return text.isEmpty() ? "nothing known" : text.toString();
    }
}
