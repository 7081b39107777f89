package io.weir.switching.filter;

import static io.weir.switching.filter.Raw.U16;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.map.Words;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/**
 * What a network application decided, done to the packet in its own buffer: turned around to the station that handed it
 * over, or sent on to another by the routing table. Headers are plain ({@link ApplicationStage}). The checksum of an answer is
 * left to the interface it leaves by; {@link Egress} completes it for those that cannot.
 */
final class ApplicationReplies {
    private final ProcessorContext context;
    private final MemorySegment frames;
    private final FrameChain chain;
    private final ConfigurationReader configuration;
    private final Egress egress;
    private final Forwarder forwarder;
    private final Paths paths;
    private final NeighbourResolver resolver;

    ApplicationReplies(
            ProcessorContext context, Egress egress, Forwarder forwarder, Paths paths, NeighbourResolver resolver) {
        this.context = context;
        this.frames = context.frames;
        this.chain = context.chain;
        this.configuration = context.configuration;
        this.egress = egress;
        this.forwarder = forwarder;
        this.paths = paths;
        this.resolver = resolver;
    }

    /** Bytes a payload of row {@code i} may have in place, of which {@code contiguous} stand there now. */
    int room(PacketBatch batch, int i, int contiguous) {
        FrameBatch columns = batch.frames;
        int header = batch.protocol[i] == Protocol.TCP ? Protocol.TCP_HEADER_BYTES : Protocol.UDP_HEADER_BYTES;
        long start = columns.address[i] + batch.transportOffset[i] + header;
        int inBuffer = context.room(start, columns.owner[i]);
        int onLink =
                configuration.mtu(columns.ingress[i]) - (batch.transportOffset[i] - batch.networkOffset[i]) - header;
        return Math.min(inBuffer == 0 ? contiguous : inBuffer, onLink);
    }

    // Back to where it came from.

    int reflect(PacketBatch batch, int i) {
        long frame = batch.frames.address[i];
        long network = frame + batch.networkOffset[i];
        if (batch.kind[i] == PacketBatch.KIND_IPV4) {
            Words.set32(frames, network + 12, (int) batch.destination0[i]);
            Words.set32(frames, network + 16, (int) batch.source0[i]);
            int hops = Words.get16(frames, network + 8) & 0xffff;
            int fresh = (hops & 0xff00) | AnswerHeader.HOPS;
            Words.set16(frames, network + 8, (short) fresh);
            int checksum = Words.get16(frames, network + 10) & 0xffff;
            Words.set16(frames, network + 10, (short) Checksum.update16(checksum, hops, fresh));
        } else {
            AnswerHeader.turnAddresses6(frames, batch, i, network);
            Words.set8(frames, network + 7, (byte) AnswerHeader.HOPS);
        }
        swapPorts(batch, i);
        return back(batch, i);
    }

    int answerUdp(PacketBatch batch, int i, int payloadLength) {
        int segment = Protocol.UDP_HEADER_BYTES + payloadLength;
        long transport = batch.frames.address[i] + batch.transportOffset[i];
        swapPorts(batch, i);
        Raw.setNumber16(frames, transport + 4, segment);
        return answer(batch, i, segment, Protocol.UDP_CHECKSUM);
    }

    int answerTcp(
            PacketBatch batch, int i, int sequence, int acknowledgment, int flags, int window, int payloadLength) {
        long transport = batch.frames.address[i] + batch.transportOffset[i];
        swapPorts(batch, i);
        Raw.setNumber32(frames, transport + 4, sequence);
        Raw.setNumber32(frames, transport + 8, acknowledgment);
        Raw.setNumber32(frames, transport + 12, 5 << 28 | (flags & 0xff) << 16 | (window & 0xffff));
        frames.set(U16, transport + 18, (short) 0);
        return answer(batch, i, Protocol.TCP_HEADER_BYTES + payloadLength, Protocol.TCP_CHECKSUM);
    }

