package io.weir.port;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weir.linux.Descriptors;
import io.weir.linux.Interfaces;
import io.weir.linux.Namespaces;
import io.weir.linux.Polling;
import io.weir.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The far end of a link: sends and receives frames by read and write calls, without a ring. */
public final class RawStation implements AutoCloseable {
    /** IEEE 802 local experimental ethertype 1; frames of other types are passed over. */
    public static final int ETHERTYPE = 0x88b5;

    private static final short ALL_PROTOCOLS = 0x0300;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(70_000, 8);
    private final Polling polling = new Polling(1);
    private final int socket;

    public RawStation(String namespace, String device) throws Exception {
        socket = Namespaces.call(namespace, () -> {
            int descriptor = Sockets.open(Sockets.AF_PACKET, Sockets.SOCK_RAW, 0);
            MemorySegment address = arena.allocate(20, 4);
            address.set(JAVA_SHORT, 0, (short) Sockets.AF_PACKET);
            address.set(JAVA_SHORT, 2, ALL_PROTOCOLS);
            address.set(JAVA_INT, 4, Interfaces.index(device));
            Sockets.require(Sockets.bind(descriptor, address), "bind(" + device + ")");
            return descriptor;
        });
        polling.add(socket, Polling.READABLE);
    }

    public void send(byte[] frame) {
        MemorySegment.copy(frame, 0, buffer, JAVA_BYTE, 0, frame.length);
        long sent = Sockets.send(socket, buffer.address(), frame.length, 0);
        if (sent != frame.length) {
            throw new IllegalStateException("sent " + sent + " of " + frame.length);
        }
    }

    /** The next frame of the experimental type, or null when none came in two seconds. */
    public byte @Nullable [] receive() {
        while (polling.await(2_000) > 0) {
            int length = (int) Sockets.receive(socket, buffer.address(), buffer.byteSize(), Sockets.MSG_DONTWAIT);
            if (length >= 14
                    && ((buffer.get(JAVA_BYTE, 12) & 0xff) << 8 | (buffer.get(JAVA_BYTE, 13) & 0xff)) == ETHERTYPE) {
                return buffer.asSlice(0, length).toArray(JAVA_BYTE);
            }
        }
        return null;
    }

    @Override
    public void close() {
        Descriptors.close(socket);
        polling.close();
        arena.close();
    }
}
