package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv6 header in place (RFC 8200 §3). Addresses are two numbers of 64 bits, first octet highest, or raw. Jumbograms
 * (RFC 2675) are not supported: payload length 0 means no payload.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |Version| Traffic class |           Flow label                  |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |         Payload length        |  Next header  |   Hop limit   |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                                                               |
 *  +                                                               +
 *  |                                                               |
 *  +                       Source address                          +
 *  |                                                               |
 *  +                                                               +
 *  |                                                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                                                               |
 *  +                                                               +
 *  |                                                               |
 *  +                    Destination address                        +
 *  |                                                               |
 *  +                                                               +
 *  |                                                               |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class Ipv6View extends HeaderView {
    public static final int VERSION_OFFSET = 0;
    public static final int PAYLOAD_LENGTH_OFFSET = 4;
    public static final int NEXT_HEADER_OFFSET = 6;
    public static final int HOP_LIMIT_OFFSET = 7;
    public static final int SOURCE_OFFSET = 8;
    public static final int DESTINATION_OFFSET = 24;

    /** Bytes of the header. */
    public static final int HEADER_LENGTH = 40;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes; the packet may be followed by padding. */
    public Ipv6View wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    @Override
    public boolean isValid() {
        return length() >= HEADER_LENGTH && version() == 6 && HEADER_LENGTH + payloadLength() <= length();
    }

    /** Like {@link #isValid()}, but the packet may be cut off behind its header, as inside an ICMPv6 error. */
    public boolean isValidTruncated() {
        return length() >= HEADER_LENGTH && version() == 6;
    }

    /** 6 in a valid header. */
    public int version() {
        return u8(VERSION_OFFSET) >>> 4;
    }

    /** Code point and congestion notification in one byte. */
    public int trafficClass() {
        return u16(VERSION_OFFSET) >>> 4 & 0xff;
    }

    /** Differentiated services code point, 0..63. */
    public int dscp() {
        return trafficClass() >>> 2;
    }

    /** Explicit congestion notification, 0..3. */
    public int ecn() {
        return trafficClass() & 3;
    }

    /** Flow label, 20 bits. */
    public int flowLabel() {
        return u32(VERSION_OFFSET) & 0xf_ffff;
    }

    /** Writes version 6, traffic class and flow label. */
    public void trafficClassAndFlowLabel(int trafficClass, int flowLabel) {
        put32(VERSION_OFFSET, 6 << 28 | (trafficClass & 0xff) << 20 | (flowLabel & 0xf_ffff));
    }

    /** Bytes behind the header, extension headers included. */
    public int payloadLength() {
        return u16(PAYLOAD_LENGTH_OFFSET);
    }

    /** Writes the bytes behind the header. */
    public void payloadLength(int bytes) {
        put16(PAYLOAD_LENGTH_OFFSET, bytes);
    }

    /** Bytes of header and payload. */
    public int totalLength() {
        return HEADER_LENGTH + payloadLength();
    }

    /** {@link IpProtocol} of what follows: an extension header or the transport header. */
    public int nextHeader() {
        return u8(NEXT_HEADER_OFFSET);
    }

    /** Writes the kind of what follows. */
    public void nextHeader(int protocol) {
        put8(NEXT_HEADER_OFFSET, protocol);
    }

    /** Hops that are left. */
    public int hopLimit() {
        return u8(HOP_LIMIT_OFFSET);
    }

    /** Writes the hops that are left; no checksum covers them. */
    public void hopLimit(int hops) {
        put8(HOP_LIMIT_OFFSET, hops);
    }

    /** Source address, first 64 bits. */
    public long sourceHigh() {
        return u64(SOURCE_OFFSET);
    }

    /** Source address, last 64 bits. */
    public long sourceLow() {
        return u64(SOURCE_OFFSET + 8);
    }

    /** Source address, first eight bytes raw. */
    public long rawSource0() {
        return raw64(SOURCE_OFFSET);
    }

    /** Source address, last eight bytes raw. */
    public long rawSource1() {
        return raw64(SOURCE_OFFSET + 8);
    }

    /** Writes the source address. */
    public void source(long high, long low) {
        put64(SOURCE_OFFSET, high);
        put64(SOURCE_OFFSET + 8, low);
    }

    /** Writes the source address, raw. */
    public void rawSource(long raw0, long raw1) {
        putRaw64(SOURCE_OFFSET, raw0);
        putRaw64(SOURCE_OFFSET + 8, raw1);
    }

    /** Destination address, first 64 bits. */
    public long destinationHigh() {
        return u64(DESTINATION_OFFSET);
    }

    /** Destination address, last 64 bits. */
    public long destinationLow() {
        return u64(DESTINATION_OFFSET + 8);
    }

    /** Destination address, first eight bytes raw. */
    public long rawDestination0() {
        return raw64(DESTINATION_OFFSET);
    }

    /** Destination address, last eight bytes raw. */
    public long rawDestination1() {
        return raw64(DESTINATION_OFFSET + 8);
    }

    /** Writes the destination address. */
    public void destination(long high, long low) {
        put64(DESTINATION_OFFSET, high);
        put64(DESTINATION_OFFSET + 8, low);
    }

    /** Writes the destination address, raw. */
    public void rawDestination(long raw0, long raw1) {
        putRaw64(DESTINATION_OFFSET, raw0);
        putRaw64(DESTINATION_OFFSET + 8, raw1);
    }

    /**
     * Sum of the pseudo header for an upper layer (see {@link Checksum#pseudoHeader6}).
     *
     * @param protocol of the upper layer, which the next header field does not name when there are extension headers
     * @param lengthBytes of the upper layer, without extension headers
     */
    public long pseudoHeader(int protocol, int lengthBytes) {
        return Checksum.pseudoHeader6(
                rawSource0(), rawSource1(), rawDestination0(), rawDestination1(), protocol, lengthBytes);
    }

    /** Starts a walk over the extension headers; it has ended, one way or another, when this returns. */
    public Ipv6ExtensionWalk extensions(Ipv6ExtensionWalk walk) {
        return walk.wrap(
                memory(), offset() + HEADER_LENGTH, Math.min(payloadLength(), length() - HEADER_LENGTH), nextHeader());
    }
}
