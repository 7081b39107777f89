package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An Ethernet II header in place (IEEE 802.3 §3.1.1, RFC 894), without preamble and frame check sequence. Link-layer
 * addresses are 48 bits, first octet highest.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                      Destination                              |
 *  +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                               |                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *  |                      Source                                   |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |            Type               |  payload or 802.1Q tag ...
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class EthernetView extends HeaderView {
    public static final int DESTINATION_OFFSET = 0;
    public static final int SOURCE_OFFSET = 6;
    public static final int TYPE_OFFSET = 12;

    /** Bytes of the header; a tag is a header of its own ({@link VlanView}). */
    public static final int HEADER_LENGTH = 14;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes. */
    public EthernetView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    @Override
    public boolean isValid() {
        return length() >= HEADER_LENGTH;
    }

    /** Destination, 48 bits. */
    public long destination() {
        return u48(DESTINATION_OFFSET);
    }

    /** Writes the destination, 48 bits. */
    public void destination(long bits) {
        put48(DESTINATION_OFFSET, bits);
    }

    /** Source, 48 bits. */
    public long source() {
        return u48(SOURCE_OFFSET);
    }

    /** Writes the source, 48 bits. */
    public void source(long bits) {
        put48(SOURCE_OFFSET, bits);
    }

    /** {@link EtherType} of what follows; below {@link EtherType#FIRST} the length of an 802.3 frame. */
    public int etherType() {
        return u16(TYPE_OFFSET);
    }

    /** Writes the type. */
    public void etherType(int type) {
        put16(TYPE_OFFSET, type);
    }

    /** Whether an 802.1Q or 802.1ad tag follows. */
    public boolean isTagged() {
        int type = etherType();
        return type == EtherType.VLAN || type == EtherType.SERVICE_VLAN;
    }
}
