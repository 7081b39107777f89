package io.weir.switching.filter;

import static io.weir.switching.filter.Raw.U16;
import static io.weir.switching.filter.Raw.U32;
import static io.weir.switching.filter.Raw.U64;
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
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int HOPS = 64;
    /** Version 4, header of five words; traffic class 0; total length 40. Raw. */
    private static final int IPV4_START = 0x2800_0045;
    /** Identification 0, do not fragment. Raw. */
    private static final int IPV4_DO_NOT_FRAGMENT = 0x0040_0000;
    /** Version 6, traffic class and flow label 0, payload length 20, TCP. Raw. */
    private static final long IPV6_START = 0x0006_1400_0000_0060L | (long) HOPS << 56;

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
        boolean ipv4 = batch.kind[i] == PacketBatch.KIND_IPV4;
        long pseudoHeader =
                ipv4 ? writeIpv4(batch, i, frame + networkOffset) : writeIpv6(batch, i, frame + networkOffset);
        int transportOffset = networkOffset + (ipv4 ? IPV4_BYTES : IPV6_BYTES);
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

    private long writeIpv4(PacketBatch batch, int i, long network) {
        int source = (int) batch.destination0[i];
        int destination = (int) batch.source0[i];
        frames.set(U32, network, IPV4_START);
        frames.set(U32, network + 4, IPV4_DO_NOT_FRAGMENT);
        frames.set(U32, network + 8, HOPS | Protocol.TCP << 8);
        frames.set(U32, network + 12, source);
        frames.set(U32, network + 16, destination);
        frames.set(U16, network + 10, (short) Checksum.finish(Checksum.sum(frames, network, IPV4_BYTES)));
        return Checksum.pseudoHeader4(source, destination, Protocol.TCP, Protocol.TCP_HEADER_BYTES);
    }

    private long writeIpv6(PacketBatch batch, int i, long network) {
        frames.set(U64, network, IPV6_START);
        frames.set(U64, network + 8, batch.destination0[i]);
        frames.set(U64, network + 16, batch.destination1[i]);
        frames.set(U64, network + 24, batch.source0[i]);
        frames.set(U64, network + 32, batch.source1[i]);
        return Checksum.pseudoHeader6(
                batch.destination0[i],
                batch.destination1[i],
                batch.source0[i],
                batch.source1[i],
                Protocol.TCP,
                Protocol.TCP_HEADER_BYTES);
    }
}
