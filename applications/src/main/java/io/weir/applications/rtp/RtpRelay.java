package io.weir.applications.rtp;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationCounters;
import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The relay on one switching processor. A packet finds its session by its destination; when it is valid and comes from where
 * the side is latched to, it goes on to where the other side is latched to, from the other side's port.
 */
final class RtpRelay implements NetworkApplication {
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** Packets whose sessions are looked up before the first of them is decided, so that cache misses overlap. */
    private static final int SLICE = 64;

    /** No latch. */
    private static final long NOWHERE = -1;

    private final SessionTable table;
    private final MemorySegment memory;
    private final RelayAddresses addresses;
    private final LatchRule rule;
    private final ApplicationCounters counters;
    private final IdleSweeper sweeper;
    private final int[] found = new int[SLICE];
    /** Keeps the loads of {@link #touch} alive. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    // The batch, so that the stages need no long parameter lists.
    private MemorySegment frames = MemorySegment.NULL;
    private int nowMs;
    private int nowMicros;
    private long sourceUpper;
    private long sourceLower;
    private int sourcePort;

    RtpRelay(ApplicationContext context, RtpSettings settings) {
        table = new SessionTable(context.shared(), settings.sessions());
        memory = table.memory();
        addresses = RelayAddresses.checked(context.claims());
        rule = new LatchRule(table, addresses, settings.relatchMs());
        counters = context.counters();
        sweeper = new IdleSweeper(table, settings.idleMs(), context.processor(), context.processors());
    }

    @Override
    public void receive(Packets packets) {
        frames = packets.memory();
        nowMs = packets.nowMs();
        nowMicros = packets.nowMicros();
        table.setClock(nowMs);
        int size = packets.size();
        for (int first = 0; first < size; first += SLICE) {
            int end = Math.min(first + SLICE, size);
            for (int row = first; row < end; row++) {
                found[row - first] = find(packets, row);
            }
            for (int k = 0; k < end - first; k++) {
                touch(found[k]);
            }
            for (int row = first; row < end; row++) {
                decide(packets, row, found[row - first]);
            }
        }
    }

    private int find(Packets packets, int row) {
        long network = packets.network(row);
        int address;
        if (packets.version(row) == 4) {
            address = addresses.find(true, 0, Integer.toUnsignedLong(frames.get(U32, network + 16)));
        } else {
            address = addresses.find(false, frames.get(U64, network + 24), frames.get(U64, network + 32));
        }
        return address < 0 ? SessionTable.ABSENT : table.find(address, packets.destinationPort(row));
    }

    private void touch(int word) {
        if (word != SessionTable.ABSENT) {
            long session = table.sessionOf(word);
            long side = SessionTable.side(session, SessionTable.sideOf(word));
            touched += table.getLong(session)
                    + table.getLong(side)
                    + table.getLong(side + SessionTable.EXPECTED)
                    + table.getLong(side + SessionTable.STREAM + 32)
                    + table.getLong(SessionTable.side(session, 1 - SessionTable.sideOf(word)));
        }
    }

    private void decide(Packets packets, int row, int word) {
        int generation = SessionTable.generationOf(word);
        if (word == SessionTable.ABSENT || !table.isActive(table.sessionOf(word), generation)) {
            packets.drop(row, Reason.NO_SESSION);
            return;
        }
        long network = packets.network(row);
        if (packets.version(row) == 4) {
            sourceUpper = 0;
            sourceLower = Integer.toUnsignedLong(frames.get(U32, network + 12));
        } else {
            sourceUpper = frames.get(U64, network + 8);
            sourceLower = frames.get(U64, network + 16);
        }
        sourcePort = packets.sourcePort(row);
        long session = table.sessionOf(word);
        int side = SessionTable.sideOf(word);
        boolean secure = table.get(session + SessionTable.SECURE) != 0;
        long payload = packets.payload(row);
        int length = packets.payloadLength(row);
        int contiguous = Math.min(packets.contiguous(row), length);
        boolean odd = (packets.destinationPort(row) & 1) != 0;
        if (odd || RtpPackets.isControl(frames, payload, contiguous)) {
            if (!RtpPackets.isCompound(frames, payload, length, contiguous, secure)) {
                packets.drop(row, Reason.RTCP_MALFORMED);
            } else if (odd) {
                control(packets, row, session, side, generation);
            } else {
                shared(packets, row, session, side, generation);
            }
        } else if (RtpPackets.isMedia(frames, payload, length, contiguous, secure)) {
            media(packets, row, session, side, generation);
        } else {
            packets.drop(row, Reason.RTP_MALFORMED);
        }
    }

    /** RTP. */
    private void media(Packets packets, int row, long session, int sideNumber, int generation) {
        long side = SessionTable.side(session, sideNumber);
        long stream = side + SessionTable.STREAM;
        long payload = packets.payload(row);
        int length = packets.payloadLength(row);
        if (!isFromLatched(side + SessionTable.RTP_LATCH, generation)) {
            if (!rule.mayLatchMedia(side, generation, sourceUpper, sourceLower, sourcePort, nowMs)) {
                packets.drop(row, Reason.SOURCE_NOT_LATCHED);
                return;
            }
            if (!packets.isIntact(row)) {
                packets.dropDamaged(row);
                return;
            }
            if (!RtpStream.isConfirmed(
                            memory,
                            stream,
                            sourceUpper,
                            sourceLower,
                            sourcePort,
                            RtpPackets.source(frames, payload),
                            RtpPackets.sequence(frames, payload))
                    || !latch(side + SessionTable.RTP_LATCH, generation)) {
                RtpStream.refuse(
                        memory, stream, sourceUpper, sourceLower, sourcePort, frames, payload, length, nowMicros);
                packets.drop(row, Reason.SOURCE_NOT_LATCHED);
                return;
            }
            // The other way of this port, RTCP beside RTP, is not the new source's until it says so.
            table.set(side + SessionTable.MUX, 0);
        }
        table.set(side + SessionTable.RTP_SEEN_MS, nowMs);
        if (RtpStream.receive(
                memory, stream, frames, payload, length, nowMicros, table.get(session + SessionTable.TICK))) {
            counters.add(Count.SOURCES, 1);
        }
        long other = SessionTable.side(session, 1 - sideNumber);
        send(packets, row, other, other + SessionTable.RTP_LATCH, generation, 0, Count.RTP_RELAYED);
    }

