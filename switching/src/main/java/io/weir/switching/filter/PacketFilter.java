package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.connection.ConnectionCursor4;
import io.weir.memory.connection.ConnectionCursor6;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.port.FrameBatch;

/**
 * The packet filter of one switching processor (Fig. 6), as stages over a batch: parse all, hash all and touch their
 * connection slots, then decide one by one, then transmit by interface. Each packet gets exactly one fate: sent, held or
 * dropped for a named reason.
 *
 * <p>TCP and UDP look for their connection first, whatever the destination: the record says what to do in either
 * direction. Without a record:
 *
 * <ul>
 *   <li>to an address of a service or of our own: a pure SYN or a UDP packet to a service opens a connection; other TCP
 *       is answered with a reset (never a reset with a reset), other UDP is discarded;
 *   <li>to any other address: forwarded by the routing table if forwarding is on. A server may so reach the world through
 *       weir with its own address; the rest of a translated connection whose record has expired is no exception: the
 *       client knows no such connection and resets it. When the connections of the server are to be reset, weir does;
 *   <li>from one of our own addresses: dropped, except that a direct-return server may answer through weir when that is
 *       its router: a packet whose source is a service with direct forwarding is routed;
 *   <li>from and to the control processor's own sockets: {@link ControlGate};
 *   <li>to an address and port that a network application claims: {@link ApplicationStage}, at the end of the batch;
 *   <li>from and to the programs on the host: {@link HostGate}.
 * </ul>
 *
 * <p>Fragments to services and own addresses are refused; others are routed.
 */
public final class PacketFilter {
    private final ProcessorContext context;
    private final ConfigurationReader configuration;
    private final ProcessorCounters counters;
    private final ConnectionTable4 connections4;
    private final ConnectionCursor4 cursor4;
    private final ConnectionTable6 connections6;
    private final ConnectionCursor6 cursor6;

    private final Egress egress;
    private final Parser parser;
    private final Balancer4 balancer4;
    private final Balancer6 balancer6;
    private final ResetResponder resets;
    private final NeighbourResolver resolver;
    private final EchoResponder echo;
    private final Paths paths;
    private final Forwarder forwarder;
    private final ControlGate control;
    private final ApplicationStage applications;
    private final HostGate host;
    private final IcmpErrorTranslator errorTranslator;
    private final Sweeper sweeper;

    /** First row of the current batch without a fate. */
    private int undecided;
    /** Keeps the loads of the touching stage from being optimised away. */
    private long touched;

    public PacketFilter(ProcessorContext context) {
        this.context = context;
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.connections4 = context.connections4;
        this.cursor4 = new ConnectionCursor4(connections4);
        this.connections6 = context.connections6;
        this.cursor6 = new ConnectionCursor6(connections6);
        if (context.processors == 1) {
            connections4.writeAlone();
            connections6.writeAlone();
        }
        this.egress = new Egress(context);
        this.parser = new Parser(context.frames, context.chain, context.configuration);
        LocalAddresses local = new LocalAddresses(context);
        IcmpErrors errors = new IcmpErrors(context, egress, local);
        this.paths = new Paths(context, local);
        this.resolver =
                new NeighbourResolver(context, egress, local, errors, Math.max(1, configuration.pendingPackets()));
        this.echo = new EchoResponder(context, egress, local);
        this.forwarder = new Forwarder(context, egress, paths, resolver, errors);
        this.control = new ControlGate(context, forwarder);
        this.host = new HostGate(context, forwarder);
        this.errorTranslator = new IcmpErrorTranslator(context, egress, paths, resolver);
        this.resets = new ResetResponder(context, egress);
        this.applications = new ApplicationStage(context, egress, forwarder, paths, resolver, resets);
        ConnectionPairs4 pairs4 = new ConnectionPairs4(context);
        ConnectionPairs6 pairs6 = new ConnectionPairs6(context);
        Selector selector = new Selector(context);
        this.balancer4 =
                new Balancer4(context, cursor4, pairs4, selector, paths, resolver, errors, egress, applications, host);
        this.balancer6 =
                new Balancer6(context, cursor6, pairs6, selector, paths, resolver, errors, egress, applications, host);
        this.sweeper = new Sweeper(context, pairs4, pairs6);
    }

    /** A cycle begins; to be called before it looks at configuration and routes. */
    public void beginCycle() {
        paths.beginCycle();
    }

