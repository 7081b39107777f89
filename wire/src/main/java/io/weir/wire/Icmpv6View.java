package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An ICMPv6 message in place (RFC 4443 §2.1). Errors have types below 128. The checksum includes the IPv6 pseudo header
 * ({@link Ipv6View#pseudoHeader}).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     Type      |     Code      |          Checksum             |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |         Identifier            |        Sequence number        |
 *  |                     MTU or pointer or flags                   |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     data, or the packet that caused the error ...
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class Icmpv6View extends HeaderView {
    public static final int TYPE_OFFSET = 0;
    public static final int CODE_OFFSET = 1;
    public static final int CHECKSUM_OFFSET = 2;
    public static final int REST_OFFSET = 4;

    /** Bytes before data or the packet that caused an error. */
    public static final int HEADER_LENGTH = 8;

    public static final int DESTINATION_UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOUR_SOLICITATION = 135;
    public static final int NEIGHBOUR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes: exactly the message, the checksum covers it all. */
    public Icmpv6View wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    @Override
    public boolean isValid() {
        return length() >= HEADER_LENGTH;
    }

    /** Type. */
    public int type() {
        return u8(TYPE_OFFSET);
    }

    /** Writes the type; the checksum stays. */
    public void type(int type) {
        put8(TYPE_OFFSET, type);
    }

    /** Code. */
    public int code() {
        return u8(CODE_OFFSET);
    }

    /** Writes the code; the checksum stays. */
    public void code(int code) {
        put8(CODE_OFFSET, code);
    }

    /** Type and code as one raw word, for incremental checksums. */
    public int rawTypeAndCode() {
        return raw16(TYPE_OFFSET);
    }

    /** Whether the message reports about another packet, whose beginning it carries (RFC 4443 §2.1). */
    public boolean isError() {
        return type() < 128;
    }

    /** Whether the message belongs to neighbour discovery (RFC 4861 §4). */
    public boolean isNeighbourDiscovery() {
        int type = type();
        return type >= ROUTER_SOLICITATION && type <= REDIRECT;
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

    /** Whether pseudo header and message sum up to zero. */
    public boolean isChecksumCorrect(long pseudoHeaderSum) {
        return Checksum.finish(pseudoHeaderSum + Checksum.sum(memory(), offset(), length())) == 0;
    }

    /** Computes and writes the checksum of pseudo header and message. */
    public void fillChecksum(long pseudoHeaderSum) {
        rawChecksum(0);
        rawChecksum(Checksum.finish(pseudoHeaderSum + Checksum.sum(memory(), offset(), length())));
    }

    /** The four bytes behind the checksum. */
    public int rest() {
        return u32(REST_OFFSET);
    }

    /** Writes the four bytes behind the checksum. */
    public void rest(int value) {
        put32(REST_OFFSET, value);
    }

    /** Identifier of an echo message. */
    public int identifier() {
        return u16(REST_OFFSET);
    }

    /** Sequence number of an echo message. */
    public int sequence() {
        return u16(REST_OFFSET + 2);
    }

    /** MTU of the next hop, of {@link #PACKET_TOO_BIG}, unsigned. */
    public long nextHopMtu() {
        return u32(REST_OFFSET) & 0xffff_ffffL;
    }

    /** Where data or the packet that caused the error begins in the memory. */
    public long payloadOffset() {
        return offset() + HEADER_LENGTH;
    }

    /** Bytes of data or of the packet that caused the error. */
    public int payloadLength() {
        return length() - HEADER_LENGTH;
    }
}
