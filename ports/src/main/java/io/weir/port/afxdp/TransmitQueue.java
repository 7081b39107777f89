package io.weir.port.afxdp;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.weir.linux.Errno;
import io.weir.linux.NativeMemory;
import io.weir.linux.XdpSockets;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import java.lang.foreign.MemorySegment;

/**
 * The transmitting half of an {@link AfXdpPort}: puts frames into the transmit ring, has the kernel send them, and gives
 * their buffers back to the pool. Everything that the kernel would choke on is sorted out before: a descriptor that it
 * finds invalid never completes, and metadata that it finds invalid stops the ring for ever (xsk_build_skb in
 * net/xdp/xsk.c).
 *
 * <pre>
 *  struct xsk_tx_metadata, {@value XdpSockets#TRANSMIT_METADATA_BYTES} bytes before a frame that has the option TRANSMIT_METADATA:
 *   0                        8              10              12        24
 *  +------------------------+--------------+---------------+---------+-------
 *  | flags: checksum = 2    | start        | offset        |         | frame
 *  +------------------------+--------------+---------------+---------+-------
 * </pre>
 */
final class TransmitQueue {
    /** MAX_SKB_FRAGS is 17 at least, and the first piece is none of them. */
    private static final int MOST_PIECES = 17;

    private static final int METADATA_BYTES = XdpSockets.TRANSMIT_METADATA_BYTES;
    private static final long CHECKSUM_BYTES = 2;

    private final int id;
    private final FrameOwners owners;
    private final BufferPool pool;
    private final FrameChain chains;
    private final ProcessorCounters counters;
    private final MemorySegment frames = NativeMemory.all();
    private final long base;
    private final int bufferBytes;
    private final int bufferShift;

    private int outstanding;
    private boolean unfinished;
    private int longestFrame = Integer.MAX_VALUE;

    TransmitQueue(int id, Umem umem, FrameOwners owners, ProcessorCounters counters) {
        this.id = id;
        this.owners = owners;
        this.counters = counters;
        pool = owners.storage();
        chains = pool.chain();
        base = umem.storage().base();
        bufferBytes = umem.storage().bufferBytes();
        bufferShift = Integer.numberOfTrailingZeros(bufferBytes);
    }

    /** Nothing is under way: there is another socket, or none. */
    void restart() {
        outstanding = 0;
        unfinished = false;
    }

    /** Greatest frame that may leave, in bytes. */
    void limit(int bytes) {
        longestFrame = bytes;
    }

    /** Descriptors handed to the kernel whose buffers have not come back. */
    int outstanding() {
        return outstanding;
    }

    /** The kernel has frames that it will not send unless it is asked again. */
    boolean isUnfinished() {
        return unfinished;
    }

    /** Puts frames of a batch into the ring; returns how many were accepted, those among them that had to be dropped. */
    int add(XdpSocket to, FrameBatch batch) {
        reap(to);
        int size = batch.size();
        int i = 0;
        while (i < size && add(to, batch, i)) {
            i++;
        }
        return i;
    }

    private boolean add(XdpSocket to, FrameBatch batch, int i) {
        if (to.transmit.free(1) < 1) {
            return false;
        }
        int length = batch.length[i];
        long offload = batch.offload[i];
        if (!isSendable(length, offload)) {
            drop(batch, i, length > longestFrame ? DropReason.FRAME_TOO_LONG : DropReason.TRANSMIT_FAILED);
            return true;
        }
        // In another driver's ring the kernel cannot send from where the frame stands.
        if (!owners.moveToStorage(batch, i)) {
            drop(batch, i, DropReason.NO_BUFFER);
            return true;
        }
        if (batch.owner[i] == FrameBatch.CHAIN) {
            return addChain(to, batch, i);
        }
        long address = batch.address[i];
        if (!put(to, address, length, metadata(address, offload))) {
            drop(batch, i, DropReason.TRANSMIT_FAILED);
        }
        return true;
    }

    /** What the kernel would refuse is refused here. */
    private boolean isSendable(int length, long offload) {
        return length > 0
                && length <= longestFrame
                && Offload.segmentationType(offload) == 0
                && (!Offload.needsChecksum(offload)
                        || Offload.checksumStart(offload) + Offload.checksumOffset(offload) + CHECKSUM_BYTES <= length);
    }

