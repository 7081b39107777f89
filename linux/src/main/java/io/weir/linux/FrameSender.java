package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Sends prepared Ethernet frames over and over by one interface, many with a system call: what a packet generator needs.
 * Used by one thread; {@link #send} is allocation-free.
 *
 * <pre>
 *  struct mmsghdr:  0 void *name | 8 u32 name length | 16 iovec *iov | 24 u64 iov length | 32 control.. | 48 flags | 56 u32 sent
 *  struct iovec:    0 void *base | 8 u64 length
 * </pre>
 */
public final class FrameSender implements AutoCloseable {
    private static final int MESSAGE_BYTES = 64;
    private static final int VECTOR_BYTES = 16;
    /** struct sockaddr_ll of if_packet.h. */
    private static final int ADDRESS_BYTES = 20;
    /** PACKET_QDISC_BYPASS of if_packet.h: frames go to the driver at once. */
    private static final int PACKET_QDISC_BYPASS = 20;
    /** Room for every frame that may be under way, so that a full queue loses frames and never holds the sender up. */
    private static final int SEND_BUFFER_BYTES = 64 << 20;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment messages;
    private final int frames;
    private final int socket;
    private int next;

    /**
     * Opens a packet socket in the network namespace of the calling thread.
     *
     * @param device the interface
     * @param frames whole Ethernet frames without check sequence, sent in this order again and again
     * @throws LinuxException when there is no such interface or the privilege is missing
     */
    public FrameSender(String device, List<byte[]> frames) {
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("frames: none");
        }
        this.frames = frames.size();
        this.messages = arena.allocate((long) this.frames * MESSAGE_BYTES, 8);
        MemorySegment vectors = arena.allocate((long) this.frames * VECTOR_BYTES, 8);
        for (int i = 0; i < this.frames; i++) {
            byte[] frame = frames.get(i);
            MemorySegment copy = arena.allocateFrom(JAVA_BYTE, frame);
            vectors.set(JAVA_LONG, (long) i * VECTOR_BYTES, copy.address());
            vectors.set(JAVA_LONG, (long) i * VECTOR_BYTES + 8, frame.length);
            messages.set(JAVA_LONG, (long) i * MESSAGE_BYTES + 16, vectors.address() + (long) i * VECTOR_BYTES);
            messages.set(JAVA_LONG, (long) i * MESSAGE_BYTES + 24, 1);
        }
        socket = Sockets.open(Sockets.AF_PACKET, Sockets.SOCK_RAW, 0);
        try {
            prepare(device);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void prepare(String device) {
        int index = Interfaces.index(device);
        if (index == 0) {
            throw LinuxException.of("bind(" + device + ")", Errno.ENODEV);
        }
        MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
        address.set(JAVA_SHORT, 0, (short) Sockets.AF_PACKET);
        // Protocol 0: nothing is received.
        address.set(JAVA_INT, 4, index);
        Sockets.require(Sockets.bind(socket, address), "bind(" + device + ")");
        Sockets.require(
                Sockets.setOption(socket, Sockets.SOL_PACKET, PACKET_QDISC_BYPASS, 1),
                "setsockopt(PACKET_QDISC_BYPASS)");
        if (Sockets.setOption(socket, Sockets.SOL_SOCKET, Sockets.SO_SNDBUFFORCE, SEND_BUFFER_BYTES) < 0) {
            Sockets.require(
                    Sockets.setOption(socket, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, SEND_BUFFER_BYTES),
                    "setsockopt(SO_SNDBUF)");
        }
    }

    /**
     * Sends the next frames; a frame that the interface refuses, because a queue is full, is passed over.
     *
     * @return how many of them the interface took
     */
    public int send(int count) {
        int taken = 0;
        int left = count;
        while (left > 0) {
            int some = Math.min(left, frames - next);
            int sent = Sockets.sendMany(
                    socket, messages.address() + (long) next * MESSAGE_BYTES, some, Sockets.MSG_DONTWAIT);
            int passed = sent > 0 ? sent : 1;
            taken += Math.max(sent, 0);
            left -= passed;
            next = next + passed == frames ? 0 : next + passed;
        }
        return taken;
    }

    @Override
    public void close() {
        Descriptors.close(socket);
        arena.close();
    }
}
