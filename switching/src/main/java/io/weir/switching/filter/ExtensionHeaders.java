package io.weir.switching.filter;

import static io.weir.switching.filter.Raw.u8;

import java.lang.foreign.MemorySegment;

/**
 * The chain of IPv6 extension headers (RFC 8200 section 4) of one packet: a bounded walk to the transport header.
 * Hop-by-hop options stand first or nowhere; the type 0 routing header is refused (RFC 5095). A routing header that
 * still has segments left ends the walk: such a packet can be routed but belongs to no connection here.
 */
final class ExtensionHeaders {
    /** More headers than any honest packet has. */
    private static final int LIMIT = 8;

    private static final int FRAGMENT_BYTES = 8;

    private final MemorySegment frames;

    private int protocol;
    private int end;
    private boolean fragment;

    ExtensionHeaders(MemorySegment frames) {
        this.frames = frames;
    }

    /** True when a header with this number is one that {@link #walk} passes over. */
    static boolean isExtension(int nextHeader) {
        return nextHeader == Protocol.HOP_BY_HOP
                || nextHeader == Protocol.ROUTING
                || nextHeader == Protocol.FRAGMENT
                || nextHeader == Protocol.AUTHENTICATION
                || nextHeader == Protocol.DESTINATION_OPTIONS;
    }

    /**
     * Walks the chain; false when it is malformed, too long or refused.
     *
     * @param frame address of the frame
     * @param from offset of the first extension header from there
     * @param limit offset of the end of the packet
     * @param first number of the first extension header
     */
    boolean walk(long frame, int from, int limit, int first) {
        protocol = first;
        end = from;
        fragment = false;
        for (int headers = 0; isExtension(protocol); headers++) {
            if (headers == LIMIT || end + 8 > limit || (protocol == Protocol.HOP_BY_HOP && headers > 0)) {
                return false;
            }
            long header = frame + end;
            if (protocol == Protocol.FRAGMENT) {
                if (isLaterFragment(header)) {
                    protocol = u8(frames, header);
                    end = PacketBatch.NO_TRANSPORT;
                    return true;
                }
                end += FRAGMENT_BYTES;
            } else {
                if (protocol == Protocol.ROUTING) {
                    if (u8(frames, header + 2) == 0) {
                        return false;
                    }
                    if (u8(frames, header + 3) != 0) {
                        end = PacketBatch.NO_TRANSPORT;
                        return true;
                    }
                }
                end += bytesOf(protocol, u8(frames, header + 1));
            }
            if (end > limit) {
                return false;
            }
            protocol = u8(frames, header);
        }
        return true;
    }

    /** Notes a fragment; an atomic one (RFC 6946) is none. */
    private boolean isLaterFragment(long header) {
        int word = Raw.number16(frames, header + 2);
        fragment |= (word & ~6) != 0; // the two bits between are reserved
        return (word & 0xfff8) != 0;
    }

    /** Options and routing headers count 8-byte units without the first, authentication 4-byte units without two. */
    private static int bytesOf(int protocol, int units) {
        return protocol == Protocol.AUTHENTICATION ? (units + 2) << 2 : (units + 1) << 3;
    }

    /** Number of the header after the chain. */
    int protocol() {
        return protocol;
    }

    /** Its offset from the start of the frame, or {@link PacketBatch#NO_TRANSPORT}. */
    int end() {
        return end;
    }

    boolean isFragment() {
        return fragment;
    }
}
