package io.weir.switching.filter;

import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/** Verifies and completes TCP and UDP checksums over a whole packet: for the few packets that create or end state. */
final class TransportChecksum {
    private TransportChecksum() {}

    /** True when the packet's checksum is right, was verified by the sender's side, or is absent (UDP over IPv4). */
    static boolean isCorrect(MemorySegment frames, PacketBatch batch, int i) {
        if (Offload.isTrusted(batch.frames.offload[i])) {
            return true;
        }
        long transport = batch.frames.address[i] + batch.transportOffset[i];
        int length = batch.packetEnd[i] - batch.transportOffset[i];
        boolean ipv4 = batch.kind[i] == PacketBatch.KIND_IPV4;
        if (batch.protocol[i] == Protocol.UDP) {
            if (Raw.u16(frames, transport + Protocol.UDP_CHECKSUM) == 0) {
                return ipv4; // RFC 768; over IPv6 the checksum is required (RFC 8200 section 8.1)
            }
            length = Raw.number16(frames, transport + 4);
        }
        long pseudoHeader = ipv4
                ? Checksum.pseudoHeader4((int) batch.source0[i], (int) batch.destination0[i], batch.protocol[i], length)
                : Checksum.pseudoHeader6(
                        batch.source0[i],
                        batch.source1[i],
                        batch.destination0[i],
                        batch.destination1[i],
                        batch.protocol[i],
                        length);
        return Checksum.finish(pseudoHeader + Checksum.sum(frames, transport, length)) == 0;
    }
}
