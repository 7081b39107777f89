package io.weir.port.afxdp;

import io.weir.linux.Bpf;
import io.weir.linux.Descriptors;
import io.weir.linux.Errno;
import io.weir.linux.LinuxException;

/**
 * The XDP program of an interface and its table of sockets by queue. Two forms: all frames to the queue's socket
 * (exclusive), or those that the tables of a {@link TrafficSelector} name (shared). What has no socket goes to the kernel's
 * own network stack.
 */
final class XdpProgram implements AutoCloseable {
    /** How weir's programs are known; at most 15 letters. */
    static final String NAME = "weir_xdp";

    private final int sockets;
    private final int unclaimed;
    private final int program;
    private final int id;

    private XdpProgram(int sockets, int unclaimed, int program) {
        this.sockets = sockets;
        this.unclaimed = unclaimed;
        this.program = program;
        id = Bpf.programId(program);
    }

    /** Loads a program that takes every frame. */
    static XdpProgram exclusive(int queues) {
        int sockets = Bpf.createMap(Bpf.MAP_TYPE_XSKMAP, "weir_sockets", 4, 4, queues);
        int unclaimed = -1;
        try {
            unclaimed = Bpf.createMap(Bpf.MAP_TYPE_ARRAY, "weir_unclaimed", 4, 8, 1);
            return new XdpProgram(sockets, unclaimed, Bpf.loadXdp(NAME, XdpCode.exclusive(sockets, unclaimed)));
        } catch (LinuxException e) {
            Descriptors.close(sockets);
            Descriptors.close(unclaimed);
            throw e;
        }
    }

    /** Loads a program that takes the frames that are in the tables. */
    static XdpProgram shared(int queues, TrafficSelector selector) {
        int sockets = Bpf.createMap(Bpf.MAP_TYPE_XSKMAP, "weir_sockets", 4, 4, queues);
        try {
            long[] code = XdpCode.shared(sockets, selector.addressMap(), selector.serviceMap(), selector.serverMap());
            return new XdpProgram(sockets, -1, Bpf.loadXdp(NAME, code));
        } catch (LinuxException e) {
            Descriptors.close(sockets);
            throw e;
        }
    }

    int descriptor() {
        return program;
    }

    /** The number by which the kernel and {@code bpftool prog} know it. */
    int id() {
        return id;
    }

    /** Frames of a queue go to this socket from now on. */
    void use(int queue, XdpSocket socket) {
        int result = Bpf.update(sockets, queue, socket.descriptor);
        if (result < 0) {
            String call = "bpf(BPF_MAP_UPDATE_ELEM, queue " + queue + ")";
            throw new LinuxException(
                    call, -result, call + ": " + Errno.name(-result) + " (" + Errno.text(-result) + ")");
        }
    }

    /** Frames that went to the kernel because their queue has no socket; 0 in shared mode, where that is not counted. */
    long unclaimedFrames() {
        return unclaimed < 0 ? 0 : Bpf.valueAt(unclaimed, 0);
    }

    @Override
    public void close() {
        Descriptors.close(program);
        Descriptors.close(sockets);
        Descriptors.close(unclaimed);
    }
}
