package io.weir.applications.rtp;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Writes sessions as JSON. */
final class SessionReport {
    private static final int ATTEMPTS = 100;

    private final SessionTable table;
    private final RelayAddresses addresses;
    private final StringBuilder json = new StringBuilder();

    SessionReport(SessionTable table, RelayAddresses addresses) {
        this.table = table;
        this.addresses = addresses;
    }

    /**
     * A session.
     *
     * @param state as it shall be called
     * @param inFull with latches and statistics
     */
    String write(long session, String state, boolean inFull) {
        json.setLength(0);
        json.append("{\"id\":").append(table.id(session));
        member("label", table.label(session));
        member("state", state);
        if (table.state(session) == SessionTable.IDLE) {
            member("ended", "idle");
        }
        if (inFull) {
            int until = table.state(session) == SessionTable.IDLE
                    ? table.get(session + SessionTable.ENDED_MS)
                    : table.clock();
            member("durationMs", Math.max(0, until - table.get(session + SessionTable.BEGUN_MS)));
            member("codec", Codec.at(table.get(session + SessionTable.CODEC)).key());
            member("clockRate", table.get(session + SessionTable.CLOCK_RATE));
            json.append(",\"secure\":").append(table.get(session + SessionTable.SECURE) != 0);
        }
        side("a", session, 0, inFull);
        side("b", session, 1, inFull);
        return json.append('}').toString();
    }

    private void side(String name, long session, int number, boolean inFull) {
        long side = SessionTable.side(session, number);
        int own = Math.min(table.ownAddress(side), addresses.size() - 1);
        json.append(",\"").append(name).append("\":{\"address\":");
        text(addresses.address(own).getHostAddress());
        member("rtp", table.ownPort(side));
        member("rtcp", table.ownPort(side) + 1);
        if (inFull) {
            expected(side, addresses.isIpv4(own));
            int generation = table.generation(session);
            latch("latched", side + SessionTable.RTP_LATCH, generation, addresses.isIpv4(own));
            latch("rtcpLatched", side + SessionTable.RTCP_LATCH, generation, addresses.isIpv4(own));
            json.append(",\"rtcpMux\":").append(table.get(side + SessionTable.MUX) != 0);
            member("rtcpPackets", table.getLong(side + SessionTable.RTCP_PACKETS));
            stream(session, side);
        }
        json.append('}');
    }

    private void expected(long side, boolean ipv4) {
        int kind = table.expected(side);
        if (kind != SessionTable.EXPECTS_ADDRESS && kind != SessionTable.EXPECTS_PORT) {
            return;
        }
        json.append(",\"expected\":{\"address\":");
        text(address(
                ipv4,
                table.getLong(side + SessionTable.EXPECTED_UPPER),
                table.getLong(side + SessionTable.EXPECTED_LOWER)));
        if (kind == SessionTable.EXPECTS_PORT) {
            member("port", table.get(side + SessionTable.EXPECTED_PORT));
        }
        json.append('}');
    }

    private void latch(String name, long latch, int generation, boolean ipv4) {
        MemorySegment memory = table.memory();
        for (int k = 0; k < ATTEMPTS; k++) {
            long word = Latches.latched(memory, latch, generation);
            if (word == Latches.NONE) {
                return;
            }
            long upper = Latches.upper(memory, latch);
            long lower = Latches.lower(memory, latch);
            if (Latches.isUnchanged(memory, latch, word)) {
                json.append(",\"").append(name).append("\":{\"address\":");
                text(address(ipv4, upper, lower));
                member("port", Latches.port(word));
                json.append('}');
                return;
            }
        }
    }

    private void stream(long session, long side) {
        if (!RtpStream.isValid(table.memory(), side + SessionTable.STREAM)) {
            return;
        }
        RtpStream.Report stream = RtpStream.report(table.memory(), side + SessionTable.STREAM);
        json.append(",\"stream\":{\"ssrc\":\"").append(String.format(Locale.ROOT, "%08x", stream.ssrc()));
        json.append('"');
        member("payloadType", stream.payloadType());
        member("packets", stream.packets());
        member("bytes", stream.bytes());
        member("expected", stream.expected());
        member("lost", stream.lost());
        member("lostFraction", stream.lostShare(), 5);
        member("jitterMs", stream.jitterMs(), 3);
        member("reordered", stream.reordered());
        member("duplicates", stream.duplicates());
        member("sources", stream.sources());
        member("restarts", stream.restarts());
        member("lastPacketMs", Math.max(0, table.clock() - table.get(side + SessionTable.RTP_SEEN_MS)));
        Codec codec = Codec.at(table.get(session + SessionTable.CODEC));
        member("mos", CallQuality.meanOpinionScore(codec, stream.lostShare(), stream.jitterMs()), 2);
        json.append('}');
    }

    private static String address(boolean ipv4, long upper, long lower) {
        byte[] octets = ipv4
                ? ByteBuffer.allocate(4).putInt((int) lower).array()
                : ByteBuffer.allocate(16).putLong(upper).putLong(lower).array();
        try {
            return InetAddress.getByAddress(octets).getHostAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // 4 and 16 octets are addresses
        }
    }

    private void member(String name, String value) {
        json.append(",\"").append(name).append("\":");
        text(value);
    }

    private void member(String name, long value) {
        json.append(",\"").append(name).append("\":").append(value);
    }

    private void member(String name, double value, int places) {
        json.append(",\"").append(name).append("\":").append(String.format(Locale.ROOT, "%." + places + "f", value));
    }

    private void text(String value) {
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
