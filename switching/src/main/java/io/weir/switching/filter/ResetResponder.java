package io.weir.switching.filter;

import static io.weir.switching.filter.Raw.U16;
import static io.weir.switching.filter.Raw.U32;
import static io.weir.switching.filter.Raw.U8;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/**
 * Answers a TCP packet that belongs to no connection with a reset, in the packet's own buffer, back to the station it
 * came from (Fig. 6, step 208). Sequence numbers as in RFC 9293 section 3.10.7.1; never in answer to a reset, never in
 * answer to a packet with a wrong checksum, and no more per second than the configuration allows.
 *
 * <p>The packet that was answered counts as dropped for the reason given; its frame leaves as the reset.
 */
final class ResetResponder {
    private final MemorySegment frames;
    private final FrameChain chain;
    private final ConfigurationReader configuration;
    private final ProcessorCounters counters;
    private final Egress egress;
    private final TokenBucket limit = new TokenBucket();

    ResetResponder(ProcessorContext context, Egress egress) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.egress = egress;
    }

    /** Answers the packet if it may be answered; returns its fate. */
    int answer(PacketBatch batch, int i, DropReason reason, int nowMs) {
        if ((batch.tcpFlags[i] & Protocol.RST) != 0) {
            return Verdict.drop(DropReason.CONNECTION_UNKNOWN);
        }
        if (!TransportChecksum.isCorrect(frames, chain, batch, i)) {
            return Verdict.drop(DropReason.TRANSPORT_CHECKSUM_WRONG);
        }
        if (!limit.take(nowMs, configuration.resetsPerSecond())) {
            return Verdict.drop(DropReason.RESET_RATE_LIMITED);
        }
        FrameBatch queue = batch.frames;
        long frame = queue.address[i];
        int ingress = queue.ingress[i];
        int networkOffset = batch.networkOffset[i];
        int transportOffset = writeTcp(batch, i, frame, networkOffset);
        long sender = LinkHeader.source(frames, frame);
        LinkHeader.set(frames, frame, sender, configuration.linkAddress(ingress));
        batch.drop[i] = Verdict.drop(reason);
        counters.drop(reason, ingress);
        counters.add(Counter.RESETS_SENT, 1);
        int length = transportOffset + Protocol.TCP_HEADER_BYTES;
        if (queue.owner[i] == FrameBatch.CHAIN) {
            chain.shorten(frame, length);
        }
        egress.send(ingress, frame, length, Offload.NONE, queue.owner[i], ingress);
        return Verdict.SENT;
    }

    /** Turns network and TCP header around; returns the offset of the new TCP header. */
    private int writeTcp(PacketBatch batch, int i, long frame, int networkOffset) {
        long old = frame + batch.transportOffset[i];
        int ports = frames.get(U32, old);
        int sequence = Raw.number32(frames, old + 4);
        int acknowledgement = Raw.number32(frames, old + 8);
        int headerBytes = (frames.get(U8, old + 12) & 0xf0) >>> 2;
        int flags = batch.tcpFlags[i];
        int segment = batch.packetEnd[i] - batch.transportOffset[i] - headerBytes;
        segment += (flags & Protocol.SYN) != 0 ? 1 : 0;
        segment += (flags & Protocol.FIN) != 0 ? 1 : 0;
        long pseudoHeader = AnswerHeader.write(frames, batch, i, frame + networkOffset, Protocol.TCP_HEADER_BYTES);
        int transportOffset = networkOffset + AnswerHeader.bytes(batch, i);
        long tcp = frame + transportOffset;
        frames.set(U32, tcp, ports >>> 16 | ports << 16);
        if ((flags & Protocol.ACK) != 0) {
            Raw.setNumber32(frames, tcp + 4, acknowledgement);
            Raw.setNumber32(frames, tcp + 8, 0);
            Raw.setNumber32(frames, tcp + 12, header(Protocol.RST));
        } else {
            Raw.setNumber32(frames, tcp + 4, 0);
            Raw.setNumber32(frames, tcp + 8, sequence + segment);
            Raw.setNumber32(frames, tcp + 12, header(Protocol.RST | Protocol.ACK));
        }
        Raw.setNumber32(frames, tcp + 16, 0);
        long sum = pseudoHeader + Checksum.sum(frames, tcp, Protocol.TCP_HEADER_BYTES);
        frames.set(U16, tcp + Protocol.TCP_CHECKSUM, (short) Checksum.finish(sum));
        return transportOffset;
    }

    /** Header of five words, the flags, window 0: bytes 12 to 15. */
    private static int header(int flags) {
        return 5 << 28 | flags << 16;
    }
}
