package io.weir.application.testing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** A packet of a batch: where it stands, and what became of it. */
final class TestRow {
    final long network;
    final IpHeaders headers;
    /** Bytes from the IP header on that stand in one piece. */
    final int here;
    /** The rest. */
    final byte[] pieces;

    final boolean openChecksum;

    Verb verb = Verb.NONE;
    int dropReason;
    /** Where the packet that leaves begins; 0 before. */
    long sentAt;
    /** How much of it stands there. */
    int sentLength;
    /** Whether the pieces follow. */
    boolean sentPieces;

    TestRow(long network, IpHeaders headers, int here, byte[] pieces, boolean openChecksum) {
        this.network = network;
        this.headers = headers;
        this.here = here;
        this.pieces = pieces;
        this.openChecksum = openChecksum;
    }

    void reset() {
        verb = Verb.NONE;
        sentAt = 0;
    }

    long transport() {
        return network + headers.transport;
    }

    long payload() {
        return network + headers.payload;
    }

    int contiguous() {
        return Math.max(0, Math.min(headers.payloadLength, here - headers.payload));
    }

    /** The whole packet leaves. */
    void sendWhole(Verb by) {
        verb = by;
        sentAt = network;
        sentLength = here;
        sentPieces = true;
    }

    /** A packet that stands in one piece leaves. */
    void send(Verb by, long at, int length) {
        verb = by;
        sentAt = at;
        sentLength = length;
        sentPieces = false;
    }

    /** The packet that left; the checksum that a sender left open is filled in. */
    byte[] bytes(MemorySegment memory) {
        byte[] bytes = new byte[sentLength + (sentPieces ? pieces.length : 0)];
        MemorySegment.copy(memory, JAVA_BYTE, sentAt, bytes, 0, sentLength);
        if (sentPieces) {
            System.arraycopy(pieces, 0, bytes, sentLength, pieces.length);
            if (openChecksum) {
                MemorySegment copy = MemorySegment.ofArray(bytes);
                int length = headers.transportLength();
                int checksumAt = headers.transport + IpHeaders.checksumAt(headers.protocol);
                IpHeaders.setU16(copy, checksumAt, 0);
                long sum = IpHeaders.pseudoHeader(copy, 0, headers.version, headers.protocol, length)
                        + InternetChecksum.sum(copy, headers.transport, length);
                IpHeaders.setU16(copy, checksumAt, InternetChecksum.finish(sum));
            }
        }
        return bytes;
    }
}
