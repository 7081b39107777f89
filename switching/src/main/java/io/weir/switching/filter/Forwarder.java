package io.weir.switching.filter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Forwards packets that are for no service between networks, by the routing table (RFC 1812 §5.2, RFC 8200): time to live
 * or hop limit, route, MTU, link-layer addresses. It does not fragment; a packet too long for the next link is answered
 * with the MTU whether or not it may be fragmented. Link-local, multicast and broadcast packets are never forwarded.
 */
final class Forwarder {
    private static final ValueLayout.OfShort RAW_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment frames;
    private final FrameChain chain;
    private final ConfigurationReader configuration;
    private final ProcessorCounters counters;
    private final Paths paths;
    private final NeighbourResolver resolver;
    private final IcmpErrors errors;
    private final Egress egress;

    Forwarder(ProcessorContext context, Egress egress, Paths paths, NeighbourResolver resolver, IcmpErrors errors) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.paths = paths;
        this.resolver = resolver;
        this.errors = errors;
        this.egress = egress;
    }

    /** Forwards the IPv4 packet of row {@code i}. */
    int forward4(PacketBatch batch, int i, int nowMs) {
        return forward4(batch, i, configuration.forwardingEnabled(), nowMs);
    }

    /** The same whether or not forwarding is on: for weir's own packets. */
    int forwardAlways4(PacketBatch batch, int i, int nowMs) {
        return forward4(batch, i, true, nowMs);
    }

    private int forward4(PacketBatch batch, int i, boolean enabled, int nowMs) {
        int source = (int) batch.source0[i];
        int destination = (int) batch.destination0[i];
        int refusal = refusal(
                batch,
                i,
                Ipv4Scope.isStation(source) && !Ipv4Scope.isLinkLocal(source),
                Ipv4Scope.isStation(destination) && !Ipv4Scope.isLinkLocal(destination),
                enabled);
        if (refusal != PacketBatch.UNDECIDED) {
            return refusal;
        }
        untag(batch, i);
        long packet = batch.frames.address[i] + LinkHeader.LENGTH;
        if ((frames.get(JAVA_BYTE, packet + 8) & 0xff) <= 1) {
            return timeExceeded(batch, i, nowMs);
        }
        int path = paths.resolve4(destination, nowMs);
        if (path > Paths.PENDING) {
            return unreachable(batch, i, path, nowMs);
        }
        if (isTooLong(batch, i)) {
            return tooLong(batch, i, configuration.mtu(paths.egress()), nowMs);
        }
        // Time to live is the low byte of the raw word it shares with the protocol.
        int word = frames.get(RAW_16, packet + 8) & 0xffff;
        int checksum = frames.get(RAW_16, packet + 10) & 0xffff;
        frames.set(RAW_16, packet + 8, (short) (word - 1));
        frames.set(RAW_16, packet + 10, (short) Checksum.update16(checksum, word, word - 1));
        return send(batch, i, path, nowMs);
    }

    /** Forwards the IPv6 packet of row {@code i}. */
    int forward6(PacketBatch batch, int i, int nowMs) {
        return forward6(batch, i, configuration.forwardingEnabled(), nowMs);
    }

    /** The same whether or not forwarding is on: for weir's own packets. */
    int forwardAlways6(PacketBatch batch, int i, int nowMs) {
        return forward6(batch, i, true, nowMs);
    }

    private int forward6(PacketBatch batch, int i, boolean enabled, int nowMs) {
        long destination0 = batch.destination0[i];
        int refusal = refusal(
                batch,
                i,
                isForwardable6(batch.source0[i], batch.source1[i]),
                isForwardable6(destination0, batch.destination1[i]),
                enabled);
        if (refusal != PacketBatch.UNDECIDED) {
            return refusal;
        }
        untag(batch, i);
        long packet = batch.frames.address[i] + LinkHeader.LENGTH;
        int hopLimit = frames.get(JAVA_BYTE, packet + 7) & 0xff;
        if (hopLimit <= 1) {
            return timeExceeded(batch, i, nowMs);
        }
        int path = paths.resolve6(destination0, batch.destination1[i], nowMs);
        if (path > Paths.PENDING) {
            return unreachable(batch, i, path, nowMs);
        }
        if (isTooLong(batch, i)) {
            return tooLong(batch, i, configuration.mtu(paths.egress()), nowMs);
        }
        frames.set(JAVA_BYTE, packet + 7, (byte) (hopLimit - 1));
        return send(batch, i, path, nowMs);
    }

    /** Neither multicast, link-local, unspecified, loopback, nor the marker of an application (::1 to ::ff). */
    static boolean isForwardable6(long address0, long address1) {
        boolean isMulticast = (address0 & 0xff) == 0xff;
        boolean isMarkerOrUnspecified =
                (address0 | address1) == 0 || ConfigurationReader.application6(address0, address1) != 0;
        return !isMulticast && !LocalAddresses.isLinkLocal(address0) && !isMarkerOrUnspecified;
    }

    /**
     * Hands a packet as it is to a station on one of our links that has our addresses.
     *
     * @param linkAddress of that station, 48 bits
     */
    int deliver(PacketBatch batch, int i, int interfaceId, long linkAddress) {
        untag(batch, i);
        return SegmentLength.exceeds(frames, batch, i, configuration.mtu(interfaceId))
                ? Verdict.drop(DropReason.FRAME_TOO_LONG)
                : handOver(batch, i, interfaceId, linkAddress);
    }

    /** The same, but the sender learns of what is too long for the link. */
    int deliverOrTell(PacketBatch batch, int i, int interfaceId, long linkAddress, int nowMs) {
        untag(batch, i);
        return SegmentLength.exceeds(frames, batch, i, configuration.mtu(interfaceId))
                ? tooLong(batch, i, configuration.mtu(interfaceId), nowMs)
                : handOver(batch, i, interfaceId, linkAddress);
    }

    private int handOver(PacketBatch batch, int i, int interfaceId, long linkAddress) {
        LinkHeader.set(frames, batch.frames.address[i], linkAddress, configuration.linkAddress(interfaceId));
        egress.send(batch, i, interfaceId);
        return Verdict.SENT;
    }

    private int refusal(
            PacketBatch batch, int i, boolean isSourceForwardable, boolean isDestinationForwardable, boolean enabled) {
        if (!isDestinationForwardable || LinkHeader.isGroupDestination(frames, batch.frames.address[i])) {
            return Verdict.drop(DropReason.DESTINATION_ADDRESS_INVALID); // RFC 1812 §5.3.4 for link-layer broadcasts
        }
        if (!enabled) {
            return Verdict.drop(DropReason.FORWARDING_DISABLED);
        }
        return isSourceForwardable ? PacketBatch.UNDECIDED : Verdict.drop(DropReason.SOURCE_ADDRESS_INVALID);
    }

    /** Takes an 802.1Q tag away, which belongs to the ingress link, and padding of the frame. */
    void untag(PacketBatch batch, int i) {
        FrameBatch columns = batch.frames;
        int tag = batch.networkOffset[i] - LinkHeader.LENGTH;
        if (tag != 0) {
            long frame = columns.address[i];
            long destination = LinkHeader.destination(frames, frame);
            long source = LinkHeader.source(frames, frame);
            // The EtherType behind the tag becomes the frame's.
            LinkHeader.set(frames, frame + tag, destination, source);
            columns.address[i] = columns.owner[i] == FrameBatch.CHAIN ? chain.skip(frame, tag) : frame + tag;
            columns.length[i] -= tag;
            columns.offload[i] = without(columns.offload[i], tag);
            batch.networkOffset[i] -= tag;
            batch.packetEnd[i] -= tag;
            if (batch.transportOffset[i] != PacketBatch.NO_TRANSPORT) {
                batch.transportOffset[i] -= tag;
            }
        }
        if (columns.owner[i] == FrameBatch.CHAIN && batch.packetEnd[i] < columns.length[i]) {
            chain.shorten(columns.address[i], batch.packetEnd[i]);
        }
        columns.length[i] = batch.packetEnd[i];
    }

    /** The offload of a frame that has become {@code tag} bytes shorter in front of its headers. */
    private static long without(long offload, int tag) {
        if (offload == Offload.NONE) {
            return offload;
        }
        return Offload.of(
                Offload.flags(offload),
                Offload.segmentationType(offload),
                Math.max(0, Offload.headerLength(offload) - tag),
                Offload.segmentSize(offload),
                Math.max(0, Offload.checksumStart(offload) - tag),
                Offload.checksumOffset(offload));
    }

    /** Compares what the link will see: of a segmented frame one segment (RFC 1191; struct virtio_net_hdr gso_size). */
    private boolean isTooLong(PacketBatch batch, int i) {
        return SegmentLength.exceeds(frames, batch, i, configuration.mtu(paths.egress()));
    }

    private int send(PacketBatch batch, int i, int path, int nowMs) {
        counters.add(Counter.PACKETS_ROUTED, 1);
        if (path == Paths.PENDING) {
            return resolver.holdRouted(batch, i, paths.nextHopEntry(), paths.egress(), paths.sourceMac(), nowMs);
        }
        LinkHeader.set(frames, batch.frames.address[i], paths.destinationMac(), paths.sourceMac());
        egress.send(batch, i, paths.egress());
        return Verdict.SENT;
    }

    private int timeExceeded(PacketBatch batch, int i, int nowMs) {
        FrameBatch columns = batch.frames;
        errors.timeExceeded(columns.address[i], columns.length[i], columns.owner[i], columns.ingress[i], nowMs);
        return Verdict.drop(DropReason.TTL_EXPIRED);
    }

    private int tooLong(PacketBatch batch, int i, int mtu, int nowMs) {
        FrameBatch columns = batch.frames;
        errors.tooBig(columns.address[i], columns.length[i], columns.owner[i], columns.ingress[i], mtu, nowMs);
        return Verdict.drop(DropReason.FRAME_TOO_LONG);
    }

    private int unreachable(PacketBatch batch, int i, int path, int nowMs) {
        FrameBatch columns = batch.frames;
        if (path == Paths.NO_ROUTE) {
            errors.noRoute(columns.address[i], columns.length[i], columns.owner[i], columns.ingress[i], nowMs);
            return Verdict.drop(DropReason.NO_ROUTE);
        }
        if (path == Paths.UNREACHABLE) {
            errors.addressUnreachable(
                    columns.address[i], columns.length[i], columns.owner[i], columns.ingress[i], nowMs);
            return Verdict.drop(DropReason.NEIGHBOUR_UNRESOLVED);
        }
        return Verdict.drop(DropReason.NEIGHBOUR_QUEUE_FULL);
    }
}
