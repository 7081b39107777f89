package io.weir.control.master;

import io.weir.memory.configuration.SelectionSlots;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Maglev consistent hashing (Eisenbud et al., NSDI 2016, section 3.4) with weights: each member prefers the slots in an
 * order of its own, which depends on its name only, and members take turns in proportion to their weights, each
 * taking the slot it likes best among those still free. The data path indexes the table with the hash of a connection.
 *
 * <p>Two additions to the paper. Each member has a quota (its exact share, rounded), so members stand in proportion to
 * their weights within one slot. And a table is not built anew after a change but repaired: only members that lost
 * share give up slots, only members that gained share take them, again by turns and preference, so exactly the
 * minimum moves; a member that leaves and comes back takes back about two thirds of its slots.
 *
 * <p>Measured (MaglevTest; equal weights, then one of N removed, or its weight changed by 10 to 50 %; slots moved
 * relative to the minimum that the new shares require):
 *
 * <pre>
 *                              N = 10        N = 30        N = 100    (10,007 slots)
 * repaired, any change          1.00          1.00          1.00
 * built anew, one removed       1.06          1.36          2.50
 * built anew, weight changed 1.10..1.38    1.52..3.27    4.53..10.9
 * </pre>
 *
 * <p>The price: a repaired table depends on its history, so two nodes have equal tables only if they went through the
 * same changes since their tables were built.
 */
public final class Maglev implements SelectionAlgorithm {
    /**
     * Table sizes: primes, so that every skip is a full cycle; the paper wants at least 100 slots a member. Few sizes,
     * because a change of size moves nearly every slot; a table that is larger than needed is kept.
     */
    private static final int[] SIZES = {10_007, 65_537, 655_373};

    private static final int SLOTS_PER_MEMBER = 100;
    private static final char FREE = 0xffff;

    private final int minimumSize;

    public Maglev() {
        this(SIZES[0]);
    }

    /**
     * Tables of at least {@code minimumSize} slots.
     *
     * @param minimumSize a prime
     */
    public Maglev(int minimumSize) {
        if (!isPrime(minimumSize)) {
            throw new IllegalArgumentException("table size " + minimumSize + " is not a prime");
        }
        this.minimumSize = minimumSize;
    }

    private static boolean isPrime(int number) {
        for (int divisor = 2; divisor <= number / divisor; divisor++) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return number > 1;
    }

    @Override
    public SelectionTable build(List<Candidate> candidates, SelectionTable previous) {
        List<String> names = candidates.stream().map(Candidate::name).toList();
        int active = (int) candidates.stream().filter(each -> each.weight() > 0).count();
        if (active == 0) {
            return new SelectionTable(names, SelectionSlots.EMPTY);
        }
        int needed = sizeFor(active);
        boolean isRepair = previous.size() >= needed && isPrime(previous.size());
        char[] slots = new char[isRepair ? previous.size() : needed];
        if (isRepair) {
            keep(previous, names, slots);
        } else {
            Arrays.fill(slots, FREE);
        }
        fill(candidates, Quotas.of(candidates, slots.length), slots);
        return new SelectionTable(names, SelectionSlots.of(slots));
    }

    private int sizeFor(int members) {
        int needed = members * SLOTS_PER_MEMBER;
        if (minimumSize >= needed) {
            return minimumSize;
        }
        for (int size : SIZES) {
            if (size >= needed) {
                return size;
            }
        }
        return Math.max(SIZES[SIZES.length - 1], minimumSize);
    }

    private static void keep(SelectionTable previous, List<String> names, char[] slots) {
        int[] indexes = previous.indexesIn(names);
        for (int slot = 0; slot < slots.length; slot++) {
            // -1 (gone) becomes FREE.
            slots[slot] = (char) indexes[previous.slots().member(slot)];
        }
    }

    private static void fill(List<Candidate> candidates, int[] quotas, char[] slots) {
        int[] excess = new int[quotas.length];
        for (int k = 0; k < quotas.length; k++) {
            excess[k] = -quotas[k];
        }
        for (char member : slots) {
            if (member != FREE) {
                excess[member]++;
            }
        }
        int most = 0;
        int growing = 0;
        Taker[] takers = new Taker[quotas.length];
        for (int k = 0; k < quotas.length; k++) {
            if (excess[k] < 0) {
                takers[growing++] = new Taker(candidates.get(k).name(), k, -excess[k], slots.length);
                most = Math.max(most, -excess[k]);
            }
        }
        // By name: the order of members in the configuration must not matter.
        Arrays.sort(takers, 0, growing, Comparator.comparing(taker -> taker.name));
        for (int round = 0; round < most; round++) {
            for (int k = 0; k < growing; k++) {
                if (takers[k].hasTurn(most)) {
                    takers[k].take(slots, excess);
                }
            }
        }
    }

    /** A member that still takes slots, on its way through its preferences. */
    private static final class Taker {
        private final String name;
        private final char member;
        private final int wanted;
        private final int skip;
        private final int size;
        private int slot;
        private long credit;

        Taker(String name, int member, int wanted, int size) {
            this.name = name;
            this.member = (char) member;
            this.wanted = wanted;
            this.size = size;
            long hash = hash(name);
            this.slot = (int) Long.remainderUnsigned(hash, size);
            this.skip = size == 2 ? 1 : (int) Long.remainderUnsigned(mix(hash ^ 0x9e37_79b9_7f4a_7c15L), size - 1) + 1;
        }

        /** Spreads {@code wanted} turns evenly over {@code rounds} rounds. */
        boolean hasTurn(int rounds) {
            credit += wanted;
            if (credit < rounds) {
                return false;
            }
            credit -= rounds;
            return true;
        }

        /** Ends, because what takers want in all is what is free or in excess, and the walk passes every slot. */
        void take(char[] slots, int[] excess) {
            while (true) {
                int at = slot;
                slot += skip;
                if (slot >= size) {
                    slot -= size;
                }
                char holder = slots[at];
                if (holder == FREE || excess[holder] > 0) {
                    if (holder != FREE) {
                        excess[holder]--;
                    }
                    slots[at] = member;
                    return;
                }
            }
        }

        /** FNV-1a over the name's UTF-8, then mixed: names differ little, slots must differ much. */
        private static long hash(String name) {
            long hash = 0xcbf2_9ce4_8422_2325L;
            for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ (each & 0xff)) * 0x0000_0100_0000_01b3L;
            }
            return mix(hash);
        }

        /** The finalizer of SplitMix64 (Steele et al., OOPSLA 2014). */
        private static long mix(long value) {
            long z = (value ^ (value >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
            return z ^ (z >>> 31);
        }
    }
}
