package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv4 header; see {@link Ipv4View}. Its checksum is computed when it is emitted. Changed copies come from the
 * {@code with} methods.
 *
 * @param trafficClass code point and congestion notification in one byte
 * @param identification what the fragments of a packet have in common
 * @param dontFragment routers must not fragment
 * @param moreFragments a fragment, but not the last
 * @param fragmentOffset place of this fragment in bytes, a multiple of 8
 * @param timeToLive hops that are left
 * @param protocol {@link IpProtocol} of the payload
 * @param source source address
 * @param destination destination address
 * @param options a multiple of 4 bytes, at most 40
 * @param payloadLength bytes behind the header
 */
public record Ipv4(
        int trafficClass,
        int identification,
        boolean dontFragment,
        boolean moreFragments,
        int fragmentOffset,
        int timeToLive,
        int protocol,
        Ipv4Address source,
        Ipv4Address destination,
        Octets options,
        int payloadLength)
        implements HeaderValue {
    private static final int MAX_OPTIONS = Ipv4View.MAX_HEADER_LENGTH - Ipv4View.HEADER_LENGTH;

    public Ipv4 {
        Fields.requireUnsigned("traffic class", trafficClass, 8);
        Fields.requireUnsigned("identification", identification, 16);
        Fields.requireMultiple("fragment offset", fragmentOffset, 8, 0x1fff << 3);
        Fields.requireUnsigned("time to live", timeToLive, 8);
        Fields.requireUnsigned("protocol", protocol, 8);
        Fields.requireMultiple("IPv4 options", options.length(), 4, MAX_OPTIONS);
        Fields.requireUnsigned("total length", (long) Ipv4View.HEADER_LENGTH + options.length() + payloadLength, 16);
        Fields.requireUnsigned("payload length", payloadLength, 16);
    }

    /** A whole packet as hosts send it: don't-fragment, 64 hops, no options. */
    public static Ipv4 of(Ipv4Address source, Ipv4Address destination, int protocol, int payloadLength) {
        return new Ipv4(0, 0, true, false, 0, 64, protocol, source, destination, Octets.NONE, payloadLength);
    }

    /** A copy with other hops left. */
    public Ipv4 withTimeToLive(int hops) {
        return new Ipv4(
                trafficClass,
                identification,
                dontFragment,
                moreFragments,
                fragmentOffset,
                hops,
                protocol,
                source,
                destination,
                options,
                payloadLength);
    }

    /** A copy with another traffic class. */
    public Ipv4 withTrafficClass(int value) {
        return new Ipv4(
                value,
                identification,
                dontFragment,
                moreFragments,
                fragmentOffset,
                timeToLive,
                protocol,
                source,
                destination,
                options,
                payloadLength);
    }

    /** A copy that is a fragment, at a place in bytes; don't-fragment is cleared. */
    public Ipv4 withFragment(int newIdentification, int offsetBytes, boolean more) {
        return new Ipv4(
                trafficClass,
                newIdentification,
                false,
                more,
                offsetBytes,
                timeToLive,
                protocol,
                source,
                destination,
                options,
                payloadLength);
    }

    /** A copy that routers may fragment, or not. */
    public Ipv4 withDontFragment(boolean set) {
        return new Ipv4(
                trafficClass,
                identification,
                set,
                moreFragments,
                fragmentOffset,
                timeToLive,
                protocol,
                source,
                destination,
                options,
                payloadLength);
    }

    /** A copy with options. */
    public Ipv4 withOptions(Octets newOptions) {
        return new Ipv4(
                trafficClass,
                identification,
                dontFragment,
                moreFragments,
                fragmentOffset,
                timeToLive,
                protocol,
                source,
                destination,
                newOptions,
                payloadLength);
    }

    /** A copy for another payload. */
    public Ipv4 withPayload(int newProtocol, int newLength) {
        return new Ipv4(
                trafficClass,
                identification,
                dontFragment,
                moreFragments,
                fragmentOffset,
                timeToLive,
                newProtocol,
                source,
                destination,
                options,
                newLength);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid; a wrong checksum is not looked at
     */
    public static Ipv4 parse(Ipv4View view) {
        Fields.valid("IPv4 packet", view);
        int optionsLength = view.headerLength() - Ipv4View.HEADER_LENGTH;
        return new Ipv4(
                view.trafficClass(),
                view.identification(),
                view.isDontFragment(),
                view.isMoreFragments(),
                view.fragmentOffset(),
                view.timeToLive(),
                view.protocol(),
                new Ipv4Address(view.source()),
                new Ipv4Address(view.destination()),
                Octets.of(view.memory(), view.offset() + Ipv4View.HEADER_LENGTH, optionsLength),
                view.payloadLength());
    }

    /** Like {@link #parse(Ipv4View)} for the bytes of a whole packet. */
    public static Ipv4 parse(byte[] bytes) {
        return parse(new Ipv4View().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return Ipv4View.HEADER_LENGTH + options.length();
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        Ipv4View view = new Ipv4View().wrap(memory, offset, headerLength());
        view.headerLength(headerLength());
        view.trafficClass(trafficClass);
        view.totalLength(headerLength() + payloadLength);
        view.identification(identification);
        view.fragment(dontFragment, moreFragments, fragmentOffset);
        view.timeToLive(timeToLive);
        view.protocol(protocol);
        view.source(source.bits());
        view.destination(destination.bits());
        options.emit(memory, offset + Ipv4View.HEADER_LENGTH);
        view.fillChecksum();
        return headerLength();
    }
}
