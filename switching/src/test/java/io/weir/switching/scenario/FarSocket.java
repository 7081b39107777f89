package io.weir.switching.scenario;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weir.linux.Descriptors;
import io.weir.linux.Interfaces;
import io.weir.linux.Namespaces;
import io.weir.linux.Sockets;
import io.weir.port.Offload;
import io.weir.port.memory.MemoryStation.TransmittedFrame;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The stations' end of a virtual link: a packet socket that sends frames as they are, and says of those it receives
 * whether their checksum is still open (struct virtio_net_hdr, include/uapi/linux/virtio_net.h).
 */
final class FarSocket implements AutoCloseable {
    /** ETH_P_ALL in network byte order. */
    private static final short ALL_PROTOCOLS = 0x0300;
    /** PACKET_VNET_HDR of include/uapi/linux/if_packet.h. */
    private static final int PACKET_VNET_HEADER = 15;

    /** include/uapi/asm-generic/socket.h. */
    private static final int SO_RCVBUFFORCE = 33;

    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int HEADER_BYTES = 10;
    private static final int BUFFER_BYTES = 70_000;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
    private final int descriptor;

    FarSocket(String namespace, String device) {
        this(namespace, device, ALL_PROTOCOLS);
    }

    /** One that only sends: the kernel's stack there gets what comes, and throws it away. */
    static FarSocket sending(String namespace, String device) {
        return new FarSocket(namespace, device, (short) 0);
    }

    private FarSocket(String namespace, String device, short protocols) {
        try {
            descriptor = Namespaces.call(namespace, () -> open(device, protocols));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int open(String device, short protocols) {
        int socket = Sockets.open(Sockets.AF_PACKET, Sockets.SOCK_RAW, 0);
        Sockets.require(Sockets.setOption(socket, Sockets.SOL_PACKET, PACKET_VNET_HEADER, 1), "PACKET_VNET_HDR");
        // More than is ever under way; what does not fit would be lost without a word.
        Sockets.require(
                Sockets.setOption(socket, Sockets.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES), "SO_RCVBUFFORCE");
        MemorySegment address = arena.allocate(20, 4); // struct sockaddr_ll of linux/if_packet.h
        address.set(JAVA_SHORT, 0, (short) Sockets.AF_PACKET);
        address.set(JAVA_SHORT, 2, protocols);
        address.set(JAVA_INT, 4, Interfaces.index(device));
        Sockets.require(Sockets.bind(socket, address), "bind(" + device + ")");
        return socket;
    }

    /** False when the interface or its queue did not take the frame. */
    boolean send(byte[] frame) {
        buffer.asSlice(0, HEADER_BYTES).fill((byte) 0);
        MemorySegment.copy(frame, 0, buffer, JAVA_BYTE, HEADER_BYTES, frame.length);
        int length = frame.length + HEADER_BYTES;
        return Sockets.send(descriptor, buffer.address(), length, Sockets.MSG_DONTWAIT) == length;
    }

    /** The next frame that has come, or null. */
    @Nullable
    TransmittedFrame receive() {
        int length = (int) Sockets.receive(descriptor, buffer.address(), BUFFER_BYTES, Sockets.MSG_DONTWAIT);
        if (length < HEADER_BYTES) {
            return null;
        }
        byte[] frame = buffer.asSlice(HEADER_BYTES, length - HEADER_BYTES).toArray(JAVA_BYTE);
        boolean isOpen = (buffer.get(JAVA_BYTE, 0) & Offload.NEEDS_CHECKSUM) != 0;
        long offload = isOpen
                ? Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, buffer.get(JAVA_SHORT, 6), buffer.get(JAVA_SHORT, 8))
                : Offload.NONE;
        return new TransmittedFrame(frame, offload);
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
        arena.close();
    }
}
