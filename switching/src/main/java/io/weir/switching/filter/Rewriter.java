package io.weir.switching.filter;

import io.weir.memory.map.Words;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/**
 * Network address translation of one packet in place: address, port and the time to live, with all checksums brought up
 * to date incrementally (RFC 1624). Where the network interface completes the transport checksum, the field holds the sum of
 * the pseudo header alone: only the address changes it, and the sum is not inverted.
 */
final class Rewriter {
    /** Low byte of the raw word at offset 8 of an IPv4 header: the time to live. */
    private static final int ONE_HOP = 1;

    private Rewriter() {}

    /**
     * Translates an IPv4 packet and takes one hop from its time to live, which is at least 2.
     *
     * @param network address of the IPv4 header
     * @param transport address of the TCP or UDP header
     * @param source true to replace the source, false the destination
     * @param partial true when the interface completes the checksum
     */
    static void translate4(
            MemorySegment frames,
            long network,
            long transport,
            int protocol,
            boolean source,
            int newAddress,
            int newPort,
            boolean partial) {
        long addressAt = network + (source ? 12 : 16);
        int oldAddress = Words.get32(frames, addressAt);
        Words.set32(frames, addressAt, newAddress);
        long difference = Checksum.difference32(oldAddress, newAddress);
        int hops = Words.get16(frames, network + 8) & 0xffff;
        Words.set16(frames, network + 8, (short) (hops - ONE_HOP));
        int checksum = Words.get16(frames, network + 10);
        Words.set16(frames, network + 10, (short)
                Checksum.update(checksum, difference + Checksum.difference16(hops, hops - ONE_HOP)));
        translateTransport(frames, transport, protocol, source, newPort, difference, partial);
    }

    /** Translates an IPv6 packet and takes one hop from its hop limit, which is at least 2. */
    static void translate6(
            MemorySegment frames,
            long network,
            long transport,
            int protocol,
            boolean source,
            long newAddress0,
            long newAddress1,
            int newPort,
            boolean partial) {
        long addressAt = network + (source ? 8 : 24);
        long oldAddress0 = Words.get64(frames, addressAt);
        long oldAddress1 = Words.get64(frames, addressAt + 8);
        Words.set64(frames, addressAt, newAddress0);
        Words.set64(frames, addressAt + 8, newAddress1);
        Words.set8(frames, network + 7, (byte) (Words.get8(frames, network + 7) - ONE_HOP));
        long difference = Checksum.difference128(oldAddress0, oldAddress1, newAddress0, newAddress1);
        translateTransport(frames, transport, protocol, source, newPort, difference, partial);
    }

    private static void translateTransport(
            MemorySegment frames,
            long transport,
            int protocol,
            boolean source,
            int newPort,
            long addressDifference,
            boolean partial) {
        long portAt = transport + (source ? 0 : 2);
        int oldPort = Words.get16(frames, portAt);
        Words.set16(frames, portAt, (short) newPort);
        long checksumAt = transport + Protocol.checksumOffset(protocol);
        int checksum = Words.get16(frames, checksumAt);
        int updated;
        if (partial) {
            updated = Checksum.updatePartial(checksum, addressDifference);
        } else {
            long difference = addressDifference + Checksum.difference16(oldPort, newPort);
            updated = protocol == Protocol.TCP
                    ? Checksum.update(checksum, difference)
                    : Checksum.updateUdp(checksum, difference);
        }
        Words.set16(frames, checksumAt, (short) updated);
    }
}
