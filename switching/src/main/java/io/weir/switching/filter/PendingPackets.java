package io.weir.switching.filter;

import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.routing.NeighbourTable;
import io.weir.port.FrameBatch;
import java.lang.foreign.MemorySegment;

/**
 * Packets of one processor that wait for their next hop's link-layer address: first in, first out per neighbour,
 * bounded in all and per neighbour, everything allocated at start. A packet in a receive ring is copied to packet
 * storage, because the ring needs its slot back.
 *
 * <p>The answer may come in on any processor, so {@link #poll} looks at the entries' states; a few per call, so that a
 * scan of many absent neighbours does not make every call long.
 */
final class PendingPackets {
    /** Neighbours looked at per call. */
    static final int SLICE = 32;

    /** A jumbo frame of 9,216 bytes with a tagged Ethernet header; one of 64 KiB would take too many buffers. */
    private static final int LONGEST_COPY = 9_216 + 18;

    private static final int NONE = -1;

    private final MemorySegment frames;
    private final ProcessorContext context;
    private final NeighbourTable neighbours;
    private final Egress egress;
    private final ProcessorCounters counters;
    private final IcmpErrors errors;
    private final int capacity;
    private final int perNeighbour;

    // Packets: a free list and one list per waiting neighbour, linked by index.
    private final long[] address;
    private final int[] length;
    private final long[] offload;
    /** {@link FrameBatch#STORAGE} or {@link FrameBatch#CHAIN}. */
    private final int[] owner;

    private final int[] ingress;
    private final long[] sourceMac;
    private final boolean[] routed;
    private final int[] next;
    private int free;
    private int size;

    // Waiting neighbours, dense in 0..waiting.
    private final int[] entry;
    private final int[] egressId;
    private final long[] address0;
    private final long[] address1;
    private final int[] head;
    private final int[] tail;
    private final int[] count;
    private int waiting;
    private int hand;

    /** By neighbour entry: its place among the waiting neighbours plus one, or 0. */
    private final int[] placeOf;

    PendingPackets(ProcessorContext context, Egress egress, IcmpErrors errors, int capacity) {
        this.frames = context.frames;
        this.context = context;
        this.neighbours = context.neighbours;
        this.counters = context.counters;
        this.egress = egress;
        this.errors = errors;
        this.capacity = capacity;
        this.perNeighbour = Math.max(1, capacity / 4); // one dead next hop must not take the room of all others
        address = new long[capacity];
        length = new int[capacity];
        offload = new long[capacity];
        owner = new int[capacity];
        ingress = new int[capacity];
        sourceMac = new long[capacity];
        routed = new boolean[capacity];
        next = new int[capacity];
        for (int k = 0; k < capacity; k++) {
            next[k] = k + 1 < capacity ? k + 1 : NONE;
        }
        free = capacity == 0 ? NONE : 0;
        entry = new int[capacity];
        egressId = new int[capacity];
        address0 = new long[capacity];
        address1 = new long[capacity];
        head = new int[capacity];
        tail = new int[capacity];
        count = new int[capacity];
        placeOf = new int[neighbours.capacity()];
    }

    /** Packets waiting now. */
    int size() {
        return size;
    }

    int capacity() {
        return capacity;
    }

    /**
     * Queues packet {@code i}, whose destination and source link-layer addresses are still to be written.
     *
     * @param fromRouting the packet was forwarded, not balanced: its sender is told when the next hop does not answer
     * @return {@link Verdict#HELD} or a drop
     */
    int hold(PacketBatch batch, int i, int nextHopEntry, int egressInterface, long egressMac, boolean fromRouting) {
        int place = placeOf[nextHopEntry] - 1;
        if (free == NONE || (place >= 0 && count[place] >= perNeighbour)) {
            return Verdict.drop(DropReason.NEIGHBOUR_QUEUE_FULL);
        }
        FrameBatch columns = batch.frames;
        if (!columns.isStored(i)) {
            if (columns.length[i] > LONGEST_COPY) {
                return Verdict.drop(DropReason.FRAME_TOO_LONG);
            }
            if (!context.moveToStorage(columns, i)) {
                return Verdict.drop(DropReason.NO_BUFFER);
            }
        }
        int slot = free;
        free = next[slot];
        next[slot] = NONE;
        address[slot] = columns.address[i];
        length[slot] = columns.length[i];
        offload[slot] = columns.offload[i];
        owner[slot] = columns.owner[i];
        ingress[slot] = columns.ingress[i];
        sourceMac[slot] = egressMac;
        routed[slot] = fromRouting;
        append(place, slot, nextHopEntry, egressInterface);
        size++;
        return Verdict.HELD;
    }

