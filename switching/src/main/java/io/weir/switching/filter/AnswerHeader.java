package io.weir.switching.filter;

import static io.weir.switching.filter.Raw.U16;
import static io.weir.switching.filter.Raw.U32;
import static io.weir.switching.filter.Raw.U64;

import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/** The network header of a packet that weir makes of another and sends back to its source: 64 hops, no options. */
final class AnswerHeader {
    static final int IPV4_BYTES = 20;
    static final int IPV6_BYTES = 40;
    static final int HOPS = 64;

    /** Version 4, header of five words; traffic class 0. Raw. */
    private static final int IPV4_START = 0x45;
    /** Identification 0, do not fragment. Raw. */
    private static final int IPV4_DO_NOT_FRAGMENT = 0x0040_0000;
    /** Version 6, traffic class and flow label 0. Raw. */
    private static final int IPV6_START = 0x60;

    private AnswerHeader() {}

    /** Bytes of the header for the family of row {@code i}. */
    static int bytes(PacketBatch batch, int i) {
        return batch.kind[i] == PacketBatch.KIND_IPV4 ? IPV4_BYTES : IPV6_BYTES;
    }

    /**
     * Writes the header from the destination of row {@code i} to its source.
     *
     * @param network address of the header
     * @param segment bytes of transport header and payload
     * @return the sum of the pseudo header, see {@link Checksum}
     */
    static long write(MemorySegment frames, PacketBatch batch, int i, long network, int segment) {
        return batch.kind[i] == PacketBatch.KIND_IPV4
                ? write4(frames, batch, i, network, segment)
                : write6(frames, batch, i, network, segment);
    }

    private static long write4(MemorySegment frames, PacketBatch batch, int i, long network, int segment) {
        int source = (int) batch.destination0[i];
        int destination = (int) batch.source0[i];
        int protocol = batch.protocol[i];
        frames.set(U32, network, IPV4_START);
        Raw.setNumber16(frames, network + 2, IPV4_BYTES + segment);
        frames.set(U32, network + 4, IPV4_DO_NOT_FRAGMENT);
        frames.set(U32, network + 8, HOPS | protocol << 8);
        frames.set(U32, network + 12, source);
        frames.set(U32, network + 16, destination);
        frames.set(U16, network + 10, (short) Checksum.finish(Checksum.sum(frames, network, IPV4_BYTES)));
        return Checksum.pseudoHeader4(source, destination, protocol, segment);
    }

    private static long write6(MemorySegment frames, PacketBatch batch, int i, long network, int segment) {
        frames.set(U32, network, IPV6_START);
        Raw.setNumber16(frames, network + 4, segment);
        frames.set(U16, network + 6, (short) (batch.protocol[i] | HOPS << 8));
        turnAddresses6(frames, batch, i, network);
        return Checksum.pseudoHeader6(
                batch.destination0[i],
                batch.destination1[i],
                batch.source0[i],
                batch.source1[i],
                batch.protocol[i],
                segment);
    }

    /** Writes the two IPv6 addresses of row {@code i} in exchanged places. */
    static void turnAddresses6(MemorySegment frames, PacketBatch batch, int i, long network) {
        frames.set(U64, network + 8, batch.destination0[i]);
        frames.set(U64, network + 16, batch.destination1[i]);
        frames.set(U64, network + 24, batch.source0[i]);
        frames.set(U64, network + 32, batch.source1[i]);
    }
}
