package io.weir.port.memory;

import io.weir.memory.packet.BufferPool;
import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.PortCapabilities;
import java.lang.foreign.Arena;

/**
 * A network interface made of rings: the engine's handles ({@link #port}) on one side, the network
 * ({@link #station}) on the other. Each handle has a receive and a transmit ring of its own, as a multi-queue
 * interface has. All sides share one packet storage, so frames are never copied between rings.
 *
 * <pre>
 *  processor 0  port(0) &lt;== receive ring 0 ==  station
 *                       == transmit ring 0 =&gt;
 *  processor 1  port(1) &lt;== receive ring 1 ==
 *                       == transmit ring 1 =&gt;
 * </pre>
 *
 * A handle that is to transmit only gets a queue into which the station injects nothing.
 */
public final class MemoryWire {
    static final String DRIVER = "memory";

    private final int id;
    private final String name;
    private final PortCapabilities capabilities;
    private final FrameRing[] receive;
    private final FrameRing[] transmit;
    private volatile boolean up = true;

    /**
     * An interface that takes whole frames only: no checksum or segmentation offload.
     *
     * @param id number of the interface within the node, from 1
     * @param queues handles, each with a ring per direction
     * @param slots frames each ring holds, a power of two
     */
    public MemoryWire(int id, String name, long linkAddress, int mtu, int queues, int slots) {
        this(id, name, new PortCapabilities(DRIVER, linkAddress, mtu, false, false, true), queues, slots);
    }

    public MemoryWire(int id, String name, PortCapabilities capabilities, int queues, int slots) {
        if (queues < 1) {
            throw new IllegalArgumentException("queues: " + queues + " is less than 1");
        }
        this.id = id;
        this.name = name;
        this.capabilities = capabilities;
        receive = new FrameRing[queues];
        transmit = new FrameRing[queues];
        for (int queue = 0; queue < queues; queue++) {
            receive[queue] = ring(slots);
            transmit[queue] = ring(slots);
        }
    }

    private static FrameRing ring(int slots) {
        return new FrameRing(Arena.ofAuto().allocate(FrameRing.bytes(slots), 64));
    }

    /** Consumer: appends up to {@code limit} frames to the batch; returns how many. */
    static int drain(FrameRing ring, FrameBatch batch, int limit, int ingress) {
        int count = ring.available(Math.min(limit, batch.capacity() - batch.size()));
        for (int i = 0; i < count; i++) {
            batch.add(ring.address(i), ring.length(i), ring.offload(i), ring.owner(i), ingress);
        }
        if (count > 0) {
            ring.consume(count);
        }
        return count;
    }

    /** The handle on a queue, for one processor; {@code owners} are that processor's. */
    public MemoryPort port(int queue, FrameOwners owners) {
        return new MemoryPort(this, receive[queue], transmit[queue], owners);
    }

    /** The network's end, for one thread; {@code pool} is that thread's view of the shared packet storage. */
    public MemoryStation station(BufferPool pool) {
        return new MemoryStation(this, receive, transmit, pool);
    }

    /** Plugs or unplugs the cable: a port that is down neither receives nor accepts frames. */
    public void setUp(boolean isUp) {
        up = isUp;
    }

    public boolean isUp() {
        return up;
    }

    public int id() {
        return id;
    }

    public String name() {
        return name;
    }

    public PortCapabilities capabilities() {
        return capabilities;
    }
}
