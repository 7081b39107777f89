package io.weir.agent.report;

import org.jspecify.annotations.Nullable;

/**
 * Which reports of one sender (key and server) were seen: a bounded memory that never takes a report twice.
 *
 * <p>A few latest sessions are remembered, each with its highest sequence number and a bit for each of the 64 below
 * (RFC 4303 §3.4.3 and appendix A2). What is older than the bits counts as seen. When a new session takes the place of the
 * least recent one, the forgotten one's latest time becomes the horizon: whatever opens another session must be later than
 * it, so that a forgotten session cannot come back, while a sender whose clock was set back still may restart.
 *
 * <p>Not for several threads.
 */
final class ReplayWindow {
    /** Two senders at a time and two restarts. */
    static final int SESSIONS = 4;

    private static final int WIDTH = 64;

    enum Admission {
        /** Seen before, or so old that it may have been. */
        REFUSED,
        /** Not seen before, but something newer was. */
        LATE,
        /** Not seen before and the latest word of the sender. */
        NEWEST
    }

    private final Session[] sessions = new Session[SESSIONS];
    private int count;
    private @Nullable Session latest;
    private long horizonMs;
    private long newestMs;

    /** @param horizonMs reports up to this time count as seen */
    ReplayWindow(long horizonMs) {
        this.horizonMs = horizonMs;
        newestMs = horizonMs;
    }

    /** Latest time of a report that was taken, or the horizon. */
    long newestMs() {
        return newestMs;
    }

    /** Takes the report unless it was seen before; from now on it was. */
    Admission admit(long session, long sequence, long timeMs) {
        Session known = find(session);
        boolean newestOfSession = true;
        if (known == null) {
            known = open(session, sequence, timeMs);
            if (known == null) {
                return Admission.REFUSED;
            }
        } else {
            newestOfSession = Long.compareUnsigned(sequence, known.highest) > 0;
            if (timeMs <= known.floorMs || !known.take(sequence)) {
                return Admission.REFUSED;
            }
        }
        // The latest session is believed even when the sender's clock was set back; an older one must be newer by the
        // clock.
        boolean newest = newestOfSession && (known == latest || timeMs >= newestMs);
        known.newestMs = Math.max(known.newestMs, timeMs);
        newestMs = Math.max(newestMs, timeMs);
        return newest ? Admission.NEWEST : Admission.LATE;
    }

    private @Nullable Session find(long id) {
        for (int i = 0; i < count; i++) {
            if (sessions[i].id == id) {
                return sessions[i];
            }
        }
        return null;
    }

    /** Null, and nothing changed, when the report that opens it is not later than everything forgotten. */
    private @Nullable Session open(long id, long sequence, long timeMs) {
        int place = count;
        long horizon = horizonMs;
        if (count == SESSIONS) {
            place = 0;
            for (int i = 1; i < SESSIONS; i++) {
                if (sessions[i].newestMs < sessions[place].newestMs) {
                    place = i;
                }
            }
            horizon = Math.max(horizon, sessions[place].newestMs);
        }
        if (timeMs <= horizon) {
            return null;
        }
        horizonMs = horizon;
        count = Math.min(count + 1, SESSIONS);
        Session opened = new Session(id, sequence, horizon);
        sessions[place] = opened;
        latest = opened;
        return opened;
    }

    private static final class Session {
        final long id;
        /** This session may be one that was forgotten: its reports up to here may have been taken then. */
        final long floorMs;

        long newestMs;
        private long highest;
        private long seen = 1; // bit k: highest - k

        Session(long id, long sequence, long floorMs) {
            this.id = id;
            this.floorMs = floorMs;
            newestMs = floorMs;
            highest = sequence;
        }

        boolean take(long sequence) {
            if (Long.compareUnsigned(sequence, highest) > 0) {
                long ahead = sequence - highest; // unsigned
                seen = Long.compareUnsigned(ahead, WIDTH) < 0 ? seen << ahead | 1 : 1;
                highest = sequence;
                return true;
            }
            long behind = highest - sequence;
            if (Long.compareUnsigned(behind, WIDTH) >= 0 || (seen >>> behind & 1) != 0) {
                return false;
            }
            seen |= 1L << behind;
            return true;
        }
    }
}
