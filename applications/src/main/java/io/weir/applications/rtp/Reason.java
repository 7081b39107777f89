package io.weir.applications.rtp;

import java.util.List;

/** The relay's drop reasons, by number. */
final class Reason {
    static final int RTP_MALFORMED = 0;
    static final int RTCP_MALFORMED = 1;
    static final int NO_SESSION = 2;
    static final int SOURCE_NOT_LATCHED = 3;
    static final int PEER_NOT_LATCHED = 4;

    static final List<String> NAMES =
            List.of("rtp-malformed", "rtcp-malformed", "no-session", "source-not-latched", "peer-not-latched");

    private Reason() {}
}
