package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv6 fragment header in place (RFC 8200 §4.5).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Next header  |   Reserved    |      Fragment offset    |Res|M|
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                         Identification                        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class Ipv6FragmentView extends HeaderView {
    public static final int NEXT_HEADER_OFFSET = 0;
    public static final int FRAGMENT_OFFSET = 2;
    public static final int IDENTIFICATION_OFFSET = 4;

    /** Bytes of the header. */
    public static final int HEADER_LENGTH = 8;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes. */
    public Ipv6FragmentView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    @Override
    public boolean isValid() {
        return length() >= HEADER_LENGTH;
    }

    /** {@link IpProtocol} of the first header of the fragmentable part. */
    public int nextHeader() {
        return u8(NEXT_HEADER_OFFSET);
    }

    /** Writes the next header and clears the reserved byte behind it. */
    public void nextHeader(int protocol) {
        put16(NEXT_HEADER_OFFSET, protocol << 8);
    }

    /** Place of this fragment in the fragmentable part, in bytes. */
    public int fragmentOffset() {
        return u16(FRAGMENT_OFFSET) & 0xfff8;
    }

    /** Whether this is not the last fragment. */
    public boolean isMoreFragments() {
        return (u16(FRAGMENT_OFFSET) & 1) != 0;
    }

    /** Writes the place of the fragment, a multiple of 8 bytes, and whether more follow. */
    public void fragment(int offsetBytes, boolean moreFragments) {
        put16(FRAGMENT_OFFSET, (offsetBytes & 0xfff8) | (moreFragments ? 1 : 0));
    }

    /** What the fragments of a packet have in common, 32 bits. */
    public int identification() {
        return u32(IDENTIFICATION_OFFSET);
    }

    /** Writes the identification. */
    public void identification(int value) {
        put32(IDENTIFICATION_OFFSET, value);
    }
}
