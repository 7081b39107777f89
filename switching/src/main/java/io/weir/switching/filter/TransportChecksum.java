package io.weir.switching.filter;

import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/** Verifies and completes TCP and UDP checksums over a whole packet: for the few packets that create or end state. */
final class TransportChecksum {
    private TransportChecksum() {}

    /** True when the packet's checksum is right, was verified by the sender's side, or is absent (UDP over IPv4). */
    static boolean isCorrect(MemorySegment frames, FrameChain chain, PacketBatch batch, int i) {
        if (Offload.isTrusted(batch.frames.offload[i])) {
            return true;
        }
        int length = coveredBytes(frames, batch, i);
        if (batch.protocol[i] == Protocol.UDP) {
            long transport = batch.frames.address[i] + batch.transportOffset[i];
            if (Raw.u16(frames, transport + Protocol.UDP_CHECKSUM) == 0) {
                // RFC 768; over IPv6 the checksum is required (RFC 8200 section 8.1)
                return batch.kind[i] == PacketBatch.KIND_IPV4;
            }
        }
        long sum = FrameSum.of(frames, chain, batch, i, batch.transportOffset[i], length);
        return Checksum.finish(pseudoHeader(batch, i, length) + sum) == 0;
    }

    /**
     * What is left to do about the checksum of a packet of {@link Offload#CHECKSUM_UNKNOWN}: a sender that leaves it to its
     * interface writes the sum of the pseudo header, not inverted, into the field (CHECKSUM_PARTIAL of
     * include/linux/skbuff.h). A complete checksum is that number by chance once in 65,536 packets; completing it again
     * then gives the same number.
     */
    static long resolve(MemorySegment frames, FrameChain chain, PacketBatch batch, int i) {
        if (batch.drop[i] != PacketBatch.UNDECIDED || !batch.isFlow(i)) {
            return Offload.NONE; // ICMP and fragments are never left open
        }
        int start = batch.transportOffset[i];
        int offset = Protocol.checksumOffset(batch.protocol[i]);
        int field = Raw.u16(frames, batch.frames.address[i] + start + offset);
        int length = coveredBytes(frames, batch, i);
        if (field != Checksum.fold(pseudoHeader(batch, i, length)) || start + length != batch.packetEnd[i]) {
            return Offload.NONE;
        }
        trimPadding(chain, batch, i);
        return Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, start, offset);
    }

    /** An interface completes the checksum up to the end of the frame. */
    private static void trimPadding(FrameChain chain, PacketBatch batch, int i) {
        FrameBatch columns = batch.frames;
        int end = batch.packetEnd[i];
        if (end < columns.length[i]) {
            if (columns.owner[i] == FrameBatch.CHAIN) {
                chain.shorten(columns.address[i], end);
            }
            columns.length[i] = end;
        }
    }

    /** Bytes from the transport header on that the checksum is about. */
    private static int coveredBytes(MemorySegment frames, PacketBatch batch, int i) {
        return batch.protocol[i] == Protocol.UDP
                ? Raw.number16(frames, batch.frames.address[i] + batch.transportOffset[i] + 4)
                : batch.packetEnd[i] - batch.transportOffset[i];
    }

    private static long pseudoHeader(PacketBatch batch, int i, int length) {
        return batch.kind[i] == PacketBatch.KIND_IPV4
                ? Checksum.pseudoHeader4((int) batch.source0[i], (int) batch.destination0[i], batch.protocol[i], length)
                : Checksum.pseudoHeader6(
                        batch.source0[i],
                        batch.source1[i],
                        batch.destination0[i],
                        batch.destination1[i],
                        batch.protocol[i],
                        length);
    }
}