    /** Writes the network header of an answer and leaves its checksum open. */
    private int answer(PacketBatch batch, int i, int segment, int checksumOffset) {
        FrameBatch columns = batch.frames;
        long frame = columns.address[i];
        long network = frame + batch.networkOffset[i];
        int start = batch.transportOffset[i];
        long pseudoHeader = AnswerHeader.write(frames, batch, i, network, segment);
        frames.set(U16, frame + start + checksumOffset, (short) Checksum.fold(pseudoHeader));
        int length = start + segment;
        if (columns.owner[i] == FrameBatch.CHAIN) {
            // The first piece has it all.
            chain.shorten(frame, Math.min(length, chain.length(frame)));
            chain.set(frame, length, FrameChain.LAST);
        }
        columns.length[i] = length;
        columns.offload[i] = Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, start, checksumOffset);
        return back(batch, i);
    }

    private void swapPorts(PacketBatch batch, int i) {
        int ports = (int) batch.key[i];
        Words.set32(frames, batch.frames.address[i] + batch.transportOffset[i], Integer.rotateLeft(ports, Short.SIZE));
    }

    private int back(PacketBatch batch, int i) {
        FrameBatch columns = batch.frames;
        long frame = columns.address[i];
        int ingress = columns.ingress[i];
        LinkHeader.set(frames, frame, LinkHeader.source(frames, frame), configuration.linkAddress(ingress));
        egress.send(batch, i, ingress);
        return Verdict.SENT;
    }

    // On to another station. All raw.

    int redirect4(
            PacketBatch batch, int i, int source, int sourcePort, int destination, int destinationPort, int nowMs) {
        forwarder.untag(batch, i);
        long frame = batch.frames.address[i];
        long network = frame + batch.networkOffset[i];
        if (Raw.u8(frames, network + 8) <= 1) {
            return Verdict.drop(DropReason.TTL_EXPIRED);
        }
        long difference = Checksum.difference32((int) batch.source0[i], source)
                + Checksum.difference32((int) batch.destination0[i], destination);
        Words.set32(frames, network + 12, source);
        Words.set32(frames, network + 16, destination);
        int hops = Words.get16(frames, network + 8) & 0xffff;
        Words.set16(frames, network + 8, (short) (hops - 1));
        int checksum = Words.get16(frames, network + 10);
        Words.set16(frames, network + 10, (short)
                Checksum.update(checksum, difference + Checksum.difference16(hops, hops - 1)));
        batch.source0[i] = source & 0xffff_ffffL;
        batch.destination0[i] = destination & 0xffff_ffffL;
        rewritePorts(batch, i, sourcePort | destinationPort << Short.SIZE, difference);
        return leave4(batch, i, nowMs);
    }

    int redirect6(
            PacketBatch batch,
            int i,
            long source0,
            long source1,
            int sourcePort,
            long destination0,
            long destination1,
            int destinationPort,
            int nowMs) {
        forwarder.untag(batch, i);
        long network = batch.frames.address[i] + batch.networkOffset[i];
        int hops = Raw.u8(frames, network + 7);
        if (hops <= 1) {
            return Verdict.drop(DropReason.TTL_EXPIRED);
        }
        long difference = Checksum.difference128(batch.source0[i], batch.source1[i], source0, source1)
                + Checksum.difference128(batch.destination0[i], batch.destination1[i], destination0, destination1);
        Words.set8(frames, network + 7, (byte) (hops - 1));
        Words.set64(frames, network + 8, source0);
        Words.set64(frames, network + 16, source1);
        Words.set64(frames, network + 24, destination0);
        Words.set64(frames, network + 32, destination1);
        batch.source0[i] = source0;
        batch.source1[i] = source1;
        batch.destination0[i] = destination0;
        batch.destination1[i] = destination1;
        rewritePorts(batch, i, sourcePort | destinationPort << Short.SIZE, difference);
        return leave6(batch, i, nowMs);
    }

    private void rewritePorts(PacketBatch batch, int i, int ports, long addressDifference) {
        long transport = batch.frames.address[i] + batch.transportOffset[i];
        int old = Words.get32(frames, transport);
        Words.set32(frames, transport, ports);
        long checksumAt = transport + Protocol.checksumOffset(batch.protocol[i]);
        int checksum = Words.get16(frames, checksumAt);
        int updated;
        if (Offload.needsChecksum(batch.frames.offload[i])) {
            updated = Checksum.updatePartial(checksum, addressDifference);
        } else {
            long difference = addressDifference + Checksum.difference32(old, ports);
            updated = batch.protocol[i] == Protocol.TCP
                    ? Checksum.update(checksum, difference)
                    : Checksum.updateUdp(checksum, difference);
        }
        Words.set16(frames, checksumAt, (short) updated);
    }

    /** Sends an IPv4 packet with an untagged frame by the routing table; both addresses are those of its columns. */
    int leave4(PacketBatch batch, int i, int nowMs) {
        int source = (int) batch.source0[i];
        int destination = (int) batch.destination0[i];
        if (configuration.addressKind4(source) == ConfigurationReader.NOT_LOCAL) {
            return Verdict.drop(DropReason.APPLICATION_SOURCE_INVALID);
        }
        if (!isReachable(configuration.addressKind4(destination))
                || !Ipv4Scope.isStation(destination)
                || Ipv4Scope.isLinkLocal(destination)) {
            return Verdict.drop(DropReason.APPLICATION_DESTINATION_REFUSED);
        }
        return leave(batch, i, paths.resolve4(destination, nowMs), nowMs);
    }

    /** Likewise for IPv6. */
    int leave6(PacketBatch batch, int i, int nowMs) {
        long destination0 = batch.destination0[i];
        long destination1 = batch.destination1[i];
        if (configuration.addressKind6(batch.source0[i], batch.source1[i]) == ConfigurationReader.NOT_LOCAL) {
            return Verdict.drop(DropReason.APPLICATION_SOURCE_INVALID);
        }
        if (!isReachable(configuration.addressKind6(destination0, destination1))
                || !Forwarder.isForwardable6(destination0, destination1)) {
            return Verdict.drop(DropReason.APPLICATION_DESTINATION_REFUSED);
        }
        return leave(batch, i, paths.resolve6(destination0, destination1, nowMs), nowMs);
    }

    /** Of our own addresses only those of the host's programs: the others would be us again. */
    private static boolean isReachable(int kind) {
        return kind == ConfigurationReader.NOT_LOCAL || kind == ConfigurationReader.HOST;
    }

    private int leave(PacketBatch batch, int i, int path, int nowMs) {
        if (path > Paths.PENDING) {
            return Verdict.drop(Balancer4.reasonOf(path));
        }
        if (SegmentLength.exceeds(frames, batch, i, configuration.mtu(paths.egress()))) {
            return Verdict.drop(DropReason.FRAME_TOO_LONG);
        }
        if (path == Paths.PENDING) {
            return resolver.hold(batch, i, paths.nextHopEntry(), paths.egress(), paths.sourceMac(), nowMs);
        }
        LinkHeader.set(frames, batch.frames.address[i], paths.destinationMac(), paths.sourceMac());
        egress.send(batch, i, paths.egress());
        return Verdict.SENT;
    }
}
