package io.weir.port.afpacket;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weir.linux.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The array of {@code struct mmsghdr} for sendmmsg(2): message {@code i} is the one piece of memory that vector {@code i}
 * names, to the address the socket is bound to.
 *
 * <pre>
 *   0      8          16       24        32        40           48      56       64
 *  +------+----------+--------+---------+---------+------------+-------+--------+
 *  | name | name len | vector | vectors | control | control len| flags | sent   |   x {@value #CAPACITY}
 *  +------+----------+--------+---------+---------+------------+-------+--------+
 *   0         8       16
 *  +---------+--------+
 *  | address | length |   struct iovec, x {@value #CAPACITY}
 *  +---------+--------+
 * </pre>
 */
final class Messages {
    /** As many frames as the engine sends at once. */
    static final int CAPACITY = 64;

    private static final int MESSAGE_BYTES = 64;
    private static final int VECTOR_BYTES = 16;
    private static final MemorySegment ALL = NativeMemory.all();

    /** Lives as long as this object. */
    private final MemorySegment memory = Arena.ofAuto().allocate((long) CAPACITY * (MESSAGE_BYTES + VECTOR_BYTES), 64);

    private final long messages = memory.address();
    private final long vectors = messages + (long) CAPACITY * MESSAGE_BYTES;

    Messages() {
        for (int i = 0; i < CAPACITY; i++) {
            ALL.set(JAVA_LONG, message(i) + 16, vectors + (long) i * VECTOR_BYTES);
            ALL.set(JAVA_LONG, message(i) + 24, 1);
        }
    }

    /** Address of message {@code i}. */
    long message(int i) {
        return messages + (long) i * MESSAGE_BYTES;
    }

    /** What message {@code i} sends. */
    void set(int i, long address, int lengthBytes) {
        long vector = vectors + (long) i * VECTOR_BYTES;
        ALL.set(JAVA_LONG, vector, address);
        ALL.set(JAVA_LONG, vector + 8, lengthBytes);
    }
}
