package io.weir.control.master;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Slots by member in proportion to weights, by largest remainder: each is off its exact share by less than one slot,
 * except that a member with weight gets at least one slot.
 */
final class Quotas {
    private Quotas() {}

    /**
     * The slots of each candidate.
     *
     * @param slots to hand out in all; at least the number of candidates with weight
     */
    static int[] of(List<Candidate> candidates, int slots) {
        long total = candidates.stream().mapToLong(Candidate::weight).sum();
        int[] quotas = new int[candidates.size()];
        if (total == 0) {
            return quotas;
        }
        long[] remainders = new long[quotas.length];
        int handedOut = 0;
        for (int k = 0; k < quotas.length; k++) {
            long share = (long) candidates.get(k).weight() * slots;
            quotas[k] = (int) (share / total);
            remainders[k] = share % total;
            if (quotas[k] == 0 && share > 0) {
                quotas[k] = 1;
                remainders[k] = 0;
            }
            handedOut += quotas[k];
        }
        correct(candidates, quotas, remainders, slots - handedOut);
        return quotas;
    }

    /** Hands out what is left by remainder, or takes back what the least shares cost, from the greatest quotas. */
    private static void correct(List<Candidate> candidates, int[] quotas, long[] remainders, int left) {
        if (left > 0) {
            Integer[] order = order(
                    quotas.length,
                    Comparator.<Integer>comparingLong(k -> -remainders[k])
                            .thenComparing(k -> candidates.get(k).name()));
            for (int k = 0; k < left; k++) {
                quotas[order[k]]++;
            }
        }
        for (int taken = left; taken < 0; taken++) {
            int greatest = 0;
            for (int k = 1; k < quotas.length; k++) {
                if (quotas[k] > quotas[greatest]) {
                    greatest = k;
                }
            }
            quotas[greatest]--;
        }
    }

    private static Integer[] order(int length, Comparator<Integer> comparator) {
        Integer[] order = new Integer[length];
        Arrays.setAll(order, k -> k);
        Arrays.sort(order, comparator);
        return order;
    }
}
