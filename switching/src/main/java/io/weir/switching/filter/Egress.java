package io.weir.switching.filter;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import io.weir.wire.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * Frames decided for transmission, grouped by interface and handed to the ports once per batch. Owns the frames between
 * {@link #send} and the port's acceptance; what a port refuses is counted and released.
 *
 * <p>A transport checksum that the receiving interface left open is completed here when the interface to leave by cannot.
 * A frame of several segments cannot leave by an interface that does not segment.
 */
final class Egress {
    /** Not a value of {@link Offload}: its flags hold three bits at most. */
    private static final long IMPOSSIBLE = -1L;

    private final ProcessorContext context;
    private final ProcessorCounters counters;
    private final @Nullable FrameBatch[] queues;
    /** Interfaces with something queued, in the order they got it: the first {@link #pending}. */
    private final int[] order;

    private int pending;

    Egress(ProcessorContext context) {
        this.context = context;
        this.counters = context.counters;
        this.queues = new FrameBatch[context.ports.length];
        this.order = new int[context.ports.length];
        for (int id = 1; id < queues.length; id++) {
            if (context.ports[id] != null) {
                queues[id] = new FrameBatch(PacketBatch.CAPACITY);
            }
        }
    }

    /** Takes a frame made here; sent with the next {@link #flush}, or at once when the queue is full. */
    void send(int interfaceId, long address, int length, long offload, int owner) {
        send(interfaceId, address, length, offload, owner, 0);
    }

    /** Takes the frame of row {@code i}. */
    void send(PacketBatch batch, int i, int interfaceId) {
        FrameBatch frames = batch.frames;
        send(interfaceId, frames.address[i], frames.length[i], frames.offload[i], frames.owner[i], frames.ingress[i]);
    }

    /** Takes a frame that came in by {@code ingress} (0: made here). */
    void send(int interfaceId, long address, int length, long offload, int owner, int ingress) {
        FrameBatch queue = interfaceId > 0 && interfaceId < queues.length ? queues[interfaceId] : null;
        if (queue == null) {
            counters.drop(DropReason.INTERFACE_DOWN, ingress);
            context.release(address, owner);
            return;
        }
        long left = offload;
        if (offload != Offload.NONE) {
            left = completeFor(interfaceId, address, length, offload, owner);
            if (left == IMPOSSIBLE) {
                counters.drop(DropReason.FRAME_TOO_LONG, ingress);
                context.release(address, owner);
                return;
            }
        }
        if (queue.isFull()) {
            transmit(interfaceId, queue);
        } else if (queue.size() == 0) {
            order[pending++] = interfaceId;
        }
        queue.add(address, length, left, owner, ingress);
    }

    /** Does here what the interface cannot do; returns what is left to it, or {@link #IMPOSSIBLE}. */
    private long completeFor(int interfaceId, long address, int length, long offload, int owner) {
        Port port = context.ports[interfaceId];
        if (port == null) {
            return offload;
        }
        PortCapabilities capabilities = port.capabilities();
        if (Offload.segmentationType(offload) != 0 && !capabilities.segmentationOffload()) {
            return IMPOSSIBLE;
        }
        if (!Offload.needsChecksum(offload) || capabilities.checksumOffload()) {
            return offload;
        }
        int start = Offload.checksumStart(offload);
        int field = start + Offload.checksumOffset(offload);
        int head = owner == FrameBatch.CHAIN ? Math.min(length, context.chain.length(address)) : length;
        if (field + 2 > head) {
            return IMPOSSIBLE;
        }
        long sum = FrameSum.of(context.frames, context.chain, address, owner, start, length - start);
        boolean isUdp = Offload.checksumOffset(offload) == Protocol.UDP_CHECKSUM;
        int checksum = isUdp ? Checksum.finishUdp(sum) : Checksum.finish(sum);
        context.frames.set(Raw.U16, address + field, (short) checksum);
        return Offload.NONE;
    }

    /** Gives a frame back to its owner. */
    void release(long address, int owner) {
        context.release(address, owner);
    }

    /** Hands everything queued to the ports. */
    void flush() {
        for (int k = 0; k < pending; k++) {
            int interfaceId = order[k];
            FrameBatch queue = queues[interfaceId];
            if (queue != null) {
                transmit(interfaceId, queue);
            }
        }
        pending = 0;
    }

    private void transmit(int interfaceId, FrameBatch queue) {
        Port port = context.ports[interfaceId];
        int accepted = port == null ? 0 : port.transmit(queue);
        long bytes = 0;
        for (int k = 0; k < accepted; k++) {
            bytes += queue.length[k];
        }
        counters.add(Counter.PACKETS_TRANSMITTED, accepted);
        counters.add(InterfaceCounter.TRANSMITTED_PACKETS, interfaceId, accepted);
        counters.add(InterfaceCounter.TRANSMITTED_BYTES, interfaceId, bytes);
        if (accepted < queue.size()) {
            refuse(port, queue, accepted);
        }
        queue.clear();
    }

    private void refuse(@Nullable Port port, FrameBatch queue, int from) {
        DropReason reason = port != null && port.isUp() ? DropReason.TRANSMIT_RING_FULL : DropReason.INTERFACE_DOWN;
        for (int k = from; k < queue.size(); k++) {
            counters.drop(reason, queue.ingress[k]);
            context.release(queue.address[k], queue.owner[k]);
        }
    }
}
