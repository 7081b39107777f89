package io.weir.switching.filter;

import io.weir.port.Offload;
import java.lang.foreign.MemorySegment;

/** Whether a packet fits the link it is to leave by; of a frame that the interface cuts into segments, each segment. */
final class SegmentLength {
    private SegmentLength() {}

    static boolean exceeds(MemorySegment frames, PacketBatch batch, int i, int mtu) {
        int network = batch.networkOffset[i];
        if (batch.packetEnd[i] - network <= mtu) {
            return false;
        }
        long offload = batch.frames.offload[i];
        int transport = batch.transportOffset[i];
        if (Offload.segmentationType(offload) == 0 || transport == PacketBatch.NO_TRANSPORT) {
            return true;
        }
        int header = Protocol.UDP_HEADER_BYTES;
        if (batch.protocol[i] == Protocol.TCP) {
            header = (Raw.u8(frames, batch.frames.address[i] + transport + 12) & 0xf0) >>> 2;
        }
        return transport - network + header + Offload.segmentSize(offload) > mtu;
    }
}
