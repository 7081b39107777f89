package io.weir.switching.filter;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.FrameChain;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RouteReader;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Received ARP messages (RFC 826): learns from them and answers requests for the interface's addresses in place.
 *
 * <p>Stricter than RFC 826 where strangers could do harm: a message whose sender address differs from the Ethernet source
 * is refused, a sender is learnt only if its address is on the link of that interface, and an announcement updates an
 * entry but never makes one. Somebody else claiming one of our addresses is counted as {@link DropReason#ARP_INVALID}
 * and otherwise ignored: weir keeps its addresses (RFC 5227 §2.4 (c)).
 */
final class ArpHandler {
    /** Bytes of a message for IPv4 over Ethernet. */
    private static final int MESSAGE = 28;
    /** Shortest Ethernet frame without its frame check sequence: what follows the message up to here is padding. */
    private static final int SHORTEST_FRAME = 60;

    private static final ValueLayout.OfLong RAW_64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt RAW_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long REQUEST = Solicitor.ARP_ETHERNET_IPV4 | ((long) Solicitor.ARP_REQUEST << 56);
    private static final long REPLY = Solicitor.ARP_ETHERNET_IPV4 | ((long) Solicitor.ARP_REPLY << 56);

    private final MemorySegment frames;
    private final FrameChain chain;
    private final ProcessorCounters counters;
    private final NeighbourTable neighbours;
    private final RouteReader routes;
    private final LocalAddresses local;
    private final Egress egress;

    ArpHandler(ProcessorContext context, Egress egress, LocalAddresses local) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.counters = context.counters;
        this.neighbours = context.neighbours;
        this.routes = context.routes;
        this.egress = egress;
        this.local = local;
    }

    /** Processes the message of row {@code i} to its end. */
    int handle(PacketBatch batch, int i, int nowMs) {
        FrameBatch columns = batch.frames;
        long frame = columns.address[i];
        int offset = batch.networkOffset[i];
        if (columns.length[i] < offset + MESSAGE) {
            return Verdict.drop(DropReason.ARP_INVALID);
        }
        long message = frame + offset;
        long head = frames.get(RAW_64, message);
        if (head != REQUEST && head != REPLY) {
            return Verdict.drop(DropReason.ARP_INVALID);
        }
        long senderMac = LinkHeader.read(frames, message + 8);
        int sender = frames.get(RAW_32, message + 14);
        int target = frames.get(RAW_32, message + 24);
        int interfaceId = columns.ingress[i];
        if (!isPlausible(frame, senderMac, sender)) {
            return Verdict.drop(DropReason.ARP_INVALID);
        }
        if (local.isOwnLink(senderMac)) {
            // Our own message, brought back by the switch or by another of our interfaces on the same network.
            return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        if (sender != 0 && local.answers4(interfaceId, sender)) {
            return Verdict.drop(DropReason.ARP_INVALID);
        }
        boolean isForUs = local.answers4(interfaceId, target);
        learn(interfaceId, sender, senderMac, isForUs, head == REPLY, nowMs);
        if (!isForUs || head == REPLY) {
            return Verdict.drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        answer(columns, i, offset, senderMac, sender, target);
        return Verdict.SENT;
    }

    private boolean isPlausible(long frame, long senderMac, int sender) {
        return LinkHeader.isStation(senderMac)
                && LinkHeader.source(frames, frame) == senderMac
                && (sender == 0 || Ipv4Scope.isStation(sender));
    }

    /** The sender's entry is brought up to date; one is made only for a sender on this link that wants to talk to us. */
    private void learn(int interfaceId, int sender, long senderMac, boolean isForUs, boolean isReply, int nowMs) {
        if (sender == 0) {
            return; // an address probe (RFC 5227 §2.1.1): nobody has the sender address yet
        }
        long mapped = NeighbourTable.mapped(sender);
        int entry = neighbours.find(interfaceId, 0, mapped);
        if (entry < 0 && isForUs && !isReply && isOnLink(interfaceId, sender)) {
            entry = neighbours.add(interfaceId, 0, mapped, nowMs);
        }
        if (entry >= 0) {
            Confirmation.heard(neighbours, entry, senderMac, isReply && isForUs, nowMs);
        }
    }

    private boolean isOnLink(int interfaceId, int address) {
        int route = routes.find4(address);
        return route != RouteReader.ABSENT && routes.isOnLink(route) && routes.interfaceId(route) == interfaceId;
    }

    private void answer(FrameBatch columns, int i, int offset, long askerMac, int asker, int wanted) {
        long frame = columns.address[i];
        int interfaceId = columns.ingress[i];
        long mac = local.linkAddress(interfaceId);
        LinkHeader.set(frames, frame, askerMac, mac);
        Solicitor.writeArp(frames, frame + offset, Solicitor.ARP_REPLY, mac, wanted, askerMac, asker);
        // Padding of a short frame is kept, anything beyond it is not sent back.
        int length = Math.min(columns.length[i], Math.max(SHORTEST_FRAME, offset + MESSAGE));
        if (columns.owner[i] == FrameBatch.CHAIN) {
            chain.shorten(frame, length);
        }
        egress.send(interfaceId, frame, length, Offload.NONE, columns.owner[i], interfaceId);
        counters.add(Counter.ARP_REPLIES_SENT, 1);
    }
}
