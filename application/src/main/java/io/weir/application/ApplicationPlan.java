package io.weir.application;

import java.util.List;

/**
 * What an application needs, decided from its settings before anything runs.
 *
 * @param counters names of its counters, at most {@value #MOST_COUNTERS}, lower case with hyphens
 * @param dropReasons names of its drop reasons, at most {@value #MOST_DROP_REASONS}, likewise
 * @param sharedBytes memory that all processors and the control part share, in the node's map, from a multiple of 64 on;
 *     zeros at first
 * @param timerMs how often {@link NetworkApplication#timer} is called, in milliseconds; 0 is never
 */
public record ApplicationPlan(List<String> counters, List<String> dropReasons, long sharedBytes, int timerMs) {
    public static final int MOST_COUNTERS = 32;
    public static final int MOST_DROP_REASONS = 16;
    /** Longest name of a counter or drop reason. */
    public static final int NAME_LENGTH = 47;

    public ApplicationPlan {
        counters = List.copyOf(counters);
        dropReasons = List.copyOf(dropReasons);
        check("counters", counters, MOST_COUNTERS);
        check("drop reasons", dropReasons, MOST_DROP_REASONS);
        if (sharedBytes < 0) {
            throw new IllegalArgumentException("shared bytes: " + sharedBytes + " is negative");
        }
        if (timerMs < 0) {
            throw new IllegalArgumentException("timer: " + timerMs + " ms is negative");
        }
    }

    /** Without shared memory and timer. */
    public ApplicationPlan(List<String> counters, List<String> dropReasons) {
        this(counters, dropReasons, 0, 0);
    }

    private static void check(String what, List<String> names, int most) {
        if (names.size() > most) {
            throw new IllegalArgumentException(what + ": " + names.size() + " are more than " + most);
        }
        for (String name : names) {
            if (!name.matches("[a-z0-9]+(-[a-z0-9]+)*") || name.length() > NAME_LENGTH) {
                throw new IllegalArgumentException(what + ": \"" + name + "\" is not lower case with hyphens, at most "
                        + NAME_LENGTH + " characters");
            }
        }
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException(what + ": a name stands there twice: " + names);
        }
    }
}
