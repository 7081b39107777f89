package io.weir.applications.rtp;

import java.lang.foreign.MemorySegment;

/**
 * Who may become the source of a side's packets: the first one that fits what is expected; another one only after silence, or
 * when it fits what is expected and the present one does not.
 */
final class LatchRule {
    private final SessionTable table;
    private final MemorySegment memory;
    private final RelayAddresses addresses;
    private final int relatchMs;

    LatchRule(SessionTable table, RelayAddresses addresses, int relatchMs) {
        this.table = table;
        this.memory = table.memory();
        this.addresses = addresses;
        this.relatchMs = relatchMs;
    }

    /** For RTP; the source is not the one that is latched. */
    boolean mayLatchMedia(long side, int generation, long upper, long lower, int port, int nowMs) {
        int expected = table.expected(side);
        if (!fits(side, expected, upper, lower, port) || isOwn(upper, lower)) {
            return false;
        }
        long latch = side + SessionTable.RTP_LATCH;
        long word = Latches.latched(memory, latch, generation);
        return word == Latches.NONE
                || nowMs - table.get(side + SessionTable.RTP_SEEN_MS) >= relatchMs
                || !fits(
                        side, expected, Latches.upper(memory, latch), Latches.lower(memory, latch), Latches.port(word));
    }

    /** For RTCP on its own port, from any port of the address that RTP comes from, once that is known. */
    boolean mayLatchControl(long side, int generation, long upper, long lower, int nowMs) {
        long media = side + SessionTable.RTP_LATCH;
        long mediaWord = Latches.latched(memory, media, generation);
        long latch = side + SessionTable.RTCP_LATCH;
        long word = Latches.latched(memory, latch, generation);
        if (mediaWord != Latches.NONE) {
            boolean same = Latches.upper(memory, media) == upper && Latches.lower(memory, media) == lower;
            if (!same || !Latches.isUnchanged(memory, media, mediaWord)) {
                return false;
            }
            if (Latches.upper(memory, latch) != upper || Latches.lower(memory, latch) != lower) {
                return true; // it was latched before RTP, by somebody else
            }
        } else {
            int expected = Math.min(table.expected(side), SessionTable.EXPECTS_ADDRESS);
            if (table.expected(side) == SessionTable.EXPECTS_NOBODY
                    || !fits(side, expected, upper, lower, 0)
                    || isOwn(upper, lower)) {
                return false;
            }
        }
        return word == Latches.NONE || nowMs - table.get(side + SessionTable.RTCP_SEEN_MS) >= relatchMs;
    }

    private boolean fits(long side, int expected, long upper, long lower, int port) {
        if (expected == SessionTable.EXPECTS_ANY) {
            return true;
        }
        return expected != SessionTable.EXPECTS_NOBODY
                && table.getLong(side + SessionTable.EXPECTED_LOWER) == lower
                && table.getLong(side + SessionTable.EXPECTED_UPPER) == upper
                && (expected == SessionTable.EXPECTS_ADDRESS || table.get(side + SessionTable.EXPECTED_PORT) == port);
    }

    /** A side that is the relay itself would be a circle. */
    private boolean isOwn(long upper, long lower) {
        return addresses.find(true, upper, lower) >= 0 || addresses.find(false, upper, lower) >= 0;
    }
}
