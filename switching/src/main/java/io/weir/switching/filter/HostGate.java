package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.HostView;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.port.Port;
import org.jspecify.annotations.Nullable;

/**
 * Between the programs on the host, which stand behind the host interface with addresses of their own, and everybody
 * else (the second embodiment, Fig. 8).
 *
 * <ul>
 *   <li>Packets to a host address that belong to no connection go to the host whatever their protocol, fragments and
 *       ICMP messages too: the host is the end point, not weir.
 *   <li>How many of them is limited: per source, and in all, with a share for <em>reserved</em> packets that others cannot
 *       take. Reserved is what comes from a reserved network, which is not limited by source either, or has a reserved
 *       port. While the host does not keep up, only reserved packets follow; that holds for packets of balanced
 *       connections, too, which have no other limit here.
 *   <li>Packets from the host must have a host address as their source, which nobody else may have. The host is a client
 *       of services like any other, may ask weir's own addresses, and is routed also when forwarding is off. What its
 *       network stack says about the link is of no interest: there are no neighbours on it.
 * </ul>
 *
 * <p>One thread; allocation-free.
 */
final class HostGate {
    private static final long LOW_32 = 0xffff_ffffL;

    private final ConfigurationReader configuration;
    private final HostView host;
    private final ProcessorCounters counters;
    private final Forwarder forwarder;
    private final @Nullable Port[] ports;
    private final SourceLimits sources;
    private final TokenBucket reserved = new TokenBucket();
    private final TokenBucket others = new TokenBucket();

    /** Asked once per batch: the answer costs looks at a ring that others write. */
    private boolean isCongestionKnown;

    private boolean congested;

    HostGate(ProcessorContext context, Forwarder forwarder) {
        this.configuration = context.configuration;
        this.host = context.configuration.host();
        this.counters = context.counters;
        this.forwarder = forwarder;
        this.ports = context.ports;
        this.sources = new SourceLimits(context);
    }

    void beginBatch() {
        isCongestionKnown = false;
    }

    /** Id of the host interface, or 0. */
    int interfaceId() {
        return host.interfaceId();
    }

    /** True when the packet came in by the host interface. */
    boolean isFrom(PacketBatch batch, int i) {
        int id = host.interfaceId();
        return id != 0 && batch.frames.ingress[i] == id;
    }

    /** Refuses what the host may not send, over IPv4; else {@link Verdict#UNDECIDED}. */
    int leave4(PacketBatch batch, int i) {
        if (Ipv4Scope.isLinkLocal((int) batch.source0[i]) || Ipv4Scope.isLinkLocal((int) batch.destination0[i])) {
            return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        return leave(configuration.addressKind4((int) batch.source0[i]), configuration.addressKind4((int)
                batch.destination0[i]));
    }

    /** Likewise over IPv6. */
    int leave6(PacketBatch batch, int i) {
        if (ControlGate.isOfLink(batch.source0[i], batch.source1[i], batch.destination0[i])) {
            return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        return leave(
                configuration.addressKind6(batch.source0[i], batch.source1[i]),
                configuration.addressKind6(batch.destination0[i], batch.destination1[i]));
    }

    private static int leave(int source, int destination) {
        if (source != ConfigurationReader.HOST) {
            return Verdict.drop(DropReason.HOST_SOURCE_INVALID);
        }
        // From one of its addresses to another the host needs nobody.
        return destination == ConfigurationReader.HOST
                ? Verdict.drop(DropReason.DESTINATION_ADDRESS_INVALID)
                : Verdict.UNDECIDED;
    }

    /** Hands an IPv4 packet to the host, or refuses it. */
    int deliver4(PacketBatch batch, int i, int nowMs) {
        long source = batch.source0[i] & LOW_32;
        return deliver(batch, i, host.isReservedSource(0, ConfigurationReader.mapped1((int) source)), source, nowMs);
    }

    /** Likewise for IPv6. */
    int deliver6(PacketBatch batch, int i, int nowMs) {
        long source0 = batch.source0[i];
        return deliver(batch, i, host.isReservedSource(source0, batch.source1[i]), source0, nowMs);
    }

    private int deliver(PacketBatch batch, int i, boolean isTrusted, long network, int nowMs) {
        boolean isReserved = isTrusted || hasReservedPort(batch, i);
        if (!isReserved && isCongested()) {
            return Verdict.drop(DropReason.HOST_CONGESTED);
        }
        if (!isTrusted && !sources.take(network, nowMs, host.perSource())) {
            return Verdict.drop(DropReason.HOST_SOURCE_LIMITED);
        }
        boolean isGranted = isReserved && reserved.take(nowMs, host.reservedPerSecond());
        if (!isGranted && !others.take(nowMs, host.packetsPerSecond() - host.reservedPerSecond())) {
            return Verdict.drop(DropReason.HOST_RATE_LIMITED);
        }
        int verdict = forwarder.deliverOrTell(batch, i, host.interfaceId(), host.linkAddress(), nowMs);
        if (verdict == Verdict.SENT) {
            counters.add(Counter.HOST_PACKETS_DELIVERED, 1);
        }
        return verdict;
    }

    /** True for a packet of a balanced connection to the host that must wait for better times. */
    boolean holdsBack(PacketBatch batch, int i) {
        return isCongested() && !hasReservedPort(batch, i) && !isFromReserved(batch, i);
    }

    private boolean isFromReserved(PacketBatch batch, int i) {
        return batch.kind[i] == PacketBatch.KIND_IPV4
                ? host.isReservedSource(0, ConfigurationReader.mapped1((int) batch.source0[i]))
                : host.isReservedSource(batch.source0[i], batch.source1[i]);
    }

    private boolean isCongested() {
        if (!isCongestionKnown) {
            int id = host.interfaceId();
            Port port = id < ports.length ? ports[id] : null;
            congested = port != null && port.isCongested();
            isCongestionKnown = true;
        }
        return congested;
    }

    private boolean hasReservedPort(PacketBatch batch, int i) {
        if (!batch.isFlow(i)) {
            return false;
        }
        long key = batch.key[i];
        return host.isReservedPort(Short.toUnsignedInt(Short.reverseBytes((short) key)))
                || host.isReservedPort(Short.toUnsignedInt(Short.reverseBytes((short) (key >>> 16))));
    }
}
