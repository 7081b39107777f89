package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A bounded walk from the IPv6 header over its extension headers (RFC 8200 §4) to the upper layer. It passes hop-by-hop
 * and destination options, routing headers, the authentication header and, for a first fragment, the fragment header.
 *
 * <pre>
 *  +-------------+----------------+---------------------...
 *  | Next header | Length, units  |  8 · (length + 1) bytes in all; authentication header: 4 · (length + 2);
 *  +-------------+----------------+  fragment header: always 8
 * </pre>
 *
 * The walk is done by {@code wrap}; look at {@link #outcome()} first. Nothing outside the given range is read.
 */
public final class Ipv6ExtensionWalk {
    /** {@link #outcome()}: {@link #protocol()} begins at {@link #transportOffset()}. */
    public static final int REACHED = 0;

    /** {@link #outcome()}: a header goes beyond the packet, or stands where it must not. */
    public static final int MALFORMED = 1;

    /** {@link #outcome()}: more than {@link #MAX_HEADERS} headers. */
    public static final int TOO_MANY = 2;

    /** {@link #outcome()}: a routing header of type 0, which is deprecated because it loops (RFC 5095). */
    public static final int ROUTING_TYPE_0 = 3;

    /** {@link #outcome()}: a fragment other than the first: no upper-layer header in it. */
    public static final int LATER_FRAGMENT = 4;

    /** {@link #outcome()}: nothing follows (next header 59), or only what cannot be read (ESP). */
    public static final int NO_TRANSPORT = 5;

    /** Headers that are passed: the order that RFC 8200 §4.1 recommends has seven, RFC 8883 §2 allows such a limit. */
    public static final int MAX_HEADERS = 8;

    private static final ValueLayout.OfShort BIG_16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BIG_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int CONTINUE = -1;

    private MemorySegment memory = MemorySegment.NULL;
    private long at;
    private long end;
    private int outcome = MALFORMED;
    private int protocol;
    private int headers;
    private long fragmentHeaderOffset;
    private boolean fragment;
    private int fragmentField;
    private int fragmentIdentification;

    /**
     * Walks.
     *
     * @param offset of the first byte behind the IPv6 header
     * @param length bytes of payload
     * @param nextHeader what the IPv6 header says comes first
     */
    public Ipv6ExtensionWalk wrap(MemorySegment newMemory, long offset, int length, int nextHeader) {
        memory = newMemory;
        at = offset;
        end = offset + Math.max(length, 0);
        protocol = nextHeader;
        headers = 0;
        fragment = false;
        fragmentHeaderOffset = 0;
        fragmentField = 0;
        fragmentIdentification = 0;
        int step = CONTINUE;
        while (step == CONTINUE) {
            step = step();
        }
        outcome = step;
        return this;
    }

    private int step() {
        return switch (protocol) {
            // RFC 8200 §4.1: immediately after the IPv6 header only.
            case IpProtocol.HOP_BY_HOP -> headers == 0 ? pass(3, 1) : MALFORMED;
            case IpProtocol.ROUTING -> isRoutingType0() ? ROUTING_TYPE_0 : pass(3, 1);
            case IpProtocol.DESTINATION_OPTIONS -> pass(3, 1);
            case IpProtocol.AUTHENTICATION -> pass(2, 2);
            case IpProtocol.FRAGMENT -> passFragment();
            case IpProtocol.NO_NEXT_HEADER, IpProtocol.ESP -> NO_TRANSPORT;
            default -> REACHED;
        };
    }

    private boolean isRoutingType0() {
        return end - at >= Ipv6RoutingView.MIN_HEADER_LENGTH
                && memory.get(ValueLayout.JAVA_BYTE, at + Ipv6RoutingView.TYPE_OFFSET) == 0;
    }

    /** Passes a header of (length + added) units. */
    private int pass(int unitShift, int addedUnits) {
        if (headers == MAX_HEADERS) {
            return TOO_MANY;
        }
        if (end - at < 8) {
            return MALFORMED;
        }
        int size = ((memory.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff) + addedUnits) << unitShift;
        if (size > end - at) {
            return MALFORMED;
        }
        protocol = memory.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        at += size;
        headers++;
        return CONTINUE;
    }

    private int passFragment() {
        if (headers == MAX_HEADERS) {
            return TOO_MANY;
        }
        if (fragment || end - at < Ipv6FragmentView.HEADER_LENGTH) {
            return MALFORMED;
        }
        fragment = true;
        fragmentHeaderOffset = at;
        fragmentField = memory.get(BIG_16, at + Ipv6FragmentView.FRAGMENT_OFFSET) & 0xffff;
        fragmentIdentification = memory.get(BIG_32, at + Ipv6FragmentView.IDENTIFICATION_OFFSET);
        protocol = memory.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        at += Ipv6FragmentView.HEADER_LENGTH;
        headers++;
        return fragmentField >>> 3 == 0 ? CONTINUE : LATER_FRAGMENT;
    }

    /** How the walk ended. */
    public int outcome() {
        return outcome;
    }

    /** Upper-layer protocol when reached; of a later fragment what its fragment header names (RFC 8200 §4.5). */
    public int protocol() {
        return protocol;
    }

    /** Where the upper layer, or the data of a later fragment, begins in the memory. */
    public long transportOffset() {
        return at;
    }

    /** Bytes from {@link #transportOffset()} to the end of the packet. */
    public int transportLength() {
        return (int) (end - at);
    }

    /** Extension headers passed. */
    public int headers() {
        return headers;
    }

    /** Whether a fragment header was met and the packet is not whole: an atomic fragment (RFC 6946) is whole. */
    public boolean isFragment() {
        return fragment && (fragmentField & 0xfff9) != 0;
    }

    /** Whether a fragment header was met, in an atomic fragment too. */
    public boolean hasFragmentHeader() {
        return fragment;
    }

    /** Where the fragment header is in the memory, if there is one. */
    public long fragmentHeaderOffset() {
        return fragmentHeaderOffset;
    }

    /** Place of this fragment in the fragmentable part, in bytes. */
    public int fragmentOffset() {
        return fragmentField & 0xfff8;
    }

    /** Whether this is a fragment, but not the last. */
    public boolean isMoreFragments() {
        return (fragmentField & 1) != 0;
    }

    /** What the fragments of a packet have in common. */
    public int fragmentIdentification() {
        return fragmentIdentification;
    }
}
