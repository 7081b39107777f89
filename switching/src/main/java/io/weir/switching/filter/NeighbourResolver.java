package io.weir.switching.filter;

import io.weir.memory.counters.DropReason;
import io.weir.memory.routing.NeighbourTable;
import io.weir.port.FrameBatch;
import java.lang.foreign.MemorySegment;

/**
 * ARP (RFC 826) and neighbour discovery (RFC 4861) of one switching processor: answers for own and virtual addresses,
 * learns, asks, ages entries, and holds packets until their next hop's link-layer address is known.
 */
public final class NeighbourResolver {
    private final MemorySegment frames;
    private final NeighbourTable neighbours;
    private final Egress egress;
    private final ArpHandler arp;
    private final NdpHandler ndp;
    private final NeighbourAging aging;
    private final Announcer announcer;
    private final PendingPackets pending;

    /**
     * A resolver for one processor.
     *
     * @param pendingPackets packets that may wait for next hops
     */
    NeighbourResolver(
            ProcessorContext context, Egress egress, LocalAddresses local, IcmpErrors errors, int pendingPackets) {
        this.frames = context.frames;
        this.neighbours = context.neighbours;
        this.egress = egress;
        Solicitor solicitor = new Solicitor(context, egress, local);
        this.arp = new ArpHandler(context, egress, local);
        this.ndp = new NdpHandler(context, local, solicitor);
        this.aging = new NeighbourAging(neighbours, solicitor);
        this.announcer = new Announcer(context, solicitor);
        this.pending = new PendingPackets(context, egress, errors, pendingPackets);
    }

    /** An ARP message: answered in place, or processed to its end. */
    int handleArp(PacketBatch batch, int i, int nowMs) {
        return arp.handle(batch, i, nowMs);
    }

    /** An ICMPv6 message of types 133 to 137. */
    int handleNdp(PacketBatch batch, int i, int nowMs) {
        return ndp.handle(batch, i, nowMs);
    }

    /**
     * Queues a packet that is complete but for both link-layer addresses, and asks for the next hop if nobody has. Sends
     * it at once when the answer has come in meanwhile.
     *
     * @param nextHopEntry {@link Paths#nextHopEntry} of a look-up that said {@link Paths#PENDING}
     * @return {@link Verdict#HELD}, {@link Verdict#SENT} or a drop
     */
    int hold(PacketBatch batch, int i, int nextHopEntry, int egressInterface, long sourceMac, int nowMs) {
        return hold(batch, i, nextHopEntry, egressInterface, sourceMac, false, nowMs);
    }

    /** Like {@link #hold} for a packet that is routed: its sender is told when the next hop does not answer. */
    int holdRouted(PacketBatch batch, int i, int nextHopEntry, int egressInterface, long sourceMac, int nowMs) {
        return hold(batch, i, nextHopEntry, egressInterface, sourceMac, true, nowMs);
    }

    private int hold(
            PacketBatch batch, int i, int entry, int egressInterface, long sourceMac, boolean fromRouting, int nowMs) {
        long word = neighbours.word(entry);
        int state = NeighbourTable.stateOf(word);
        if (NeighbourTable.isResolved(state)) {
            FrameBatch columns = batch.frames;
            LinkHeader.set(frames, columns.address[i], NeighbourTable.linkAddressOf(word), sourceMac);
            egress.send(batch, i, egressInterface);
            return Verdict.SENT;
        }
        if (state == NeighbourTable.FAILED) {
            return Verdict.drop(DropReason.NEIGHBOUR_UNRESOLVED);
        }
        int verdict = pending.hold(batch, i, entry, egressInterface, sourceMac, fromRouting);
        if (verdict == Verdict.HELD && neighbours.probes(entry) == 0) {
            aging.askFirst(entry, nowMs);
        }
        return verdict;
    }

    /**
     * Timers and waiting packets; called once per duty cycle, cheap when nothing is due.
     *
     * @return how much was done, 0 when nothing
     */
    public int poll(int nowMs) {
        return aging.poll(nowMs) + pending.poll(nowMs) + announcer.poll(nowMs);
    }

    /** Announces all own and virtual addresses, spread over the following polls. */
    public void announce(int nowMs) {
        announcer.announce(nowMs);
    }

    /** Packets waiting for next hops now. */
    public int pendingPackets() {
        return pending.size();
    }

    /** Gives all waiting packets back: the processor stops. */
    public void close() {
        pending.clear();
    }
}
