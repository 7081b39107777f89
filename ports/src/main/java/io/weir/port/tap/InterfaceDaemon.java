package io.weir.port.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.linux.NativeMemory;
import io.weir.linux.Polling;
import io.weir.linux.TapDevice;
import io.weir.linux.TapSettings;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameBatch;
import io.weir.port.VirtioNetHeader;
import io.weir.port.relay.WakeUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves frames between the packet storage and the TAP device by which programs of the host send and receive (the interface
 * daemon of Fig. 8); one queue of the device for each switching processor.
 *
 * <pre>
 *   processor 0  HostPort ══ to host ══► writev ─┐                   ┌─ sockets of
 *                         ◄═ from host ══ readv ◄┤ queue 0           │  the host's
 *   processor 1  HostPort ══ to host ══► writev ─┤      weir0 ───────┤  programs
 *                         ◄═ from host ══ readv ◄┘ queue 1           └─
 * </pre>
 *
 * <p>Nothing is copied but by the kernel: it reads a frame from the packet storage, in one buffer or several, and writes
 * one there. Open checksums and segments longer than the MTU pass as they are. The host sends to the device's own link-layer
 * address, as it resolves none; here that becomes the address of weir's end, as if it had.
 *
 * <p>A frame that the kernel refuses is dropped and counted, as are frames to a device that is gone. As many frames are taken
 * from the device as the ring to the switching processor has room for: the others wait in the device's queue, and the kernel
 * loses what finds that full. Every buffer that comes in goes out.
 *
 * <p>Runs on a thread of its own, which spins a little without work, then sleeps in poll(2). It has a view of the
 * packet storage of its own, whose frames must be addresses ({@link NativeMemory#all}), and the block of counters of
 * the control processor, of which it is the one writer. Allocation-free while the device is there.
 */
public final class InterfaceDaemon implements Runnable, AutoCloseable {
    /** Frames of one direction of one queue before the next has its turn. */
    private static final int BATCH = 64;
    /**
     * Idle rounds that spin. Few, and none that yield: the programs that it serves share its CPUs. With 200, and 50 that yield, medians
     * of a datagram's round trip to such a program were 46 to 578 µs in four runs of bench/echo -p 0, depending on which threads met
     * on a CPU; with 10, 124 to 161 µs in four (two processors, busy with other things).
     */
    private static final int SPINS = 10;
    /** Longest sleep: how soon a device that was deleted is missed. */
    private static final int SLEEP_MS = 200;
    /** Sleep while a ring from the host is full or buffers are short: nobody rings when that ends. */
    private static final int BLOCKED_MS = 1;
    /** The longest IP packet that the kernel makes for segmentation (GSO_LEGACY_MAX_SIZE), Ethernet header and tag. */
    private static final int LONGEST_SEGMENTS = 65_536 + 18;

    private static final int HEADER_BYTES = 18;
    private static final MemorySegment ALL = NativeMemory.all();

    private final HostLink link;
    private final HostLane[] lanes;
    private final BufferPool pool;
    private final ProcessorCounters counters;
    private final HostObserver observer;
    private final WakeUp wakeUp;
    private final DeviceKeeper keeper;
    private final LandingBuffers landing;
    private final GatheredFrame gathered;
    private final Polling polling;

    // Both link-layer addresses as they stand in a frame: four octets and two.
    private final int deviceHead;
    private final short deviceTail;
    private final int weirHead;
    private final short weirTail;

    private volatile boolean running = true;
    private int idleRounds;

    private InterfaceDaemon(
            DeviceKeeper keeper,
            TapSettings settings,
            HostLink link,
            List<HostLane> lanes,
            BufferPool pool,
            ProcessorCounters counters,
            HostObserver observer) {
        this.keeper = keeper;
        this.link = link;
        this.lanes = lanes.toArray(new HostLane[0]);
        this.pool = pool;
        this.counters = counters;
        this.observer = observer;
        this.wakeUp = link.daemon();
        this.landing =
                new LandingBuffers(pool, settings.segmentation() ? LONGEST_SEGMENTS : settings.mtu() + HEADER_BYTES);
        this.gathered = new GatheredFrame(pool.chain());
        this.polling = new Polling(lanes.size() + 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(16);
            put(octets, 0, settings.linkAddress());
            put(octets, 8, link.capabilities().linkAddress());
            deviceHead = octets.get(JAVA_INT_UNALIGNED, 0);
            deviceTail = octets.get(JAVA_SHORT_UNALIGNED, 4);
            weirHead = octets.get(JAVA_INT_UNALIGNED, 8);
            weirTail = octets.get(JAVA_SHORT_UNALIGNED, 12);
        }
    }

    private static void put(MemorySegment octets, int at, long linkAddress) {
        for (int i = 0; i < 6; i++) {
            octets.set(JAVA_BYTE, at + (long) i, (byte) (linkAddress >> (8 * (5 - i))));
        }
    }

    /**
     * Makes the device in the calling thread's network namespace.
     *
     * @param settings of the device, with a queue for each lane
     * @param lanes one for each switching processor, in their order
     * @param pool the daemon's own view of the packet storage
     * @param counters of the control processor
     * @throws LinuxException as {@link TapDevice#open}
     */
    public static InterfaceDaemon open(
            TapSettings settings,
            HostLink link,
            List<HostLane> lanes,
            BufferPool pool,
            ProcessorCounters counters,
            HostObserver observer) {
        if (settings.queues() != lanes.size()) {
            throw new IllegalArgumentException("device " + settings.device() + ": " + settings.queues() + " queues for "
                    + lanes.size() + " lanes");
        }
        DeviceKeeper keeper = new DeviceKeeper(settings, link, counters, observer);
        return new InterfaceDaemon(keeper, settings, link, lanes, pool, counters, observer);
    }

    /** Moves frames until {@link #stop}. */
    @Override
    public void run() {
        while (running) {
            int work = 0;
            try {
                work = doWork(System.nanoTime() / 1_000_000);
            } catch (RuntimeException defect) {
                observer.failed(defect);
                sleep(BLOCKED_MS);
            }
            if (work > 0) {
                idleRounds = 0;
            } else {
                rest();
            }
        }
    }

    /** Ends {@link #run} after the current round; from any thread. */
    public void stop() {
        running = false;
        wakeUp.interrupt();
    }

    /** One round: up to {@value #BATCH} frames of each direction of each queue. Returns how many frames it moved or dropped. */
    public int doWork(long nowMs) {
        keeper.follow(nowMs);
        TapDevice device = keeper.usable();
        int work = 0;
        for (int queue = 0; queue < lanes.length; queue++) {
            work += toHost(device, queue);
            if (device != null) {
                work += fromHost(device, queue);
            }
        }
        return work;
    }

    private int toHost(@Nullable TapDevice device, int queue) {
        FrameRing ring = lanes[queue].toHost();
        int count = ring.available(BATCH);
        for (int k = 0; k < count; k++) {
            long address = ring.address(k);
            int owner = ring.owner(k);
            if (device == null) {
                drop(DropReason.INTERFACE_DOWN, ring.ingress(k));
            } else {
                long result = gathered.write(device, queue, address, ring.length(k), ring.offload(k), owner);
                if (result < 0) {
                    refused((int) -result, ring.ingress(k));
                }
            }
            release(address, owner);
        }
        ring.consume(count);
        return count;
    }

    private void refused(int errno, int ingress) {
        switch (errno) {
            case Errno.EBADFD, Errno.EIO, Errno.ENODEV, Errno.ENXIO -> {
                keeper.suspect();
                drop(DropReason.INTERFACE_DOWN, ingress);
            }
            case Errno.EMSGSIZE -> drop(DropReason.FRAME_TOO_LONG, ingress);
            default -> drop(DropReason.TRANSMIT_FAILED, ingress);
        }
    }

    private void drop(DropReason reason, int ingress) {
        counters.add(InterfaceCounter.TRANSMIT_ERRORS, link.id(), 1);
        counters.drop(reason, ingress);
    }

    private void release(long address, int owner) {
        if (owner == FrameBatch.CHAIN) {
            pool.chain().release(address);
        } else {
            pool.release(address);
        }
    }

    private int fromHost(TapDevice device, int queue) {
        HostLane lane = lanes[queue];
        FrameRing ring = lane.fromHost();
        int room = Math.min(BATCH, ring.free());
        int count = 0;
        while (count < room && landing.refill()) {
            int bytes = (int) device.read(queue, landing.vectors(), landing.count());
            if (bytes <= VirtioNetHeader.BYTES) {
                if (bytes < 0 && bytes != -Errno.EAGAIN && bytes != -Errno.EINTR) {
                    keeper.suspect();
                }
                break;
            }
            receive(ring, bytes - VirtioNetHeader.BYTES);
            count++;
        }
        if (count > 0) {
            lane.processor().ring();
        }
        return count;
    }

    private void receive(FrameRing ring, int length) {
        boolean truncated = length == landing.capacity();
        long offload = landing.offload();
        long address = landing.take(length);
        int owner = landing.owner();
        if (ALL.get(JAVA_INT_UNALIGNED, address) == deviceHead
                && ALL.get(JAVA_SHORT_UNALIGNED, address + 4) == deviceTail) {
            ALL.set(JAVA_INT_UNALIGNED, address, weirHead);
            ALL.set(JAVA_SHORT_UNALIGNED, address + 4, weirTail);
        }
        if (truncated) {
            counters.add(InterfaceCounter.TRUNCATED_PACKETS, link.id(), 1);
            counters.drop(DropReason.FRAME_TRUNCATED, link.id());
            release(address, owner);
        } else if (!ring.offer(address, length, offload, owner, link.id())) {
            // Cannot be: the ring had room and has one producer.
            counters.drop(DropReason.INTERNAL_ERROR, link.id());
            release(address, owner);
        }
    }

    private void rest() {
        if (idleRounds < SPINS) {
            idleRounds++;
            Thread.onSpinWait();
        } else {
            sleep(SLEEP_MS);
        }
    }

    private void sleep(int longestMs) {
        wakeUp.announceSleep();
        if (hasFramesToHost() || !running) {
            wakeUp.awake();
            return;
        }
        TapDevice device = keeper.usable();
        int timeoutMs = longestMs;
        polling.clear();
        int bell = polling.add(wakeUp.descriptor(), Polling.READABLE);
        for (int queue = 0; device != null && queue < lanes.length; queue++) {
            if (landing.isShort() || !lanes[queue].fromHost().hasRoom(1)) {
                timeoutMs = Math.min(timeoutMs, BLOCKED_MS);
            } else {
                polling.add(device.descriptor(queue), Polling.READABLE);
            }
        }
        int ready = polling.await(timeoutMs);
        wakeUp.awake();
        if (ready > 0 && (polling.ready(bell) & Polling.READABLE) != 0) {
            wakeUp.drain();
        }
    }

    private boolean hasFramesToHost() {
        for (HostLane lane : lanes) {
            if (lane.toHost().available(1) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Removes the device and gives back every buffer; the threads of the daemon and of the switching processors have ended. */
    @Override
    public void close() {
        keeper.close();
        landing.close();
        for (HostLane lane : lanes) {
            empty(lane.toHost());
            empty(lane.fromHost());
        }
        polling.close();
    }

    private void empty(FrameRing ring) {
        for (int count = ring.available(BATCH); count > 0; count = ring.available(BATCH)) {
            for (int k = 0; k < count; k++) {
                release(ring.address(k), ring.owner(k));
            }
            ring.consume(count);
        }
    }
}
