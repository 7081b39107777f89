package io.weir.applications.rtp;

import static io.weir.applications.rtp.SessionTable.INT;
import static io.weir.applications.rtp.SessionTable.LONG;

import java.lang.foreign.MemorySegment;

/**
 * What is known of the stream that a side sends: the state of its source (RFC 3550 appendix A.1), what was lost (A.3), and the
 * interarrival jitter (A.8), in the shared memory.
 *
 * <pre>
 *   0 ┌──────────┬───────────┬──────────┬──────────┐
 *     │ SSRC     │ highest   │ first    │ bad      │  sequence numbers with cycles; the one after a jump, or -1
 *  16 ├──────────┼───────────┼──────────┼──────────┤
 *     │ received │ timestamp │ arrived  │ jitter   │  of this source; of the packet before; µs; µs / 16
 *  32 ├──────────┴───────────┼──────────┴──────────┤
 *     │ window               │ packets             │  bit n: highest - n has arrived; of all sources
 *  48 ├──────────────────────┼─────────────────────┤
 *     │ bytes                │ expected before     │  of all sources; of sources before
 *  64 ├──────────────────────┼──────────┬──────────┤
 *     │ received before      │ late     │ duplicate│
 *  80 ├──────────┬───────────┼──────────┼──────────┤
 *     │ sources  │ type      │ jumps    │ 0        │  sources: 0 is none yet; type: payload type
 *  96 ├──────────┼───────────┼──────────┼──────────┤
 *     │ SSRC     │ sequence  │timestamp │ arrived  │  the candidate: a packet whose source is not confirmed
 * 112 ├──────────┴───────────┼──────────┴──────────┤
 *     │ address, upper half  │ address, lower half │
 * 128 ├──────────┬───────────┼──────────┬──────────┤
 *     │ port     │ bytes     │ state    │ 0        │
 *     └──────────┴───────────┴──────────┴──────────┘
 * </pre>
 *
 * <p>A source counts once two of its packets came in sequence; then the first of them counts, too. Differences to RFC 3550: a
 * packet with the timestamp of the packet before is not measured for jitter (telephone events, frames in several packets),
 * and a difference of {@value #JUMP_US} µs or more is a jump of the sender's clock: measuring begins anew.
 */
final class RtpStream {
    /** RFC 3550 appendix A.1. */
    static final int MAX_DROPOUT = 3_000;

    static final int MAX_MISORDER = 100;

    static final int JUMP_US = 1_000_000;

    private static final int WINDOW = 64;

    private static final long SSRC = 0;
    private static final long HIGHEST = 4;
    private static final long FIRST = 8;
    private static final long BAD = 12;
    private static final long RECEIVED = 16;
    private static final long TIMESTAMP = 20;
    private static final long ARRIVED = 24;
    private static final long JITTER = 28;
    private static final long SEEN = 32;
    private static final long PACKETS = 40;
    private static final long BYTES = 48;
    private static final long EXPECTED_BEFORE = 56;
    private static final long RECEIVED_BEFORE = 64;
    private static final long LATE = 72;
    private static final long DUPLICATES = 76;
    private static final long SOURCES = 80;
    private static final long PAYLOAD_TYPE = 84;
    private static final long JUMPS = 88;
    private static final long CANDIDATE = 96;
    private static final long CANDIDATE_SEQUENCE = 100;
    private static final long CANDIDATE_TIMESTAMP = 104;
    private static final long CANDIDATE_ARRIVED = 108;
    private static final long CANDIDATE_UPPER = 112;
    private static final long CANDIDATE_LOWER = 120;
    private static final long CANDIDATE_PORT = 128;
    private static final long CANDIDATE_BYTES = 132;
    private static final long CANDIDATE_STATE = 136;

    /** States of the candidate; 0 is that there is none. */
    private static final int REFUSED = 1;

    private static final int COUNTED = 2;

    private RtpStream() {}

    /** True when the packet before the one that is looked at is the candidate, from the same address and source. */
    static boolean isConfirmed(
            MemorySegment memory, long stream, long upper, long lower, int port, int ssrc, int sequence) {
        return follows(memory, stream, ssrc, sequence)
                && memory.get(INT, stream + CANDIDATE_PORT) == port
                && memory.get(LONG, stream + CANDIDATE_LOWER) == lower
                && memory.get(LONG, stream + CANDIDATE_UPPER) == upper;
    }

    private static boolean follows(MemorySegment memory, long stream, int ssrc, int sequence) {
        return memory.get(INT, stream + CANDIDATE_STATE) != 0
                && memory.get(INT, stream + CANDIDATE) == ssrc
                && (memory.get(INT, stream + CANDIDATE_SEQUENCE) + 1 & 0xffff) == sequence;
    }

