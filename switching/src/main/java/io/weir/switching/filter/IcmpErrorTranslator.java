package io.weir.switching.filter;

import static io.weir.switching.filter.Raw.U16;
import static io.weir.switching.filter.Raw.U32;
import static io.weir.switching.filter.Raw.U64;
import static io.weir.switching.filter.Raw.U8;
import static io.weir.switching.filter.Raw.u8;

import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.FrameChain;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/**
 * ICMP and ICMPv6 errors about packets of balanced connections, so that path-MTU discovery and unreachable servers work
 * through weir (RFC 5508 §4.2, for NAT). The quoted packet, seen backwards, names the record of the connection.
 *
 * <pre>
 *            outer              quoted packet          becomes: outer              quoted packet
 * clients:   router to VIP      VIP to client    -&gt;    router to server            server to client
 * servers:   router to client   client to server -&gt;    VIP to client               client to VIP
 * </pre>
 *
 * An error from the servers' side gets the virtual address as its source whoever sent it, as Linux NAT does: the network
 * behind stays hidden. Errors to a direct-return service go to the server unchanged. Quoted packets with IPv6 extension
 * headers, and fragments other than the first, belong to no connection here.
 */
final class IcmpErrorTranslator {
    private static final int ICMP_HEADER = 8;
    private static final int IP4 = 20;
    private static final int IP6 = 40;
    /** What is needed of the quoted transport header; RFC 792 promises no more. */
    private static final int QUOTED = 8;

    private static final long LOW_32 = 0xffff_ffffL;
    /** Fragment offset, raw (RFC 791 §3.1). */
    private static final int FRAGMENT_OFFSET = 0xff1f;

    private final MemorySegment frames;
    private final FrameChain chain;
    private final ConnectionTable4 connections4;
    private final ConnectionTable6 connections6;
    private final ProcessorCounters counters;
    private final Paths paths;
    private final NeighbourResolver resolver;
    private final Egress egress;

    // What the record of the quoted packet says.
    private int kind;
    private int newPort;
    private int newAddress;
    private long newAddress0;
    private long newAddress1;

