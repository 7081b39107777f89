package io.weir.applications.tcp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.application.Packets;
import io.weir.applications.hash.SipHash;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** What a segment says, read at once, before it is overwritten; one instance for all. */
public final class TcpSegment {
    /** A number as it stands in a packet. */
    public static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    /** Bytes of a header without options. */
    public static final int HEADER_BYTES = 20;

    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    /** A window that lets the sender say all that a health check or a request has to say. */
    private static final int WINDOW = 0xffff;

    private int sequence;
    private int acknowledgment;
    private int flags;
    private int length;

    /** Reads the segment of a row. */
    public TcpSegment read(Packets packets, int row) {
        MemorySegment memory = packets.memory();
        long transport = packets.transport(row);
        sequence = memory.get(U32, transport + 4);
        acknowledgment = memory.get(U32, transport + 8);
        flags = memory.get(JAVA_BYTE, transport + 13);
        length = packets.payloadLength(row);
        return this;
    }

    public int sequence() {
        return sequence;
    }

    public int acknowledgment() {
        return acknowledgment;
    }

    /** Bytes of payload. */
    public int length() {
        return length;
    }

    /** True when any of the {@link TcpFlags} is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The sequence number behind the segment; its SYN and FIN count (RFC 9293 section 3.4). */
    public int next() {
        return sequence + length + (has(TcpFlags.SYN) ? 1 : 0) + (has(TcpFlags.FIN) ? 1 : 0);
    }

    /** Answers a SYN; what data it brings is not acknowledged, and is sent again. */
    public void accept(Packets packets, int row, int initialSequence) {
        packets.answerTcp(row, initialSequence, sequence + 1, TcpFlags.SYN | TcpFlags.ACK, WINDOW, 0);
    }

    /** Acknowledges all of the segment, with nothing to say. */
    public void answer(Packets packets, int row, int ownSequence, int ownFlags) {
        answer(packets, row, ownSequence, ownFlags, 0);
    }

    /** Acknowledges all of the segment. */
    public void answer(Packets packets, int row, int ownSequence, int ownFlags, int payloadLength) {
        packets.answerTcp(row, ownSequence, next(), ownFlags | TcpFlags.ACK, WINDOW, payloadLength);
    }

    /** Answers a segment of a connection that is not known, and is no reset (RFC 9293 section 3.10.7.1). */
    public void reset(Packets packets, int row) {
        if (has(TcpFlags.ACK)) {
            packets.answerTcp(row, acknowledgment, 0, TcpFlags.RST, 0, 0);
        } else {
            packets.answerTcp(row, 0, next(), TcpFlags.RST | TcpFlags.ACK, 0, 0);
        }
    }

    /**
     * The hash of a connection: its addresses and ports.
     *
     * @param salt what else goes into it, such as a time
     */
    public static long hash(SipHash hash, Packets packets, int row, int salt) {
        MemorySegment memory = packets.memory();
        long network = packets.network(row);
        hash.begin();
        if (packets.version(row) == 4) {
            hash.add(memory.get(U64, network + 12));
        } else {
            hash.add(memory.get(U64, network + 8));
            hash.add(memory.get(U64, network + 16));
            hash.add(memory.get(U64, network + 24));
            hash.add(memory.get(U64, network + 32));
        }
        long ports = memory.get(U32, packets.transport(row)) & 0xffff_ffffL;
        return hash.add(ports | (long) salt << 32).finish();
    }
}
