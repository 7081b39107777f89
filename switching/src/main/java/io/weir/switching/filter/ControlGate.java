package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import java.lang.foreign.MemorySegment;

/**
 * Between the control processor's own sockets, which stand behind the control interface with weir's own addresses, and
 * the networks: health checks, polls and reports take the same way as the packets of clients.
 *
 * <ul>
 *   <li>Packets from the control interface must have an own address as their source, which nobody else may have. They are
 *       routed, also to the host and when forwarding is off, and open no connections of services. What the network stack there says about
 *       its link (ARP, neighbour and listener discovery) is of no interest: its neighbours are fixed.
 *   <li>Packets to an own address that belong to no connection and no service go to the control interface when their port
 *       is a control port, or when they are ICMP echo replies or errors; no more per second than the configuration allows.
 * </ul>
 */
final class ControlGate {
    private final MemorySegment frames;
    private final ConfigurationReader configuration;
    private final ProcessorCounters counters;
    private final Forwarder forwarder;
    private final TokenBucket limit = new TokenBucket();

    ControlGate(ProcessorContext context, Forwarder forwarder) {
        this.frames = context.frames;
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.forwarder = forwarder;
    }

    /** True when the packet came in by the control interface. */
    boolean isFrom(PacketBatch batch, int i) {
        int control = configuration.control().interfaceId();
        return control != 0 && batch.frames.ingress[i] == control;
    }

    /** An IPv4 packet from the control interface. */
    int leave4(PacketBatch batch, int i, int nowMs) {
        if (configuration.ownInterface4((int) batch.source0[i]) == 0) {
            return Verdict.drop(DropReason.CONTROL_SOURCE_INVALID);
        }
        if (isRefused(configuration.addressKind4((int) batch.destination0[i]))) {
            return Verdict.drop(DropReason.CONTROL_DESTINATION_REFUSED);
        }
        return forwarder.forwardAlways4(batch, i, nowMs);
    }

    /** An IPv6 packet from the control interface. */
    int leave6(PacketBatch batch, int i, int nowMs) {
        long source0 = batch.source0[i];
        long source1 = batch.source1[i];
        long destination0 = batch.destination0[i];
        long destination1 = batch.destination1[i];
        if (batch.protocol[i] == Protocol.ICMPV6 && isOfLink(source0, source1, destination0)) {
            return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        if (configuration.ownInterface6(source0, source1) == 0) {
            return Verdict.drop(DropReason.CONTROL_SOURCE_INVALID);
        }
        if (isRefused(configuration.addressKind6(destination0, destination1))) {
            return Verdict.drop(DropReason.CONTROL_DESTINATION_REFUSED);
        }
        return forwarder.forwardAlways6(batch, i, nowMs);
    }

    /** Own and virtual addresses; those of the host are servers like others. */
    private static boolean isRefused(int destinationKind) {
        return destinationKind == ConfigurationReader.OWN || destinationKind == ConfigurationReader.VIRTUAL;
    }

    /** Unspecified, link-local or multicast: about the link itself. */
    static boolean isOfLink(long source0, long source1, long destination0) {
        return (source0 | source1) == 0
                || LocalAddresses.isLinkLocal(source0)
                || LocalAddresses.isLinkLocal(destination0)
                || (destination0 & 0xff) == 0xff;
    }

    /** True when the control processor's sockets may wait for a TCP or UDP packet to this address and port. */
    boolean takes4(int destination, int port) {
        return configuration.control().interfaceId() != 0
                && configuration.control().isPort(port)
                && configuration.ownInterface4(destination) != 0;
    }

    /** Likewise for IPv6. */
    boolean takes6(long destination0, long destination1, int port) {
        return configuration.control().interfaceId() != 0
                && configuration.control().isPort(port)
                && configuration.ownInterface6(destination0, destination1) != 0;
    }

    /** True for an ICMP echo reply or error to an own address; the packet has an ICMP header. */
    boolean takesMessage4(PacketBatch batch, int i) {
        if (configuration.control().interfaceId() == 0
                || configuration.ownInterface4((int) batch.destination0[i]) == 0) {
            return false;
        }
        int type = type(batch, i);
        return type == 0 || type == 3 || type == 11 || type == 12; // RFC 792
    }

    /** Likewise for ICMPv6. */
    boolean takesMessage6(PacketBatch batch, int i) {
        if (configuration.control().interfaceId() == 0
                || configuration.ownInterface6(batch.destination0[i], batch.destination1[i]) == 0) {
            return false;
        }
        int type = type(batch, i);
        return type == 129 || (type >= 1 && type <= 4); // RFC 4443
    }

    private int type(PacketBatch batch, int i) {
        return Raw.u8(frames, batch.frames.address[i] + batch.transportOffset[i]);
    }

    /** Hands a packet to the control interface, whose stack verifies checksums itself. */
    int deliver(PacketBatch batch, int i, int nowMs) {
        if (!limit.take(nowMs, configuration.control().packetsPerSecond())) {
            return Verdict.drop(DropReason.CONTROL_RATE_LIMITED);
        }
        int verdict = forwarder.deliver(
                batch,
                i,
                configuration.control().interfaceId(),
                configuration.control().linkAddress());
        if (verdict == Verdict.SENT) {
            counters.add(Counter.CONTROL_PACKETS_DELIVERED, 1);
        }
        return verdict;
    }
}
