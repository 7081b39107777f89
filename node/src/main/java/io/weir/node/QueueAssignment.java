package io.weir.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which switching processor polls which receive queue: as configured, and the rest evenly. Each queue without a processor
 * goes, in order, to the one that has the fewest queues of all, and among those to the one with the fewest of its interface.
 */
final class QueueAssignment {
    /** The processor of a queue is to be chosen. */
    static final int ANY = -1;

    private QueueAssignment() {}

    /**
     * The processor of each queue of each interface.
     *
     * @param asked per interface and queue a processor or {@link #ANY}
     */
    static List<List<Integer>> assign(List<List<Integer>> asked, int processors) {
        int[] load = new int[processors];
        asked.forEach(queues -> queues.stream().filter(p -> p != ANY).forEach(p -> load[p]++));
        List<List<Integer>> assigned = new ArrayList<>();
        for (List<Integer> queues : asked) {
            int[] own = new int[processors];
            queues.stream().filter(p -> p != ANY).forEach(p -> own[p]++);
            List<Integer> result = new ArrayList<>();
            for (int queue : queues) {
                int processor = queue;
                if (queue == ANY) {
                    processor = least(load, own);
                    load[processor]++;
                    own[processor]++;
                }
                result.add(processor);
            }
            assigned.add(List.copyOf(result));
        }
        return List.copyOf(assigned);
    }

    private static int least(int[] load, int[] own) {
        int best = 0;
        for (int processor = 1; processor < load.length; processor++) {
            int compared =
                    Arrays.compare(new int[] {load[processor], own[processor]}, new int[] {load[best], own[best]});
            best = compared < 0 ? processor : best;
        }
        return best;
    }
}
