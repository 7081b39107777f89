package io.weir.port.relay;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.FrameChain;
import io.weir.port.ForwardingPort;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import java.lang.foreign.MemorySegment;

/**
 * A receive queue whose frames are spread over all switching processors by flow. The processor that owns the queue
 * receives, keeps its own share and puts the rest into one ring for each other processor ({@link SpreadReceiver}). Frames
 * of a flow stay in order, as all go the same way; its two directions may be switched by different processors, which the
 * shared connection table allows for. Frames without a flow stay with the owner.
 *
 * <p>The port below must receive into packet storage. A frame for a full ring is dropped and counted here, as received and
 * as {@link DropReason#SPREAD_RING_FULL}.
 */
public final class SpreadPort extends ForwardingPort {
    /** Frames taken from the queue in one call for each frame the caller asked for, at most. */
    private static final int ROUNDS = 4;

    private final Spread[] others;
    private final int own;
    private final FrameOwners owners;
    private final FrameChain chain;
    private final ProcessorCounters counters;
    private final MemorySegment frames;
    private final FrameBatch received;
    private final boolean[] given;

    /**
     * Spreads a queue.
     *
     * @param port the queue, of this processor
     * @param processors the ways to all switching processors in their order; that to this processor itself is not used
     * @param own this processor
     * @param batchFrames how many frames to take at a time
     */
    public SpreadPort(
            Port port, Spread[] processors, int own, FrameOwners owners, ProcessorCounters counters, int batchFrames) {
        super(port);
        this.others = processors.clone();
        this.own = own;
        this.owners = owners;
        this.chain = owners.storage().chain();
        this.counters = counters;
        this.frames = owners.storage().frames();
        this.received = new FrameBatch(batchFrames);
        this.given = new boolean[processors.length];
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        int room = Math.min(limit, batch.capacity() - batch.size());
        int kept = 0;
        for (int round = 0; round < ROUNDS && kept < room; round++) {
            received.clear();
            int count = port.receive(received, Math.min(room - kept, received.capacity()));
            if (count == 0) {
                break;
            }
            kept += sort(batch);
        }
        wake();
        return kept;
    }

    private int sort(FrameBatch batch) {
        int kept = 0;
        for (int i = 0; i < received.size(); i++) {
            int target = target(i);
            if (target == own) {
                batch.add(
                        received.address[i],
                        received.length[i],
                        received.offload[i],
                        received.owner[i],
                        received.ingress[i]);
                kept++;
            } else {
                give(i, target);
            }
        }
        return kept;
    }

    private int target(int i) {
        long address = received.address[i];
        int length = received.owner[i] == FrameBatch.CHAIN ? chain.length(address) : received.length[i];
        int hash = FlowHash.of(frames, address, length);
        return hash == FlowHash.NONE ? own : (int) (((long) hash * others.length) >>> 31);
    }

    private void give(int i, int target) {
        if (others[target]
                .ring()
                .offer(
                        received.address[i],
                        received.length[i],
                        received.offload[i],
                        received.owner[i],
                        received.ingress[i])) {
            given[target] = true;
            return;
        }
        int ingress = received.ingress[i];
        counters.add(Counter.PACKETS_RECEIVED, 1);
        counters.add(InterfaceCounter.RECEIVED_PACKETS, ingress, 1);
        counters.add(InterfaceCounter.RECEIVED_BYTES, ingress, received.length[i]);
        counters.drop(DropReason.SPREAD_RING_FULL, ingress);
        owners.release(received.address[i], received.owner[i]);
    }

    private void wake() {
        for (int k = 0; k < given.length; k++) {
            if (given[k]) {
                given[k] = false;
                others[k].wakeUp().ring();
            }
        }
    }
}
