package io.weir.agent.report;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** One run of a sender: a random session number and the sequence of its reports. Safe for any number of threads. */
public final class ReportSession {
    private final ReportKey key;
    private final long session;
    private final AtomicLong sequence = new AtomicLong();

    public ReportSession(ReportKey key) {
        this(key, new SecureRandom().nextLong());
    }

    /** With a session number of the caller's choice: one that no earlier run had. */
    public ReportSession(ReportKey key, long session) {
        this.key = key;
        this.session = session;
    }

    /**
     * Writes the next report.
     *
     * @param timeMs wall clock, milliseconds since 1970-01-01 UTC
     * @param into at least {@link ReportCodec#MAX_BYTES} long
     * @return number of bytes written
     */
    public int encode(LoadReport report, long timeMs, byte[] into) {
        return ReportCodec.encode(report, key, session, sequence.incrementAndGet(), timeMs, into);
    }
}
