package io.weir.applications.rtp;

/** Ends sessions of which nothing was heard; each processor goes round its share of them, some at every turn of the timer. */
final class IdleSweeper {
    /** Turns of the timer for one round. */
    static final int TURNS = 8;

    private final SessionTable table;
    private final int idleMs;
    private final int step;
    private final int first;
    private int next;

    IdleSweeper(SessionTable table, int idleMs, int processor, int processors) {
        this.table = table;
        this.idleMs = idleMs;
        this.step = processors;
        this.first = processor;
        this.next = processor;
    }

    /** Returns how many were ended. */
    int sweep(int nowMs) {
        int ended = 0;
        int share = (table.sessions() + step - 1) / step;
        for (int k = (share + TURNS - 1) / TURNS; k > 0; k--) {
            if (next >= table.sessions()) {
                next = first;
                return ended;
            }
            long session = table.session(next);
            next += step;
            if (table.state(session) == SessionTable.ACTIVE) {
                int generation = table.generation(session);
                if (silence(session, nowMs) >= idleMs && table.end(session, generation, SessionTable.IDLE, nowMs)) {
                    ended++;
                }
            }
        }
        return ended;
    }

    /** Since the last packet of either side, or since it began. */
    private int silence(long session, int nowMs) {
        int silence = nowMs - table.get(session + SessionTable.BEGUN_MS);
        for (int k = 0; k < 2; k++) {
            long side = SessionTable.side(session, k);
            silence = Math.min(silence, nowMs - table.get(side + SessionTable.RTP_SEEN_MS));
            silence = Math.min(silence, nowMs - table.get(side + SessionTable.RTCP_SEEN_MS));
        }
        return silence;
    }
}