    /** A packet that is refused now is a candidate: the next one may confirm it. */
    static void refuse(
            MemorySegment memory,
            long stream,
            long upper,
            long lower,
            int port,
            MemorySegment frames,
            long packet,
            int bytes,
            int nowMicros) {
        propose(memory, stream, frames, packet, bytes, nowMicros);
        memory.set(LONG, stream + CANDIDATE_UPPER, upper);
        memory.set(LONG, stream + CANDIDATE_LOWER, lower);
        memory.set(INT, stream + CANDIDATE_PORT, port);
        memory.set(INT, stream + CANDIDATE_STATE, REFUSED);
    }

    private static void propose(
            MemorySegment memory, long stream, MemorySegment frames, long packet, int bytes, int nowMicros) {
        memory.set(INT, stream + CANDIDATE, RtpPackets.source(frames, packet));
        memory.set(INT, stream + CANDIDATE_SEQUENCE, RtpPackets.sequence(frames, packet));
        memory.set(INT, stream + CANDIDATE_TIMESTAMP, RtpPackets.timestamp(frames, packet));
        memory.set(INT, stream + CANDIDATE_ARRIVED, nowMicros);
        memory.set(INT, stream + CANDIDATE_BYTES, bytes);
        memory.set(INT, stream + CANDIDATE_STATE, COUNTED);
    }

    /**
     * Counts a packet of the address that is latched.
     *
     * @param tick microseconds of a timestamp unit, times 65536
     * @return true when a new source began with it
     */
    static boolean receive(
            MemorySegment memory, long stream, MemorySegment frames, long packet, int bytes, int nowMicros, int tick) {
        memory.set(LONG, stream + PACKETS, memory.get(LONG, stream + PACKETS) + 1);
        memory.set(LONG, stream + BYTES, memory.get(LONG, stream + BYTES) + bytes);
        int ssrc = RtpPackets.source(frames, packet);
        int sequence = RtpPackets.sequence(frames, packet);
        boolean begins = false;
        if (memory.get(INT, stream + SSRC) != ssrc || memory.get(INT, stream + SOURCES) == 0) {
            if (!follows(memory, stream, ssrc, sequence)) {
                propose(memory, stream, frames, packet, bytes, nowMicros);
                return false;
            }
            begin(memory, stream, ssrc);
            begins = true;
        }
        memory.set(INT, stream + PAYLOAD_TYPE, RtpPackets.payloadType(frames, packet));
        if (advance(memory, stream, sequence)) {
            measure(memory, stream, RtpPackets.timestamp(frames, packet), nowMicros, tick);
        } else {
            restart(memory, stream, RtpPackets.timestamp(frames, packet), nowMicros);
        }
        return begins;
    }

    /** The candidate becomes the source. */
    private static void begin(MemorySegment memory, long stream, int ssrc) {
        int sources = memory.get(INT, stream + SOURCES);
        if (memory.get(INT, stream + CANDIDATE_STATE) == REFUSED) {
            memory.set(LONG, stream + PACKETS, memory.get(LONG, stream + PACKETS) + 1);
            memory.set(
                    LONG, stream + BYTES, memory.get(LONG, stream + BYTES) + memory.get(INT, stream + CANDIDATE_BYTES));
        }
        if (sources > 0) {
            fold(memory, stream);
        }
        memory.set(INT, stream + SOURCES, sources + 1);
        memory.set(INT, stream + SSRC, ssrc);
        memory.set(INT, stream + JITTER, 0);
        reset(memory, stream, memory.get(INT, stream + CANDIDATE_SEQUENCE));
        restart(
                memory,
                stream,
                memory.get(INT, stream + CANDIDATE_TIMESTAMP),
                memory.get(INT, stream + CANDIDATE_ARRIVED));
        memory.set(INT, stream + CANDIDATE_STATE, 0);
    }

    /** What was counted of the source so far stays in the sum. */
    private static void fold(MemorySegment memory, long stream) {
        long expected = Integer.toUnsignedLong(memory.get(INT, stream + HIGHEST) - memory.get(INT, stream + FIRST)) + 1;
        memory.set(LONG, stream + EXPECTED_BEFORE, memory.get(LONG, stream + EXPECTED_BEFORE) + expected);
        memory.set(
                LONG,
                stream + RECEIVED_BEFORE,
                memory.get(LONG, stream + RECEIVED_BEFORE)
                        + Integer.toUnsignedLong(memory.get(INT, stream + RECEIVED)));
    }

    /** The first packet of a source, or after a jump, has arrived: init_seq. */
    private static void reset(MemorySegment memory, long stream, int sequence) {
        memory.set(INT, stream + HIGHEST, sequence);
        memory.set(INT, stream + FIRST, sequence);
        memory.set(INT, stream + BAD, -1);
        memory.set(INT, stream + RECEIVED, 1);
        memory.set(LONG, stream + SEEN, 1);
    }

