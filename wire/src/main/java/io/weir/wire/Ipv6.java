package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv6 header; see {@link Ipv6View}.
 *
 * @param trafficClass code point and congestion notification in one byte
 * @param flowLabel 20 bits
 * @param payloadLength bytes behind the header, extension headers included
 * @param nextHeader {@link IpProtocol} of what follows
 * @param hopLimit hops that are left
 * @param source source address
 * @param destination destination address
 */
public record Ipv6(
        int trafficClass,
        int flowLabel,
        int payloadLength,
        int nextHeader,
        int hopLimit,
        Ipv6Address source,
        Ipv6Address destination)
        implements HeaderValue {
    public Ipv6 {
        Fields.requireUnsigned("traffic class", trafficClass, 8);
        Fields.requireUnsigned("flow label", flowLabel, 20);
        Fields.requireUnsigned("payload length", payloadLength, 16);
        Fields.requireUnsigned("next header", nextHeader, 8);
        Fields.requireUnsigned("hop limit", hopLimit, 8);
    }

    /** A packet as hosts send it: 64 hops. */
    public static Ipv6 of(Ipv6Address source, Ipv6Address destination, int nextHeader, int payloadLength) {
        return new Ipv6(0, 0, payloadLength, nextHeader, 64, source, destination);
    }

    /** A copy with other hops left. */
    public Ipv6 withHopLimit(int hops) {
        return new Ipv6(trafficClass, flowLabel, payloadLength, nextHeader, hops, source, destination);
    }

    /** A copy with another traffic class. */
    public Ipv6 withTrafficClass(int value) {
        return new Ipv6(value, flowLabel, payloadLength, nextHeader, hopLimit, source, destination);
    }

    /** A copy for another payload. */
    public Ipv6 withPayload(int newNextHeader, int newLength) {
        return new Ipv6(trafficClass, flowLabel, newLength, newNextHeader, hopLimit, source, destination);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid
     */
    public static Ipv6 parse(Ipv6View view) {
        Fields.valid("IPv6 packet", view);
        return new Ipv6(
                view.trafficClass(),
                view.flowLabel(),
                view.payloadLength(),
                view.nextHeader(),
                view.hopLimit(),
                new Ipv6Address(view.sourceHigh(), view.sourceLow()),
                new Ipv6Address(view.destinationHigh(), view.destinationLow()));
    }

    /** Like {@link #parse(Ipv6View)} for the bytes of a whole packet. */
    public static Ipv6 parse(byte[] bytes) {
        return parse(new Ipv6View().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return Ipv6View.HEADER_LENGTH;
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        Ipv6View view = new Ipv6View().wrap(memory, offset, headerLength());
        view.trafficClassAndFlowLabel(trafficClass, flowLabel);
        view.payloadLength(payloadLength);
        view.nextHeader(nextHeader);
        view.hopLimit(hopLimit);
        view.source(source.high(), source.low());
        view.destination(destination.high(), destination.low());
        return headerLength();
    }
}
