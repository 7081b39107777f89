package io.weir.port.decorator;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.FrameOwner;
import io.weir.port.ForwardingPort;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;

/**
 * A port with a bad line: frames are lost, doubled, swapped, corrupted or cut with given probabilities, reproducibly for
 * a seed. Buffers are conserved: a lost frame is released, a duplicate is a buffer of its own (without a free one there
 * is no duplicate), a frame that waits to be swapped comes out after the next frame, or when a call brings none.
 *
 * <p>A frame lost on its way in counts as received and dropped with {@link DropReason#FAULT_INJECTED}. On the way out
 * the engine has sent the frame, so its fate is decided: only {@link #injected} tells.
 */
public final class FaultyPort extends ForwardingPort implements FrameOwner {
    private static final int BATCH = 64;

    private final ProcessorCounters counters;
    private final FaultyLine inbound;
    private final FaultyLine outbound;
    private final FrameBatch received = new FrameBatch(BATCH);

    /** Puts a port behind a bad line; settings are per direction as the engine sees it. */
    public FaultyPort(
            Port port,
            FrameOwners owners,
            ProcessorCounters counters,
            long seed,
            FaultSettings receive,
            FaultSettings transmit) {
        super(port);
        this.counters = counters;
        inbound = new FaultyLine(owners, seed, receive);
        outbound = new FaultyLine(owners, seed + 1, transmit);
    }

    /** How often a fault was done, both directions. */
    public long injected(Fault fault) {
        return inbound.injected(fault) + outbound.injected(fault);
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        int room = Math.min(limit, batch.capacity() - batch.size());
        int wanted = Math.min(Math.min(room - inbound.size(), inbound.room()), BATCH);
        if (wanted > 0) {
            received.clear();
            int count = port.receive(received, wanted);
            if (count == 0) {
                // Nothing follows the frame that was to be swapped, so it need not wait any longer.
                inbound.release();
            }
            long lost = inbound.injected(Fault.LOSS);
            for (int i = 0; i < count; i++) {
                inbound.pass(received, i);
            }
            count(inbound.injected(Fault.LOSS) - lost);
        }
        return inbound.moveTo(batch, room);
    }

    private void count(long lost) {
        for (long i = 0; i < lost; i++) {
            counters.add(Counter.PACKETS_RECEIVED, 1);
            counters.add(InterfaceCounter.RECEIVED_PACKETS, id(), 1);
            counters.drop(DropReason.FAULT_INJECTED, id());
        }
    }

    /** Accepts nothing while frames of an earlier call are still refused by the port behind. */
    @Override
    public int transmit(FrameBatch batch) {
        outbound.transmit(port);
        if (outbound.size() > 0) {
            return 0;
        }
        int count = Math.min(batch.size(), outbound.room());
        for (int i = 0; i < count; i++) {
            outbound.pass(batch, i);
        }
        outbound.transmit(port);
        outbound.copyForeign();
        return count;
    }

    /** For a port behind it whose receive ring owns frames. */
    @Override
    public void release(long address) {
        if (port instanceof FrameOwner owner) {
            owner.release(address);
        }
    }

    @Override
    public void maintain(long nowMs) {
        outbound.release();
        outbound.transmit(port);
        outbound.copyForeign();
        port.maintain(nowMs);
    }

    @Override
    public boolean hasBacklog() {
        return inbound.size() > 0 || inbound.isHolding() || port.hasBacklog();
    }

    /** Frames still on the line are released. */
    @Override
    public void close() {
        inbound.discard();
        outbound.discard();
        port.close();
    }
}
