package io.weir.control;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The last generations. The master alone may make one each second, so those that only carry out what is wanted are kept
 * in smaller number than those by which people wanted something else. Not thread-safe.
 */
final class GenerationHistory {
    /** Generations by load and health: some minutes. */
    static final int MOST_AUTOMATIC = 500;
    /** Generations by people. */
    static final int MOST_WANTED = 100;

    private final Deque<Generation> generations = new ArrayDeque<>();

    void add(Generation generation) {
        generations.addFirst(generation);
        trim(true, MOST_WANTED);
        trim(false, MOST_AUTOMATIC);
    }

    private void trim(boolean wanted, int most) {
        long count =
                generations.stream().filter(each -> each.wanted() == wanted).count();
        if (count > most) {
            Generation oldest = null;
            for (Generation each : generations) {
                if (each.wanted() == wanted) {
                    oldest = each;
                }
            }
            generations.remove(oldest);
        }
    }

    /** Newest first. */
    List<Generation> newestFirst() {
        return List.copyOf(generations);
    }

    Optional<Generation> find(long number) {
        return generations.stream().filter(each -> each.number() == number).findFirst();
    }

    /** The newest that wanted something else than {@code desired}. */
    Optional<Generation> before(Desired desired) {
        return generations.stream()
                .filter(each -> !each.desired().equals(desired))
                .findFirst();
    }
}
