package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * A neighbour solicitation or advertisement in place (RFC 4861 §4.3, §4.4). The checksum is that of {@link Icmpv6View};
 * that the hop limit is 255 (§7.1) is for the caller to see.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  135 or 136   |   Code (0)    |          Checksum             |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |R|S|O|                     Reserved                            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                                                               |
 *  +                                                               +
 *  |                                                               |
 *  +                       Target address                          +
 *  |                                                               |
 *  +                                                               +
 *  |                                                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Option type  |  Length / 8   |     link-layer address ...    |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class NdpView extends HeaderView {
    public static final int TYPE_OFFSET = 0;
    public static final int CODE_OFFSET = 1;
    public static final int CHECKSUM_OFFSET = 2;
    public static final int FLAGS_OFFSET = 4;
    public static final int TARGET_OFFSET = 8;
    public static final int OPTIONS_OFFSET = 24;

    /** Bytes before the options. */
    public static final int HEADER_LENGTH = 24;

    /** Bytes of a link-layer address option (RFC 4861 §4.6.1). */
    public static final int LINK_LAYER_OPTION_LENGTH = 8;

    /** Option of a solicitation. */
    public static final int SOURCE_LINK_LAYER_ADDRESS = 1;

    /** Option of an advertisement. */
    public static final int TARGET_LINK_LAYER_ADDRESS = 2;

    /** {@link #linkLayerAddress}: there is no such option. */
    public static final long ABSENT = -1;

    /** {@link #flags()} of an advertisement: the sender is a router. */
    public static final int ROUTER = 4;

    /** {@link #flags()} of an advertisement: in answer to a solicitation. */
    public static final int SOLICITED = 2;

    /** {@link #flags()} of an advertisement: replaces a cached link-layer address. */
    public static final int OVERRIDE = 1;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes: exactly the ICMPv6 message. */
    public NdpView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    /** {@inheritDoc} Type, code 0 and the length of every option (not 0, RFC 4861 §7.1) are looked at. */
    @Override
    public boolean isValid() {
        if (length() < HEADER_LENGTH || u8(CODE_OFFSET) != 0) {
            return false;
        }
        int type = type();
        if (type != Icmpv6View.NEIGHBOUR_SOLICITATION && type != Icmpv6View.NEIGHBOUR_ADVERTISEMENT) {
            return false;
        }
        int at = OPTIONS_OFFSET;
        while (at < length()) {
            int size = at + 1 < length() ? u8(at + 1) << 3 : 0;
            if (size == 0 || size > length() - at) {
                return false;
            }
            at += size;
        }
        return true;
    }

    /** {@link Icmpv6View#NEIGHBOUR_SOLICITATION} or {@link Icmpv6View#NEIGHBOUR_ADVERTISEMENT}. */
    public int type() {
        return u8(TYPE_OFFSET);
    }

    /** Writes type and code 0. */
    public void type(int type) {
        put16(TYPE_OFFSET, type << 8);
    }

    /** Checksum. */
    public int checksum() {
        return u16(CHECKSUM_OFFSET);
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

    /** {@link #ROUTER}, {@link #SOLICITED}, {@link #OVERRIDE} of an advertisement. */
    public int flags() {
        return u8(FLAGS_OFFSET) >>> 5;
    }

    /** Writes the flags and clears what is reserved. */
    public void flags(int flags) {
        put32(FLAGS_OFFSET, flags << 29);
    }

    /** Target address, first 64 bits. */
    public long targetHigh() {
        return u64(TARGET_OFFSET);
    }

    /** Target address, last 64 bits. */
    public long targetLow() {
        return u64(TARGET_OFFSET + 8);
    }

    /** Target address, first eight bytes raw. */
    public long rawTarget0() {
        return raw64(TARGET_OFFSET);
    }

    /** Target address, last eight bytes raw. */
    public long rawTarget1() {
        return raw64(TARGET_OFFSET + 8);
    }

    /** Writes the target address. */
    public void target(long high, long low) {
        put64(TARGET_OFFSET, high);
        put64(TARGET_OFFSET + 8, low);
    }

    /** Writes the target address, raw. */
    public void rawTarget(long raw0, long raw1) {
        putRaw64(TARGET_OFFSET, raw0);
        putRaw64(TARGET_OFFSET + 8, raw1);
    }

    /**
     * The link-layer address in the first option of the type, 48 bits, or {@link #ABSENT}.
     *
     * @param optionType {@link #SOURCE_LINK_LAYER_ADDRESS} or {@link #TARGET_LINK_LAYER_ADDRESS}
     */
    public long linkLayerAddress(int optionType) {
        int at = OPTIONS_OFFSET;
        while (at + LINK_LAYER_OPTION_LENGTH <= length()) {
            int size = u8(at + 1) << 3;
            if (size == 0) {
                return ABSENT;
            }
            if (u8(at) == optionType && size == LINK_LAYER_OPTION_LENGTH) {
                return u48(at + 2);
            }
            at += size;
        }
        return ABSENT;
    }

    /** Writes a link-layer address option as the first one; {@link #length()} must have room for it. */
    public void firstOption(int optionType, long mac) {
        put16(OPTIONS_OFFSET, optionType << 8 | 1);
        put48(OPTIONS_OFFSET + 2, mac);
    }
}
