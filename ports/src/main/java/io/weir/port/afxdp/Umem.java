package io.weir.port.afxdp;

import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.linux.LockedMemory;
import io.weir.linux.NativeMemory;
import io.weir.linux.XdpSockets;
import io.weir.memory.packet.PacketStorage;
import java.util.ArrayList;
import java.util.List;

/**
 * The packet storage as the memory of AF_XDP sockets (Fig. 13: one pool from which any interface is refilled). Its buffers
 * are the kernel's chunks; the kernel's address of a frame is its offset from the start of the storage.
 *
 * <p>The first socket registers the memory, the others share the registration (XDP_SHARED_UMEM). A registration is either
 * of the zero-copy or of the copying kind, so there may be one of each, over the same memory: buffers move between them
 * all the same. A registration ends with the last socket that is bound; the next socket registers anew.
 *
 * <p>Sockets are opened and closed by control threads, one at a time.
 */
public final class Umem {
    private static final int LEAST_CHUNK_BYTES = 2048;
    private static final int PAGE_BYTES = 4096;

    /** Buffers in the fill ring below which a queue cannot take a burst. */
    private static final int LEAST_FILL = 64;

    private final PacketStorage storage;
    private final List<XdpSocket> copying = new ArrayList<>();
    private final List<XdpSocket> zeroCopying = new ArrayList<>();
    private volatile int sockets;
    private boolean metadata = true;
    private boolean multiBuffer = true;

    private Umem(PacketStorage storage) {
        this.storage = storage;
    }

    /**
     * The umem over the packet storage.
     *
     * @throws IllegalArgumentException when the kernel cannot use its buffers: they must have 2,048 or 4,096 bytes and
     *     start on a page
     */
    public static Umem over(PacketStorage storage) {
        int chunk = storage.bufferBytes();
        if (chunk != LEAST_CHUNK_BYTES && chunk != PAGE_BYTES) {
            throw new IllegalArgumentException("buffer-size: " + chunk + " bytes cannot be used with af_xdp (the kernel"
                    + " takes 2048 or 4096): set memory.buffer-size: " + (chunk < PAGE_BYTES ? 2048 : PAGE_BYTES)
                    + ", or driver: af_packet");
        }
        if (storage.frames().address() != NativeMemory.all().address() || storage.base() % PAGE_BYTES != 0) {
            throw new IllegalArgumentException("packet storage at 0x" + Long.toHexString(storage.base())
                    + " is not on a page of the whole address space");
        }
        return new Umem(storage);
    }

    PacketStorage storage() {
        return storage;
    }

    /** True when frames can be sent with a checksum to be completed. */
    synchronized boolean hasMetadata() {
        return metadata;
    }

    /** Greatest frame in one received buffer, in bytes. */
    int receiveCapacityBytes() {
        return storage.bufferBytes() - XdpSockets.RECEIVE_HEADROOM_BYTES;
    }

    /**
     * Buffers that a queue keeps with the kernel for receiving: all that fit into its ring, as long as all queues together
     * leave half of the storage to frames under way.
     */
    int fillTarget(int ringFrames) {
        int share = storage.buffers() / (2 * Math.max(1, sockets));
        return Math.clamp(share, Math.min(LEAST_FILL, ringFrames), ringFrames);
    }

    /**
     * Opens a socket on a queue, in the calling thread's network namespace.
     *
     * @throws LinuxException EBUSY when another socket has the queue, EINVAL when there is none with this number,
     *     EOPNOTSUPP when zero-copy is wanted and the driver has none; ENOBUFS above the locked-memory limit
     */
    synchronized XdpSocket open(String device, int index, int queue, int ringFrames, boolean zeroCopy) {
        XdpSocket socket = new XdpSocket(storage, queue, ringFrames);
        boolean complete = false;
        try {
            String call = "bind(AF_XDP, " + device + ", queue " + queue + ")";
            int result = share(socket, index, zeroCopy);
            if (result == -Errno.EBADF) {
                register(socket.descriptor);
                result = bindFirst(socket.descriptor, index, queue, zeroCopy);
            }
            if (result < 0) {
                throw new LinuxException(
                        call, -result, call + ": " + Errno.name(-result) + " (" + Errno.text(-result) + ")");
            }
            socket.bound(XdpSockets.isZeroCopy(socket.descriptor), multiBuffer);
            (zeroCopy ? zeroCopying : copying).add(socket);
            count();
            complete = true;
            return socket;
        } finally {
            if (!complete) {
                socket.close();
            }
        }
    }

