package io.weir.switching.filter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.memory.counters.DropReason;
import io.weir.memory.packet.FrameChain;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RouteReader;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Received neighbour discovery messages (RFC 4861): learns from solicitations and advertisements and answers
 * solicitations for the interface's addresses. Router solicitations, router advertisements and redirects are not
 * processed: routes come from the routing table alone.
 *
 * <p>Stricter than RFC 4861: no extension headers (RFC 6980 forbids fragments; nothing else is used in practice), and a
 * link-layer address option must equal the Ethernet source.
 */
final class NdpHandler {
    private static final int IPV6_HEADER = 40;
    private static final int ICMPV6 = 58;
    private static final int FIRST_TYPE = 133;
    private static final int LAST_TYPE = 137;
    /** Bytes before the options of a solicitation or advertisement. */
    private static final int FIXED_PART = 24;

    /** Bytes of a redirect before its options. */
    private static final int REDIRECT = 40;

    private static final int SOURCE_LINK_ADDRESS = 1;
    private static final int TARGET_LINK_ADDRESS = 2;

    /** {@link #option}: the message has no such option. */
    private static final long NO_OPTION = 0;

    private static final long MALFORMED = -1;

    private static final ValueLayout.OfLong RAW_64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment frames;
    private final FrameChain chain;
    private final NeighbourTable neighbours;
    private final RouteReader routes;
    private final LocalAddresses local;
    private final Solicitor solicitor;

