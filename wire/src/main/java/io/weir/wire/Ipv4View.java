package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv4 header in place (RFC 791 §3.1; the second byte RFC 2474 and RFC 3168). Addresses are 32 bits, first octet
 * highest, or raw.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |Version|  IHL  |   DSCP    |ECN|          Total length         |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |         Identification        |0|D|M|    Fragment offset      |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  | Time to live  |   Protocol    |        Header checksum        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                       Source address                          |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                    Destination address                        |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                    Options, up to 40 bytes ...
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class Ipv4View extends HeaderView {
    public static final int VERSION_OFFSET = 0;
    public static final int TRAFFIC_CLASS_OFFSET = 1;
    public static final int TOTAL_LENGTH_OFFSET = 2;
    public static final int IDENTIFICATION_OFFSET = 4;
    public static final int FRAGMENT_OFFSET = 6;
    public static final int TIME_TO_LIVE_OFFSET = 8;
    public static final int PROTOCOL_OFFSET = 9;
    public static final int CHECKSUM_OFFSET = 10;
    public static final int SOURCE_OFFSET = 12;
    public static final int DESTINATION_OFFSET = 16;

    /** Bytes of a header without options. */
    public static final int HEADER_LENGTH = 20;

    /** Bytes of the longest header: fifteen 32-bit words. */
    public static final int MAX_HEADER_LENGTH = 60;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;

    /** Looks at {@code length} bytes at {@code offset}, both in bytes; the packet may be followed by padding. */
    public Ipv4View wrap(MemorySegment memory, long offset, int length) {
        place(memory, offset, length);
        return this;
    }

    @Override
    public boolean isValid() {
        if (length() < HEADER_LENGTH) {
            return false;
        }
        int first = u8(VERSION_OFFSET);
        int headerLength = (first & 0xf) << 2;
        int totalLength = totalLength();
        return first >>> 4 == 4
                && headerLength >= HEADER_LENGTH
                && headerLength <= totalLength
                && totalLength <= length();
    }

    /**
     * Like {@link #isValid()}, but the packet may be cut off behind its header, as the packet inside an ICMP error is
     * (RFC 792): accessors are safe, payload beyond {@link #length()} is not.
     */
    public boolean isValidTruncated() {
        if (length() < HEADER_LENGTH) {
            return false;
        }
        int headerLength = headerLength();
        return version() == 4
                && headerLength >= HEADER_LENGTH
                && headerLength <= length()
                && headerLength <= totalLength();
    }

    /** 4 in a valid header. */
    public int version() {
        return u8(VERSION_OFFSET) >>> 4;
    }

    /** Bytes of the header with its options. */
    public int headerLength() {
        return (u8(VERSION_OFFSET) & 0xf) << 2;
    }

    /** Writes version 4 and the length of the header, a multiple of 4 bytes. */
    public void headerLength(int bytes) {
        put8(VERSION_OFFSET, 0x40 | bytes >>> 2);
    }

    /** Differentiated services code point, 0..63. */
    public int dscp() {
        return u8(TRAFFIC_CLASS_OFFSET) >>> 2;
    }

    /** Explicit congestion notification, 0..3. */
    public int ecn() {
        return u8(TRAFFIC_CLASS_OFFSET) & 3;
    }

    /** Code point and congestion notification in one byte. */
    public int trafficClass() {
        return u8(TRAFFIC_CLASS_OFFSET);
    }

    /** Writes code point and congestion notification. */
    public void trafficClass(int value) {
        put8(TRAFFIC_CLASS_OFFSET, value);
    }

    /** Bytes of header and payload. */
    public int totalLength() {
        return u16(TOTAL_LENGTH_OFFSET);
    }

    /** Writes the bytes of header and payload. */
    public void totalLength(int bytes) {
        put16(TOTAL_LENGTH_OFFSET, bytes);
    }

    /** Bytes behind the header. */
    public int payloadLength() {
        return totalLength() - headerLength();
    }

    /** Where the payload begins in the memory. */
    public long payloadOffset() {
        return offset() + headerLength();
    }

    /** What the fragments of a packet have in common. */
    public int identification() {
        return u16(IDENTIFICATION_OFFSET);
    }

    /** Writes the identification. */
    public void identification(int value) {
        put16(IDENTIFICATION_OFFSET, value);
    }

    /** Whether routers must not fragment the packet. */
    public boolean isDontFragment() {
        return (u16(FRAGMENT_OFFSET) & DONT_FRAGMENT) != 0;
    }

    /** Whether this is a fragment, but not the last. */
    public boolean isMoreFragments() {
        return (u16(FRAGMENT_OFFSET) & MORE_FRAGMENTS) != 0;
    }

    /** Place of this fragment in the payload of the packet, in bytes. */
    public int fragmentOffset() {
        return (u16(FRAGMENT_OFFSET) & 0x1fff) << 3;
    }

    /** Whether this is not the whole packet. */
    public boolean isFragment() {
        return (u16(FRAGMENT_OFFSET) & (MORE_FRAGMENTS | 0x1fff)) != 0;
    }

    /** Writes flags and place of the fragment, a multiple of 8 bytes. */
    public void fragment(boolean dontFragment, boolean moreFragments, int offsetBytes) {
        put16(
                FRAGMENT_OFFSET,
                (dontFragment ? DONT_FRAGMENT : 0)
                        | (moreFragments ? MORE_FRAGMENTS : 0)
                        | (offsetBytes >>> 3 & 0x1fff));
    }

    /** Hops that are left. */
    public int timeToLive() {
        return u8(TIME_TO_LIVE_OFFSET);
    }

    /** Writes the hops that are left; the checksum stays. */
    public void timeToLive(int hops) {
        put8(TIME_TO_LIVE_OFFSET, hops);
    }

    /** Takes one hop away and corrects the checksum (RFC 1624). The time to live must not be 0. */
    public void decrementTimeToLive() {
        int rawOld = raw16(TIME_TO_LIVE_OFFSET);
        put8(TIME_TO_LIVE_OFFSET, rawOld - 1);
        rawChecksum(Checksum.update16(rawChecksum(), rawOld, raw16(TIME_TO_LIVE_OFFSET)));
    }

    /** {@link IpProtocol} of the payload. */
    public int protocol() {
        return u8(PROTOCOL_OFFSET);
    }

    /** Writes the protocol. */
    public void protocol(int protocol) {
        put8(PROTOCOL_OFFSET, protocol);
    }

    /** Header checksum. */
    public int checksum() {
        return u16(CHECKSUM_OFFSET);
    }

    /** Header checksum, raw. */
    public int rawChecksum() {
        return raw16(CHECKSUM_OFFSET);
    }

    /** Writes the header checksum, raw. */
    public void rawChecksum(int raw) {
        putRaw16(CHECKSUM_OFFSET, raw);
    }

    /** Whether the header sums up to zero. */
    public boolean isChecksumCorrect() {
        return Checksum.finish(Checksum.sum(memory(), offset(), headerLength())) == 0;
    }

    /** Computes and writes the header checksum. */
    public void fillChecksum() {
        rawChecksum(0);
        rawChecksum(Checksum.finish(Checksum.sum(memory(), offset(), headerLength())));
    }

    /** Source address, 32 bits. */
    public int source() {
        return u32(SOURCE_OFFSET);
    }

    /** Source address, raw. */
    public int rawSource() {
        return raw32(SOURCE_OFFSET);
    }

    /** Writes the source address; the checksum stays. */
    public void source(int bits) {
        put32(SOURCE_OFFSET, bits);
    }

    /** Writes the source address, raw; the checksum stays. */
    public void rawSource(int raw) {
        putRaw32(SOURCE_OFFSET, raw);
    }

    /** Destination address, 32 bits. */
    public int destination() {
        return u32(DESTINATION_OFFSET);
    }

    /** Destination address, raw. */
    public int rawDestination() {
        return raw32(DESTINATION_OFFSET);
    }

    /** Writes the destination address; the checksum stays. */
    public void destination(int bits) {
        put32(DESTINATION_OFFSET, bits);
    }

    /** Writes the destination address, raw; the checksum stays. */
    public void rawDestination(int raw) {
        putRaw32(DESTINATION_OFFSET, raw);
    }

    /** Sum of the pseudo header for the whole payload (see {@link Checksum#pseudoHeader4}). */
    public long pseudoHeader() {
        return Checksum.pseudoHeader4(rawSource(), rawDestination(), protocol(), payloadLength());
    }

    /** Whether there are options. */
    public boolean hasOptions() {
        return headerLength() > HEADER_LENGTH;
    }

    /** Starts a walk over the options. */
    public OptionWalk options(OptionWalk walk) {
        return walk.wrap(memory(), offset() + HEADER_LENGTH, headerLength() - HEADER_LENGTH);
    }
}
