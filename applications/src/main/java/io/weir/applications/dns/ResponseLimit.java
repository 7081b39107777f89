package io.weir.applications.dns;

import io.weir.application.Packets;
import io.weir.applications.hash.SipHash;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Limits responses to each prefix of clients, /24 of IPv4 and /56 of IPv6 as usual for response rate limiting: a token bucket
 * for each, which holds what comes in a second. The table is bounded. A prefix that finds its four slots taken by others that were active within the
 * last second shares the first; which slots those are depends on a key that nobody knows.
 */
final class ResponseLimit {
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int SLOTS = 1 << 12;
    private static final int WAYS = 4;
    private static final int SECOND_MS = 1000;
    /** Seven octets, the first lowest. */
    private static final long PREFIX6 = 0xff_ffff_ffff_ffffL;
    /** Three octets. */
    private static final long PREFIX4 = 0xff_ffffL;

    private final int perSecond;
    private final SipHash hash;
    private final int[] tags = new int[SLOTS];
    private final int[] filledMs = new int[SLOTS];
    /** Responses times 1000, as a bucket fills by the rate in responses for each millisecond. */
    private final long[] tokens = new long[SLOTS];

    /**
     * A limit.
     *
     * @param perSecond 0 is none
     */
    ResponseLimit(int perSecond) {
        this.perSecond = perSecond;
        SecureRandom random = new SecureRandom();
        this.hash = new SipHash(random.nextLong(), random.nextLong());
    }

    /** Takes a token for the client of a row; false when it has none. */
    boolean take(Packets packets, int row, int nowMs) {
        if (perSecond == 0) {
            return true;
        }
        long hashed = hash(packets, row);
        int slot = slot(hashed, nowMs);
        // Compared without sign: what is older than a wrap of the clock's half has been idle all the same.
        long elapsed = Math.min(Integer.toUnsignedLong(nowMs - filledMs[slot]), SECOND_MS);
        tokens[slot] = Math.min((long) perSecond * SECOND_MS, tokens[slot] + elapsed * perSecond);
        filledMs[slot] = nowMs;
        if (tokens[slot] < SECOND_MS) {
            return false;
        }
        tokens[slot] -= SECOND_MS;
        return true;
    }

    private long hash(Packets packets, int row) {
        MemorySegment memory = packets.memory();
        long network = packets.network(row);
        if (packets.version(row) == 4) {
            long prefix = memory.get(U32, network + 12) & PREFIX4;
            return hash.begin().add(prefix).finish(4, 1);
        }
        long prefix = memory.get(U64, network + 8) & PREFIX6;
        return hash.begin().add(prefix).finish(6, 1);
    }

    private int slot(long hashed, int nowMs) {
        int first = (int) hashed & SLOTS - 1;
        int tag = (int) (hashed >>> 32) | 1;
        for (int way = 0; way < WAYS; way++) {
            int slot = first + way & SLOTS - 1;
            if (tags[slot] == tag) {
                return slot;
            }
        }
        for (int way = 0; way < WAYS; way++) {
            int slot = first + way & SLOTS - 1;
            if (tags[slot] == 0 || Integer.toUnsignedLong(nowMs - filledMs[slot]) > SECOND_MS) {
                tags[slot] = tag;
                filledMs[slot] = nowMs;
                tokens[slot] = (long) perSecond * SECOND_MS;
                return slot;
            }
        }
        return first;
    }
}
