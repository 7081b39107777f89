package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv6 hop-by-hop or destination options header in place (RFC 8200 §4.3, §4.6).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next header  | Length / 8 - 1|  Option type  |  Data length  |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                       option data ...                         |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * Options are walked in place: {@code rewind(); while (next()) {…}; if (isMalformed()) …}.
 */
public final class Ipv6OptionsView extends HeaderView {
    public static final int NEXT_HEADER_OFFSET = 0;
    public static final int LENGTH_OFFSET = 1;
    public static final int OPTIONS_OFFSET = 2;

    /** Bytes of the shortest header. */
    public static final int MIN_HEADER_LENGTH = 8;

    /** {@link #optionType()} of one byte of padding; not reported. */
    public static final int PAD1 = 0;

    /** {@link #optionType()} of several bytes of padding; not reported. */
    public static final int PADN = 1;

    private int at = OPTIONS_OFFSET;
    private int optionType;
    private int dataAt;
    private int dataLength;
    private boolean malformed;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes. */
    public Ipv6OptionsView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        rewind();
        return this;
    }

    @Override
    public boolean isValid() {
        return length() >= MIN_HEADER_LENGTH && headerLength() <= length();
    }

    /** {@link IpProtocol} of what follows. */
    public int nextHeader() {
        return u8(NEXT_HEADER_OFFSET);
    }

    /** Writes the kind of what follows. */
    public void nextHeader(int protocol) {
        put8(NEXT_HEADER_OFFSET, protocol);
    }

    /** Bytes of the header, a multiple of 8. */
    public int headerLength() {
        return (u8(LENGTH_OFFSET) + 1) << 3;
    }

    /** Writes the length of the header, a multiple of 8 bytes. */
    public void headerLength(int bytes) {
        put8(LENGTH_OFFSET, (bytes >>> 3) - 1);
    }

    /** Back to before the first option. */
    public void rewind() {
        at = OPTIONS_OFFSET;
        optionType = PAD1;
        dataAt = OPTIONS_OFFSET;
        dataLength = 0;
        malformed = false;
    }

    /** Moves to the next option that is not padding; false at the end and at one with an impossible length. */
    public boolean next() {
        int end = headerLength();
        while (at < end) {
            optionType = u8(at);
            if (optionType == PAD1) {
                at++;
                continue;
            }
            int size = at + 1 < end ? u8(at + 1) + 2 : Integer.MAX_VALUE;
            if (size > end - at) {
                malformed = true;
                at = end;
                return false;
            }
            dataAt = at + 2;
            dataLength = size - 2;
            at += size;
            if (optionType != PADN) {
                return true;
            }
        }
        return false;
    }

    /** Type of the current option; its two highest bits say what to do when it is unknown (RFC 8200 §4.2). */
    public int optionType() {
        return optionType;
    }

    /** Where the data of the current option begins in the memory. */
    public long dataOffset() {
        return offset() + dataAt;
    }

    /** Bytes of data of the current option. */
    public int dataLength() {
        return dataLength;
    }

    /** Whether the walk ended at an option with an impossible length. */
    public boolean isMalformed() {
        return malformed;
    }
}