    private void append(int place, int slot, int nextHopEntry, int egressInterface) {
        if (place >= 0) {
            next[tail[place]] = slot;
            tail[place] = slot;
            count[place]++;
            return;
        }
        int added = waiting++;
        entry[added] = nextHopEntry;
        egressId[added] = egressInterface;
        address0[added] = neighbours.address0(nextHopEntry);
        address1[added] = neighbours.address1(nextHopEntry);
        head[added] = slot;
        tail[added] = slot;
        count[added] = 1;
        placeOf[nextHopEntry] = added + 1;
    }

    /** Sends what has become resolved, drops what waits for a neighbour that failed; returns how many packets went. */
    int poll(int nowMs) {
        if (waiting == 0) {
            return 0;
        }
        int before = size;
        int looks = Math.min(waiting, SLICE);
        for (int k = 0; k < looks && waiting > 0; k++) {
            if (hand >= waiting) {
                hand = 0;
            }
            if (!settle(hand, nowMs)) {
                hand++;
            }
        }
        return before - size;
    }

    /** Empties the queue at {@code place} if its neighbour is decided; the last queue then takes its place. */
    private boolean settle(int place, int nowMs) {
        int neighbour = entry[place];
        long word = neighbours.word(neighbour);
        int state = NeighbourTable.stateOf(word);
        // The entry may have been removed and taken by another address since the packets were queued.
        boolean same = neighbours.interfaceId(neighbour) == egressId[place]
                && neighbours.address0(neighbour) == address0[place]
                && neighbours.address1(neighbour) == address1[place];
        if (same && state == NeighbourTable.INCOMPLETE) {
            return false;
        }
        if (same && NeighbourTable.isResolved(state)) {
            sendAll(place, NeighbourTable.linkAddressOf(word));
        } else {
            dropAll(place, nowMs);
        }
        remove(place);
        return true;
    }

    private void sendAll(int place, long destinationMac) {
        int slot = head[place];
        while (slot != NONE) {
            LinkHeader.set(frames, address[slot], destinationMac, sourceMac[slot]);
            egress.send(egressId[place], address[slot], length[slot], offload[slot], owner[slot], ingress[slot]);
            slot = recycle(slot);
        }
    }

    private void dropAll(int place, int nowMs) {
        int slot = head[place];
        while (slot != NONE) {
            if (routed[slot]) {
                errors.addressUnreachable(address[slot], length[slot], owner[slot], ingress[slot], nowMs);
            }
            counters.drop(DropReason.NEIGHBOUR_UNRESOLVED, ingress[slot]);
            egress.release(address[slot], owner[slot]);
            slot = recycle(slot);
        }
    }

    private int recycle(int slot) {
        int following = next[slot];
        next[slot] = free;
        free = slot;
        size--;
        return following;
    }

    private void remove(int place) {
        placeOf[entry[place]] = 0;
        int last = --waiting;
        if (place != last) {
            entry[place] = entry[last];
            egressId[place] = egressId[last];
            address0[place] = address0[last];
            address1[place] = address1[last];
            head[place] = head[last];
            tail[place] = tail[last];
            count[place] = count[last];
            placeOf[entry[place]] = place + 1;
        }
    }

    /** Gives every waiting packet back, uncounted: the processor stops. */
    void clear() {
        for (int place = waiting - 1; place >= 0; place--) {
            int slot = head[place];
            while (slot != NONE) {
                egress.release(address[slot], owner[slot]);
                slot = recycle(slot);
            }
            remove(place);
        }
    }
}
