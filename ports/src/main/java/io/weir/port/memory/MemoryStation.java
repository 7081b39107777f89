package io.weir.port.memory;

import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.memory.ring.FrameRing;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The network's end of a {@link MemoryWire}: puts frames into the receive queues and takes what the engine
 * transmitted. One thread, which may or may not be the engine's.
 */
public final class MemoryStation implements AutoCloseable {
    /**
     * A transmitted frame taken out of the packet storage.
     *
     * @param bytes from the Ethernet header, without frame check sequence
     * @param offload see {@link Offload}
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record TransmittedFrame(byte[] bytes, long offload) {}

    private final MemoryWire wire;
    private final FrameRing[] receive;
    private final FrameRing[] transmit;
    private final BufferPool pool;
    private final FrameBatch one = new FrameBatch(1);

    MemoryStation(MemoryWire wire, FrameRing[] receive, FrameRing[] transmit, BufferPool pool) {
        this.wire = wire;
        this.receive = receive;
        this.transmit = transmit;
        this.pool = pool;
    }

    /** Copies a complete frame into a free buffer and queues it for handle 0; false when no buffer or slot is free. */
    public boolean inject(byte[] frame) {
        return inject(0, frame, Offload.NONE);
    }

    /**
     * Copies a frame into free buffers, several when it is longer than one, and queues it for a handle; false when there
     * are not enough buffers, or no slot is free.
     */
    public boolean inject(int queue, byte[] frame, long offload) {
        int owner = frame.length > pool.frameCapacity() ? FrameBatch.CHAIN : FrameBatch.STORAGE;
        long address = pool.chain().store(MemorySegment.ofArray(frame), 0, frame.length);
        if (address == BufferPool.ABSENT) {
            return false;
        }
        if (!receive[queue].offer(address, frame.length, offload, owner, wire.id())) {
            pool.chain().release(address);
            return false;
        }
        return true;
    }

    /**
     * Queues a frame in pieces of given lengths, each in a buffer of its own, as an interface that separates headers from
     * payload delivers it; false when there are not enough buffers, or no slot is free.
     *
     * @param firstBytes length of the first piece; the last may be shorter than the others
     */
    public boolean injectPieces(int queue, byte[] frame, long offload, int firstBytes, int nextBytes) {
        FrameChain chain = pool.chain();
        long first = FrameChain.LAST;
        long previous = FrameChain.LAST;
        for (int from = 0; from < frame.length; ) {
            int part = Math.min(frame.length - from, first == FrameChain.LAST ? firstBytes : nextBytes);
            long piece = pool.acquire();
            if (piece == BufferPool.ABSENT) {
                chain.release(first);
                return false;
            }
            MemorySegment.copy(frame, from, pool.frames(), ValueLayout.JAVA_BYTE, piece, part);
            chain.set(piece, part, FrameChain.LAST);
            if (first == FrameChain.LAST) {
                first = piece;
            } else {
                chain.set(previous, chain.length(previous), piece);
            }
            previous = piece;
            from += part;
        }
        if (!inject(queue, first, frame.length, offload, FrameBatch.CHAIN)) {
            chain.release(first);
            return false;
        }
        return true;
    }

    /** Queues a frame that is already in the packet storage, without a copy; false (still the caller's) when full. */
    public boolean inject(int queue, long address, int length, long offload) {
        return inject(queue, address, length, offload, FrameBatch.STORAGE);
    }

    /** Likewise a frame in one buffer or a chain of them ({@link FrameBatch#CHAIN}). */
    public boolean inject(int queue, long address, int length, long offload, int owner) {
        return receive[queue].offer(address, length, offload, owner, wire.id());
    }

    /**
     * Takes up to {@code limit} transmitted frames, without a copy: they belong to the caller. Order holds within a
     * handle's queue, not between queues.
     */
    public int collect(FrameBatch batch, int limit) {
        int count = 0;
        for (FrameRing ring : transmit) {
            count += MemoryWire.drain(ring, batch, limit - count, wire.id());
        }
        return count;
    }

    /** Takes the next transmitted frame and frees its buffers; null when there is none. */
    public @Nullable TransmittedFrame collect() {
        one.clear();
        if (collect(one, 1) == 0) {
            return null;
        }
        byte[] bytes = new byte[one.length[0]];
        if (one.owner[0] == FrameBatch.CHAIN) {
            pool.chain().copyTo(one.address[0], bytes.length, MemorySegment.ofArray(bytes), 0);
        } else {
            MemorySegment.copy(pool.frames(), ValueLayout.JAVA_BYTE, one.address[0], bytes, 0, bytes.length);
        }
        release(0);
        return new TransmittedFrame(bytes, one.offload[0]);
    }

    /** Frees every frame in both directions; the ports must be idle. */
    @Override
    public void close() {
        for (int queue = 0; queue < receive.length; queue++) {
            discard(receive[queue]);
            discard(transmit[queue]);
        }
    }

    private void discard(FrameRing ring) {
        one.clear();
        while (MemoryWire.drain(ring, one, 1, wire.id()) > 0) {
            release(0);
            one.clear();
        }
    }

    private void release(int i) {
        if (one.owner[i] == FrameBatch.CHAIN) {
            pool.chain().release(one.address[i]);
        } else {
            pool.release(one.address[i]);
        }
    }
}
