package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.ConfigurationWriter;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.CountersLayout;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.map.Sides;
import io.weir.memory.packet.FrameChain;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RouteReader;
import io.weir.memory.routing.RoutingTable;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import io.weir.switching.engine.SwitchingProcessor;
import io.weir.switching.filter.ProcessorContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A switching processor for hostile input, checked after each frame: nothing throws, every frame has one fate, no buffer
 * is lost, nothing outside of a frame is read or written, and right checksums stay right.
 *
 * <p>The last buffer of the storage plays a receive ring: a frame ends where the memory ends, so that one byte read
 * beyond it throws. Frames in storage buffers lie between red zones that must be whole when they leave.
 *
 * <pre>
 *  | pool buffers ...                    | ring slot (the last buffer)      |
 *  | a5 a5 [frame] a5 a5 ...             | a5 a5 a5 ...              [frame]| end of memory
 * </pre>
 */
final class BoundedNode implements AutoCloseable {
    static final int BUFFER_BYTES = 2048;
    /** Longest frame that is let in. */
    static final int LONGEST = BUFFER_BYTES - 128;

    private static final int BUFFERS = 24;
    private static final int SEED = 0x5eed;
    private static final byte RED = (byte) 0xa5;
    /** Bytes looked at on each side of a frame. */
    private static final int RED_ZONE = 64;

    private static final Counter[] MADE_HERE = {
        Counter.RESETS_SENT,
        Counter.ARP_REQUESTS_SENT,
        Counter.NEIGHBOUR_SOLICITATIONS_SENT,
        Counter.NEIGHBOUR_ADVERTISEMENTS_SENT,
        Counter.ANNOUNCEMENTS_SENT,
        Counter.ICMP_ERRORS_SENT
    };

    private final Arena arena = Arena.ofConfined();
    private final FrameOwners owners;
    private final List<ConfigurationImage> configurations;
    private final PacketStorage storage;
    private final PoolView pool;
    private final MemorySegment frames;
    private final long ring;
    private final Sides flip = new Sides(arena.allocate(Sides.bytes(1), 64));
    private final MemorySegment[] sides;
    private final NeighbourTable neighbours;
    private final ProcessorCounters counters;
    private final BoundedPort[] ports;
    private final SwitchingProcessor processor;
    private final Deque<Long> hoard = new ArrayDeque<>();
    private int nowMs = Integer.MAX_VALUE - 20_000; // wraps in the longer inputs

    // The frame under way.
    private boolean ringBusy;
    private long current;
    private int currentLength;
    private boolean isRight;
    /** A frame with a wrong checksum waits for its next hop: what leaves later need not be right. */
    private boolean wrongHeld;

    /** A frame of several buffers may be waiting. */
    private boolean inPieces;

    private long transmitted;

    /** A node with the routes and stations of a network that runs with the first configuration. */
    BoundedNode(Network network, List<ConfigurationImage> configurations, boolean offloads) {
        this.configurations = configurations;
        storage = PacketStorage.checking(BUFFERS, BUFFER_BYTES, 1);
        pool = storage.view(0);
        frames = pool.frames();
        ring = (long) (BUFFERS - 1) * BUFFER_BYTES;
        reserveRing();
        owners = new FrameOwners(pool);
        int interfaces = configurations.getFirst().interfaces().size();
        ports = new BoundedPort[interfaces + 1];
        Port[] all = new Port[interfaces + 1];
        for (int id = 1; id <= interfaces; id++) {
            var each = configurations.getFirst().interfaces().get(id - 1);
            ports[id] = new BoundedPort(
                    id,
                    new PortCapabilities("bounded", each.linkAddress(), each.mtu(), offloads, offloads, true),
                    this::releaseRing,
                    this::transmitted);
            all[id] = ports[id];
            owners.register(id, ports[id]);
        }
        MemorySegment region = arena.allocate(CountersLayout.bytes(1, interfaces, 16, 16), 64);
        CountersLayout.initialise(region, 1, interfaces, 16, 16);
        counters = new ProcessorCounters(region, 0);
        MemorySegment neighbourMemory = arena.allocate(NeighbourTable.bytes(16), 64);
        NeighbourTable.initialise(neighbourMemory, SEED);
        neighbours = new NeighbourTable(neighbourMemory);
        for (Network.Station station : network.stations()) {
            var address = station.endpoint().raw();
            int entry = neighbours.add(station.interfaceId(), address.address0(), address.address1(), nowMs);
            neighbours.confirm(entry, station.endpoint().mac(), nowMs);
        }
        long sideBytes = configurations.stream()
                .mapToLong(ConfigurationWriter::bytesNeeded)
                .max()
                .orElseThrow();
        sides = new MemorySegment[] {arena.allocate(sideBytes, 64), arena.allocate(sideBytes, 64)};
        write(0);
        MemorySegment routesA = arena.allocate(RoutingTable.bytes(16), 64);
        MemorySegment routesB = arena.allocate(RoutingTable.bytes(16), 64);
        Sides routeSides = new Sides(arena.allocate(Sides.bytes(1), 64));
        new RoutingTable(routeSides, routesA, routesB, 16).replace(network.routes());
        processor = new SwitchingProcessor(
                new ProcessorContext(
                        owners,
                        counters,
                        new ConfigurationReader(flip, sides[Sides.A], sides[Sides.B], 0),
                        new RouteReader(routeSides, routesA, routesB, 16, 0),
                        neighbours,
                        ConnectionTable4.format(
                                arena.allocate(ConnectionTable4.regionBytes(network.connections()), 64), SEED),
                        ConnectionTable6.format(
                                arena.allocate(ConnectionTable6.regionBytes(network.connections()), 128), SEED),
                        0,
                        1,
                        all),
                Arrays.asList(ports).subList(1, ports.length));
    }