    /** Binds with the memory of a socket that is bound; EBADF when there is none. */
    private int share(XdpSocket socket, int index, boolean zeroCopy) {
        for (XdpSocket other : zeroCopy ? zeroCopying : copying) {
            int result = XdpSockets.bind(
                    socket.descriptor, index, socket.queue, XdpSockets.XDP_SHARED_UMEM, other.descriptor);
            // EBADF: the other's interface was deleted, and it is going to be closed
            if (result != -Errno.EBADF) {
                return result;
            }
        }
        return -Errno.EBADF;
    }

    private int bindFirst(int socket, int index, int queue, boolean zeroCopy) {
        int flags = XdpSockets.XDP_USE_NEED_WAKEUP | (zeroCopy ? XdpSockets.XDP_ZEROCOPY : XdpSockets.XDP_COPY);
        int result = -Errno.EINVAL;
        if (multiBuffer) {
            result = XdpSockets.bind(socket, index, queue, flags | XdpSockets.XDP_USE_SG, 0);
        }
        if (result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP) {
            int single = XdpSockets.bind(socket, index, queue, flags, 0);
            // a kernel before 6.6 knows no frames in several buffers
            multiBuffer &= single < 0;
            result = single;
        }
        return result;
    }

    private void register(int socket) {
        long bytes = (long) storage.buffers() * storage.bufferBytes();
        int result = register(socket, bytes);
        if (result == -Errno.ENOBUFS || result == -Errno.ENOMEM) {
            // the kernel counts what both kinds of registration pin
            if (LockedMemory.raise(2 * bytes)) {
                result = register(socket, bytes);
            }
        }
        if (result < 0) {
            String call = "setsockopt(XDP_UMEM_REG, " + bytes + " bytes)";
            throw new LinuxException(
                    call,
                    -result,
                    call + ": " + Errno.name(-result) + " (" + Errno.text(-result) + ")" + remedy(-result, bytes));
        }
    }

    private int register(int socket, long bytes) {
        int metadataBytes = metadata ? XdpSockets.TRANSMIT_METADATA_BYTES : 0;
        int result = XdpSockets.registerMemory(socket, storage.base(), bytes, storage.bufferBytes(), metadataBytes);
        if (result == -Errno.EINVAL && metadata) {
            // a kernel before 6.8 has no transmit metadata
            int plain = XdpSockets.registerMemory(socket, storage.base(), bytes, storage.bufferBytes(), 0);
            metadata = plain < 0;
            return plain;
        }
        return result;
    }

    private static String remedy(int errno, long bytes) {
        return switch (errno) {
            case Errno.ENOBUFS, Errno.ENOMEM, Errno.EPERM ->
                ": the packet storage is pinned in memory, and the locked-memory limit is "
                        + LockedMemory.limitBytes() + " bytes; " + 2 * bytes + " are needed: raise it (`ulimit -l "
                        + Math.ceilDiv(2 * bytes, 1024) + "`, or LimitMEMLOCK=infinity with systemd), give the java"
                        + " binary CAP_IPC_LOCK (`setcap cap_net_raw,cap_net_admin,cap_bpf,cap_ipc_lock+ep`), or lower"
                        + " memory.buffers";
            case Errno.EOPNOTSUPP ->
                ": the packet storage is a file that the kernel cannot pin; put memory.file on /dev/shm";
            default -> "";
        };
    }

    /** Closes a socket; its buffers are then given back with {@link XdpSocket#releaseHeld}. */
    synchronized void close(XdpSocket socket) {
        copying.remove(socket);
        zeroCopying.remove(socket);
        count();
        socket.close();
    }

    private void count() {
        sockets = copying.size() + zeroCopying.size();
    }
}
