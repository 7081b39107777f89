package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * A TCP segment in place (RFC 9293 §3.1).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |          Source port          |       Destination port        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                        Sequence number                        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                     Acknowledgment number                     |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  | Data  |Rsrvd|A|C|E|U|A|P|R|S|F|            Window             |
 *  | offset|     |E|W|C|R|C|S|S|Y|I|                               |
 *  |       |     | |R|E|G|K|H|T|N|N|                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |           Checksum            |        Urgent pointer         |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                    Options, up to 40 bytes ...
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class TcpView extends HeaderView {
    public static final int SOURCE_PORT_OFFSET = 0;
    public static final int DESTINATION_PORT_OFFSET = 2;
    public static final int SEQUENCE_OFFSET = 4;
    public static final int ACKNOWLEDGMENT_OFFSET = 8;
    public static final int DATA_OFFSET_OFFSET = 12;
    public static final int FLAGS_OFFSET = 13;
    public static final int WINDOW_OFFSET = 14;
    public static final int CHECKSUM_OFFSET = 16;
    public static final int URGENT_OFFSET = 18;

    /** Bytes of a header without options. */
    public static final int HEADER_LENGTH = 20;

    /** Bytes of the longest header: fifteen 32-bit words. */
    public static final int MAX_HEADER_LENGTH = 60;

    /** Option kind: maximum segment size (RFC 9293 §3.7.1), two bytes of data. */
    public static final int OPTION_MAXIMUM_SEGMENT_SIZE = 2;

    /** Option kind: window scale (RFC 7323 §2), one byte. */
    public static final int OPTION_WINDOW_SCALE = 3;

    /** Option kind: selective acknowledgments permitted (RFC 2018 §2), no data. */
    public static final int OPTION_SACK_PERMITTED = 4;

    /** Option kind: selective acknowledgments (RFC 2018 §3), pairs of four bytes. */
    public static final int OPTION_SACK = 5;

    /** Option kind: timestamps (RFC 7323 §3), twice four bytes. */
    public static final int OPTION_TIMESTAMPS = 8;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes: exactly the segment, the checksum covers it all. */
    public TcpView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    @Override
    public boolean isValid() {
        if (length() < HEADER_LENGTH) {
            return false;
        }
        int headerLength = headerLength();
        return headerLength >= HEADER_LENGTH && headerLength <= length();
    }

    /** Source port. */
    public int sourcePort() {
        return u16(SOURCE_PORT_OFFSET);
    }

    /** Source port, raw. */
    public int rawSourcePort() {
        return raw16(SOURCE_PORT_OFFSET);
    }

    /** Writes the source port; the checksum stays. */
    public void sourcePort(int port) {
        put16(SOURCE_PORT_OFFSET, port);
    }

    /** Writes the source port, raw; the checksum stays. */
    public void rawSourcePort(int raw) {
        putRaw16(SOURCE_PORT_OFFSET, raw);
    }

    /** Destination port. */
    public int destinationPort() {
        return u16(DESTINATION_PORT_OFFSET);
    }

    /** Destination port, raw. */
    public int rawDestinationPort() {
        return raw16(DESTINATION_PORT_OFFSET);
    }

    /** Writes the destination port; the checksum stays. */
    public void destinationPort(int port) {
        put16(DESTINATION_PORT_OFFSET, port);
    }

    /** Writes the destination port, raw; the checksum stays. */
    public void rawDestinationPort(int raw) {
        putRaw16(DESTINATION_PORT_OFFSET, raw);
    }

    /** Both ports in one raw load: the source port in the low half, the destination port in the high half. */
    public int rawPorts() {
        return raw32(SOURCE_PORT_OFFSET);
    }

    /** Writes both ports, raw; the checksum stays. */
    public void rawPorts(int raw) {
        putRaw32(SOURCE_PORT_OFFSET, raw);
    }

    /** Sequence number; compare by subtraction. */
    public int sequence() {
        return u32(SEQUENCE_OFFSET);
    }

    /** Writes the sequence number; the checksum stays. */
    public void sequence(int value) {
        put32(SEQUENCE_OFFSET, value);
    }

    /** Acknowledgment number, of meaning with {@link TcpFlags#ACK}. */
    public int acknowledgment() {
        return u32(ACKNOWLEDGMENT_OFFSET);
    }

    /** Writes the acknowledgment number; the checksum stays. */
    public void acknowledgment(int value) {
        put32(ACKNOWLEDGMENT_OFFSET, value);
    }

    /** Bytes of the header with its options. */
    public int headerLength() {
        return u8(DATA_OFFSET_OFFSET) >>> 4 << 2;
    }

    /** {@link TcpFlags}, nine bits. */
    public int flags() {
        return u16(DATA_OFFSET_OFFSET) & 0x1ff;
    }

    /** Writes the length of the header, a multiple of 4 bytes, and the flags; the reserved bits become 0. */
    public void headerLengthAndFlags(int bytes, int flags) {
        put16(DATA_OFFSET_OFFSET, bytes >>> 2 << 12 | (flags & 0x1ff));
    }

    /** Receive window, not scaled. */
    public int window() {
        return u16(WINDOW_OFFSET);
    }

    /** Writes the receive window; the checksum stays. */
    public void window(int value) {
        put16(WINDOW_OFFSET, value);
    }

    /** Checksum. */
    public int checksum() {
        return u16(CHECKSUM_OFFSET);
    }

    /** Checksum, raw. */
    public int rawChecksum() {
        return raw16(CHECKSUM_OFFSET);
    }

    /** Writes the checksum, raw. */
    public void rawChecksum(int raw) {
        putRaw16(CHECKSUM_OFFSET, raw);
    }

    /** Whether pseudo header and segment sum up to zero. */
    public boolean isChecksumCorrect(long pseudoHeaderSum) {
        return Checksum.finish(pseudoHeaderSum + Checksum.sum(memory(), offset(), length())) == 0;
    }

    /** Computes and writes the checksum of pseudo header and segment. */
    public void fillChecksum(long pseudoHeaderSum) {
        rawChecksum(0);
        rawChecksum(Checksum.finish(pseudoHeaderSum + Checksum.sum(memory(), offset(), length())));
    }

    /** Urgent pointer, of meaning with {@link TcpFlags#URG}. */
    public int urgentPointer() {
        return u16(URGENT_OFFSET);
    }

    /** Writes the urgent pointer; the checksum stays. */
    public void urgentPointer(int value) {
        put16(URGENT_OFFSET, value);
    }

    /** Where the payload begins in the memory. */
    public long payloadOffset() {
        return offset() + headerLength();
    }

    /** Bytes of payload. */
    public int payloadLength() {
        return length() - headerLength();
    }

    /** What the segment takes of the sequence space: payload, SYN and FIN (RFC 9293 §3.4, SEG.LEN). */
    public int sequenceLength() {
        int flags = flags();
        return payloadLength() + (flags >>> 1 & 1) + (flags & 1);
    }

    /** Starts a walk over the options. */
    public OptionWalk options(OptionWalk walk) {
        return walk.wrap(memory(), offset() + HEADER_LENGTH, headerLength() - HEADER_LENGTH);
    }
}