    /**
     * Decides the fate of every frame of the batch and transmits. Afterwards all frames belong to others; the rows still
     * tell what was decided ({@link PacketBatch#verdict}).
     */
    public void process(PacketBatch batch, int nowMs, int nowMicros) {
        undecided = 0;
        batch.nowMicros = nowMicros;
        parser.parse(batch);
        touchConnections(batch);
        host.beginBatch();
        balancer4.beginBatch();
        balancer6.beginBatch();
        int size = batch.frames.size();
        while (undecided < size) {
            int i = undecided;
            int verdict = decide(batch, i, nowMs);
            batch.verdict[i] = verdict;
            undecided = i + 1;
            settle(batch, i, verdict);
        }
        runApplications(batch, nowMs);
        balancer4.endBatch();
        balancer6.endBatch();
        egress.flush();
        counters.add(Counter.BATCHES, 1);
    }

    private void settle(PacketBatch batch, int i, int verdict) {
        if (verdict >= 0) {
            drop(batch, i, verdict);
        } else if (verdict == Verdict.HELD) {
            counters.add(Counter.PACKETS_HELD, 1);
        }
    }

    private void runApplications(PacketBatch batch, int nowMs) {
        if (applications.isIdle()) {
            return;
        }
        for (long left = applications.run(batch, nowMs); left != 0; left &= left - 1) {
            int i = Long.numberOfTrailingZeros(left);
            settle(batch, i, batch.verdict[i]);
        }
    }

    /** After {@link #process} has thrown: drops every frame that has no fate yet and sends what was decided. */
    public void abandon(PacketBatch batch) {
        for (int i = undecided; i < batch.frames.size(); i++) {
            int verdict = Verdict.drop(DropReason.INTERNAL_ERROR);
            batch.verdict[i] = verdict;
            drop(batch, i, verdict);
        }
        undecided = batch.frames.size();
        for (long left = applications.abandon(); left != 0; left &= left - 1) {
            int i = Long.numberOfTrailingZeros(left);
            if (batch.verdict[i] == Verdict.HANDED) {
                batch.verdict[i] = Verdict.drop(DropReason.INTERNAL_ERROR);
                drop(batch, i, batch.verdict[i]);
            }
        }
        balancer4.endBatch();
        balancer6.endBatch();
        egress.flush();
    }

    /** Timers of neighbours and of connections; returns how much was done. */
    public int maintain(int nowMs) {
        int work = resolver.poll(nowMs);
        work += sweeper.sweep(nowMs);
        work += applications.maintain(nowMs);
        egress.flush();
        return work;
    }

    /** Announces own and virtual addresses to the networks: at start, and when they may have changed. */
    public void announce(int nowMs) {
        resolver.announce(nowMs);
    }

    /** Gives back every frame still held; the processor stops. */
    public void close() {
        resolver.close();
        applications.close();
        egress.flush();
    }

    private void drop(PacketBatch batch, int i, int verdict) {
        FrameBatch queue = batch.frames;
        counters.drop(Verdict.reason(verdict), queue.ingress[i]);
        context.release(queue.address[i], queue.owner[i]);
    }

    /** Hashes all packets and loads their slots, so that the cache misses of a batch overlap. */
    private void touchConnections(PacketBatch batch) {
        long sum = 0;
        for (long left = batch.flows; left != 0; left &= left - 1) {
            int i = Long.numberOfTrailingZeros(left);
            if (batch.kind[i] == PacketBatch.KIND_IPV4) {
                int hash = connections4.hash(batch.addresses4(i), batch.key[i]);
                batch.hash[i] = hash;
                sum += cursor4.touch(hash);
            } else {
                int hash = connections6.hash(
                        batch.source0[i], batch.source1[i], batch.destination0[i], batch.destination1[i], batch.key[i]);
                batch.hash[i] = hash;
                sum += cursor6.touch(hash);
            }
        }
        touched += sum;
    }

    /** For the sum of the touching stage to have a reader; of no meaning. */
    long touched() {
        return touched;
    }

    private int decide(PacketBatch batch, int i, int nowMs) {
        return switch (batch.kind[i]) {
            case PacketBatch.KIND_IPV4 -> decide4(batch, i, nowMs);
            case PacketBatch.KIND_IPV6 -> decide6(batch, i, nowMs);
            case PacketBatch.KIND_ARP ->
                control.isFrom(batch, i) || host.isFrom(batch, i)
                        ? Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                        : resolver.handleArp(batch, i, nowMs);
            default -> batch.drop[i];
        };
    }

