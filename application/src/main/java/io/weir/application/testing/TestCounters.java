package io.weir.application.testing;

import io.weir.application.ApplicationCounters;
import io.weir.application.ApplicationPlan;
import java.util.List;

/** Counters that a test can read by name. */
public final class TestCounters implements ApplicationCounters {
    private final List<String> names;
    private final long[] values;

    /** Counters of a plan, all 0. */
    public TestCounters(ApplicationPlan plan) {
        this.names = plan.counters();
        this.values = new long[names.size()];
    }

    @Override
    public void add(int counter, long amount) {
        values[counter] += amount;
    }

    /**
     * What was counted.
     *
     * @throws IllegalArgumentException when the plan has no such counter
     */
    public long value(String name) {
        int counter = names.indexOf(name);
        if (counter < 0) {
            throw new IllegalArgumentException("there is no counter \"" + name + "\"; there are: " + names);
        }
        return values[counter];
    }

    /** All of them as {@code name=value}, those that are 0 left out. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0) {
                text.append(text.isEmpty() ? "" : " ")
                        .append(names.get(i))
                        .append('=')
                        .append(values[i]);
            }
        }
        return text.toString();
    }
}
