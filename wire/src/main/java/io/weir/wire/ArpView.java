package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An ARP packet for IPv4 over Ethernet in place (RFC 826). Link-layer addresses are 48 bits, IPv4 addresses 32 bits, first
 * octet highest.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |      Hardware type (1)        |    Protocol type (0x0800)     |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Length (6)   |  Length (4)   |          Operation            |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                 Sender link-layer address                     |
 *  +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                               |       Sender IPv4 ...         |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |       ... address             |                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *  |                 Target link-layer address                     |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                    Target IPv4 address                        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class ArpView extends HeaderView {
    public static final int OPERATION_OFFSET = 6;
    public static final int SENDER_MAC_OFFSET = 8;
    public static final int SENDER_ADDRESS_OFFSET = 14;
    public static final int TARGET_MAC_OFFSET = 18;
    public static final int TARGET_ADDRESS_OFFSET = 24;

    /** Bytes of the packet; Ethernet pads it to 46. */
    public static final int HEADER_LENGTH = 28;

    /** {@link #operation()}: who has the target address? */
    public static final int REQUEST = 1;

    /** {@link #operation()}: the sender has the sender address. */
    public static final int REPLY = 2;

    /** Hardware type 1 (Ethernet), protocol type 0x0800 (IPv4), lengths 6 and 4. */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes. */
    public ArpView wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    /** {@inheritDoc} Other hardware and protocol types than Ethernet and IPv4 are not valid here. */
    @Override
    public boolean isValid() {
        return length() >= HEADER_LENGTH && u48(0) == ETHERNET_IPV4;
    }

    /** Writes the types and lengths of IPv4 over Ethernet. */
    public void initialize() {
        put48(0, ETHERNET_IPV4);
    }

    /** {@link #REQUEST}, {@link #REPLY} or something else. */
    public int operation() {
        return u16(OPERATION_OFFSET);
    }

    /** Writes the operation. */
    public void operation(int operation) {
        put16(OPERATION_OFFSET, operation);
    }

    /** Link-layer address of the sender, 48 bits. */
    public long senderMac() {
        return u48(SENDER_MAC_OFFSET);
    }

    /** Writes the link-layer address of the sender. */
    public void senderMac(long bits) {
        put48(SENDER_MAC_OFFSET, bits);
    }

    /** IPv4 address of the sender, 32 bits; 0 in a probe (RFC 5227 §2.1.1). */
    public int senderAddress() {
        return u32(SENDER_ADDRESS_OFFSET);
    }

    /** The same, raw. */
    public int rawSenderAddress() {
        return raw32(SENDER_ADDRESS_OFFSET);
    }

    /** Writes the IPv4 address of the sender. */
    public void senderAddress(int bits) {
        put32(SENDER_ADDRESS_OFFSET, bits);
    }

    /** Writes the IPv4 address of the sender, raw. */
    public void rawSenderAddress(int raw) {
        putRaw32(SENDER_ADDRESS_OFFSET, raw);
    }

    /** Link-layer address of the target, 48 bits; without meaning in a request. */
    public long targetMac() {
        return u48(TARGET_MAC_OFFSET);
    }

    /** Writes the link-layer address of the target. */
    public void targetMac(long bits) {
        put48(TARGET_MAC_OFFSET, bits);
    }

    /** IPv4 address of the target, 32 bits. */
    public int targetAddress() {
        return u32(TARGET_ADDRESS_OFFSET);
    }

    /** The same, raw. */
    public int rawTargetAddress() {
        return raw32(TARGET_ADDRESS_OFFSET);
    }

    /** Writes the IPv4 address of the target. */
    public void targetAddress(int bits) {
        put32(TARGET_ADDRESS_OFFSET, bits);
    }

    /** Writes the IPv4 address of the target, raw. */
    public void rawTargetAddress(int raw) {
        putRaw32(TARGET_ADDRESS_OFFSET, raw);
    }
}