    private int decide4(PacketBatch batch, int i, int nowMs) {
        if (batch.isFlow(i)) {
            int verdict = balancer4.known(batch, i, nowMs);
            if (verdict != Verdict.UNDECIDED) {
                return verdict;
            }
        }
        if (batch.protocol[i] == Protocol.ICMP && !batch.fragment[i]) {
            int verdict = errorTranslator.handle4(batch, i, nowMs);
            if (verdict != Verdict.UNDECIDED) {
                return verdict;
            }
        }
        return without4(batch, i, nowMs);
    }

    private int decide6(PacketBatch batch, int i, int nowMs) {
        if (batch.isFlow(i)) {
            int verdict = balancer6.known(batch, i, nowMs);
            if (verdict != Verdict.UNDECIDED) {
                return verdict;
            }
        }
        if (isControl6(batch, i)) {
            int verdict = errorTranslator.handle6(batch, i, nowMs);
            if (verdict != Verdict.UNDECIDED) {
                return verdict;
            }
        }
        return without6(batch, i, nowMs);
    }

    /** An IPv4 packet without a connection. */
    private int without4(PacketBatch batch, int i, int nowMs) {
        if (control.isFrom(batch, i)) {
            return control.leave4(batch, i, nowMs);
        }
        int source = (int) batch.source0[i];
        int destination = (int) batch.destination0[i];
        int kind = configuration.addressKind4(destination);
        boolean local = kind != ConfigurationReader.NOT_LOCAL;
        boolean fromHost = host.isFrom(batch, i);
        if (fromHost) {
            int refusal = host.leave4(batch, i);
            if (refusal != Verdict.UNDECIDED) {
                return refusal;
            }
        } else if (configuration.addressKind4(source) != ConfigurationReader.NOT_LOCAL) {
            int service = batch.isFlow(i)
                    ? configuration.service4(source, batch.protocol[i], sourcePort(batch, i))
                    : ConfigurationReader.ABSENT;
            if (local || !isDirect(service)) {
                return Verdict.drop(DropReason.SOURCE_ADDRESS_INVALID);
            }
        }
        if (!local) {
            if (isTcp(batch, i) && configuration.isResetting4(source, Protocol.TCP, sourcePort(batch, i))) {
                return resets.answer(batch, i, DropReason.CONNECTION_UNKNOWN_RESET, nowMs);
            }
            return fromHost ? forwarder.forwardAlways4(batch, i, nowMs) : forwarder.forward4(batch, i, nowMs);
        }
        if (kind == ConfigurationReader.HOST) {
            return host.deliver4(batch, i, nowMs);
        }
        if (batch.fragment[i]) {
            return Verdict.drop(DropReason.FRAGMENT_UNSUPPORTED);
        }
        if (batch.protocol[i] == Protocol.ICMP) {
            return control.takesMessage4(batch, i) ? control.deliver(batch, i, nowMs) : echo.handle4(batch, i, nowMs);
        }
        if (!Protocol.hasPorts(batch.protocol[i])) {
            return Verdict.drop(DropReason.PROTOCOL_UNSUPPORTED);
        }
        int port = destinationPort(batch, i);
        int service = configuration.service4(destination, batch.protocol[i], port);
        if (service == ConfigurationReader.ABSENT) {
            int application = configuration.claim4(destination, batch.protocol[i], port);
            if (application != 0) {
                return applications.take(batch, i, application, nowMs);
            }
            if (control.takes4(destination, port)) {
                return control.deliver(batch, i, nowMs);
            }
        }
        int refusal = refusal(batch, i, service, nowMs);
        return refusal != Verdict.UNDECIDED ? refusal : balancer4.open(batch, i, service, nowMs);
    }