    private void reserveRing() {
        Deque<Long> others = new ArrayDeque<>();
        while (true) {
            long address = pool.acquire();
            if (address == ring + PoolView.HEADROOM) {
                break;
            }
            others.push(address);
        }
        others.forEach(pool::release);
    }

    private void releaseRing(long address) {
        check(ringBusy && address >= current, "a frame of the receive ring was released that was not in it");
        ringBusy = false;
    }

    private void write(int configuration) {
        ConfigurationWriter.write(
                sides[Sides.side(flip.active()) ^ 1], configurations.get(configuration % configurations.size()));
        flip.flip();
    }

    /** The frame in a receive ring that ends with the memory. */
    void receiveInRing(int interfaceId, byte[] frame, long offload) {
        long address = ring + BUFFER_BYTES - frame.length;
        frames.asSlice(ring, BUFFER_BYTES).fill(RED);
        ringBusy = true;
        receive(interfaceId, frame, address, offload, interfaceId);
        check(!ringBusy, "the frame's slot in the receive ring was not given back");
    }

    /** The frame in a buffer of the storage. */
    void receiveInStorage(int interfaceId, byte[] frame, long offload) {
        long address = pool.acquire();
        if (address == PoolView.ABSENT) {
            return;
        }
        frames.asSlice(address - PoolView.HEADROOM, BUFFER_BYTES).fill(RED);
        receive(interfaceId, frame, address, offload, FrameBatch.STORAGE);
    }

    /** The frame in buffers of the storage, a piece in each; not at all without enough of them. */
    void receiveInPieces(int interfaceId, byte[] frame, long offload, int firstBytes, int nextBytes) {
        FrameChain chain = pool.chain();
        long first = FrameChain.LAST;
        int end = frame.length;
        // From the last piece to the first, so that each knows the next.
        while (end > 0) {
            int start = end <= firstBytes ? 0 : firstBytes + (end - firstBytes - 1) / nextBytes * nextBytes;
            long piece = pool.acquire();
            if (piece == PoolView.ABSENT) {
                chain.release(first);
                return;
            }
            frames.asSlice(piece - PoolView.HEADROOM, BUFFER_BYTES).fill(RED);
            MemorySegment.copy(frame, start, frames, ValueLayout.JAVA_BYTE, piece, end - start);
            chain.set(piece, end - start, first);
            first = piece;
            end = start;
        }
        inPieces |= chain.next(first) != FrameChain.LAST;
        arrive(interfaceId, frame, first, offload, FrameBatch.CHAIN);
    }

    private void receive(int interfaceId, byte[] frame, long address, long offload, int owner) {
        MemorySegment.copy(frame, 0, frames, ValueLayout.JAVA_BYTE, address, frame.length);
        arrive(interfaceId, frame, address, offload, owner);
    }

    private void arrive(int interfaceId, byte[] frame, long address, long offload, int owner) {
        current = address;
        currentLength = frame.length;
        isRight = FrameChecksums.areRightOnReceipt(frame, offload);
        long before = counters.value(Counter.PACKETS_RECEIVED);
        ports[interfaceId].arrive(address, frame.length, offload, owner);
        processor.doWork(nowMs);
        check(counters.value(Counter.PACKETS_RECEIVED) == before + 1, "the frame was not received once");
        if (!isRight && missing() > 0) {
            wrongHeld = true;
        }
        current = PoolView.ABSENT;
        verify();
    }

    /** Time passes: neighbours age, connections expire, requests are repeated. */
    void advance(int milliseconds) {
        int left = milliseconds;
        while (left > 0) {
            int step = Math.min(left, 500);
            left -= step;
            nowMs += step;
            processor.doWork(nowMs);
            verify();
        }
    }

    /** Flips to another configuration, as the control processor does. */
    void configure(int configuration) {
        if (!flip.isQuiescent()) {
            processor.doWork(nowMs);
        }
        write(configuration);
        neighbours.newEpoch();
    }

    /** The interface refuses frames, as a full transmit ring does. */
    void refuse(int interfaceId, int frameCount) {
        ports[interfaceId].refuse(frameCount);
    }

    void setDown(int interfaceId, boolean isDown) {
        ports[interfaceId].setDown(isDown);
    }

