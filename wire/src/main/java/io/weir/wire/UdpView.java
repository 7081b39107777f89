package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * A UDP datagram in place (RFC 768).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |          Source port          |       Destination port        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |            Length             |           Checksum            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class UdpView extends HeaderView {
    public static final int SOURCE_PORT_OFFSET = 0;
    public static final int DESTINATION_PORT_OFFSET = 2;
    public static final int LENGTH_OFFSET = 4;
    public static final int CHECKSUM_OFFSET = 6;

    /** Bytes of the header. */
    public static final int HEADER_LENGTH = 8;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes: the payload of the IP packet. */
    public UdpView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    @Override
    public boolean isValid() {
        if (length() < HEADER_LENGTH) {
            return false;
        }
        int datagramLength = datagramLength();
        return datagramLength >= HEADER_LENGTH && datagramLength <= length();
    }

    /**
     * Like {@link #isValid()}, but the datagram may be longer than what is there, as in the first fragment of a packet or
     * inside an ICMP error: the header is safe, payload beyond {@link #length()} and checksums are not.
     */
    public boolean isValidTruncated() {
        return length() >= HEADER_LENGTH && datagramLength() >= HEADER_LENGTH;
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

    /** Bytes of header and payload; what follows in the packet is not part of the datagram. */
    public int datagramLength() {
        return u16(LENGTH_OFFSET);
    }

    /** Writes the bytes of header and payload. */
    public void datagramLength(int bytes) {
        put16(LENGTH_OFFSET, bytes);
    }

    /** Checksum; 0 over IPv4 means none. */
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

    /**
     * Whether pseudo header and datagram sum up to zero. A checksum field of 0 does not: whether that is allowed depends on
     * the IP version (RFC 768, RFC 8200 §8.1).
     *
     * @param pseudoHeaderSum with {@link #datagramLength()} as its length
     */
    public boolean isChecksumCorrect(long pseudoHeaderSum) {
        return checksum() != 0
                && Checksum.finish(pseudoHeaderSum + Checksum.sum(memory(), offset(), datagramLength())) == 0;
    }

    /** Computes and writes the checksum of pseudo header and datagram. */
    public void fillChecksum(long pseudoHeaderSum) {
        rawChecksum(0);
        rawChecksum(Checksum.finishUdp(pseudoHeaderSum + Checksum.sum(memory(), offset(), datagramLength())));
    }

    /** Where the payload begins in the memory. */
    public long payloadOffset() {
        return offset() + HEADER_LENGTH;
    }

    /** Bytes of payload. */
    public int payloadLength() {
        return datagramLength() - HEADER_LENGTH;
    }
}
