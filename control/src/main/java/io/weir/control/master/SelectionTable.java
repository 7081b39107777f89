package io.weir.control.master;

import io.weir.memory.configuration.SelectionSlots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A selection table and the names of the members it was built for.
 *
 * @param members names, in the order of the service
 * @param slots indexes into {@code members}
 */
public record SelectionTable(List<String> members, SelectionSlots slots) {
    public static final SelectionTable EMPTY = new SelectionTable(List.of(), SelectionSlots.EMPTY);

    public SelectionTable {
        members = List.copyOf(members);
    }

    public int size() {
        return slots.size();
    }

    /** Name of the member in a slot. */
    public String member(int slot) {
        return members.get(slots.member(slot));
    }

    /** Slots by member, in the order of {@link #members}. */
    public int[] counts() {
        int[] counts = new int[members.size()];
        for (int slot = 0; slot < slots.size(); slot++) {
            counts[slots.member(slot)]++;
        }
        return counts;
    }

    /**
     * Slots that have another member in {@code next}.
     *
     * @throws IllegalArgumentException when the tables differ in size
     */
    public int movedSlots(SelectionTable next) {
        if (size() != next.size()) {
            throw new IllegalArgumentException("tables of " + size() + " and " + next.size() + " slots do not compare");
        }
        int[] renamed = indexesIn(next);
        int moved = 0;
        for (int slot = 0; slot < size(); slot++) {
            if (renamed[slots.member(slot)] != next.slots.member(slot)) {
                moved++;
            }
        }
        return moved;
    }

    /** For each member its index in {@code other}, or -1. */
    int[] indexesIn(SelectionTable other) {
        return indexesIn(other.members);
    }

    int[] indexesIn(List<String> others) {
        Map<String, Integer> index = HashMap.newHashMap(others.size());
        for (int k = 0; k < others.size(); k++) {
            index.put(others.get(k), k);
        }
        int[] indexes = new int[members.size()];
        for (int k = 0; k < indexes.length; k++) {
            indexes[k] = index.getOrDefault(members.get(k), -1);
        }
        return indexes;
    }

    /**
     * The least share of new connections that has to move from this table to {@code next}, whatever the algorithm: what
     * members gain, 0..1. The whole share when either is empty and the other is not.
     */
    public double shareDifference(SelectionTable next) {
        if (size() == 0 || next.size() == 0) {
            return size() == next.size() ? 0 : 1;
        }
        int[] before = counts();
        int[] after = next.counts();
        int[] indexes = next.indexesIn(this);
        double gained = 0;
        for (int k = 0; k < after.length; k++) {
            double old = indexes[k] < 0 ? 0 : (double) before[indexes[k]] / size();
            gained += Math.max(0, (double) after[k] / next.size() - old);
        }
        return gained;
    }
}
