package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An 802.1Q tag in place (IEEE 802.1Q §9.6), from behind the EtherType that announced it up to the EtherType of what
 * follows.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  | PCP |D|   VLAN identifier     |            Type               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class VlanView extends HeaderView {
    public static final int CONTROL_OFFSET = 0;
    public static final int TYPE_OFFSET = 2;

    /** Bytes of the tag. */
    public static final int HEADER_LENGTH = 4;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes. */
    public VlanView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    @Override
    public boolean isValid() {
        return length() >= HEADER_LENGTH;
    }

    /** Priority code point, 0..7. */
    public int priority() {
        return u8(CONTROL_OFFSET) >>> 5;
    }

    /** Whether the frame is to be dropped first under congestion. */
    public boolean isDropEligible() {
        return (u8(CONTROL_OFFSET) & 0x10) != 0;
    }

    /** VLAN identifier, 0..4095; 0 means priority only, 4095 is reserved. */
    public int identifier() {
        return u16(CONTROL_OFFSET) & 0xfff;
    }

    /** Writes priority, drop eligibility and identifier. */
    public void control(int priority, boolean dropEligible, int identifier) {
        put16(CONTROL_OFFSET, (priority & 7) << 13 | (dropEligible ? 0x1000 : 0) | (identifier & 0xfff));
    }

    /** {@link EtherType} of what follows. */
    public int etherType() {
        return u16(TYPE_OFFSET);
    }

    /** Writes the type. */
    public void etherType(int type) {
        put16(TYPE_OFFSET, type);
    }
}
