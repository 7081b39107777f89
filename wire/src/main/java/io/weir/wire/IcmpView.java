package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An ICMP message in place (RFC 792). Its meaning beyond the checksum depends on type and code: echo messages have
 * identifier and sequence number there, errors the next-hop MTU (RFC 1191 §4) or a pointer, and behind it the packet that
 * caused them.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     Type      |     Code      |          Checksum             |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |         Identifier            |        Sequence number        |
 *  |            unused             |         Next-hop MTU          |
 *  |   Pointer     |                   unused                      |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |     data, or the packet that caused the error ...
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class IcmpView extends HeaderView {
    public static final int TYPE_OFFSET = 0;
    public static final int CODE_OFFSET = 1;
    public static final int CHECKSUM_OFFSET = 2;
    public static final int REST_OFFSET = 4;

    /** Bytes before data or the packet that caused an error. */
    public static final int HEADER_LENGTH = 8;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;

    /** {@link #code()} of destination unreachable: fragmentation needed and don't-fragment set. */
    public static final int FRAGMENTATION_NEEDED = 4;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes: exactly the message, the checksum covers it all. */
    public IcmpView wrap(MemorySegment memory, long offset, int length) {
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

    /** Whether the message reports about another packet, whose beginning it carries (RFC 1122 §3.2.2). */
    public boolean isError() {
        int type = type();
        return type == DESTINATION_UNREACHABLE
                || type == TIME_EXCEEDED
                || type == PARAMETER_PROBLEM
                || type == 4 // source quench, deprecated by RFC 6633
                || type == 5; // redirect
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

    /** Whether the message sums up to zero. */
    public boolean isChecksumCorrect() {
        return Checksum.finish(Checksum.sum(memory(), offset(), length())) == 0;
    }

    /** Computes and writes the checksum of the message. */
    public void fillChecksum() {
        rawChecksum(0);
        rawChecksum(Checksum.finish(Checksum.sum(memory(), offset(), length())));
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

    /** MTU of the next hop, of {@link #FRAGMENTATION_NEEDED}; 0 from routers older than RFC 1191. */
    public int nextHopMtu() {
        return u16(REST_OFFSET + 2);
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
