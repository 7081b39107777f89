package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A netlink(7) socket and the buffer in which a request is put together and its answer read: of the network namespace of
 * the thread that opens it, whichever asks later. One thread at a time.
 *
 * <pre>
 *   0        4      6       8     12    16
 *  +--------+------+-------+-----+-----+--------------------------------------+
 *  | length | type | flags | seq | pid | fixed part | attributes: length, type, value, padded to 4
 *  +--------+------+-------+-----+-----+--------------------------------------+
 * </pre>
 */
final class NetlinkSocket implements AutoCloseable {
    static final int ROUTE = 0;
    static final int GENERIC = 16;

    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;

    static final int HEADER_BYTES = 16;

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int NLA_TYPE_MASK = 0x3fff;
    private static final int BUFFER_BYTES = 1 << 18;

    /** Reads one attribute of a message. */
    interface AttributeReader {
        void read(int type, MemorySegment value);
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
    private final int socket;
    private int length;
    private int sequence;

    NetlinkSocket(int protocol) {
        socket = Sockets.open(Sockets.AF_NETLINK, Sockets.SOCK_RAW, protocol);
    }

    /** Begins a request and returns its fixed part, zeroed. */
    MemorySegment begin(int type, int flags, int fixedBytes) {
        length = HEADER_BYTES + fixedBytes;
        buffer.asSlice(0, length).fill((byte) 0);
        buffer.set(JAVA_SHORT, 4, (short) type);
        buffer.set(JAVA_SHORT, 6, (short) flags);
        buffer.set(JAVA_INT, 8, ++sequence);
        return buffer.asSlice(HEADER_BYTES, fixedBytes);
    }

    void put(int type, int value) {
        put(type, new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)});
    }

    /** A string that ends with a zero byte. */
    void put(int type, String value) {
        put(type, (value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    void put(int type, byte[] value) {
        buffer.asSlice(length, 4 + align(value.length)).fill((byte) 0);
        buffer.set(JAVA_SHORT, length, (short) (4 + value.length));
        buffer.set(JAVA_SHORT, length + 2L, (short) type);
        MemorySegment.copy(value, 0, buffer, JAVA_BYTE, length + 4L, value.length);
        length += 4 + align(value.length);
    }

    /** Begins an attribute that is made of attributes; returns what {@link #endNested} wants. */
    int beginNested(int type) {
        int at = length;
        put(type | NLA_F_NESTED, new byte[0]);
        return at;
    }

    /** A fixed part inside a nested attribute, zeroed. */
    MemorySegment putFixed(int bytes) {
        MemorySegment part = buffer.asSlice(length, align(bytes));
        part.fill((byte) 0);
        length += align(bytes);
        return part;
    }

    void endNested(int at) {
        buffer.set(JAVA_SHORT, at, (short) (length - at));
    }

    /** Sends the request that only wants to be acknowledged. */
    void request(String what) {
        exchange(what, _ -> {});
    }

    /**
     * Sends the request that stands in the buffer and hands every message of the answer over.
     *
     * @throws LinuxException with {@code what} as the call when the kernel refuses
     */
    void exchange(String what, Consumer<MemorySegment> each) {
        boolean dump = (buffer.get(JAVA_SHORT, 6) & NLM_F_DUMP) == NLM_F_DUMP
                && (buffer.get(JAVA_SHORT, 6) & NLM_F_CREATE) == 0;
        buffer.set(JAVA_INT, 0, length);
        require((int) Sockets.send(socket, buffer.address(), length, 0), what);
        boolean more = true;
        while (more) {
            int bytes = (int) Sockets.receive(socket, buffer.address(), BUFFER_BYTES, 0);
            require(bytes, what);
            more = read(buffer.asSlice(0, bytes), what, dump, each);
        }
    }

    /** Returns true when more is to come. */
    private boolean read(MemorySegment answer, String what, boolean dump, Consumer<MemorySegment> each) {
        boolean more = true;
        for (long at = 0; at + HEADER_BYTES <= answer.byteSize(); ) {
            int bytes = answer.get(JAVA_INT, at);
            if (bytes < HEADER_BYTES || at + bytes > answer.byteSize()) {
                throw new IllegalStateException(what + ": a message of " + bytes + " bytes at " + at + " of "
                        + answer.byteSize() + " received");
            }
            // what is left of an earlier request that failed midway is passed over
            if (answer.get(JAVA_INT, at + 8) == sequence) {
                int type = Short.toUnsignedInt(answer.get(JAVA_SHORT, at + 4));
                switch (type) {
                    case NLMSG_ERROR -> {
                        require(answer.get(JAVA_INT, at + HEADER_BYTES), what);
                        more = false;
                    }
                    case NLMSG_DONE -> more = false;
                    default -> {
                        each.accept(answer.asSlice(at, bytes));
                        more = dump;
                    }
                }
            }
            at += align(bytes);
        }
        return more;
    }

    /** Reads the attributes of a message or of a nested attribute, from a position in it. */
    static void attributes(MemorySegment message, int from, AttributeReader reader) {
        for (long at = from; at + 4 <= message.byteSize(); ) {
            int bytes = Short.toUnsignedInt(message.get(JAVA_SHORT, at));
            if (bytes < 4 || at + bytes > message.byteSize()) {
                return;
            }
            reader.read(message.get(JAVA_SHORT, at + 2) & NLA_TYPE_MASK, message.asSlice(at + 4, bytes - 4L));
            at += align(bytes);
        }
    }

    private static int align(int bytes) {
        return (bytes + 3) & ~3;
    }

    private static void require(int result, String what) {
        if (result < 0) {
            throw LinuxException.of("netlink(" + what + ")", -result);
        }
    }

    @Override
    public void close() {
        Descriptors.close(socket);
        arena.close();
    }
}
