package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.SelectionHash;
import io.weir.memory.connection.ConnectionCursor6;
import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable6;
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
 * Connections over IPv6; the same as {@link Balancer4} with addresses of two words. The hop limit takes the place of the
 * time to live, and there is no checksum in the network header.
 */
final class Balancer6 {
    private static final int ENDING = Protocol.SYN | Protocol.FIN | Protocol.RST;

    private final MemorySegment frames;
    private final FrameChain chain;
    private final ConnectionTable6 table;
    private final ConnectionCursor6 cursor;
    private final ConnectionPairs6 pairs;
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

    Balancer6(
            ProcessorContext context,
            ConnectionCursor6 cursor,
            ConnectionPairs6 pairs,
            Selector selector,
            Paths paths,
            NeighbourResolver resolver,
            IcmpErrors errors,
            Egress egress,
            ApplicationStage applications,
            HostGate host) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.table = context.connections6;
        this.cursor = cursor;
        this.pairs = pairs;
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.paths = paths;
        this.resolver = resolver;
        this.selector = selector;
        this.signals = new PassiveSignals(context, table, 0x5bd1_e995);
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
        if (!cursor.find(
                batch.source0[i],
                batch.source1[i],
                batch.destination0[i],
                batch.destination1[i],
                batch.key[i],
                batch.hash[i])) {
            return Verdict.UNDECIDED;
        }
        int kind = cursor.kind();
        int state = cursor.state();
        int flags = batch.tcpFlags[i];
        if ((flags & ENDING) != 0 || (state != ConnectionState.ESTABLISHED && state != ConnectionState.UDP)) {
            if ((flags & ENDING) != 0 && !TransportChecksum.isCorrect(frames, chain, batch, i)) {
                return Verdict.drop(DropReason.TRANSPORT_CHECKSUM_WRONG);
            }
            if (Balancer4.isReopening(kind, state, flags)) {
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
        if (isPathKnown && batch.packetEnd[i] > Balancer4.SMALL_BYTES && isTooLong(batch, i, cursor.egress(), nowMs)) {
            return Verdict.drop(DropReason.FRAME_TOO_LONG);
        }
        if (isPathKnown && cursor.egress() == hostInterface && host.holdsBack(batch, i)) {
            return Verdict.drop(DropReason.HOST_CONGESTED);
        }
        if (kind != ConnectionTable.DIRECT
                && !translate(batch, i, kind, cursor.newAddress0(), cursor.newAddress1(), cursor.newPort())) {
            return Verdict.drop(DropReason.TTL_EXPIRED);
        }
        balanced++;
        if (!isPathKnown) {
            return resolveAndSend(batch, i, cursor.record(), kind, cursor.newAddress0(), cursor.newAddress1(), nowMs);
        }
        long frame = batch.frames.address[i];
        Words.set64(frames, frame, cursor.macsRaw0());
        Words.set32(frames, frame + 8, cursor.macsRaw1());
        egress.send(batch, i, cursor.egress());
        return Verdict.SENT;
    }

    /** False, and the packet untouched, when its time to live is exhausted. */
    private boolean translate(PacketBatch batch, int i, int kind, long newAddress0, long newAddress1, int newPort) {
        long frame = batch.frames.address[i];
        long network = frame + batch.networkOffset[i];
        if (Raw.u8(frames, network + 7) <= 1) {
            return false;
        }
        Rewriter.translate6(
                frames,
                network,
                frame + batch.transportOffset[i],
                batch.protocol[i],
                kind == ConnectionTable.REVERSE,
                newAddress0,
                newAddress1,
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
    private int resolveAndSend(
            PacketBatch batch, int i, long record, int kind, long newAddress0, long newAddress1, int nowMs) {
        counters.add(Counter.PATHS_RESOLVED, 1);
        int path = kind == ConnectionTable.REVERSE
                ? paths.resolve6(batch.destination0[i], batch.destination1[i], nowMs)
                : paths.resolve6(newAddress0, newAddress1, nowMs);
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
        return Verdict.drop(Balancer4.reasonOf(path));
    }

    /** Opens a connection of a service for a packet that may do so; the checksum has been verified. */
    int open(PacketBatch batch, int i, int service, int nowMs) {
        int selection = FirstPacket.table(configuration, frames, batch, i, service);
        int size = configuration.tableSize(selection);
        if (size == 0) {
            return Verdict.drop(DropReason.NO_SERVER);
        }
        boolean direct = configuration.forwarding(service) == ConfigurationReader.DIRECT;
        if (!direct && Raw.u8(frames, batch.frames.address[i] + batch.networkOffset[i] + 7) <= 1) {
            return Verdict.drop(DropReason.TTL_EXPIRED);
        }
        long record = claim(
                batch.source0[i],
                batch.source1[i],
                batch.destination0[i],
                batch.destination1[i],
                batch.key[i],
                batch.hash[i],
                nowMs);
        if (record == ConnectionTable.EXISTS) {
            // Another processor has opened it since the look-up.
            int verdict = known(batch, i, nowMs);
            return verdict == Verdict.UNDECIDED ? Verdict.drop(DropReason.CONNECTION_BUSY) : verdict;
        }
        if (record < 0) {
            return Verdict.drop(Balancer4.reasonOfClaim(record));
        }
        return openWith(batch, i, service, selection, direct, record, nowMs);
    }

    private boolean isAt(int member, long address0, long address1) {
        return configuration.memberAddress1(member) == address1 && configuration.memberAddress0(member) == address0;
    }

    private int openWith(
            PacketBatch batch, int i, int service, int selection, boolean allDirect, long record, int nowMs) {
        long client = SelectionHash.client6(batch.source0[i], batch.source1[i]);
        long flow = SelectionHash.flow6(
                batch.source0[i], batch.source1[i], batch.destination0[i], batch.destination1[i], batch.key[i]);
        DropReason refusal = DropReason.NO_SERVER;
        for (int attempt = 0; attempt < Balancer4.ATTEMPTS; attempt++) {
            int member = selector.select(service, selection, flow, client, attempt, nowMs);
            if (!allDirect && isAt(member, batch.source0[i], batch.source1[i])) {
                member = selector.other6(service, selection, flow, attempt, batch.source0[i], batch.source1[i]);
                if (member == ConfigurationReader.ABSENT) {
                    refusal = DropReason.SERVER_IS_CLIENT;
                    break;
                }
            }
            long server0 = configuration.memberAddress0(member);
            long server1 = configuration.memberAddress1(member);
            boolean direct = allDirect || ConfigurationReader.application6(server0, server1) != 0;
            int port = portOf(member, batch.key[i]);
            int path = paths.resolve6(server0, server1, nowMs);
            if (path != Paths.RESOLVED && path != Paths.PENDING) {
                refusal = Balancer4.reasonOf(path);
                continue;
            }
            if (paths.egress() == hostInterface && host.holdsBack(batch, i)) {
                refusal = DropReason.HOST_CONGESTED;
                continue;
            }
            if (!direct) {
                long reverse = claimReverse(batch, i, server0, server1, port, nowMs);
                if (reverse < 0) {
                    refusal = reverse == ConnectionTable.FULL
                            ? DropReason.CONNECTION_TABLE_FULL
                            : DropReason.TUPLE_CONFLICT;
                    continue;
                }
                table.setTranslation(
                        reverse, batch.destination0[i], batch.destination1[i], (int) (batch.key[i] >>> 16) & 0xffff);
                describe(batch, i, reverse, ConnectionTable.REVERSE, service, member, nowMs);
                table.publish(reverse);
            }
            table.setTranslation(record, server0, server1, port);
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
                translate(batch, i, ConnectionTable.FORWARD, server0, server1, port);
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

    private long claim(
            long source0, long source1, long destination0, long destination1, long key, int hash, int nowMs) {
        long record = table.claim(source0, source1, destination0, destination1, key, hash);
        if (record == ConnectionTable.FULL && pairs.recycle(hash, nowMs)) {
            record = table.claim(source0, source1, destination0, destination1, key, hash);
        }
        return record;
    }

    /** Claims the reverse record; one left by a connection that is over is removed first. */
    private long claimReverse(PacketBatch batch, int i, long server0, long server1, int port, int nowMs) {
        long client0 = batch.source0[i];
        long client1 = batch.source1[i];
        long key = ConnectionPairs4.reverseKey(batch.key[i], port);
        int hash = table.hash(server0, server1, client0, client1, key);
        answerHash = hash;
        long record = claim(server0, server1, client0, client1, key, hash, nowMs);
        if (record == ConnectionTable.EXISTS) {
            long old = table.find(server0, server1, client0, client1, key, hash);
            if (old >= 0) {
                long word = table.word(old);
                if (pairs.isOver(old, nowMs) && pairs.remove(old, word)) {
                    record = table.claim(server0, server1, client0, client1, key, hash);
                }
            }
        }
        return record;
    }
}
