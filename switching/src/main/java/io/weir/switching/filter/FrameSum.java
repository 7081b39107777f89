package io.weir.switching.filter;

import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;

/** The sum of {@link Checksum} over a part of a frame, whether it lies in one buffer or in several. */
final class FrameSum {
    private FrameSum() {}

    /** Of {@code length} bytes from {@code offset} on, all within row {@code i}'s frame. */
    static long of(MemorySegment frames, FrameChain chain, PacketBatch batch, int i, int offset, int length) {
        FrameBatch columns = batch.frames;
        return of(frames, chain, columns.address[i], columns.owner[i], offset, length);
    }

    static long of(MemorySegment frames, FrameChain chain, long address, int owner, int offset, int length) {
        return owner == FrameBatch.CHAIN
                ? ofChain(frames, chain, address, offset, length)
                : Checksum.sum(frames, address + offset, length);
    }

    private static long ofChain(MemorySegment frames, FrameChain chain, long address, int offset, int length) {
        long sum = 0;
        boolean isOdd = false;
        int skipped = offset;
        int left = length;
        for (long piece = address; piece != FrameChain.LAST && left > 0; piece = chain.next(piece)) {
            int pieceBytes = chain.length(piece);
            if (skipped >= pieceBytes) {
                skipped -= pieceBytes;
                continue;
            }
            int part = Math.min(left, pieceBytes - skipped);
            long partSum = Checksum.sum(frames, piece + skipped, part);
            // Behind an odd number of bytes high and low bytes change places (RFC 1071 section 2(B)).
            sum += isOdd ? Checksum.swap(Checksum.fold(partSum)) : partSum;
            isOdd ^= (part & 1) != 0;
            left -= part;
            skipped = 0;
        }
        return sum;
    }
}
