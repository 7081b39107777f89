package io.weir.control.configuration;

import io.weir.memory.configuration.ConfigurationLayout;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Numbers of names, 1..65535, kept from generation to generation. The number of a name that is gone is given to another
 * as late as possible (numbers never used first, then the one freed longest ago), because connections and counters of
 * the old bearer may still be about. Not thread-safe.
 */
public final class StableNumbers {
    private final Map<String, Integer> numbers;
    private final Deque<Integer> freed;
    private int nextUnused;

    public StableNumbers() {
        this(Map.of());
    }

    /** Takes up numbers that were given out before, such as those found in the shared memory. */
    public StableNumbers(Map<String, Integer> givenOut) {
        this.numbers = new HashMap<>(givenOut);
        this.freed = new ArrayDeque<>();
        this.nextUnused =
                1 + givenOut.values().stream().mapToInt(each -> each).max().orElse(0);
        Set<Integer> taken = new HashSet<>(givenOut.values());
        for (int number = 1; number < nextUnused; number++) {
            if (!taken.contains(number)) {
                freed.add(number);
            }
        }
    }

    private StableNumbers(StableNumbers other) {
        this.numbers = new HashMap<>(other.numbers);
        this.freed = new ArrayDeque<>(other.freed);
        this.nextUnused = other.nextUnused;
    }

    /**
     * The numbers of the next generation: for exactly the given names, the known ones as before. This object does not
     * change, so a generation that is refused leaves no trace.
     *
     * @throws IllegalArgumentException for more than 65535 names
     */
    public StableNumbers next(Collection<String> names) {
        if (names.size() > ConfigurationLayout.MAX_NUMBER) {
            throw new IllegalArgumentException(
                    names.size() + " names, more than the " + ConfigurationLayout.MAX_NUMBER + " numbers there are");
        }
        StableNumbers next = new StableNumbers(this);
        Set<String> kept = new HashSet<>(names);
        numbers.entrySet().stream()
                .filter(each -> !kept.contains(each.getKey()))
                .sorted(Map.Entry.comparingByValue())
                .forEach(each -> {
                    next.numbers.remove(each.getKey());
                    next.freed.addLast(each.getValue());
                });
        for (String name : names) {
            next.numbers.computeIfAbsent(name, each -> next.take());
        }
        return next;
    }

    private int take() {
        return nextUnused <= ConfigurationLayout.MAX_NUMBER ? nextUnused++ : freed.removeFirst();
    }

    /** The number of a name, or 0. */
    public int of(String name) {
        return numbers.getOrDefault(name, 0);
    }
}
