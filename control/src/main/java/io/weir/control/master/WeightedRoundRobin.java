package io.weir.control.master;

import io.weir.memory.configuration.SelectionSlots;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * Weighted round robin: a sequence in which members stand as often as their weights say, each evenly spread. Every
 * switching processor walks it with a position of its own. Weights are divided by their greatest common divisor; when
 * the sequence would still be longer than {@value #MAX_LENGTH} (or 4 slots a member), shares are rounded to that
 * length. Nothing hangs on which slot a member has, so the previous table does not matter.
 */
public final class WeightedRoundRobin implements SelectionAlgorithm {
    /** Longest sequence for up to 1,024 members: a weight's share is exact to 1/4096; 8 KiB stay in a first-level cache. */
    static final int MAX_LENGTH = 4096;

    private static final int SLOTS_PER_MEMBER = 4;

    @Override
    public SelectionTable build(List<Candidate> candidates, SelectionTable previous) {
        return interleaved(candidates);
    }

    static SelectionTable interleaved(List<Candidate> candidates) {
        int[] turns = turns(candidates);
        int length = Arrays.stream(turns).sum();
        long[] order = new long[length];
        int next = 0;
        for (int member = 0; member < turns.length; member++) {
            for (int turn = 0; turn < turns[member]; turn++) {
                // The middle of the member's turn-th of all its equal parts of the round, as a fraction of 2^40.
                long time = ((2L * turn + 1) << 40) / (2L * turns[member]);
                order[next++] = time << 16 | member;
            }
        }
        Arrays.sort(order);
        char[] slots = new char[length];
        for (int slot = 0; slot < length; slot++) {
            slots[slot] = (char) order[slot];
        }
        return new SelectionTable(candidates.stream().map(Candidate::name).toList(), SelectionSlots.of(slots));
    }

    private static int[] turns(List<Candidate> candidates) {
        int limit = Math.max(MAX_LENGTH, SLOTS_PER_MEMBER * candidates.size());
        int[] turns = candidates.stream().mapToInt(Candidate::weight).toArray();
        divideByCommonDivisor(turns);
        if (Arrays.stream(turns).asLongStream().sum() > limit) {
            turns = Quotas.of(candidates, limit);
            divideByCommonDivisor(turns);
        }
        return turns;
    }

    private static void divideByCommonDivisor(int[] turns) {
        BigInteger divisor = BigInteger.ZERO;
        for (int each : turns) {
            divisor = divisor.gcd(BigInteger.valueOf(each));
        }
        for (int k = 0; k < turns.length && divisor.signum() > 0; k++) {
            turns[k] /= divisor.intValue();
        }
    }
}
