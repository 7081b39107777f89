package io.weir.memory.application;

import java.util.List;

/**
 * An application as it stands in the shared memory.
 *
 * @param name of this application; at most 63 bytes UTF-8, as {@code type}
 * @param type what it is an instance of
 * @param interfaceId under which packets are its
 * @param fallback what becomes of its packets once it is stopped, in a word
 * @param budgetNanos time for a batch, beyond which it is suspected
 * @param counters names of its counters, at most {@link ApplicationTable#MOST_COUNTERS}
 * @param dropReasons names of its drop reasons, at most {@link ApplicationTable#MOST_DROP_REASONS}
 * @param sharedBytes memory shared by all parts of it
 */
public record ApplicationDescription(
        String name,
        String type,
        int interfaceId,
        String fallback,
        long budgetNanos,
        List<String> counters,
        List<String> dropReasons,
        long sharedBytes) {
    public ApplicationDescription {
        counters = List.copyOf(counters);
        dropReasons = List.copyOf(dropReasons);
    }
}
