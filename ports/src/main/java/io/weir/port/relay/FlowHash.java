package io.weir.port.relay;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A hash of a frame's addresses and ports that is the same for both directions of a flow. Frames without a flow
 * (neither IPv4 nor IPv6, fragments, headers cut short) have none. Nothing is verified: the parser does that on the
 * processor that gets the frame.
 */
final class FlowHash {
    /** The frame has no flow. */
    static final int NONE = -1;

    private static final int ETHERNET_BYTES = 14;
    private static final int TAG_BYTES = 4;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;

    // Ether types as a little-endian load sees them.
    private static final int TYPE_IPV4 = 0x0008;
    private static final int TYPE_IPV6 = 0xdd86;
    private static final int TYPE_TAG = 0x0081;

    private static final int TCP = 6;
    private static final int UDP = 17;
    /** IPv6 fragment header (RFC 8200 section 4.5). */
    private static final int FRAGMENT = 44;
    /** More-fragments bit and fragment offset of IPv4 (RFC 791) as a little-endian load sees them. */
    private static final int FRAGMENT_BITS = 0xff3f;

    /** Odd constant with well-spread bits: 2^64 divided by the golden ratio. */
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private FlowHash() {}

    /** A number from 0, or {@link #NONE}; {@code length} is the contiguous part of the frame. */
    static int of(MemorySegment frames, long address, int length) {
        if (length < ETHERNET_BYTES + IPV4_BYTES) {
            return NONE;
        }
        long network = address + ETHERNET_BYTES;
        int type = u16(frames, address + 12);
        if (type == TYPE_TAG) {
            type = u16(frames, address + 16);
            network += TAG_BYTES;
        }
        int left = (int) (address + length - network);
        if (type == TYPE_IPV4) {
            return ipv4(frames, network, left);
        }
        return type == TYPE_IPV6 ? ipv6(frames, network, left) : NONE;
    }

    private static int ipv4(MemorySegment frames, long at, int length) {
        if (length < IPV4_BYTES || (u16(frames, at + 6) & FRAGMENT_BITS) != 0) {
            return NONE;
        }
        int header = (frames.get(ValueLayout.JAVA_BYTE, at) & 0xf) * 4;
        int ports = ports(frames, at, frames.get(ValueLayout.JAVA_BYTE, at + 9), header, length);
        return symmetric(frames.get(U32, at + 12), frames.get(U32, at + 16), ports);
    }

    private static int ipv6(MemorySegment frames, long at, int length) {
        if (length < IPV6_BYTES || frames.get(ValueLayout.JAVA_BYTE, at + 6) == FRAGMENT) {
            return NONE;
        }
        int ports = ports(frames, at, frames.get(ValueLayout.JAVA_BYTE, at + 6), IPV6_BYTES, length);
        long source = frames.get(U64, at + 8) * MIX + frames.get(U64, at + 16);
        long destination = frames.get(U64, at + 24) * MIX + frames.get(U64, at + 32);
        return symmetric(source, destination, ports);
    }

    /** Both ports as one word, source in the low half; 0 for other protocols. */
    private static int ports(MemorySegment frames, long network, int protocol, int header, int length) {
        boolean hasPorts = (protocol == TCP || protocol == UDP) && header + 4 <= length;
        return hasPorts ? frames.get(U32, network + header) : 0;
    }

    private static int symmetric(long source, long destination, int ports) {
        long sum = mix(source ^ ((long) (ports & 0xffff) << 48)) + mix(destination ^ ((long) (ports >>> 16) << 48));
        return (int) (mix(sum) >>> 33);
    }

    private static long mix(long word) {
        long mixed = word * MIX;
        return (mixed ^ (mixed >>> 32)) * MIX;
    }

    private static int u16(MemorySegment frames, long at) {
        return Short.toUnsignedInt(frames.get(U16, at));
    }
}
