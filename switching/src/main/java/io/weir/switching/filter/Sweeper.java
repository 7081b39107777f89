package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.ProcessorCounters;

/**
 * The expiry hand of one processor: moves over this processor's share of both connection tables, a slice per duty cycle,
 * and removes connections that were idle for longer than their state allows. A whole turn takes about
 * {@value #TURN_MS} ms; a single slice is bounded, so a long pause makes the turn longer instead of the cycle.
 *
 * <p>Connections of a server whose connections are to be reset are removed, too. When a configuration names such a server
 * that the one before did not, the hand makes one turn in {@value #FAST_TURN_MS} ms, and its slices count as work, for the
 * processor not to sleep meanwhile.
 */
final class Sweeper {
    private static final int TURN_MS = 5_000;

    private static final int FAST_TURN_MS = 250;
    /** About 50 µs of sequential memory. */
    private static final int SLICE_LIMIT = 8_192;

    private final ProcessorCounters counters;
    private final ConfigurationReader configuration;
    /** Servers whose connections were to be reset when looked at last, a bit each. */
    private final long[] resetting = new long[ConfigurationReader.RESETTING_WORDS];

    private final Hand hand4;
    private final Hand hand6;

    private int lastMs;
    private boolean started;
    private long generation;

    Sweeper(ProcessorContext context, ConnectionPairs4 pairs4, ConnectionPairs6 pairs6) {
        this.counters = context.counters;
        this.configuration = context.configuration;
        this.hand4 = new Hand(context.connections4, pairs4, context.processor, context.processors);
        this.hand6 = new Hand(context.connections6, pairs6, context.processor, context.processors);
    }

    /** Sweeps what the time since the last call asks for; returns the number of records removed, and more in a fast turn. */
    int sweep(int nowMs) {
        if (!started) {
            started = true;
            lastMs = nowMs;
        }
        int elapsedMs = Math.min(Math.max(nowMs - lastMs, 0), TURN_MS);
        lastMs = nowMs;
        if (configuration.generation() != generation) {
            generation = configuration.generation();
            if (isServerNewlyResetting()) {
                hand4.hurry();
                hand6.hurry();
            }
        }
        return hand4.move(elapsedMs, nowMs) + hand6.move(elapsedMs, nowMs);
    }

    /** Takes note of the servers whose connections are to be reset; true when one of them is new. */
    private boolean isServerNewlyResetting() {
        boolean any = configuration.hasResettingServers();
        boolean isNew = false;
        for (int k = 0; k < resetting.length; k++) {
            long word = any ? configuration.resettingWord(k) : 0;
            isNew |= (word & ~resetting[k]) != 0;
            resetting[k] = word;
        }
        return isNew;
    }

    /** Position in one table. */
    private final class Hand {
        private final ConnectionTable table;
        private final ConnectionPairs pairs;
        private final long first;
        private final long end;

        private long at;
        /** Slots still to be looked at, in units of 1 / TURN_MS slot. */
        private long debt;
        /** Slots still to be looked at in haste. */
        private long hasty;

        Hand(ConnectionTable table, ConnectionPairs pairs, int processor, int processors) {
            this.table = table;
            this.pairs = pairs;
            this.first = table.slots() * processor / processors;
            this.end = table.slots() * (processor + 1) / processors;
            this.at = first;
        }

        void hurry() {
            hasty = end - first;
        }

        int move(int elapsedMs, int nowMs) {
            long share = end - first;
            long owed = share * elapsedMs * (hasty > 0 ? TURN_MS / FAST_TURN_MS : 1);
            debt = Math.min(debt + owed, share * TURN_MS);
            int slots = (int) Math.min(debt / TURN_MS, SLICE_LIMIT);
            debt -= (long) slots * TURN_MS;
            boolean resets = configuration.hasResettingServers();
            int removed = 0;
            for (int n = 0; n < slots; n++) {
                long record = table.recordAt(at);
                at = at + 1 == end ? first : at + 1;
                long word = table.word(record);
                if (ConnectionTable.isLive(word)
                        && (pairs.expire(record, word, nowMs) || (resets && pairs.reset(record, word)))) {
                    removed++;
                }
            }
            int work = hasty > 0 && debt >= TURN_MS ? removed + 1 : removed;
            hasty = Math.max(hasty - slots, 0);
            if (slots > 0) {
                counters.add(Counter.SWEPT_RECORDS, slots);
            }
            return work;
        }
    }
}