    /** RTCP on its own port. */
    private void control(Packets packets, int row, long session, int sideNumber, int generation) {
        long side = SessionTable.side(session, sideNumber);
        if (!isFromLatched(side + SessionTable.RTCP_LATCH, generation)) {
            if (!rule.mayLatchControl(side, generation, sourceUpper, sourceLower, nowMs)) {
                packets.drop(row, Reason.SOURCE_NOT_LATCHED);
                return;
            }
            if (!packets.isIntact(row)) {
                packets.dropDamaged(row);
                return;
            }
            if (!latch(side + SessionTable.RTCP_LATCH, generation)) {
                packets.drop(row, Reason.SOURCE_NOT_LATCHED);
                return;
            }
        }
        table.set(side + SessionTable.RTCP_SEEN_MS, nowMs);
        report(packets, row, side, SessionTable.side(session, 1 - sideNumber), generation, NOWHERE);
    }

    /** RTCP on the port of RTP (RFC 5761). */
    private void shared(Packets packets, int row, long session, int sideNumber, int generation) {
        long side = SessionTable.side(session, sideNumber);
        if (!isFromLatched(side + SessionTable.RTP_LATCH, generation)) {
            packets.drop(row, Reason.SOURCE_NOT_LATCHED);
            return;
        }
        table.set(side + SessionTable.RTP_SEEN_MS, nowMs);
        table.set(side + SessionTable.MUX, 1);
        long other = SessionTable.side(session, 1 - sideNumber);
        report(packets, row, side, other, generation, other + SessionTable.RTP_LATCH);
    }

    /** Sends RTCP to where the other side has it, which need not be as this side does. */
    private void report(Packets packets, int row, long side, long other, int generation, long otherwise) {
        table.setLong(side + SessionTable.RTCP_PACKETS, table.getLong(side + SessionTable.RTCP_PACKETS) + 1);
        if (table.get(other + SessionTable.MUX) != 0) {
            send(packets, row, other, other + SessionTable.RTP_LATCH, generation, 0, Count.RTCP_RELAYED);
        } else if (otherwise == NOWHERE
                || Latches.latched(memory, other + SessionTable.RTCP_LATCH, generation) != Latches.NONE) {
            send(packets, row, other, other + SessionTable.RTCP_LATCH, generation, 1, Count.RTCP_RELAYED);
        } else {
            send(packets, row, other, otherwise, generation, 0, Count.RTCP_RELAYED);
        }
    }

    private boolean isFromLatched(long latch, int generation) {
        long word = Latches.latched(memory, latch, generation);
        return word != Latches.NONE
                && Latches.port(word) == sourcePort
                && Latches.lower(memory, latch) == sourceLower
                && Latches.upper(memory, latch) == sourceUpper
                && Latches.isUnchanged(memory, latch, word);
    }

    private boolean latch(long latch, int generation) {
        boolean again = Latches.latched(memory, latch, generation) != Latches.NONE;
        if (!Latches.latch(memory, latch, generation, sourceUpper, sourceLower, sourcePort)) {
            return false;
        }
        counters.add(again ? Count.RELATCHES : Count.LATCHES, 1);
        return true;
    }

    /**
     * Sends on to where a side is latched to.
     *
     * @param ownPort 0: from the side's RTP port; 1: from its RTCP port
     */
    private void send(Packets packets, int row, long to, long latch, int generation, int ownPort, int counter) {
        long word = Latches.latched(memory, latch, generation);
        long upper = Latches.upper(memory, latch);
        long lower = Latches.lower(memory, latch);
        if (word == Latches.NONE || !Latches.isUnchanged(memory, latch, word)) {
            packets.drop(row, Reason.PEER_NOT_LATCHED);
            return;
        }
        int own = table.ownAddress(to);
        int port = table.ownPort(to) + ownPort;
        boolean ipv4 = packets.version(row) == 4;
        if (own >= addresses.size() || addresses.isIpv4(own) != ipv4) {
            packets.drop(row, Reason.NO_SESSION); // a session that was changed while it was read
            return;
        }
        counters.add(counter, 1);
        if (ipv4) {
            packets.redirect4(row, (int) addresses.lower(own), port, (int) lower, Latches.port(word));
        } else {
            packets.redirect6(row, addresses.upper(own), addresses.lower(own), port, upper, lower, Latches.port(word));
        }
    }

    @Override
    public void timer(Packets sender) {
        table.setClock(sender.nowMs());
        int ended = sweeper.sweep(sender.nowMs());
        if (ended > 0) {
            counters.add(Count.IDLE, ended);
        }
    }
}