    /** An IPv6 packet without a connection. */
    private int without6(PacketBatch batch, int i, int nowMs) {
        if (control.isFrom(batch, i)) {
            return control.leave6(batch, i, nowMs);
        }
        boolean message = isControl6(batch, i);
        boolean fromHost = host.isFrom(batch, i);
        if (fromHost) {
            int refusal = host.leave6(batch, i);
            if (refusal != Verdict.UNDECIDED) {
                return refusal;
            }
        } else if (message && isNeighbourDiscovery(batch, i)) {
            return resolver.handleNdp(batch, i, nowMs);
        }
        long source0 = batch.source0[i];
        long source1 = batch.source1[i];
        long destination0 = batch.destination0[i];
        long destination1 = batch.destination1[i];
        if (source0 == 0 && source1 == 0) {
            return Verdict.drop(DropReason.SOURCE_ADDRESS_INVALID);
        }
        int kind = configuration.addressKind6(destination0, destination1);
        boolean local = kind != ConfigurationReader.NOT_LOCAL;
        if (!fromHost && configuration.addressKind6(source0, source1) != ConfigurationReader.NOT_LOCAL) {
            int service = batch.isFlow(i)
                    ? configuration.service6(source0, source1, batch.protocol[i], sourcePort(batch, i))
                    : ConfigurationReader.ABSENT;
            if (local || !isDirect(service)) {
                return Verdict.drop(DropReason.SOURCE_ADDRESS_INVALID);
            }
        }
        if (kind == ConfigurationReader.HOST) {
            return host.deliver6(batch, i, nowMs);
        }
        if (message && (local || isLinkScope(destination0))) {
            return control.takesMessage6(batch, i) ? control.deliver(batch, i, nowMs) : echo.handle6(batch, i, nowMs);
        }
        if (!local) {
            if (isTcp(batch, i) && configuration.isResetting6(source0, source1, Protocol.TCP, sourcePort(batch, i))) {
                return resets.answer(batch, i, DropReason.CONNECTION_UNKNOWN_RESET, nowMs);
            }
            return fromHost ? forwarder.forwardAlways6(batch, i, nowMs) : forwarder.forward6(batch, i, nowMs);
        }
        if (batch.fragment[i]) {
            return Verdict.drop(DropReason.FRAGMENT_UNSUPPORTED);
        }
        if (!batch.isFlow(i)) {
            return Verdict.drop(DropReason.PROTOCOL_UNSUPPORTED);
        }
        int port = destinationPort(batch, i);
        int service = configuration.service6(destination0, destination1, batch.protocol[i], port);
        if (service == ConfigurationReader.ABSENT) {
            int application = configuration.claim6(destination0, destination1, batch.protocol[i], port);
            if (application != 0) {
                return applications.take(batch, i, application, nowMs);
            }
            if (control.takes6(destination0, destination1, port)) {
                return control.deliver(batch, i, nowMs);
            }
        }
        int refusal = refusal(batch, i, service, nowMs);
        return refusal != Verdict.UNDECIDED ? refusal : balancer6.open(batch, i, service, nowMs);
    }

    /** Multicast or link-local: may be for us although the address table does not know it. */
    private static boolean isLinkScope(long destination0) {
        return (destination0 & 0xff) == 0xff || (destination0 & 0xc0ff) == 0x80fe;
    }

    private static boolean isControl6(PacketBatch batch, int i) {
        return batch.protocol[i] == Protocol.ICMPV6
                && !batch.fragment[i]
                && batch.transportOffset[i] != PacketBatch.NO_TRANSPORT;
    }

    /** ICMPv6 types 133 to 137 (RFC 4861 section 4). */
    private boolean isNeighbourDiscovery(PacketBatch batch, int i) {
        int type = Raw.u8(context.frames, batch.frames.address[i] + batch.transportOffset[i]);
        return type >= 133 && type <= 137;
    }

    private static boolean isTcp(PacketBatch batch, int i) {
        return batch.protocol[i] == Protocol.TCP && batch.isFlow(i);
    }

    private boolean isDirect(int service) {
        return service != ConfigurationReader.ABSENT && configuration.forwarding(service) == ConfigurationReader.DIRECT;
    }

    private static int sourcePort(PacketBatch batch, int i) {
        return Short.toUnsignedInt(Short.reverseBytes((short) batch.key[i]));
    }

    private static int destinationPort(PacketBatch batch, int i) {
        return Short.toUnsignedInt(Short.reverseBytes((short) (batch.key[i] >>> 16)));
    }

    /** The fate of a TCP or UDP packet that opens nothing, {@link Verdict#UNDECIDED} when it may open a connection. */
    private int refusal(PacketBatch batch, int i, int service, int nowMs) {
        boolean known = service != ConfigurationReader.ABSENT;
        if (batch.protocol[i] == Protocol.TCP) {
            if (!known) {
                return resets.answer(batch, i, DropReason.SERVICE_UNKNOWN_RESET, nowMs);
            }
            if (!TcpStates.isOpening(batch.tcpFlags[i])) {
                return resets.answer(batch, i, DropReason.CONNECTION_UNKNOWN_RESET, nowMs);
            }
        } else if (!known) {
            return Verdict.drop(DropReason.SERVICE_UNKNOWN);
        }
        return TransportChecksum.isCorrect(context.frames, context.chain, batch, i)
                ? Verdict.UNDECIDED
                : Verdict.drop(DropReason.TRANSPORT_CHECKSUM_WRONG);
    }
}
