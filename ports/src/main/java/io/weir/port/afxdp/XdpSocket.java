package io.weir.port.afxdp;

import io.weir.linux.Descriptors;
import io.weir.linux.LinuxException;
import io.weir.linux.Mappings;
import io.weir.linux.XdpSockets;
import io.weir.linux.XdpSockets.MappedRing;
import io.weir.linux.XdpSockets.Ring;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.PacketStorage;
import java.util.ArrayList;
import java.util.List;

/**
 * One AF_XDP socket with its four rings, bound to a queue. Remembers which buffers the kernel has, one byte per buffer:
 * some of them are in no ring (taken out of the fill ring, or on their way out), so this is the only way to get them all
 * back when the socket is closed.
 */
final class XdpSocket {
    /** Values of {@link #held}: weir or another socket has the buffer; the kernel may receive into it; it is being sent. */
    static final byte FREE = 0;

    static final byte RECEIVING = 1;
    static final byte SENDING = 2;

    final int descriptor;
    final int queue;
    final int ringFrames;
    final ConsumerRing receive;
    final ProducerRing transmit;
    final ProducerRing fill;
    final ConsumerRing completion;
    /** By number of the buffer. */
    final byte[] held;

    private final PacketStorage storage;
    private final List<MappedRing> mapped = new ArrayList<>();
    private boolean zeroCopy;
    private boolean multiBuffer;

    /** Opens a socket in the calling thread's network namespace; it is not bound yet. */
    XdpSocket(PacketStorage storage, int queue, int ringFrames) {
        this.storage = storage;
        this.queue = queue;
        this.ringFrames = ringFrames;
        held = new byte[storage.buffers()];
        descriptor = XdpSockets.open();
        try {
            XdpSockets.createRings(descriptor, ringFrames);
            receive = new ConsumerRing(map(Ring.RECEIVE), ringFrames);
            transmit = new ProducerRing(map(Ring.TRANSMIT), ringFrames);
            fill = new ProducerRing(map(Ring.FILL), ringFrames);
            completion = new ConsumerRing(map(Ring.COMPLETION), ringFrames);
        } catch (LinuxException e) {
            close();
            throw e;
        }
    }

    private MappedRing map(Ring ring) {
        MappedRing one = XdpSockets.map(descriptor, ring, ringFrames);
        mapped.add(one);
        return one;
    }

    void bound(boolean isZeroCopy, boolean hasMultiBuffer) {
        zeroCopy = isZeroCopy;
        multiBuffer = hasMultiBuffer;
        XdpSockets.limitTransmit(descriptor, ringFrames);
    }

    boolean isZeroCopy() {
        return zeroCopy;
    }

    /** True when frames may span several buffers. */
    boolean isMultiBuffer() {
        return multiBuffer;
    }

    /** Unmaps the rings, without which the queue would stay busy, and closes the socket. */
    void close() {
        mapped.forEach(ring -> Mappings.unmap(ring.mapping(), ring.mappingBytes()));
        mapped.clear();
        Descriptors.close(descriptor);
    }

    /** Gives all buffers that the kernel had to the pool; only after {@link #close}. Returns how many. */
    int releaseHeld(BufferPool pool) {
        int count = 0;
        for (int i = 0; i < held.length; i++) {
            if (held[i] != FREE) {
                held[i] = FREE;
                pool.release(storage.base() + (long) i * storage.bufferBytes());
                count++;
            }
        }
        return count;
    }

    /** Buffers that the kernel has. */
    int held() {
        int count = 0;
        for (byte one : held) {
            count += one == FREE ? 0 : 1;
        }
        return count;
    }
}
