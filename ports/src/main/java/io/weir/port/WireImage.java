package io.weir.port;

import io.weir.memory.packet.FrameChain;
import io.weir.wire.Checksum;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A frame as it goes over the wire, copied into one piece: its buffers joined, and a transport checksum that is left to
 * the interface ({@link Offload#needsChecksum}) completed. One of {@link Offload#CHECKSUM_UNKNOWN} is copied as it is, and a
 * frame to be cut into segments stays one. For one thread; makes no objects after its construction.
 */
public final class WireImage {
    /** The greatest IP packet behind a tagged Ethernet header, and room to spare. */
    private static final int CAPACITY = 128 << 10;
    /** Offset of the checksum in a UDP header (RFC 768): 0 is written as 0xffff there. */
    private static final int UDP_CHECKSUM = 6;

    private static final ValueLayout.OfShort RAW_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment frames;
    private final FrameChain chain;
    private final MemorySegment bytes = Arena.ofAuto().allocate(CAPACITY);

    /** Images of frames of one processor, whose owners these are. */
    public WireImage(FrameOwners owners) {
        frames = owners.storage().frames();
        chain = owners.storage().chain();
    }

    /** Where {@link #copy} puts a frame, from offset 0 on. */
    public MemorySegment bytes() {
        return bytes;
    }

    /** True when a frame's bytes in its one buffer are not what goes over the wire. */
    public static boolean differs(FrameBatch batch, int i) {
        return batch.owner[i] == FrameBatch.CHAIN || Offload.needsChecksum(batch.offload[i]);
    }

    /** Copies frame {@code i}; returns its length, less when it is longer than anything that an interface takes. */
    public int copy(FrameBatch batch, int i) {
        int length = Math.min(batch.length[i], CAPACITY);
        if (batch.owner[i] == FrameBatch.CHAIN) {
            chain.copyTo(batch.address[i], length, bytes, 0);
        } else {
            MemorySegment.copy(frames, batch.address[i], bytes, 0, length);
        }
        complete(batch.offload[i], length);
        return length;
    }

    private void complete(long offload, int length) {
        int start = Offload.checksumStart(offload);
        int offset = Offload.checksumOffset(offload);
        if (!Offload.needsChecksum(offload) || start + offset + 2 > length) {
            return;
        }
        long sum = Checksum.sum(bytes, start, length - start);
        int checksum = offset == UDP_CHECKSUM ? Checksum.finishUdp(sum) : Checksum.finish(sum);
        bytes.set(RAW_16, (long) start + offset, (short) checksum);
    }
}
