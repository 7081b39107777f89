package io.weir.applications.rtp;

import java.util.List;

/** The relay's counters, by number. */
final class Count {
    static final int RTP_RELAYED = 0;
    static final int RTCP_RELAYED = 1;
    static final int LATCHES = 2;
    static final int RELATCHES = 3;
    static final int SOURCES = 4;
    static final int IDLE = 5;
    static final int CREATED = 6;
    static final int DELETED = 7;
    static final int REFUSED = 8;

    static final List<String> NAMES = List.of(
            "rtp-relayed",
            "rtcp-relayed",
            "latches",
            "relatches",
            "sources",
            "sessions-ended-idle",
            "sessions-created",
            "sessions-deleted",
            "sessions-refused");

    private Count() {}
}