    /** False when the frame does not lie in a buffer with room for metadata before it. */
    private boolean put(XdpSocket to, long address, int length, int options) {
        long offset = address - base;
        int within = (int) offset & (bufferBytes - 1);
        int buffer = (int) (offset >>> bufferShift);
        if (within < METADATA_BYTES || within + length > bufferBytes || offset < 0 || buffer >= to.held.length) {
            return false;
        }
        to.held[buffer] = XdpSocket.SENDING;
        to.transmit.put(offset, length, options);
        outstanding++;
        return true;
    }

    /** Leaves the checksum to the kernel when the frame asks for that; returns the options of the descriptor. */
    private int metadata(long address, long offload) {
        if (!Offload.needsChecksum(offload)) {
            return 0;
        }
        long at = address - METADATA_BYTES;
        frames.set(JAVA_LONG_UNALIGNED, at, XdpSockets.METADATA_CHECKSUM);
        frames.set(
                JAVA_LONG_UNALIGNED,
                at + 8,
                Offload.checksumStart(offload) | (long) Offload.checksumOffset(offload) << 16);
        frames.set(JAVA_LONG_UNALIGNED, at + 16, 0L);
        return XdpSockets.TRANSMIT_METADATA;
    }

    /** A descriptor for each piece, all or none. */
    private boolean addChain(XdpSocket to, FrameBatch batch, int i) {
        int pieces = piecesOf(batch.address[i]);
        if (pieces == 0 || !to.isMultiBuffer()) {
            drop(batch, i, DropReason.TRANSMIT_FAILED);
            return true;
        }
        if (to.transmit.free(pieces) < pieces) {
            return false;
        }
        long piece = batch.address[i];
        int options = metadata(piece, batch.offload[i]);
        while (piece != FrameChain.LAST) {
            long next = chains.next(piece);
            put(
                    to,
                    piece,
                    chains.length(piece),
                    next == FrameChain.LAST ? options : options | XdpSockets.PACKET_CONTINUED);
            // metadata stands before the first piece only
            options = 0;
            piece = next;
        }
        return true;
    }

    /** Number of pieces of a chain that can be sent, else 0. */
    private int piecesOf(long address) {
        int pieces = 0;
        for (long piece = address; piece != FrameChain.LAST; piece = chains.next(piece)) {
            int within = (int) (piece - base) & (bufferBytes - 1);
            int length = chains.length(piece);
            pieces++;
            if (within < METADATA_BYTES + FrameChain.HEADER_BYTES
                    || length < 1
                    || within + length > bufferBytes
                    || pieces > MOST_PIECES) {
                return 0;
            }
        }
        return pieces;
    }

    private void drop(FrameBatch batch, int i, DropReason reason) {
        owners.release(batch.address[i], batch.owner[i]);
        counters.add(InterfaceCounter.TRANSMIT_ERRORS, id, 1);
        counters.drop(reason, batch.ingress[i]);
    }

    /** Shows the kernel what was added and has it send; false when the interface is down or gone. */
    boolean send(XdpSocket to) {
        if (!to.transmit.publish() && !unfinished) {
            return true;
        }
        return !to.transmit.needsWakeup() || wake(to);
    }

    private boolean wake(XdpSocket to) {
        int result = XdpSockets.wakeTransmit(to.descriptor);
        unfinished = false;
        if (result >= 0) {
            return true;
        }
        return switch (-result) {
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM, Errno.EINTR -> {
                unfinished = true;
                yield true;
            }
            case Errno.EBUSY -> {
                // the device dropped one frame, and the kernel went no further
                counters.add(InterfaceCounter.TRANSMIT_ERRORS, id, 1);
                unfinished = true;
                yield true;
            }
            default -> false;
        };
    }

    /** What can be done about earlier frames: buffers back to the pool, and what is left once more to the kernel. */
    void finish(XdpSocket to) {
        if (outstanding != 0) {
            reap(to);
        }
        if (unfinished) {
            var _ = wake(to);
        }
    }

    private void reap(XdpSocket to) {
        int count = to.completion.available(1);
        if (count == 0) {
            return;
        }
        for (int i = 0; i < count; i++) {
            long offset = to.completion.address(i);
            to.held[(int) (offset >>> bufferShift)] = XdpSocket.FREE;
            pool.release(base + offset);
        }
        to.completion.release(count);
        outstanding -= count;
    }
}
