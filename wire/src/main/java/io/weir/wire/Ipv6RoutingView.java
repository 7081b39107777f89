package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv6 routing header in place (RFC 8200 §4.4).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next header  | Length / 8 - 1|  Routing type | Segments left |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                    type-specific data ...                     |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class Ipv6RoutingView extends HeaderView {
    public static final int NEXT_HEADER_OFFSET = 0;
    public static final int LENGTH_OFFSET = 1;
    public static final int TYPE_OFFSET = 2;
    public static final int SEGMENTS_LEFT_OFFSET = 3;
    public static final int DATA_OFFSET = 4;

    /** Bytes of the shortest header. */
    public static final int MIN_HEADER_LENGTH = 8;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes. */
    public Ipv6RoutingView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
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

    /** Kind of routing header; 0 is deprecated (RFC 5095). */
    public int routingType() {
        return u8(TYPE_OFFSET);
    }

    /** Writes the kind of routing header. */
    public void routingType(int type) {
        put8(TYPE_OFFSET, type);
    }

    /** Nodes still to be visited. */
    public int segmentsLeft() {
        return u8(SEGMENTS_LEFT_OFFSET);
    }

    /** Writes the nodes still to be visited. */
    public void segmentsLeft(int segments) {
        put8(SEGMENTS_LEFT_OFFSET, segments);
    }
}
