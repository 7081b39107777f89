package io.weir.port.afxdp;

import io.weir.linux.Descriptors;
import io.weir.linux.Errno;
import io.weir.linux.Interfaces;
import io.weir.linux.LinuxException;
import io.weir.linux.Netlink;
import io.weir.linux.NetworkNamespace;
import io.weir.linux.Sockets;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.port.FrameOwners;
import io.weir.port.PortCapabilities;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network interface with an XDP program and one AF_XDP socket per receive queue. Used by the control thread, which opens
 * and closes sockets; the switching threads use them through {@link AfXdpPort}.
 *
 * <p>The interface is taken up and given up by name. When it is deleted or renamed, {@link #follow} takes the sockets back
 * from the ports, and when an interface with the name is there again it opens new ones; the ports adopt them with
 * {@link AfXdpPort#maintain}. A program of weir's own that was left behind is replaced, one of somebody else's is refused.
 *
 * <p>An XDP program sees frames without the tag that the card took out, so that a tagged frame would pass for an untagged
 * one: the card is told to leave 802.1Q tags in (ethtool's rxvlan) for as long as weir has the interface. The far end of a
 * virtual link puts its tags beside the frames, where AF_XDP cannot see them: {@code ethtool -K PEER txvlan off}.
 */
public final class AfXdpInterface implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AfXdpInterface.class.getName());

    /** Attempts in vain before the operator is told why. */
    private static final int PROBLEM_PASSES = 3;

    private final AfXdpOptions options;
    private final Umem umem;
    private final @Nullable TrafficSelector selector;
    private final NetworkNamespace namespace = NetworkNamespace.current();
    private final Interfaces question;
    private final int questionSocket;
    private final Netlink netlink = new Netlink();
    private final List<QueueExchange> exchanges = new ArrayList<>();

    private @Nullable XdpAttachment attachment;
    private @Nullable AddressFilter filter;
    /** The card took 802.1Q tags out of frames before weir came. */
    private boolean tagsTakenOut;

    /** Kernel's index of the interface that the sockets are bound to; 0 while there is none. */
    private int index;

    private boolean closed;
    private String problem = "";
    private int repeated;
    private long unclaimed;
    private volatile boolean usable;
    private volatile boolean zeroCopy;
    private volatile boolean isNative;
    private volatile boolean checksumUnknown;
    private volatile String modeReason = "";
    private volatile PortCapabilities capabilities;

    private AfXdpInterface(AfXdpOptions options, Umem umem, @Nullable TrafficSelector selector) {
        this.options = options;
        this.umem = umem;
        this.selector = selector;
        question = new Interfaces(options.device());
        questionSocket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        capabilities = new PortCapabilities("af_xdp", 0, 0, false, false, false);
    }

    /**
     * Opens an interface for weir alone, in the network namespace of the calling thread.
     *
     * @throws LinuxException when the kernel refuses, with what to do about it
     * @throws IllegalArgumentException for an interface that is not Ethernet, an impossible number of queues, or an MTU
     *     that the buffers cannot take
     */
    public static AfXdpInterface open(AfXdpOptions options, Umem umem) {
        if (options.shared()) {
            throw new IllegalArgumentException("interface " + options.device() + ": mode shared needs a selector");
        }
        return opened(new AfXdpInterface(options, umem, null));
    }

    /** As {@link #open(AfXdpOptions, Umem)}, also for an interface shared with the kernel. */
    public static AfXdpInterface open(AfXdpOptions options, Umem umem, TrafficSelector selector) {
        return opened(new AfXdpInterface(options, umem, options.shared() ? selector : null));
    }

    private static AfXdpInterface opened(AfXdpInterface face) {
        boolean complete = false;
        try {
            face.start();
            complete = true;
            return face;
        } finally {
            if (!complete) {
                face.close();
            }
        }
    }

    /** What the log says of it; a new interface is expected to be up. */
    private boolean toldUsable = true;

    private synchronized void start() {
        int named = question.index(questionSocket);
        if (named < 0) {
            String call = "ioctl(SIOCGIFINDEX, \"" + options.device() + "\")";
            throw new LinuxException(
                    call,
                    -named,
                    call + ": " + Errno.name(-named) + ": no such interface in this network namespace; see `ip link`");
        }
        int queues = queuesToTake();
        for (int i = 0; i < queues; i++) {
            exchanges.add(new QueueExchange());
        }
        takeUp(named, XdpAttachment.PATIENCE_MS);
        refresh();
        LOG.log(
                Level.DEBUG,
                "interface {0}: af_xdp, {1}, {2}, {3} queues{4}",
                options.device(),
                isNative ? "native" : "generic",
                zeroCopy ? "zero-copy" : "copy",
                queues,
                modeReason.isEmpty() ? "" : " (" + modeReason + ")");
    }

    private int queuesToTake() {
        int type = question.linkType(questionSocket);
        if (type != Interfaces.ETHERNET) {
            throw new IllegalArgumentException("interface " + options.device() + ": link type " + type
                    + " is not Ethernet (ARPHRD numbers of include/uapi/linux/if_arp.h)");
        }
        // a driver that does not say has one
        int has = Math.max(1, question.receiveQueues(questionSocket));
        if (options.queues() > has) {
            throw new IllegalArgumentException("interface " + options.device() + ": " + options.queues()
                    + " queues are asked for and the device has " + has + ": configure as many, or change the device"
                    + " with `ethtool -L " + options.device() + " combined " + options.queues()
                    + "` (rx and tx for veth)");
        }
        return options.queues() == 0 ? has : options.queues();
    }

    /** Binds sockets to the interface with this index, attaches the program, and offers the sockets to the ports. */
    private void takeUp(int named, int patienceMs) {
        XdpAttachment fresh = new XdpAttachment(options, umem, selector, question, questionSocket, netlink, named);
        List<XdpSocket> sockets = fresh.open(exchanges.size(), patienceMs);
        attachment = fresh;
        filter = new AddressFilter(named, options.promiscuous());
        tagsTakenOut = question.keepTags(questionSocket, true);
        index = named;
        isNative = fresh.isNative();
        modeReason = fresh.reason();
        zeroCopy = sockets.getFirst().isZeroCopy();
        checksumUnknown = options.checksums().isUnknown(question.driver(questionSocket));
        for (int queue = 0; queue < sockets.size(); queue++) {
            exchanges.get(queue).offer(sockets.get(queue));
        }
    }

    /**
     * Looks after the interface a few times per second: takes sockets back whose interface is gone, and prepares those of
     * its successor.
     */
    public synchronized void follow() {
        if (closed) {
            return;
        }
        closeReturned();
        int named = Math.max(0, question.index(questionSocket));
        if (index != 0 && (named != index || isSocketLost())) {
            giveUp("is gone; weir takes it up when there is one of this name");
        } else if (attachment != null && !attachment.isAttached()) {
            giveUp("has lost the XDP program of weir, which somebody detached; weir attaches it again");
        }
        if (index == 0 && named != 0 && exchanges.stream().allMatch(one -> one.state() == QueueExchange.NONE)) {
            tryToTakeUp(named);
        }
        refresh();
        noticeUnclaimed();
    }

    private void tryToTakeUp(int named) {
        try {
            namespace.call(() -> {
                takeUp(named, 0);
                return true;
            });
            problem = "";
            LOG.log(Level.INFO, "interface {0} is taken up again", options.device());
        } catch (LinuxException | IllegalArgumentException e) {
            // Tried again with the next call. Said once, and not when it passes by itself: the kernel gives a queue
            // free a
            // little after its socket was closed.
            String message = String.valueOf(e.getMessage());
            repeated = message.equals(problem) ? repeated + 1 : 0;
            problem = message;
            if (repeated == PROBLEM_PASSES) {
                LOG.log(Level.WARNING, "interface {0} cannot be taken up: {1}", options.device(), message);
            }
        }
    }

    /** A socket learns of the end of its interface by an error, also when another one has the same index by now. */
    private boolean isSocketLost() {
        for (QueueExchange exchange : exchanges) {
            XdpSocket socket = exchange.socket();
            if (socket != null && Sockets.option(socket.descriptor, Sockets.SOL_SOCKET, Sockets.SO_ERROR) > 0) {
                return true;
            }
        }
        return false;
    }

    private void giveUp(String why) {
        LOG.log(Level.WARNING, "interface {0} {1}", options.device(), why);
        index = 0;
        usable = false;
        detach();
        for (QueueExchange exchange : exchanges) {
            if (!exchange.advance(QueueExchange.IN_USE, QueueExchange.REVOKED)) {
                withdraw(exchange);
            }
        }
        closeReturned();
    }

    private void detach() {
        if (attachment != null) {
            attachment.close();
            attachment = null;
        }
        if (filter != null) {
            filter.close();
            filter = null;
        }
        if (tagsTakenOut) {
            question.keepTags(questionSocket, false);
            tagsTakenOut = false;
        }
    }

    private void withdraw(QueueExchange exchange) {
        XdpSocket socket = exchange.socket();
        if (exchange.advance(QueueExchange.OFFERED, QueueExchange.NONE) && socket != null) {
            umem.close(socket);
        } else {
            // adopted in between
            exchange.advance(QueueExchange.IN_USE, QueueExchange.REVOKED);
        }
    }

    private void closeReturned() {
        for (QueueExchange exchange : exchanges) {
            XdpSocket socket = exchange.socket();
            if (exchange.state() == QueueExchange.RETURNED && socket != null) {
                umem.close(socket);
                exchange.advance(QueueExchange.RETURNED, QueueExchange.CLOSED);
            }
        }
    }

    private void refresh() {
        boolean isUsable = index != 0 && question.isUsable(questionSocket);
        long linkAddress = question.linkAddress(questionSocket);
        int mtu = question.mtu(questionSocket);
        if (index != 0 && linkAddress >= 0 && mtu >= 0) {
            capabilities =
                    new PortCapabilities("af_xdp", linkAddress, mtu, umem.hasMetadata() && !zeroCopy, false, zeroCopy);
        }
        usable = isUsable;
        if (index != 0 && isUsable != toldUsable) {
            toldUsable = isUsable;
            LOG.log(
                    isUsable ? Level.INFO : Level.WARNING,
                    isUsable ? "interface {0} is in service" : "interface {0} is down or has no carrier",
                    options.device());
        }
    }

    private void noticeUnclaimed() {
        long now = attachment == null ? 0 : attachment.unclaimedFrames();
        if (now > unclaimed && unclaimed == 0) {
            LOG.log(
                    Level.WARNING,
                    "interface {0} delivers frames on queues beyond its {1} that weir has; the kernel gets them: see"
                            + " `ethtool -l {0}`",
                    options.device(),
                    exchanges.size());
        }
        unclaimed = now;
    }

    /** Why af_xdp cannot be used well on an interface of the calling thread's network namespace; empty when it can. */
    public static String obstacle(String device) {
        return Obstacles.of(device, Attach.NATIVE);
    }

    /** As {@link #obstacle(String)}, where anything but {@link Attach#NATIVE} is content with the generic mode. */
    public static String obstacle(String device, Attach attach) {
        return Obstacles.of(device, attach);
    }

    public AfXdpOptions options() {
        return options;
    }

    /** Receive queues taken, numbered from 0. */
    public int queues() {
        return exchanges.size();
    }

    /** {@link Attach#NATIVE} or {@link Attach#GENERIC}. */
    public Attach mode() {
        return isNative ? Attach.NATIVE : Attach.GENERIC;
    }

    /** True when the driver moves frames without copying them. */
    public boolean zeroCopy() {
        return zeroCopy;
    }

    /** Why the mode is not the best one, for people; empty when it is. */
    public String modeReason() {
        return modeReason;
    }

    /** Frames that came on queues that weir has no socket for and went to the kernel instead; exclusive mode only. */
    public synchronized long unclaimedFrames() {
        return unclaimed;
    }

    /** The port of a queue, once for each; used by the switching processor's thread. */
    public synchronized AfXdpPort port(int queue, FrameOwners owners, ProcessorCounters counters) {
        return new AfXdpPort(this, queue, exchanges.get(queue), umem, owners, counters);
    }

    PortCapabilities capabilities() {
        return capabilities;
    }

    boolean isUsable() {
        return usable;
    }

    /** True when received frames may have checksums that were left to this side. */
    boolean isChecksumUnknown() {
        return checksumUnknown;
    }

    /** Closes the socket of a port that is no longer used and gives its buffers to the pool. */
    synchronized void closePort(QueueExchange exchange, BufferPool pool) {
        XdpSocket socket = exchange.socket();
        if (socket == null || exchange.state() == QueueExchange.OFFERED) {
            return;
        }
        if (exchange.state() != QueueExchange.CLOSED) {
            umem.close(socket);
        }
        socket.releaseHeld(pool);
        exchange.clear();
    }

    /** Detaches the program and closes the sockets that no port has; before or after the ports are closed. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        usable = false;
        detach();
        for (QueueExchange exchange : exchanges) {
            XdpSocket socket = exchange.socket();
            if (exchange.advance(QueueExchange.OFFERED, QueueExchange.NONE) && socket != null) {
                umem.close(socket);
            }
        }
        closeReturned();
        netlink.close();
        question.close();
        Descriptors.close(questionSocket);
        namespace.close();
    }
}
