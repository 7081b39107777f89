package org.example.time;

import io.weir.application.ApplicationCounters;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/** Answers an empty datagram by the seconds since 1900 in four octets (RFC 868). */
final class TimeApplication implements NetworkApplication {
    static final List<String> COUNTERS = List.of("answers");
    static final List<String> DROP_REASONS = List.of("protocol-unsupported", "request-not-empty");

    private static final int ANSWERS = 0;
    private static final int PROTOCOL_UNSUPPORTED = 0;
    private static final int REQUEST_NOT_EMPTY = 1;

    private static final long SECONDS_FROM_1900_TO_1970 = 2_208_988_800L;
    /** Packets stand at any address: layouts without alignment, in the order of the network. */
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final ApplicationCounters counters;
    private final long aheadMs;

    TimeApplication(ApplicationCounters counters, long aheadMs) {
        this.counters = counters;
        this.aheadMs = aheadMs;
    }

    @Override
    public void receive(Packets packets) {
        long now = (System.currentTimeMillis() + aheadMs) / 1000 + SECONDS_FROM_1900_TO_1970;
        for (int row = 0; row < packets.size(); row++) {
            if (packets.protocol(row) != Claim.UDP) {
                packets.drop(row, PROTOCOL_UNSUPPORTED);
            } else if (!packets.isIntact(row)) {
                packets.dropDamaged(row);
            } else if (packets.payloadLength(row) > 0) {
                packets.drop(row, REQUEST_NOT_EMPTY); // another one's answer, to which there must be none
            } else {
                packets.memory().set(U32, packets.payload(row), (int) now);
                packets.answerUdp(row, Integer.BYTES);
                counters.add(ANSWERS, 1);
            }
        }
    }
}
