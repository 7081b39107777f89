package io.weir.port.decorator;

import io.weir.memory.packet.BufferPool;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** One direction of a {@link FaultyPort}: the frames under way, and at most one held back to be swapped with the next. */
final class FaultyLine {
    private static final int CAPACITY = 1024;
    /** A passing frame, its duplicate and the frame held back. */
    private static final int GREATEST_GROWTH = 3;

    private final FrameOwners owners;
    private final MemorySegment frames;
    private final FaultSettings settings;
    private final SplittableRandom random;
    private final FrameBatch line = new FrameBatch(CAPACITY);
    private final FrameBatch held = new FrameBatch(1);
    private final long[] injected = new long[Fault.values().length];

    FaultyLine(FrameOwners owners, long seed, FaultSettings settings) {
        this.owners = owners;
        frames = owners.storage().frames();
        this.settings = settings;
        random = new SplittableRandom(seed);
    }

    long injected(Fault fault) {
        return injected[index(fault)];
    }

    private void count(Fault fault) {
        injected[index(fault)]++;
    }

    @SuppressWarnings("EnumOrdinal") // an index within this object only
    private static int index(Fault fault) {
        return fault.ordinal();
    }

    int size() {
        return line.size();
    }

    boolean isHolding() {
        return held.size() > 0;
    }

    /** How many frames may be passed for certain before some must leave the line. */
    int room() {
        return (CAPACITY - line.size()) / GREATEST_GROWTH;
    }

    /** Takes a frame over and does to it what chance says; {@link #room} must be positive. */
    void pass(FrameBatch from, int i) {
        double chance = random.nextDouble();
        if ((chance -= settings.loss()) < 0) {
            count(Fault.LOSS);
            owners.release(from.address[i], from.owner[i]);
            return;
        }
        if ((chance -= settings.duplication()) < 0) {
            append(from, i);
            duplicate(from, i);
        } else if ((chance -= settings.reordering()) < 0 && !isHolding()) {
            count(Fault.REORDERING);
            held.add(from.address[i], from.length[i], from.offload[i], from.owner[i], from.ingress[i]);
            return;
        } else if (chance >= 0 && (chance -= settings.corruption()) < 0 && from.length[i] > 0) {
            count(Fault.CORRUPTION);
            long at = locate(from, i, random.nextInt(from.length[i]));
            int bit = 1 << random.nextInt(8);
            frames.set(ValueLayout.JAVA_BYTE, at, (byte) (frames.get(ValueLayout.JAVA_BYTE, at) ^ bit));
            append(from, i);
        } else if (chance >= 0 && chance - settings.truncation() < 0 && from.length[i] > 1) {
            count(Fault.TRUNCATION);
            from.length[i] = 1 + random.nextInt(from.length[i] - 1);
            if (from.owner[i] == FrameBatch.CHAIN) {
                owners.storage().chain().shorten(from.address[i], from.length[i]);
            }
            append(from, i);
        } else {
            append(from, i);
        }
        release();
    }

    private long locate(FrameBatch from, int i, int offset) {
        return from.owner[i] == FrameBatch.CHAIN
                ? owners.storage().chain().locate(from.address[i], offset)
                : from.address[i] + offset;
    }

    private void append(FrameBatch from, int i) {
        line.add(from.address[i], from.length[i], from.offload[i], from.owner[i], from.ingress[i]);
    }

    private void duplicate(FrameBatch from, int i) {
        boolean isChain = from.owner[i] == FrameBatch.CHAIN;
        long copy = isChain ? owners.storage().chain().duplicate(from.address[i]) : copyOf(from, i);
        if (copy != BufferPool.ABSENT) {
            count(Fault.DUPLICATION);
            int owner = isChain ? FrameBatch.CHAIN : FrameBatch.STORAGE;
            line.add(copy, from.length[i], from.offload[i], owner, from.ingress[i]);
        }
    }

    /** A frame of one piece in a buffer of the storage, or {@link BufferPool#ABSENT}. */
    private long copyOf(FrameBatch from, int i) {
        BufferPool storage = owners.storage();
        int length = from.length[i];
        long copy = length > storage.frameCapacity() ? BufferPool.ABSENT : storage.acquire();
        if (copy != BufferPool.ABSENT) {
            MemorySegment.copy(frames, from.address[i], frames, copy, length);
        }
        return copy;
    }

    /** Lets the frame that was held back follow. */
    void release() {
        if (isHolding()) {
            append(held, 0);
            held.clear();
        }
    }

    /** Moves up to {@code limit} frames to the batch; returns how many. */
    int moveTo(FrameBatch batch, int limit) {
        int count = Math.min(limit, line.size());
        for (int i = 0; i < count; i++) {
            batch.add(line.address[i], line.length[i], line.offload[i], line.owner[i], line.ingress[i]);
        }
        line.removeFirst(count);
        return count;
    }

    /** Hands what is on the line to the port; what it refuses stays. */
    void transmit(Port port) {
        if (line.size() > 0) {
            line.removeFirst(port.transmit(line));
        }
    }

    /** Frames that stay after transmit has returned must not keep another port's receive ring waiting. */
    void copyForeign() {
        copyForeign(line);
        copyForeign(held);
    }

    private void copyForeign(FrameBatch batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            if (!owners.moveToStorage(batch, i)) {
                owners.release(batch.address[i], batch.owner[i]);
                count(Fault.LOSS);
                batch.remove(i);
            }
        }
    }

    void discard() {
        release();
        for (int i = 0; i < line.size(); i++) {
            owners.release(line.address[i], line.owner[i]);
        }
        line.clear();
    }
}
