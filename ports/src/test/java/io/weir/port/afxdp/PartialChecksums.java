package io.weir.port.afxdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.weir.linux.NativeMemory;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** Finds out about unknown checksums as the engine does: a field with the sum of the pseudo header only is unfinished. */
final class PartialChecksums {
    private static final MemorySegment FRAMES = NativeMemory.all();

    private PartialChecksums() {}

    private static int get16(long address) {
        return Short.toUnsignedInt(FRAMES.get(JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), address));
    }

    /** Returns how many checksums of the batch were unfinished. */
    static int resolve(FrameBatch batch) {
        int unfinished = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (Offload.isChecksumUnknown(batch.offload[i])) {
                batch.offload[i] = resolve(batch.address[i], batch.length[i]);
                unfinished += batch.offload[i] == Offload.NONE ? 0 : 1;
            }
        }
        return unfinished;
    }

    private static long resolve(long frame, int length) {
        boolean ipv4 = length >= 34 && get16(frame + 12) == 0x0800 && FRAMES.get(JAVA_BYTE, frame + 14) == 0x45;
        boolean ipv6 = length >= 54 && get16(frame + 12) == 0x86dd;
        if (!ipv4 && !ipv6) {
            return Offload.NONE;
        }
        int protocol = FRAMES.get(JAVA_BYTE, frame + (ipv4 ? 23 : 20));
        if (protocol != 6 && protocol != 17) {
            return Offload.NONE;
        }
        int start = ipv4 ? 34 : 54;
        int offset = protocol == 6 ? 16 : 6;
        int sum = protocol + (ipv4 ? get16(frame + 16) - 20 : get16(frame + 18));
        for (int at = ipv4 ? 26 : 22; at < start; at += 2) {
            sum += get16(frame + at);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return get16(frame + start + offset) == sum
                ? Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, start, offset)
                : Offload.NONE;
    }
}
