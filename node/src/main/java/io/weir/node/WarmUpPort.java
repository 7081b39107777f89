package io.weir.node;

import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameOwner;
import io.weir.port.FrameBatch;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;

/**
 * An interface of the {@link WarmUp}: receives what {@link WarmUpTraffic} makes, and what it transmits comes back with
 * source and destination exchanged, as from the station it was sent to, until its time to live has run out.
 *
 * <p>Every interface is of a class of its own. The compiler so sees more than two classes where the packet path calls a
 * port or an owner of frames, and settles for calls that fit every class: the real drivers invalidate nothing when they come.
 */
abstract sealed class WarmUpPort implements Port, FrameOwner {
    /** Frames that come back, at most; more are lost on the wire. */
    private static final int WIRE = 512;
    /** New frames in a call; the rest of the batch are old ones. */
    private static final int NEW = 24;

    private final int id;
    private final BufferPool pool;
    private final WarmUpTraffic traffic;
    private final PortCapabilities capabilities;
    private final FrameBatch wire = new FrameBatch(WIRE);

    private WarmUpPort(int id, BufferPool pool, WarmUpTraffic traffic, int mtu) {
        this.id = id;
        this.pool = pool;
        this.traffic = traffic;
        // Of one interface the checksums are completed in software.
        capabilities = new PortCapabilities(
                "warm-up", WarmUpTraffic.linkAddress(id), mtu, id != WarmUpTraffic.OTHER, true, true);
    }

    /** Towards the clients. */
    static final class Outer extends WarmUpPort {
        Outer(BufferPool pool, WarmUpTraffic traffic, int mtu) {
            super(WarmUpTraffic.OUTER, pool, traffic, mtu);
        }
    }

    /** Towards the servers. */
    static final class Inner extends WarmUpPort {
        Inner(BufferPool pool, WarmUpTraffic traffic, int mtu) {
            super(WarmUpTraffic.INNER, pool, traffic, mtu);
        }
    }

    /** Towards other servers. */
    static final class Other extends WarmUpPort {
        Other(BufferPool pool, WarmUpTraffic traffic, int mtu) {
            super(WarmUpTraffic.OTHER, pool, traffic, mtu);
        }
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String name() {
        return "warm-up " + id;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        int before = batch.size();
        int old = Math.min(wire.size(), limit);
        for (int i = 0; i < old; i++) {
            batch.add(wire.address[i], wire.length[i], wire.offload[i], wire.owner[i], id);
        }
        wire.removeFirst(old);
        int fresh = Math.min(NEW, limit - old);
        for (int i = 0; i < fresh; i++) {
            long address = pool.acquire();
            if (address == BufferPool.ABSENT) {
                break;
            }
            int length = traffic.write(address, id);
            // Half of the frames are in packet storage, as of af_xdp, half belong to the port, as of af_packet.
            batch.add(address, length, traffic.offload(), (i & 1) == 0 ? FrameBatch.STORAGE : id, id);
        }
        return batch.size() - before;
    }

    @Override
    public int transmit(FrameBatch batch) {
        int size = batch.size();
        for (int i = 0; i < size; i++) {
            long address = batch.address[i];
            int length = wire.isFull() ? 0 : traffic.answer(address, batch.length[i], batch.offload[i], id);
            if (length == 0) {
                pool.release(address);
            } else {
                wire.add(address, length, batch.offload[i], batch.owner[i], id);
            }
        }
        return size;
    }

    @Override
    public void release(long address) {
        pool.release(address);
    }

    @Override
    public void maintain(long nowMs) {}

    @Override
    public boolean isUp() {
        return true;
    }

    /** The frames on the wire go with the memory they are in. */
    @Override
    public void close() {}
}