    IcmpErrorTranslator(ProcessorContext context, Egress egress, Paths paths, NeighbourResolver resolver) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.connections4 = context.connections4;
        this.connections6 = context.connections6;
        this.counters = context.counters;
        this.paths = paths;
        this.resolver = resolver;
        this.egress = egress;
    }

    /** {@link Verdict#UNDECIDED} when the ICMP message of row {@code i} is no error about a balanced connection. */
    int handle4(PacketBatch batch, int i, int nowMs) {
        long frame = batch.frames.address[i];
        long packet = frame + batch.networkOffset[i];
        long message = frame + batch.transportOffset[i];
        int length = batch.packetEnd[i] - batch.transportOffset[i];
        int type = u8(frames, message);
        boolean isError = type == 3 || type == 11 || type == 12; // unreachable, time exceeded, parameter problem
        if (!isError || length < ICMP_HEADER + IP4 + QUOTED) {
            return Verdict.UNDECIDED;
        }
        long quoted = message + ICMP_HEADER;
        int first = u8(frames, quoted);
        int header = (first & 0xf) << 2;
        if (first >>> 4 != 4 || header < IP4 || length < ICMP_HEADER + header + QUOTED) {
            return Verdict.UNDECIDED;
        }
        if (!find4(batch.destination0[i], quoted, header)) {
            return Verdict.UNDECIDED;
        }
        if (!Offload.isTrusted(batch.frames.offload[i]) && checksum4(batch, i, length) != 0) {
            return Verdict.drop(DropReason.ICMP_INVALID);
        }
        if (u8(frames, packet + 8) <= 1) {
            return Verdict.drop(DropReason.TTL_EXPIRED);
        }
        int target = kind == ConnectionTable.REVERSE ? (int) batch.destination0[i] : newAddress;
        if (kind != ConnectionTable.DIRECT) {
            translate4(packet, quoted, header, message + length);
            frames.set(U16, message + 2, (short) 0);
            frames.set(U16, message + 2, (short) checksum4(batch, i, length));
            batch.frames.offload[i] = Offload.NONE;
        }
        return leave(batch, i, paths.resolve4(target, nowMs), nowMs);
    }

    /** Looks the quoted packet's connection up; it must have been sent by whom the error is for. */
    private boolean find4(long destination, long quoted, int header) {
        int protocol = u8(frames, quoted + 9);
        long source = frames.get(U32, quoted + 12) & LOW_32;
        boolean isLaterFragment = (frames.get(U16, quoted + 6) & FRAGMENT_OFFSET) != 0;
        if (!Protocol.hasPorts(protocol) || isLaterFragment || source != destination) {
            return false;
        }
        long addresses = (frames.get(U32, quoted + 16) & LOW_32) | (source << 32);
        long key = reversedKey(frames.get(U32, quoted + header), protocol);
        long record = connections4.find(addresses, key, connections4.hash(addresses, key));
        if (record < 0) {
            return false;
        }
        long word = connections4.word(record);
        kind = connections4.kind(record);
        newAddress = connections4.newAddress(record);
        newPort = connections4.newPort(record);
        return connections4.isStill(record, word, addresses, key);
    }

    /** Key of the packets in the other direction. */
    private static long reversedKey(int ports, int protocol) {
        return (Integer.rotateLeft(ports, 16) & LOW_32) | ((long) protocol << 32);
    }

    private void translate4(long packet, long quoted, int header, long end) {
        boolean isFromServers = kind == ConnectionTable.REVERSE;
        int hops = frames.get(U16, packet + 8) & 0xffff;
        frames.set(U16, packet + 8, (short) (hops - 1)); // time to live is the low byte of the raw word
        long hop = Checksum.difference16(hops, hops - 1);
        replace4(packet, isFromServers ? 12 : 16, hop);
        long difference = replace4(quoted, isFromServers ? 16 : 12, 0);
        replacePort(quoted + header, u8(frames, quoted + 9), isFromServers, difference, end);
    }

    /** Replaces an address of an IPv4 header and updates its checksum; returns the difference of the address. */
    private long replace4(long header, int field, long otherDifference) {
        int old = frames.get(U32, header + field);
        frames.set(U32, header + field, newAddress);
        long difference = Checksum.difference32(old, newAddress);
        int checksum = frames.get(U16, header + 10);
        frames.set(U16, header + 10, (short) Checksum.update(checksum, difference + otherDifference));
        return difference;
    }

    /** Replaces the port beside the replaced address, and updates the checksum if it has been quoted. */
    private void replacePort(long transport, int protocol, boolean isDestination, long addressDifference, long end) {
        long portAt = transport + (isDestination ? 2 : 0);
        int old = frames.get(U16, portAt);
        frames.set(U16, portAt, (short) newPort);
        long checksumAt = transport + Protocol.checksumOffset(protocol);
        if (checksumAt + 2 > end) {
            return;
        }
        int checksum = frames.get(U16, checksumAt);
        long difference = addressDifference + Checksum.difference16(old, newPort);
        int updated = protocol == Protocol.TCP
                ? Checksum.update(checksum, difference)
                : Checksum.updateUdp(checksum, difference);
        frames.set(U16, checksumAt, (short) updated);
    }

    /** {@link Verdict#UNDECIDED} when the ICMPv6 message of row {@code i} is no error about a balanced connection. */
    int handle6(PacketBatch batch, int i, int nowMs) {
        long frame = batch.frames.address[i];
        long packet = frame + batch.networkOffset[i];
        long message = frame + batch.transportOffset[i];
        int length = batch.packetEnd[i] - batch.transportOffset[i];
        int type = u8(frames, message);
        boolean isError = type >= 1 && type <= 4; // RFC 4443 §3
        long quoted = message + ICMP_HEADER;
        if (!isError || length < ICMP_HEADER + IP6 + QUOTED || u8(frames, quoted) >>> 4 != 6) {
            return Verdict.UNDECIDED;
        }
        long destination0 = batch.destination0[i];
        long destination1 = batch.destination1[i];
        if (!find6(destination0, destination1, quoted)) {
            return Verdict.UNDECIDED;
        }
        if (!Offload.isTrusted(batch.frames.offload[i]) && checksum6(batch, i, packet, length) != 0) {
            return Verdict.drop(DropReason.ICMP_INVALID);
        }
        int hops = u8(frames, packet + 7);
        if (hops <= 1) {
            return Verdict.drop(DropReason.TTL_EXPIRED);
        }
        boolean isFromServers = kind == ConnectionTable.REVERSE;
        if (kind != ConnectionTable.DIRECT) {
            frames.set(U8, packet + 7, (byte) (hops - 1));
            replace6(packet + (isFromServers ? 8 : 24));
            long difference = replace6(quoted + (isFromServers ? 24 : 8));
            replacePort(quoted + IP6, u8(frames, quoted + 6), isFromServers, difference, message + length);
            frames.set(U16, message + 2, (short) 0);
            frames.set(U16, message + 2, (short) checksum6(batch, i, packet, length));
            batch.frames.offload[i] = Offload.NONE;
        }
        int path = isFromServers
                ? paths.resolve6(destination0, destination1, nowMs)
                : paths.resolve6(newAddress0, newAddress1, nowMs);
        return leave(batch, i, path, nowMs);
    }

    private boolean find6(long destination0, long destination1, long quoted) {
        int protocol = u8(frames, quoted + 6);
        long from0 = frames.get(U64, quoted + 8);
        long from1 = frames.get(U64, quoted + 16);
        if (!Protocol.hasPorts(protocol) || from0 != destination0 || from1 != destination1) {
            return false;
        }
        long to0 = frames.get(U64, quoted + 24);
        long to1 = frames.get(U64, quoted + 32);
        long key = reversedKey(frames.get(U32, quoted + IP6), protocol);
        long record = connections6.find(to0, to1, from0, from1, key, connections6.hash(to0, to1, from0, from1, key));
        if (record < 0) {
            return false;
        }
        long word = connections6.word(record);
        kind = connections6.kind(record);
        newAddress0 = connections6.newAddress0(record);
        newAddress1 = connections6.newAddress1(record);
        newPort = connections6.newPort(record);
        return connections6.isStill(record, word, to0, to1, from0, from1, key);
    }

    private long replace6(long field) {
        long old0 = frames.get(U64, field);
        long old1 = frames.get(U64, field + 8);
        frames.set(U64, field, newAddress0);
        frames.set(U64, field + 8, newAddress1);
        return Checksum.difference128(old0, old1, newAddress0, newAddress1);
    }

    /** 0 over a message whose checksum is right; the checksum of one whose field is 0. */
    private int checksum4(PacketBatch batch, int i, int length) {
        return Checksum.finish(FrameSum.of(frames, chain, batch, i, batch.transportOffset[i], length));
    }

    /** Likewise. */
    private int checksum6(PacketBatch batch, int i, long packet, int length) {
        long pseudo = Checksum.sum(frames, packet + 8, 32) + ((long) Protocol.ICMPV6 << 8) + Checksum.swap(length);
        return Checksum.finish(pseudo + FrameSum.of(frames, chain, batch, i, batch.transportOffset[i], length));
    }

    private int leave(PacketBatch batch, int i, int path, int nowMs) {
        if (path > Paths.PENDING) {
            return Verdict.drop(Balancer4.reasonOf(path));
        }
        counters.add(Counter.ICMP_ERRORS_TRANSLATED, 1);
        if (path == Paths.PENDING) {
            return resolver.hold(batch, i, paths.nextHopEntry(), paths.egress(), paths.sourceMac(), nowMs);
        }
        LinkHeader.set(frames, batch.frames.address[i], paths.destinationMac(), paths.sourceMac());
        egress.send(batch, i, paths.egress());
        return Verdict.SENT;
    }
}