    /** Takes all but a few free buffers away until the next call. */
    void starve(int left) {
        while (!hoard.isEmpty()) {
            pool.release(hoard.pop());
        }
        if (left >= 0) {
            for (long take = pool.free() - left; take > 0; take--) {
                hoard.push(pool.acquire());
            }
        }
    }

    int nowMs() {
        return nowMs;
    }

    /** Frames that left so far. */
    long transmitted() {
        return transmitted;
    }

    long dropped(DropReason reason) {
        return counters.dropped(reason);
    }

    long count(Counter counter) {
        return counters.value(counter);
    }

    private void transmitted(FrameBatch batch, int i) {
        long address = batch.address[i];
        int length = batch.length[i];
        long offload = batch.offload[i];
        transmitted++;
        if (batch.owner[i] == FrameBatch.CHAIN) {
            transmittedInPieces(batch, i);
            return;
        }
        long start = address & -BUFFER_BYTES;
        check(
                length >= 14 && address + length <= start + BUFFER_BYTES,
                "a frame of " + length + " bytes at " + address);
        // A tag may have been taken away in front, so the frame may start later in its buffer.
        // What was made here may lie in the buffer of a frame that was dropped.
        boolean isMade = batch.ingress[i] == 0;
        boolean isCurrent = !isMade && current != PoolView.ABSENT && start == (current & -BUFFER_BYTES);
        if (isCurrent) {
            check(address >= current && address + length <= current + currentLength, "the frame grew to " + length);
            checkRed(start, current);
            checkRed(current + currentLength, start + BUFFER_BYTES);
        }
        if (isMade || (isCurrent ? isRight : !wrongHeld)) {
            byte[] bytes = frames.asSlice(address, length).toArray(ValueLayout.JAVA_BYTE);
            if (!FrameChecksums.areRight(bytes, offload)) {
                throw new AssertionError(
                        "wrong checksum in a frame that came right and left as\n" + FrameText.of(bytes));
            }
        }
        owners.release(address, batch.owner[i]);
    }

    private void transmittedInPieces(FrameBatch batch, int i) {
        FrameChain chain = pool.chain();
        long address = batch.address[i];
        byte[] bytes = new byte[batch.length[i]];
        check(
                chain.total(address) == bytes.length,
                "pieces of " + chain.total(address) + " bytes, not " + bytes.length);
        for (long piece = address; piece != FrameChain.LAST; piece = chain.next(piece)) {
            long start = piece & -BUFFER_BYTES;
            // A tag may have been taken away in front.
            checkRed(start + FrameChain.HEADER_BYTES, start + PoolView.HEADROOM);
            check(
                    chain.length(piece) > 0 && piece + chain.length(piece) <= start + BUFFER_BYTES,
                    "an impossible piece");
        }
        chain.copyTo(address, bytes.length, MemorySegment.ofArray(bytes), 0);
        boolean isCurrent = current != PoolView.ABSENT && (address & -BUFFER_BYTES) == (current & -BUFFER_BYTES);
        if ((isCurrent ? isRight : !wrongHeld) && !FrameChecksums.areRight(bytes, batch.offload[i])) {
            throw new AssertionError("wrong checksum in a frame that came right and left as\n" + FrameText.of(bytes));
        }
        owners.release(address, FrameBatch.CHAIN);
    }

    private void checkRed(long from, long to) {
        long first = Math.max(from, to - from > RED_ZONE && from == (from & -BUFFER_BYTES) ? to - RED_ZONE : from);
        long last = Math.min(to, first + RED_ZONE);
        for (long at = first; at < last; at++) {
            check(frames.get(ValueLayout.JAVA_BYTE, at) == RED, "a byte outside of the frame was written");
        }
    }

    private long missing() {
        return storage.buffers() - 1 - hoard.size() - storage.free();
    }

    private void verify() {
        RuntimeException defect = processor.lastDefect();
        if (defect != null) {
            throw new AssertionError("the data path threw", defect);
        }
        check(counters.dropped(DropReason.INTERNAL_ERROR) == 0, "internal error");
        long in = counters.value(Counter.PACKETS_RECEIVED);
        for (Counter made : MADE_HERE) {
            in += counters.value(made);
        }
        long out = counters.value(Counter.PACKETS_TRANSMITTED) + counters.value(Counter.PACKETS_DROPPED);
        long held = missing();
        // A frame in pieces that waits has several buffers.
        boolean isBalanced = inPieces ? in - out <= held && (in == out) == (held == 0) : in - out == held;
        if (!isBalanced) {
            throw new AssertionError(
                    in + " frames received or made, " + out + " sent or dropped, but " + held + " buffers held");
        }
        check(counters.value(Counter.PACKETS_TRANSMITTED) == transmitted, "transmitted frames counted wrong");
        if (held == 0) {
            inPieces = false;
            wrongHeld = false;
        }
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }

    /** Stops the processor; everything must have been given back. */
    @Override
    public void close() {
        processor.close();
        starve(-1);
        long missing = missing();
        arena.close();
        check(missing == 0, missing + " buffers not given back");
    }
}
