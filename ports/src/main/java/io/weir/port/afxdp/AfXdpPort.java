package io.weir.port.afxdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weir.linux.NativeMemory;
import io.weir.linux.XdpSockets;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.memory.queue.QueueRecord;
import io.weir.memory.queue.QueueValue;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One receive queue of an {@link AfXdpInterface} and the transmit ring beside it. Every buffer of the packet storage is
 * free, or weir's, or the kernel's; the life of one:
 *
 * <pre>
 *            refill               kernel                 receive
 *   pool ──────────────► fill ring ─────► receive ring ──────────► batch
 *     ▲                                                              │ (another port's as well)
 *     └─────────────── completion ring ◄───── transmit ring ◄────────┘
 *           reap                       kernel              transmit
 * </pre>
 *
 * <p>Transmission is asynchronous: an accepted frame is the kernel's until its buffer comes back by the completion ring.
 * There is one {@code sendto} per batch; when the kernel could not send all of it, the next duty cycle asks again.
 *
 * <p>Frames longer than a buffer are chains ({@link FrameBatch#CHAIN}), a descriptor for each piece.
 */
public final class AfXdpPort implements Port {
    private static final System.Logger LOG = System.getLogger(AfXdpPort.class.getName());

    /** Buffers that go to the fill ring at a time, so that its words are not shared for every frame. */
    private static final int REFILL = 64;

    /** Ethernet header and one tag. */
    private static final int LINK_BYTES = 18;

    private final AfXdpInterface face;
    private final int queue;
    private final QueueExchange exchange;
    private final Umem umem;
    private final BufferPool pool;
    private final FrameChain chains;
    private final ProcessorCounters counters;
    private final int id;
    private final KernelStatistics statistics;
    private final TransmitQueue sending;
    private final MemorySegment frames = NativeMemory.all();
    private final long base;
    private final int bufferShift;

    private @Nullable XdpSocket socket;
    private boolean up;
    /** Buffers that the kernel has for receiving, in the fill ring, being filled or in the receive ring. */
    private int receiving;

    private int fillTarget;
    private long offload;
    private int longestFrame;

    /** Pieces of a frame whose last one has not come: address of the first and the newest piece, bytes so far. */
    private long chainFirst;

    private long chainLast;
    private int chainBytes;
    private boolean toldOfLongFrames;

    private long received;
    private long transmitted;

    private volatile int fillLevel;
    private volatile int transmitOutstanding;

    AfXdpPort(
            AfXdpInterface face,
            int queue,
            QueueExchange exchange,
            Umem umem,
            FrameOwners owners,
            ProcessorCounters counters) {
        this.face = face;
        this.queue = queue;
        this.exchange = exchange;
        this.umem = umem;
        this.counters = counters;
        id = face.options().id();
        pool = owners.storage();
        chains = pool.chain();
        base = umem.storage().base();
        bufferShift = Integer.numberOfTrailingZeros(umem.storage().bufferBytes());
        statistics = new KernelStatistics(id, counters);
        sending = new TransmitQueue(id, umem, owners, counters);
        follow();
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String name() {
        return face.options().device();
    }

    /** Changes when the interface comes back with another address or MTU. */
    @Override
    public PortCapabilities capabilities() {
        return face.capabilities();
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        XdpSocket from = socket;
        if (from == null) {
            return 0;
        }
        sending.finish(from);
        int before = batch.size();
        int end = before + Math.min(limit, batch.capacity() - before);
        int available = from.receive.available(end - before);
        int taken = 0;
        while (taken < available && batch.size() < end) {
            take(batch, from, from.receive.descriptor(taken++));
        }
        if (taken > 0) {
            receiving -= taken;
            from.receive.release(taken);
        }
        if (fillTarget - receiving >= REFILL) {
            refill(from);
        }
        int count = batch.size() - before;
        received += count;
        return count;
    }

    private void take(FrameBatch batch, XdpSocket from, long descriptor) {
        long offset = frames.get(JAVA_LONG, descriptor);
        int length = frames.get(JAVA_INT, descriptor + 8);
        int options = frames.get(JAVA_INT, descriptor + 12);
        from.held[(int) (offset >>> bufferShift)] = XdpSocket.FREE;
        if ((options & XdpSockets.PACKET_CONTINUED) == 0 && chainFirst == 0) {
            batch.add(base + offset, length, offload, FrameBatch.STORAGE, id);
        } else {
            takePiece(batch, base + offset, length, (options & XdpSockets.PACKET_CONTINUED) == 0);
        }
    }

    private void takePiece(FrameBatch batch, long address, int length, boolean last) {
        chains.set(address, length, FrameChain.LAST);
        if (chainFirst == 0) {
            chainFirst = address;
            chainBytes = 0;
        } else {
            chains.set(chainLast, chains.length(chainLast), address);
        }
        chainLast = address;
        chainBytes += length;
        if (last) {
            if (chainBytes > longestFrame) {
                dropLong();
            } else {
                batch.add(chainFirst, chainBytes, offload, FrameBatch.CHAIN, id);
            }
            chainFirst = 0;
        }
    }

    /** The peer of a virtual link sends whole TCP segments of up to 64 KB, and AF_XDP does not say how to cut them. */
    private void dropLong() {
        chains.release(chainFirst);
        counters.add(Counter.PACKETS_RECEIVED, 1);
        counters.add(InterfaceCounter.RECEIVED_PACKETS, id, 1);
        counters.add(InterfaceCounter.RECEIVED_BYTES, id, chainBytes);
        counters.add(InterfaceCounter.TRUNCATED_PACKETS, id, 1);
        counters.drop(DropReason.FRAME_TOO_LONG, id);
    }

    /** Gives the kernel free buffers up to the target; fewer when the pool has no more, and the rest with a later call. */
    private void refill(XdpSocket to) {
        int wanted = Math.min(fillTarget - receiving, to.fill.free(fillTarget - receiving));
        int count = 0;
        while (count < wanted) {
            long address = pool.acquire();
            if (address == BufferPool.ABSENT) {
                break;
            }
            int buffer = (int) ((address - base) >>> bufferShift);
            to.held[buffer] = XdpSocket.RECEIVING;
            to.fill.put((long) buffer << bufferShift);
            count++;
        }
        receiving += count;
        if (to.fill.publish() && to.fill.needsWakeup()) {
            var _ = XdpSockets.wakeReceive(to.descriptor);
        }
    }

    @Override
    public int transmit(FrameBatch batch) {
        XdpSocket to = socket;
        if (to == null || !up) {
            return 0;
        }
        int accepted = sending.add(to, batch);
        if (!sending.send(to)) {
            markDown();
        }
        transmitted += accepted;
        return accepted;
    }

    @Override
    public void maintain(long nowMs) {
        follow();
        XdpSocket current = socket;
        if (current != null) {
            sending.finish(current);
            statistics.read(current.descriptor);
            fillTarget = umem.fillTarget(current.ringFrames);
            fillLevel = current.fill.level();
            if (receiving == 0) {
                refill(current);
            }
        } else {
            fillLevel = 0;
        }
        transmitOutstanding = sending.outstanding();
        followCapabilities();
        sayIfLong();
    }

    private void followCapabilities() {
        offload = face.isChecksumUnknown() ? Offload.of(Offload.CHECKSUM_UNKNOWN, 0, 0, 0, 0, 0) : Offload.NONE;
        longestFrame = face.capabilities().mtu() + LINK_BYTES;
        sending.limit(longestFrame);
    }

    private void sayIfLong() {
        if (!toldOfLongFrames && counters.value(InterfaceCounter.TRUNCATED_PACKETS, id) > 0) {
            toldOfLongFrames = true;
            LOG.log(
                    Level.WARNING,
                    "interface {0} delivers frames longer than its MTU; switch segmentation off where they come from:"
                            + " `ethtool -K PEER tso off gso off`",
                    name());
        }
    }

    /** Takes a socket that was prepared, gives one up that is asked back, and frees the buffers of one that is closed. */
    private void follow() {
        switch (exchange.state()) {
            case QueueExchange.OFFERED -> {
                if (exchange.advance(QueueExchange.OFFERED, QueueExchange.IN_USE)) {
                    adopt(exchange.socket());
                }
            }
            case QueueExchange.REVOKED -> {
                drop();
                exchange.advance(QueueExchange.REVOKED, QueueExchange.RETURNED);
            }
            case QueueExchange.CLOSED -> {
                XdpSocket old = exchange.socket();
                if (old != null) {
                    old.releaseHeld(pool);
                }
                exchange.clear();
            }
            default -> {}
        }
        boolean usable = socket != null && face.isUsable();
        if (usable && !up) {
            up = true;
            countEvent(InterfaceCounter.UP_EVENTS);
        } else if (!usable) {
            markDown();
        }
    }

    private void adopt(@Nullable XdpSocket offered) {
        socket = offered;
        receiving = 0;
        chainFirst = 0;
        fillTarget = offered == null ? 0 : umem.fillTarget(offered.ringFrames);
        followCapabilities();
        statistics.restart();
        sending.restart();
    }

    /** Frames that stand in the receive ring go back with all the others; half a chain is weir's already. */
    private void drop() {
        socket = null;
        if (chainFirst != 0) {
            chains.release(chainFirst);
            chainFirst = 0;
        }
        sending.restart();
        markDown();
    }

    private void markDown() {
        if (up) {
            up = false;
            countEvent(InterfaceCounter.DOWN_EVENTS);
        }
    }

    /** Each event once, though there is a port for each queue. */
    private void countEvent(InterfaceCounter event) {
        if (queue == 0) {
            counters.add(event, id, 1);
        }
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public int pollDescriptor() {
        XdpSocket current = socket;
        return current == null ? -1 : current.descriptor;
    }

    @Override
    public boolean hasBacklog() {
        XdpSocket current = socket;
        return current != null && (current.receive.available(1) > 0 || sending.isUnfinished());
    }

    @Override
    public void report(QueueRecord record) {
        record.set(QueueValue.RECEIVED, received);
        record.set(QueueValue.TRANSMITTED, transmitted);
        record.set(QueueValue.FILL_LEVEL, fillLevel);
        record.set(QueueValue.TRANSMIT_OUTSTANDING, transmitOutstanding);
        record.set(QueueValue.KERNEL_DROPPED, kernelDropped());
        record.set(QueueValue.KERNEL_RING_FULL, kernelRingFull());
        record.set(QueueValue.KERNEL_FILL_EMPTY, kernelFillEmpty());
        record.set(QueueValue.KERNEL_INVALID, kernelInvalidDescriptors());
    }

    /** Number of the queue, from 0. */
    public int queue() {
        return queue;
    }

    /** True when the program runs in the driver. */
    public boolean isNative() {
        return face.mode() == Attach.NATIVE;
    }

    /** True when the driver moves frames without copying them. */
    public boolean isZeroCopy() {
        return face.zeroCopy();
    }

    /** Frames in each of the queue's rings. */
    public int ringFrames() {
        return face.options().ringFrames();
    }

    /** Free buffers that waited in the fill ring for the kernel when the port was last maintained; any thread. */
    public int fillLevel() {
        return fillLevel;
    }

    /** Frames handed to the kernel and not yet sent when the port was last maintained; any thread. */
    public int transmitOutstanding() {
        return transmitOutstanding;
    }

    /** Frames the kernel dropped for want of room in the receive ring, since the port was opened; any thread. */
    public long kernelRingFull() {
        return statistics.ringFull();
    }

    /** Times the kernel found no buffer in the fill ring, since the port was opened; any thread. */
    public long kernelFillEmpty() {
        return statistics.fillEmpty();
    }

    /** Descriptors the kernel refused, since the port was opened; any thread. */
    public long kernelInvalidDescriptors() {
        return statistics.invalidDescriptors();
    }

    /** Frames the kernel dropped before weir saw them, for whatever reason, since the port was opened; any thread. */
    public long kernelDropped() {
        return statistics.dropped();
    }

    /** Gives everything back; by the port's own thread, or after it has ended. Frames in batches are still the engine's. */
    @Override
    public void close() {
        drop();
        face.closePort(exchange, pool);
    }
}