    NdpHandler(ProcessorContext context, LocalAddresses local, Solicitor solicitor) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.neighbours = context.neighbours;
        this.routes = context.routes;
        this.local = local;
        this.solicitor = solicitor;
    }

    /** Processes the message of row {@code i} to its end; none is so long that it takes several buffers. */
    int handle(PacketBatch batch, int i, int nowMs) {
        FrameBatch columns = batch.frames;
        long frame = columns.address[i];
        long ip = frame + batch.networkOffset[i];
        long message = ip + IPV6_HEADER;
        int length = batch.packetEnd[i] - batch.networkOffset[i] - IPV6_HEADER;
        if (isSplit(columns, i) || !isValid(ip, length, columns.offload[i])) {
            return Verdict.drop(DropReason.NDP_INVALID);
        }
        int type = frames.get(JAVA_BYTE, message) & 0xff;
        if (type == Solicitor.NEIGHBOUR_SOLICITATION && length >= FIXED_PART) {
            return solicitation(columns.ingress[i], frame, ip, length, nowMs);
        }
        if (type == Solicitor.NEIGHBOUR_ADVERTISEMENT && length >= FIXED_PART) {
            return advertisement(columns.ingress[i], frame, ip, length, nowMs);
        }
        boolean isComplete = (type >= FIRST_TYPE && type < Solicitor.NEIGHBOUR_SOLICITATION)
                || (type == LAST_TYPE && length >= REDIRECT);
        return Verdict.drop(isComplete ? DropReason.ICMP_UNHANDLED : DropReason.NDP_INVALID);
    }

    private boolean isSplit(FrameBatch columns, int i) {
        return columns.owner[i] == FrameBatch.CHAIN && chain.length(columns.address[i]) < columns.length[i];
    }

    /** RFC 4861 §7.1: hop limit 255 (it crossed no router), code 0, checksum; and no extension headers. */
    private boolean isValid(long ip, int length, long offload) {
        return length >= 8
                && (frames.get(JAVA_BYTE, ip + 6) & 0xff) == ICMPV6
                && (frames.get(JAVA_BYTE, ip + 7) & 0xff) == 255
                && frames.get(JAVA_BYTE, ip + IPV6_HEADER + 1) == 0
                && (Offload.isTrusted(offload) || isChecksumRight(ip, length));
    }

    private boolean isChecksumRight(long ip, int length) {
        long pseudo = Checksum.sum(frames, ip + 8, 32) + ((long) ICMPV6 << 8) + Checksum.swap(length);
        return Checksum.finish(pseudo + Checksum.sum(frames, ip + IPV6_HEADER, length)) == 0;
    }

    private int solicitation(int interfaceId, long frame, long ip, int length, int nowMs) {
        long source0 = frames.get(RAW_64, ip + 8);
        long source1 = frames.get(RAW_64, ip + 16);
        long target0 = frames.get(RAW_64, ip + IPV6_HEADER + 8);
        long target1 = frames.get(RAW_64, ip + IPV6_HEADER + 16);
        long senderMac = LinkHeader.source(frames, frame);
        long optionMac = option(ip + IPV6_HEADER, length, SOURCE_LINK_ADDRESS);
        boolean isDuplicateDetection = (source0 | source1) == 0;
        if (local.isOwnLink(senderMac)) {
            return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        if (!isPlausible(senderMac, optionMac, target0)
                || (isDuplicateDetection && !isDetectionValid(ip, optionMac))
                || isMulticast(source0)
                || local.answers6(interfaceId, source0, source1)) {
            return Verdict.drop(DropReason.NDP_INVALID);
        }
        if (!local.answers6(interfaceId, target0, target1)) {
            return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        if (!isDuplicateDetection && optionMac != NO_OPTION) {
            learn(interfaceId, source0, source1, optionMac, nowMs);
        }
        int flags = solicitor.routerFlag() | Solicitor.OVERRIDE;
        boolean answered = isDuplicateDetection
                ? solicitor.answer6(
                        interfaceId,
                        target0,
                        target1,
                        Solicitor.ALL_NODES_0,
                        Solicitor.ALL_NODES_1,
                        Solicitor.ALL_NODES_LINK,
                        flags)
                : solicitor.answer6(
                        interfaceId, target0, target1, source0, source1, senderMac, flags | Solicitor.SOLICITED);
        return Verdict.drop(answered ? DropReason.CONTROL_MESSAGE_CONSUMED : DropReason.NO_BUFFER);
    }

    /** Duplicate address detection goes to the solicited-node address and names no source, RFC 4861 §7.1.1. */
    private boolean isDetectionValid(long ip, long optionMac) {
        long target1 = frames.get(RAW_64, ip + IPV6_HEADER + 16);
        return optionMac == NO_OPTION
                && frames.get(RAW_64, ip + 24) == Solicitor.ALL_NODES_0
                && frames.get(RAW_64, ip + 32) == Solicitor.solicitedNode1(target1);
    }

    private boolean isPlausible(long senderMac, long optionMac, long target0) {
        return optionMac != MALFORMED
                && LinkHeader.isStation(senderMac)
                && (optionMac == NO_OPTION || optionMac == senderMac)
                && !isMulticast(target0);
    }

    private void learn(int interfaceId, long source0, long source1, long mac, int nowMs) {
        int entry = neighbours.find(interfaceId, source0, source1);
        if (entry < 0 && isOnLink(interfaceId, source0, source1)) {
            entry = neighbours.add(interfaceId, source0, source1, nowMs);
        }
        if (entry >= 0) {
            Confirmation.heard(neighbours, entry, mac, false, nowMs);
        }
    }

    private boolean isOnLink(int interfaceId, long address0, long address1) {
        if (LocalAddresses.isLinkLocal(address0)) {
            return true;
        }
        int route = routes.find6(address0, address1);
        return route != RouteReader.ABSENT && routes.isOnLink(route) && routes.interfaceId(route) == interfaceId;
    }

    private int advertisement(int interfaceId, long frame, long ip, int length, int nowMs) {
        long message = ip + IPV6_HEADER;
        long target0 = frames.get(RAW_64, message + 8);
        long target1 = frames.get(RAW_64, message + 16);
        int flags = frames.get(JAVA_BYTE, message + 4) & 0xff;
        long senderMac = LinkHeader.source(frames, frame);
        long optionMac = option(message, length, TARGET_LINK_ADDRESS);
        boolean isSolicited = (flags & Solicitor.SOLICITED) != 0;
        if (local.isOwnLink(senderMac)) {
            return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        if (!isPlausible(senderMac, optionMac, target0)
                || (isSolicited && isMulticast(frames.get(RAW_64, ip + 24))) // RFC 4861 §7.1.2
                || local.answers6(interfaceId, target0, target1)) {
            return Verdict.drop(DropReason.NDP_INVALID);
        }
        int entry = neighbours.find(interfaceId, target0, target1);
        if (entry >= 0) {
            update(entry, optionMac, isSolicited, (flags & Solicitor.OVERRIDE) != 0, nowMs);
        }
        return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
    }

    /** RFC 4861 §7.2.5; a failed entry counts as incomplete. */
    private void update(int entry, long mac, boolean isSolicited, boolean isOverride, int nowMs) {
        int state = neighbours.state(entry);
        if (!NeighbourTable.isResolved(state)) {
            if (mac != NO_OPTION) {
                Confirmation.heard(neighbours, entry, mac, isSolicited, nowMs);
            }
            return;
        }
        long known = neighbours.linkAddress(entry);
        boolean isChanged = mac != NO_OPTION && mac != known;
        if (isChanged && !isOverride) {
            // Somebody else may answer for it, too: keep the address, but have it confirmed before long.
            neighbours.transition(entry, NeighbourTable.REACHABLE, NeighbourTable.STALE, nowMs);
        } else if (isSolicited || isChanged) {
            Confirmation.heard(neighbours, entry, isChanged ? mac : known, isSolicited, nowMs);
        }
    }

    /** The link-layer address in the first option of a type, {@link #NO_OPTION}, or {@link #MALFORMED}. */
    private long option(long message, int length, int wanted) {
        long found = NO_OPTION;
        int at = FIXED_PART;
        while (at < length) {
            if (at + 8 > length) {
                return MALFORMED;
            }
            int type = frames.get(JAVA_BYTE, message + at) & 0xff;
            int bytes = (frames.get(JAVA_BYTE, message + at + 1) & 0xff) * 8;
            if (bytes == 0 || at + bytes > length) {
                return MALFORMED; // RFC 4861 §4.6: a length of zero makes the message invalid
            }
            if (type == wanted && found == NO_OPTION) {
                long mac = LinkHeader.read(frames, message + at + 2);
                if (bytes != 8 || !LinkHeader.isStation(mac)) {
                    return MALFORMED;
                }
                found = mac;
            }
            at += bytes;
        }
        return found;
    }

    private static boolean isMulticast(long address0) {
        return (address0 & 0xff) == 0xff;
    }
}
