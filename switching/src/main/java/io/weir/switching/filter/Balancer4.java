package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.SelectionHash;
import io.weir.memory.connection.ConnectionCursor4;
import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.map.Words;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/**
 * Connections over IPv4: packets of known ones are translated and sent on as their record says (Fig. 6, steps 220 and
 * 224), new ones get a server and two records (steps 214 to 218).
 *
 * <p>Translated packets have crossed weir from one network into another: their time to live is decremented in both
 * directions, and at 1 they are dropped silently: to the client the service is a host, not a router. Packets of direct-return connections stay as they are but for the link-layer
 * addresses: server and weir are one hop together.
 *
 * <p>Packets that create or end a connection must have a correct transport checksum; all others are passed on as they
 * are, the end points verify them anyway.
 *
 * <p>A server that is a client of its own service gets another server: translated, its packet would come back to it from
 * its own address, which its system refuses.
 */
final class Balancer4 {
    /** Members tried when the translated addresses and ports are taken, or the server cannot be reached. */
    static final int ATTEMPTS = 4;

    /** Packets up to the least MTU of IPv6 (RFC 8200 section 5) with a tagged Ethernet header fit every link. */
    static final int SMALL_BYTES = 1280 + 18;

    private static final int ENDING = Protocol.SYN | Protocol.FIN | Protocol.RST;

    private final MemorySegment frames;
    private final FrameChain chain;
    private final ConnectionTable4 table;
    private final ConnectionCursor4 cursor;
    private final ConnectionPairs4 pairs;
    private final ConfigurationReader configuration;
    private final ProcessorCounters counters;
    private final Paths paths;
    private final NeighbourResolver resolver;
    private final Selector selector;
    private final PassiveSignals signals;
    private final IcmpErrors errors;
    private final Egress egress;
    private final ApplicationStage applications;
    private final HostGate host;

    /** Of the neighbour table, read once per batch. */
    private int epoch;
    /** Read once per batch; 0, which no path has, without a host. */
    private int hostInterface;
    /** Packets of connections since the last {@link #endBatch}. */
    private int balanced;
    /** Of the reverse record that was claimed last. */
    private int answerHash;

