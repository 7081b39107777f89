package io.weir.port.afxdp;

import io.weir.linux.Bpf;
import io.weir.linux.Descriptors;
import io.weir.linux.Errno;
import io.weir.linux.Interfaces;
import io.weir.linux.LinuxException;
import io.weir.linux.Netlink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** An XDP program on one interface of the kernel, with the sockets of its queues: from taking it up to giving it up. */
final class XdpAttachment implements AutoCloseable {
    /** The kernel takes a killed process's sockets and programs down in the background: tens of ms, seen up to 200. */
    static final int PATIENCE_MS = 2_000;

    private static final int PAUSE_MS = 20;

    /** Ethernet header and one tag. */
    private static final int LINK_BYTES = 18;

    private final AfXdpOptions options;
    private final Umem umem;
    private final @Nullable TrafficSelector selector;
    private final Interfaces question;
    private final int questionSocket;
    private final Netlink netlink;
    private final int index;
    private @Nullable XdpProgram program;
    private int link = -1;
    private boolean isNative;
    private String reason = "";

    XdpAttachment(
            AfXdpOptions options,
            Umem umem,
            @Nullable TrafficSelector selector,
            Interfaces question,
            int questionSocket,
            Netlink netlink,
            int index) {
        this.options = options;
        this.umem = umem;
        this.selector = selector;
        this.question = question;
        this.questionSocket = questionSocket;
        this.netlink = netlink;
        this.index = index;
    }

    /**
     * Opens and binds the sockets, loads the program and attaches it.
     *
     * @param patienceMs how long to wait for a queue or an attachment that another process seems to have
     */
    List<XdpSocket> open(int queues, int patienceMs) {
        long end = System.nanoTime() + patienceMs * 1_000_000L;
        Programs.refuseForeign(options.device(), netlink.xdp(index));
        List<XdpSocket> sockets = new ArrayList<>();
        boolean complete = false;
        try {
            boolean zeroCopy = options.attach() != Attach.GENERIC && hasZeroCopy();
            if (!zeroCopy || !bindZeroCopy(sockets, queues)) {
                bind(sockets, queues, false, end);
            }
            requireRoom(sockets.getFirst());
            XdpProgram loaded = selector == null ? XdpProgram.exclusive(queues) : XdpProgram.shared(queues, selector);
            program = loaded;
            sockets.forEach(socket -> loaded.use(socket.queue, socket));
            Programs.removeOwn(options.device(), index, netlink);
            attach(loaded, end);
            if (!isNative && sockets.getFirst().isZeroCopy()) {
                // the generic program cannot reach sockets that the driver fills itself
                sockets.forEach(umem::close);
                sockets.clear();
                bind(sockets, queues, false, end);
                sockets.forEach(socket -> loaded.use(socket.queue, socket));
            }
            complete = true;
            return sockets;
        } finally {
            if (!complete) {
                sockets.forEach(umem::close);
                close();
            }
        }
    }

    private boolean hasZeroCopy() {
        long features = netlink.xdpFeatures(index);
        return features >= 0 && (features & Netlink.XDP_ZEROCOPY) != 0;
    }

    /** False when the driver cannot after all; no socket is open then. */
    private boolean bindZeroCopy(List<XdpSocket> sockets, int queues) {
        try {
            bind(sockets, queues, true, System.nanoTime());
            return true;
        } catch (LinuxException e) {
            sockets.forEach(umem::close);
            sockets.clear();
            reason = "zero-copy was refused: " + e.getMessage();
            return false;
        }
    }

    private void bind(List<XdpSocket> sockets, int queues, boolean zeroCopy, long end) {
        for (int queue = 0; queue < queues; queue++) {
            int number = queue;
            sockets.add(
                    patiently(end, () -> umem.open(options.device(), index, number, options.ringFrames(), zeroCopy)));
        }
    }

    private interface Opening {
        XdpSocket open();
    }

    private XdpSocket patiently(long end, Opening opening) {
        while (true) {
            try {
                return opening.open();
            } catch (LinuxException e) {
                if (e.errno() == Errno.EBUSY && System.nanoTime() < end) {
                    pause();
                } else {
                    throw explained(e);
                }
            }
        }
    }

    private LinuxException explained(LinuxException e) {
        String text = switch (e.errno()) {
            case Errno.EBUSY ->
                ": another process, perhaps a running weir, receives from this queue; stop it, or use driver:"
                        + " af_packet beside it";
            case Errno.EINVAL ->
                ": the device has " + question.receiveQueues(questionSocket) + " receive queues; see `ethtool -l "
                        + options.device() + "`";
            default -> "";
        };
        return text.isEmpty() ? e : new LinuxException(e.call(), e.errno(), e.getMessage() + text);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void requireRoom(XdpSocket socket) {
        int mtu = question.mtu(questionSocket);
        if (mtu + LINK_BYTES > umem.receiveCapacityBytes() && !socket.isMultiBuffer()) {
            throw new IllegalArgumentException("interface " + options.device() + ": mtu " + mtu + " needs "
                    + (mtu + LINK_BYTES) + " bytes, a buffer-size of "
                    + umem.storage().bufferBytes() + " has room for "
                    + umem.receiveCapacityBytes() + ", and here a frame cannot span several buffers: `ip link set dev "
                    + options.device() + " mtu " + (umem.receiveCapacityBytes() - LINK_BYTES) + "`"
                    + (umem.storage().bufferBytes() < 4096 ? ", or memory.buffer-size: 4096" : "")
                    + ", or driver: af_packet");
        }
    }

    private void attach(XdpProgram loaded, long end) {
        int result = -Errno.EOPNOTSUPP;
        if (options.attach() != Attach.GENERIC) {
            result = attach(end, () -> Bpf.attachXdp(loaded.descriptor(), index, Bpf.XDP_NATIVE));
            isNative = result >= 0;
            if (result < 0) {
                String driver = question.driver(questionSocket);
                reason = Programs.noNative(driver, -result);
            }
        }
        if (result < 0 && options.attach() != Attach.NATIVE && result != -Errno.EPERM) {
            result = attach(end, () -> Bpf.attachXdp(loaded.descriptor(), index, Bpf.XDP_GENERIC));
        }
        if (result < 0) {
            String call = "bpf(BPF_LINK_CREATE, XDP on " + options.device() + ")";
            throw new LinuxException(
                    call,
                    -result,
                    call + ": " + Errno.name(-result) + " (" + Errno.text(-result) + ")"
                            + (reason.isEmpty() ? "" : ": " + reason));
        }
        link = result;
    }

    private static int attach(long end, IntSupplier attempt) {
        int result = attempt.getAsInt();
        while ((result == -Errno.EBUSY || result == -Errno.EEXIST) && System.nanoTime() < end) {
            pause();
            result = attempt.getAsInt();
        }
        return result;
    }

    boolean isNative() {
        return isNative;
    }

    String reason() {
        return reason;
    }

    /** False when somebody has detached the program, or when the interface is gone. */
    boolean isAttached() {
        try {
            return program != null && netlink.xdp(index).program() == program.id();
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENODEV) {
                return false;
            }
            throw e;
        }
    }

    long unclaimedFrames() {
        return program == null ? 0 : program.unclaimedFrames();
    }

    /** Detaches the program; the sockets are closed by who has them. */
    @Override
    public void close() {
        Descriptors.close(link);
        link = -1;
        if (program != null) {
            program.close();
            program = null;
        }
    }
}