    /** update_seq; false when the stream has jumped or may have. */
    private static boolean advance(MemorySegment memory, long stream, int sequence) {
        int highest = memory.get(INT, stream + HIGHEST);
        int ahead = sequence - highest & 0xffff;
        if (ahead < MAX_DROPOUT) {
            if (ahead == 0) {
                memory.set(INT, stream + DUPLICATES, memory.get(INT, stream + DUPLICATES) + 1);
            } else {
                memory.set(INT, stream + HIGHEST, highest + ahead);
                memory.set(LONG, stream + SEEN, ahead < WINDOW ? memory.get(LONG, stream + SEEN) << ahead | 1 : 1);
            }
        } else if (ahead <= (1 << 16) - MAX_MISORDER) {
            if (sequence != memory.get(INT, stream + BAD)) {
                memory.set(INT, stream + BAD, sequence + 1 & 0xffff);
                return false;
            }
            // Two in sequence after a jump: the sender has begun anew.
            fold(memory, stream);
            reset(memory, stream, sequence - 1 & 0xffff);
            memory.set(INT, stream + HIGHEST, memory.get(INT, stream + FIRST) + 1);
            memory.set(INT, stream + RECEIVED, 2);
            memory.set(LONG, stream + SEEN, 3);
            memory.set(INT, stream + JUMPS, memory.get(INT, stream + JUMPS) + 1);
            return true;
        } else {
            int behind = (1 << 16) - ahead;
            long bit = behind < WINDOW ? 1L << behind : 0;
            long seen = memory.get(LONG, stream + SEEN);
            if ((seen & bit) != 0) {
                memory.set(INT, stream + DUPLICATES, memory.get(INT, stream + DUPLICATES) + 1);
            } else {
                memory.set(LONG, stream + SEEN, seen | bit);
                memory.set(INT, stream + LATE, memory.get(INT, stream + LATE) + 1);
            }
        }
        memory.set(INT, stream + RECEIVED, memory.get(INT, stream + RECEIVED) + 1);
        return true;
    }

    private static void measure(MemorySegment memory, long stream, int timestamp, int nowMicros, int tick) {
        int before = memory.get(INT, stream + TIMESTAMP);
        if (timestamp == before) {
            return;
        }
        long sent = ((timestamp - before) * (long) tick) >> 16;
        long difference = Math.abs(nowMicros - memory.get(INT, stream + ARRIVED) - sent);
        restart(memory, stream, timestamp, nowMicros);
        if (difference < JUMP_US) {
            int jitter = memory.get(INT, stream + JITTER);
            memory.set(INT, stream + JITTER, jitter + (int) difference - ((jitter + 8) >> 4));
        }
    }

    /** Measuring goes on from here. */
    private static void restart(MemorySegment memory, long stream, int timestamp, int nowMicros) {
        memory.set(INT, stream + TIMESTAMP, timestamp);
        memory.set(INT, stream + ARRIVED, nowMicros);
    }

    /**
     * What is reported of a stream.
     *
     * @param ssrc of the present source
     * @param packets of all sources, as all that follow; the present source alone has the jitter
     * @param bytes of RTP
     * @param expected packets by sequence numbers
     * @param lost expected less received, negative when more were duplicated than lost (RFC 3550 A.3)
     * @param jitterMs RFC 3550 A.8
     * @param reordered packets that came after a later one
     * @param sources how many SSRCs there were
     * @param restarts how often the sequence began anew
     * @param payloadType of the last packet
     */
    record Report(
            int ssrc,
            long packets,
            long bytes,
            long expected,
            long lost,
            double jitterMs,
            long reordered,
            long duplicates,
            long sources,
            long restarts,
            int payloadType) {
        /** Lost among expected, 0..1. */
        double lostShare() {
            return expected > 0 ? Math.clamp((double) lost / expected, 0, 1) : 0;
        }
    }

    /** True once a source counts. */
    static boolean isValid(MemorySegment memory, long stream) {
        return memory.get(INT, stream + SOURCES) != 0;
    }

    static Report report(MemorySegment memory, long stream) {
        long expected = memory.get(LONG, stream + EXPECTED_BEFORE)
                + Integer.toUnsignedLong(memory.get(INT, stream + HIGHEST) - memory.get(INT, stream + FIRST))
                + 1;
        long received =
                memory.get(LONG, stream + RECEIVED_BEFORE) + Integer.toUnsignedLong(memory.get(INT, stream + RECEIVED));
        return new Report(
                memory.get(INT, stream + SSRC),
                memory.get(LONG, stream + PACKETS),
                memory.get(LONG, stream + BYTES),
                expected,
                expected - received,
                memory.get(INT, stream + JITTER) / 16_000.0,
                Integer.toUnsignedLong(memory.get(INT, stream + LATE)),
                Integer.toUnsignedLong(memory.get(INT, stream + DUPLICATES)),
                Integer.toUnsignedLong(memory.get(INT, stream + SOURCES)),
                Integer.toUnsignedLong(memory.get(INT, stream + JUMPS)),
                memory.get(INT, stream + PAYLOAD_TYPE));
    }
}
