package io.weir.memory.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Frames longer than a buffer, as a chain of buffers of the packet storage. Each buffer says in its headroom which piece
 * of the frame it has and where the next one is:
 *
 * <pre>
 *  start of the buffer                       frame address of the piece
 *   0                 8            12     16        |
 *  +-----------------+------------+------+- - - - - +---------------------------+- - -+
 *  | next piece's    | length of  |unused| headroom | piece of the frame        |     |
 *  | frame address,  | this piece |      |          |                           |     |
 *  | 0: last         |            |      |          |                           |     |
 *  +-----------------+------------+------+- - - - - +---------------------------+- - -+
 * </pre>
 *
 * <p>The frame is named by the address of its first piece and the length of all; the lengths of the pieces always add
 * up to that. A chain has at least one piece. Who holds the frame writes; one object per {@link BufferPool} view, used by
 * its thread. A chain passes from thread to thread as its first address does.
 */
public final class FrameChain implements FrameOwner {
    /** Bytes at the start of each buffer that belong to the chain: not for a driver's header. */
    public static final int HEADER_BYTES = 16;
    /** {@link #next} of the last piece. */
    public static final long LAST = 0L;

    private static final int LENGTH_OFFSET = 8;

    private final MemorySegment frames;
    private final BufferPool pool;
    private final long base;
    private final long bufferMask;

    FrameChain(BufferPool pool, long base, int bufferBytes) {
        this.frames = pool.frames();
        this.pool = pool;
        this.base = base;
        this.bufferMask = -(long) bufferBytes;
    }

    private long header(long address) {
        return base + ((address - base) & bufferMask);
    }

    /** Frame address of the piece after this one, or {@link #LAST}. */
    public long next(long address) {
        return frames.get(ValueLayout.JAVA_LONG, header(address));
    }

    /** Bytes of this piece, from its frame address on. */
    public int length(long address) {
        return frames.get(ValueLayout.JAVA_INT, header(address) + LENGTH_OFFSET);
    }

    /** Describes a piece. */
    public void set(long address, int length, long next) {
        long header = header(address);
        frames.set(ValueLayout.JAVA_LONG, header, next);
        frames.set(ValueLayout.JAVA_INT, header + LENGTH_OFFSET, length);
    }

    /** Gives every buffer of a chain back, from any piece on. */
    @Override
    public void release(long address) {
        long piece = address;
        while (piece != LAST) {
            long following = next(piece); // read first: the buffer may be another thread's at once
            pool.release(piece);
            piece = following;
        }
    }

    @Override
    public int room(long address) {
        return pool.room(address);
    }

    /** Takes bytes away from the front of the first piece, which has more; returns the new frame address. */
    public long skip(long address, int bytes) {
        set(address, length(address) - bytes, next(address));
        return address + bytes;
    }

    /** Cuts the frame to a length of 1 to its own, and gives back the buffers that are no longer needed. */
    public void shorten(long address, int length) {
        long piece = address;
        int left = length;
        while (left > length(piece) && next(piece) != LAST) {
            left -= length(piece);
            piece = next(piece);
        }
        long rest = next(piece);
        set(piece, left, LAST);
        release(rest);
    }

    /** Length of the whole frame: the sum over its pieces. */
    public int total(long address) {
        int total = 0;
        for (long piece = address; piece != LAST; piece = next(piece)) {
            total += length(piece);
        }
        return total;
    }

    /** Address of byte {@code offset} of the frame, which has it. */
    public long locate(long address, int offset) {
        long piece = address;
        int left = offset;
        while (left >= length(piece)) {
            left -= length(piece);
            piece = next(piece);
        }
        return piece + left;
    }

    /** Copies the first {@code length} bytes of the frame, or what there is of them; returns how many. */
    public int copyTo(long address, int length, MemorySegment target, long at) {
        return copyTo(address, 0, length, target, at);
    }

    /** Copies {@code length} bytes of the frame from {@code offset} on, or what there is of them; returns how many. */
    public int copyTo(long address, int offset, int length, MemorySegment target, long at) {
        int done = 0;
        int skipped = offset;
        for (long piece = address; piece != LAST && done < length; piece = next(piece)) {
            int available = length(piece) - skipped;
            if (available <= 0) {
                skipped = -available;
                continue;
            }
            int part = Math.min(available, length - done);
            MemorySegment.copy(frames, piece + skipped, target, at + done, part);
            done += part;
            skipped = 0;
        }
        return done;
    }

    /**
     * Copies bytes into buffers of a new chain, full but for the last.
     *
     * @return the chain's first address, or {@link BufferPool#ABSENT}: there are not enough free buffers, none was taken
     */
    public long store(MemorySegment source, long from, int length) {
        int capacity = pool.frameCapacity();
        long first = pool.acquire();
        if (first == BufferPool.ABSENT) {
            return BufferPool.ABSENT;
        }
        long piece = first;
        int done = 0;
        while (true) {
            int part = Math.min(capacity, length - done);
            MemorySegment.copy(source, from + done, frames, piece, part);
            done += part;
            set(piece, part, LAST);
            if (done == length) {
                return first;
            }
            long following = pool.acquire();
            if (following == BufferPool.ABSENT) {
                release(first);
                return BufferPool.ABSENT;
            }
            set(piece, part, following);
            piece = following;
        }
    }

    /** A chain of its own with the same bytes, piece by piece; {@link BufferPool#ABSENT} without enough free buffers. */
    public long duplicate(long address) {
        long first = BufferPool.ABSENT;
        long last = BufferPool.ABSENT;
        for (long piece = address; piece != LAST; piece = next(piece)) {
            int length = length(piece);
            long copy = length > pool.frameCapacity() ? BufferPool.ABSENT : pool.acquire();
            if (copy == BufferPool.ABSENT) {
                release(first);
                return BufferPool.ABSENT;
            }
            MemorySegment.copy(frames, piece, frames, copy, length);
            set(copy, length, LAST);
            if (first == BufferPool.ABSENT) {
                first = copy;
            } else {
                set(last, length(last), copy);
            }
            last = copy;
        }
        return first;
    }
}