    Balancer4(
            ProcessorContext context,
            ConnectionCursor4 cursor,
            ConnectionPairs4 pairs,
            Selector selector,
            Paths paths,
            NeighbourResolver resolver,
            IcmpErrors errors,
            Egress egress,
            ApplicationStage applications,
            HostGate host) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.table = context.connections4;
        this.cursor = cursor;
        this.pairs = pairs;
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.paths = paths;
        this.resolver = resolver;
        this.selector = selector;
        this.signals = new PassiveSignals(context, table, 0);
        this.errors = errors;
        this.egress = egress;
        this.applications = applications;
        this.host = host;
    }

    void beginBatch() {
        epoch = paths.epoch();
        hostInterface = host.interfaceId();
    }

    void endBatch() {
        if (balanced > 0) {
            counters.add(Counter.PACKETS_BALANCED, balanced);
            balanced = 0;
        }
    }

    /** Handles a packet of a known connection; {@link Verdict#UNDECIDED} when there is none. */
    int known(PacketBatch batch, int i, int nowMs) {
        if (!cursor.find(batch.addresses4(i), batch.key[i], batch.hash[i])) {
            return Verdict.UNDECIDED;
        }
        int kind = cursor.kind();
        int state = cursor.state();
        int flags = batch.tcpFlags[i];
        if ((flags & ENDING) != 0 || (state != ConnectionState.ESTABLISHED && state != ConnectionState.UDP)) {
            if ((flags & ENDING) != 0 && !TransportChecksum.isCorrect(frames, chain, batch, i)) {
                return Verdict.drop(DropReason.TRANSPORT_CHECKSUM_WRONG);
            }
            if (isReopening(kind, state, flags)) {
                pairs.remove(cursor.record(), cursor.word());
                return Verdict.UNDECIDED;
            }
            if ((flags & PassiveSignals.TELLING) != 0) {
                signals.observe(batch, i, cursor.record(), kind, state, nowMs);
            }
            pairs.track(cursor.record(), kind, state, batch.protocol[i], flags);
        }
        cursor.touch(nowMs, batch.frames.length[i], flags);
        if (kind == ConnectionTable.DIRECT && applications.has(cursor.egress())) {
            balanced++;
            return applications.take(batch, i, cursor.egress(), nowMs);
        }
        boolean isPathKnown = cursor.isPathOf(epoch);
        if (isPathKnown && batch.packetEnd[i] > SMALL_BYTES && isTooLong(batch, i, cursor.egress(), nowMs)) {
            return Verdict.drop(DropReason.FRAME_TOO_LONG);
        }
        if (isPathKnown && cursor.egress() == hostInterface && host.holdsBack(batch, i)) {
            return Verdict.drop(DropReason.HOST_CONGESTED);
        }
        if (kind != ConnectionTable.DIRECT && !translate(batch, i, kind, cursor.newAddress(), cursor.newPort())) {
            return Verdict.drop(DropReason.TTL_EXPIRED);
        }
        balanced++;
        if (!isPathKnown) {
            return resolveAndSend(batch, i, cursor.record(), kind, cursor.newAddress(), nowMs);
        }
        long frame = batch.frames.address[i];
        Words.set64(frames, frame, cursor.macsRaw0());
        Words.set32(frames, frame + 8, cursor.macsRaw1());
        egress.send(batch, i, cursor.egress());
        return Verdict.SENT;
    }

    /** A SYN on a connection that is closing starts anew, perhaps with another server (RFC 9293 section 3.6.1). */
    static boolean isReopening(int kind, int state, int flags) {
        return state >= ConnectionState.FIN_WAIT && kind != ConnectionTable.REVERSE && TcpStates.isOpening(flags);
    }

    /** False, and the packet untouched, when its time to live is exhausted. */
    private boolean translate(PacketBatch batch, int i, int kind, int newAddress, int newPort) {
        long frame = batch.frames.address[i];
        long network = frame + batch.networkOffset[i];
        if (Raw.u8(frames, network + 8) <= 1) {
            return false;
        }
        Rewriter.translate4(
                frames,
                network,
                frame + batch.transportOffset[i],
                batch.protocol[i],
                kind == ConnectionTable.REVERSE,
                newAddress,
                newPort,
                Offload.needsChecksum(batch.frames.offload[i]));
        return true;
    }

    /** True when the packet does not fit the link; its sender has been told. */
    private boolean isTooLong(PacketBatch batch, int i, int interfaceId, int nowMs) {
        int mtu = configuration.mtu(interfaceId);
        if (!SegmentLength.exceeds(frames, batch, i, mtu)) {
            return false;
        }
        if (batch.networkOffset[i] == LinkHeader.LENGTH) {
            FrameBatch queue = batch.frames;
            errors.tooBig(queue.address[i], queue.length[i], queue.owner[i], queue.ingress[i], mtu, nowMs);
        }
        return true;
    }

    /** The record's path is missing or old: looks it up, notes it, sends the packet or holds it. */
    private int resolveAndSend(PacketBatch batch, int i, long record, int kind, int newAddress, int nowMs) {
        counters.add(Counter.PATHS_RESOLVED, 1);
        int target = kind == ConnectionTable.REVERSE ? (int) batch.destination0[i] : newAddress;
        int path = paths.resolve4(target, nowMs);
        if (path == Paths.RESOLVED) {
            table.setPath(record, paths.egress(), paths.destinationMac(), paths.sourceMac(), paths.epoch());
        }
        return leave(batch, i, path, nowMs);
    }

    /** Sends or holds a packet whose path has just been looked up. */
    private int leave(PacketBatch batch, int i, int path, int nowMs) {
        if (path == Paths.RESOLVED) {
            if (applications.has(paths.egress())) {
                return applications.take(batch, i, paths.egress(), nowMs);
            }
            LinkHeader.set(frames, batch.frames.address[i], paths.destinationMac(), paths.sourceMac());
            egress.send(batch, i, paths.egress());
            return Verdict.SENT;
        }
        if (path == Paths.PENDING) {
            return resolver.hold(batch, i, paths.nextHopEntry(), paths.egress(), paths.sourceMac(), nowMs);
        }
        return Verdict.drop(reasonOf(path));
    }

    static DropReason reasonOf(int path) {
        return switch (path) {
            case Paths.NO_ROUTE -> DropReason.NO_ROUTE;
            case Paths.NO_SLOT -> DropReason.NEIGHBOUR_QUEUE_FULL;
            default -> DropReason.NEIGHBOUR_UNRESOLVED;
        };
    }

    /** Opens a connection of a service for a packet that may do so; the checksum has been verified. */
    int open(PacketBatch batch, int i, int service, int nowMs) {
        int selection = FirstPacket.table(configuration, frames, batch, i, service);
        int size = configuration.tableSize(selection);
        if (size == 0) {
            return Verdict.drop(DropReason.NO_SERVER);
        }
        boolean direct = configuration.forwarding(service) == ConfigurationReader.DIRECT;
        if (!direct && Raw.u8(frames, batch.frames.address[i] + batch.networkOffset[i] + 8) <= 1) {
            return Verdict.drop(DropReason.TTL_EXPIRED);
        }
        long record = claim(batch.addresses4(i), batch.key[i], batch.hash[i], nowMs);
        if (record == ConnectionTable.EXISTS) {
            // Another processor has opened it since the look-up.
            int verdict = known(batch, i, nowMs);
            return verdict == Verdict.UNDECIDED ? Verdict.drop(DropReason.CONNECTION_BUSY) : verdict;
        }
        if (record < 0) {
            return Verdict.drop(reasonOfClaim(record));
        }
        return openWith(batch, i, service, selection, direct, record, nowMs);
    }

    static DropReason reasonOfClaim(long refusal) {
        return refusal == ConnectionTable.FULL ? DropReason.CONNECTION_TABLE_FULL : DropReason.CONNECTION_BUSY;
    }

    private int openWith(
            PacketBatch batch, int i, int service, int selection, boolean allDirect, long record, int nowMs) {
        long client = SelectionHash.client4((int) batch.source0[i]);
        long flow = SelectionHash.flow4(batch.addresses4(i), batch.key[i]);
        DropReason refusal = DropReason.NO_SERVER;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int member = selector.select(service, selection, flow, client, attempt, nowMs);
            if (!allDirect && configuration.memberAddress4(member) == (int) batch.source0[i]) {
                member = selector.other4(service, selection, flow, attempt, (int) batch.source0[i]);
                if (member == ConfigurationReader.ABSENT) {
                    refusal = DropReason.SERVER_IS_CLIENT;
                    break;
                }
            }
            int server = configuration.memberAddress4(member);
            // An application answers from the service's address itself.
            boolean direct = allDirect || ConfigurationReader.application4(server) != 0;
            int port = portOf(member, batch.key[i]);
            int path = paths.resolve4(server, nowMs);
            if (path != Paths.RESOLVED && path != Paths.PENDING) {
                refusal = reasonOf(path);
                continue;
            }
            if (paths.egress() == hostInterface && host.holdsBack(batch, i)) {
                refusal = DropReason.HOST_CONGESTED;
                continue;
            }
            if (!direct) {
                long reverse = claimReverse(batch.addresses4(i), batch.key[i], server, port, nowMs);
                if (reverse < 0) {
                    refusal = reverse == ConnectionTable.FULL
                            ? DropReason.CONNECTION_TABLE_FULL
                            : DropReason.TUPLE_CONFLICT;
                    continue;
                }
                table.setTranslation(reverse, (int) batch.destination0[i], (int) (batch.key[i] >>> 16) & 0xffff);
                describe(batch, i, reverse, ConnectionTable.REVERSE, service, member, nowMs);
                table.publish(reverse);
            }
            table.setTranslation(record, server, port);
            describe(
                    batch,
                    i,
                    record,
                    direct ? ConnectionTable.DIRECT : ConnectionTable.FORWARD,
                    service,
                    member,
                    nowMs);
            if (path == Paths.RESOLVED) {
                table.setPath(record, paths.egress(), paths.destinationMac(), paths.sourceMac(), paths.epoch());
            }
            table.touch(record, nowMs, batch.frames.length[i], batch.tcpFlags[i]);
            table.publish(record);
            counters.connectionOpened(configuration.serviceNumber(service), configuration.serverNumber(member));
            counters.add(Counter.CONNECTIONS_CREATED, 1);
            if (!direct) {
                if (batch.protocol[i] == Protocol.TCP) {
                    signals.opened(answerHash, batch.nowMicros);
                }
                translate(batch, i, ConnectionTable.FORWARD, server, port);
            }
            balanced++;
            return leave(batch, i, path, nowMs);
        }
        table.abandon(record);
        return Verdict.drop(refusal);
    }

    private void describe(PacketBatch batch, int i, long record, int kind, int service, int member, int nowMs) {
        int state = batch.protocol[i] == Protocol.TCP ? ConnectionState.SYN_SENT : ConnectionState.UDP_ONE_WAY;
        table.setConnection(
                record, kind, state, configuration.serviceNumber(service), configuration.serverNumber(member), nowMs);
    }

    /** Raw port towards the server: the member's, or the packet's own. */
    private int portOf(int member, long key) {
        int port = configuration.memberPort(member);
        return port == 0 ? (int) (key >>> 16) & 0xffff : Checksum.swap(port);
    }

    private long claim(long addresses, long key, int hash, int nowMs) {
        long record = table.claim(addresses, key, hash);
        if (record == ConnectionTable.FULL && pairs.recycle(hash, nowMs)) {
            record = table.claim(addresses, key, hash);
        }
        return record;
    }

    /** Claims the reverse record; one left by a connection that is over is removed first. */
    private long claimReverse(long forwardAddresses, long forwardKey, int server, int port, int nowMs) {
        long addresses = ConnectionPairs4.reverseAddresses(forwardAddresses, server);
        long key = ConnectionPairs4.reverseKey(forwardKey, port);
        int hash = table.hash(addresses, key);
        answerHash = hash;
        long record = claim(addresses, key, hash, nowMs);
        if (record == ConnectionTable.EXISTS) {
            long old = table.find(addresses, key, hash);
            if (old >= 0) {
                long word = table.word(old);
                if (pairs.isOver(old, nowMs) && pairs.remove(old, word)) {
                    record = table.claim(addresses, key, hash);
                }
            }
        }
        return record;
    }
}
