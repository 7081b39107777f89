package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * When SYNs were sent on to servers, and how long each server has been taking to answer: shared by all switching
 * processors of a node, because a SYN-ACK may arrive at another processor than its SYN.
 *
 * <pre>
 * start times, 65,536 words, by the low bits of the hash of the tuple of the answer
 *    63            32 31             0
 *    ┌───────────────┬────────────────┐
 *    │ hash          │ µs, wrapping   │   0 is none
 *    └───────────────┴────────────────┘
 * estimates, a word for each server number
 *    ┌───────────────┬────────────────┐
 *    │ delay, µs     │ ms, wrapping   │   0 is none
 *    └───────────────┴────────────────┘
 * </pre>
 *
 * <p>Every word is whole and is stored and loaded opaquely; nothing orders it against other memory, because nothing else
 * is read through it. A start time that another connection has overwritten is lost: with more than some ten thousand
 * handshakes under way the delays are a sample. Two processors that learn about the same server at once may lose one of
 * the two measurements. A word never meets another tuple of the same full hash but once in 2^32.
 *
 * <p>Retransmitted SYNs leave the first start time in place: a server that drops SYNs because its queue is full is as
 * slow as its client finds it. Allocation-free.
 */
public final class Handshakes {
    /** No start time is known. */
    static final int UNKNOWN = -1;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int STARTS = 1 << 16;
    private static final long LOW_32 = 0xffff_ffffL;

    /** An estimate halves in 4.1 s without a measurement: one bad moment must not keep a server away for ever. */
    private static final int HALVING_SHIFT = 12;

    /** Gain of 1/8, as of the smoothed round-trip time (RFC 6298 section 2). */
    private static final int GAIN_SHIFT = 3;

    private final long[] starts = new long[STARTS];
    private final long[] estimates = new long[ConfigurationLayout.MAX_NUMBER + 1];

    public Handshakes() {}

    /** A SYN leaves for a server, whose answer will have the given hash. */
    void started(int hash, int nowMicros) {
        WORD.setOpaque(starts, hash & (STARTS - 1), ((long) hash << 32) | (nowMicros & LOW_32));
    }

    /** Takes the delay of the SYN-ACK with the given hash, in microseconds, or {@link #UNKNOWN}. */
    int answered(int hash, int nowMicros) {
        int slot = hash & (STARTS - 1);
        long word = (long) WORD.getOpaque(starts, slot);
        if (word == 0 || (int) (word >>> 32) != hash) {
            return UNKNOWN;
        }
        WORD.setOpaque(starts, slot, 0L);
        int delay = nowMicros - (int) word;
        return delay >= 0
                ? delay
                : UNKNOWN; // the clock wraps in 71 minutes: nothing that is left that long is an answer
    }

    /** A server has answered after so many microseconds. */
    void learn(int server, int micros, int nowMs) {
        long old = (long) WORD.getOpaque(estimates, server);
        int estimate = (int) (old >>> 32);
        int ageMs = nowMs - (int) old;
        boolean isYoung = ageMs >= 0 && ageMs < 1 << HALVING_SHIFT;
        int next = estimate == 0 || !isYoung ? micros : estimate + ((micros - estimate) >> GAIN_SHIFT);
        WORD.setOpaque(estimates, server, ((long) Math.max(next, 1) << 32) | (nowMs & LOW_32));
    }

    /** Estimate of a server's delay in microseconds; 0 when nothing is known, or not any more. */
    int latencyMicros(int server, int nowMs) {
        long word = (long) WORD.getOpaque(estimates, server);
        int ageMs = nowMs - (int) word;
        int halvings = ageMs >>> HALVING_SHIFT; // a negative age, of weeks, gives far more than 31
        return halvings > 31 ? 0 : (int) (word >>> 32) >> halvings;
    }
}
