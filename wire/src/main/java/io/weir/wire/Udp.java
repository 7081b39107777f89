package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * A UDP header; see {@link UdpView}.
 *
 * @param sourcePort source port
 * @param destinationPort destination port
 * @param payloadLength bytes behind the header
 */
public record Udp(int sourcePort, int destinationPort, int payloadLength) implements HeaderValue {
    public Udp {
        Fields.requireUnsigned("source port", sourcePort, 16);
        Fields.requireUnsigned("destination port", destinationPort, 16);
        Fields.requireUnsigned("payload length", payloadLength, 16);
        Fields.requireUnsigned("datagram length", (long) UdpView.HEADER_LENGTH + payloadLength, 16);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid; a wrong checksum is not looked at
     */
    public static Udp parse(UdpView view) {
        Fields.valid("UDP datagram", view);
        return new Udp(view.sourcePort(), view.destinationPort(), view.payloadLength());
    }

    /** Like {@link #parse(UdpView)} for the bytes of a datagram. */
    public static Udp parse(byte[] bytes) {
        return parse(new UdpView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return UdpView.HEADER_LENGTH;
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        UdpView view = new UdpView().wrap(memory, offset, headerLength());
        view.sourcePort(sourcePort);
        view.destinationPort(destinationPort);
        view.datagramLength(UdpView.HEADER_LENGTH + payloadLength);
        view.rawChecksum(0);
        return headerLength();
    }
}
