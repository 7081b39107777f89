package io.weir.port.tap;

import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.queue.QueueRecord;
import io.weir.memory.queue.QueueValue;
import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;

/**
 * A switching processor's handle on the host: what it transmits is received by programs of the host, and what they send is
 * received here. Frames go through a ring each way; the {@link InterfaceDaemon} is at its other end.
 *
 * <p>A frame in a receive ring of the kernel is copied into packet storage first, because only its own processor may give it
 * back. A full ring refuses frames. A frame that can never pass (no free buffer to copy it into) is accepted, dropped and counted.
 */
public final class HostPort implements Port {
    private final HostLink link;
    private final FrameRing toHost;
    private final FrameRing fromHost;
    private final FrameOwners owners;
    private final ProcessorCounters counters;
    private final int reserved;
    private long received;
    private long transmitted;

    /**
     * One processor's handle.
     *
     * @param owners of that processor
     * @param counters of that processor
     * @param reservedPercent share of the ring to the host that is kept free of what can wait, 0 to 100
     */
    public HostPort(HostLink link, HostLane lane, FrameOwners owners, ProcessorCounters counters, int reservedPercent) {
        if (reservedPercent < 0 || reservedPercent > 100) {
            throw new IllegalArgumentException("reserved share: " + reservedPercent + " % is not in 0..100");
        }
        this.link = link;
        this.toHost = lane.toHost();
        this.fromHost = lane.fromHost();
        this.owners = owners;
        this.counters = counters;
        this.reserved = (int) ((long) toHost.capacity() * reservedPercent / 100);
    }

    @Override
    public int id() {
        return link.id();
    }

    @Override
    public String name() {
        return link.name();
    }

    @Override
    public PortCapabilities capabilities() {
        return link.capabilities();
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        int count = fromHost.available(Math.min(limit, batch.capacity() - batch.size()));
        for (int k = 0; k < count; k++) {
            batch.add(
                    fromHost.address(k),
                    fromHost.length(k),
                    fromHost.offload(k),
                    fromHost.owner(k),
                    fromHost.ingress(k));
        }
        fromHost.consume(count);
        received += count;
        return count;
    }

    @Override
    public int transmit(FrameBatch batch) {
        if (!link.isUp()) {
            return 0;
        }
        int count = Math.min(batch.size(), toHost.free());
        for (int i = 0; i < count; i++) {
            if (owners.moveToStorage(batch, i)) {
                append(batch, i);
            } else {
                counters.add(InterfaceCounter.TRANSMIT_ERRORS, link.id(), 1);
                counters.drop(DropReason.NO_BUFFER, batch.ingress[i]);
                owners.release(batch.address[i], batch.owner[i]);
            }
        }
        if (count > 0) {
            transmitted += count;
            link.daemon().ring();
        }
        return count;
    }

    private void append(FrameBatch batch, int i) {
        if (!toHost.offer(batch.address[i], batch.length[i], batch.offload[i], batch.owner[i], batch.ingress[i])) {
            // Cannot be: the ring had room and has one producer.
            counters.drop(DropReason.INTERNAL_ERROR, batch.ingress[i]);
            owners.release(batch.address[i], batch.owner[i]);
        }
    }

    /** True when less than the reserved share of the ring to the host is free. */
    @Override
    public boolean isCongested() {
        return !toHost.hasRoom(reserved);
    }

    @Override
    public void maintain(long nowMs) {
        // The interface daemon looks after the device.
    }

    @Override
    public boolean isUp() {
        return link.isUp();
    }

    @Override
    public boolean hasBacklog() {
        return fromHost.available(1) != 0;
    }

    @Override
    public void report(QueueRecord record) {
        record.set(QueueValue.RECEIVED, received);
        record.set(QueueValue.TRANSMITTED, transmitted);
        record.set(QueueValue.TRANSMIT_OUTSTANDING, toHost.size());
    }

    @Override
    public void close() {
        // The interface daemon gives back what is in the rings.
    }
}
