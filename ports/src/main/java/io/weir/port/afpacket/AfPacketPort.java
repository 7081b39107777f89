package io.weir.port.afpacket;

import io.weir.linux.Errno;
import io.weir.linux.Interfaces;
import io.weir.linux.LinuxException;
import io.weir.linux.NativeMemory;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.queue.QueueRecord;
import io.weir.memory.queue.QueueValue;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import io.weir.port.VirtioNetHeader;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * An interface of the kernel through a packet socket. Frames are received in a ring that the kernel writes and weir
 * reads in place, long ones beside it ({@link ReceiveRing}), and sent straight from where they stand, a batch with one
 * {@code sendmmsg} (frames of several buffers are joined first and go alone): the 10 bytes before a frame are overwritten
 * with the header that tells the kernel which checksum and segmentation work is left. Frame addresses are absolute
 * ({@link NativeMemory#all}).
 *
 * <p>Transmission is synchronous: an accepted frame is back with its owner when {@link #transmit} returns. A frame that
 * the kernel refuses for its own sake (too long, malformed) is accepted, dropped and counted; a full socket buffer or a
 * lost interface is not accepted.
 *
 * <p>The interface is taken up and given up by name: when it is deleted, renamed, set down or loses its carrier, the port
 * counts DOWN_EVENTS, and UP_EVENTS when an interface with that name is up again. Setting it up is the operator's.
 *
 * <p><b>The kernel's own IP stack sees every received frame too</b>, unless the port is
 * {@linkplain AfPacketOptions#exclusive exclusive} and the kernel can do that. Otherwise an interface that weir owns must
 * have no IP address there, else the kernel answers ARP for it and resets weir's connections. Without any address the kernel still
 * configures an IPv6 link-local one, and answers neighbour solicitations for it: switch that off with
 * {@code sysctl net.ipv6.conf.NAME.disable_ipv6=1} or {@code ip link set dev NAME addrgenmode none}. Forwarding
 * ({@code net.ipv4.ip_forward}) must be off between such interfaces, and receive offloads that merge packets (GRO, LRO) may stay
 * on: merged packets carry their segment size.
 */
public final class AfPacketPort implements Port {
    private static final MemorySegment FRAMES = NativeMemory.all();

    private static final System.Logger LOG = System.getLogger(AfPacketPort.class.getName());

    private final AfPacketOptions options;
    private final int id;
    private final String device;
    private final FrameOwners owners;
    private final ProcessorCounters counters;
    private final Interfaces question;
    // Socket and ring are replaced when an interface with fanout comes back, while no frame of the ring is held.
    private PacketSocket socket;
    private int descriptor;
    private final FrameSender sender;

    private @Nullable ReceiveRing ring;

    /** The number of the sockets that share the interface's frames, or at first what the options say. */
    private int fanout;

    private final StackSilencer silencer = new StackSilencer();

    /** Kernel's index of the interface the socket is bound to; 0 while there is none with the name. */
    private int index;

    /** The socket was bound once. */
    private boolean bound;

    private boolean up;

    /** What the log said last; sending finds out before housekeeping does. */
    private boolean toldUp;

    private long received;
    private long transmitted;
    private long kernelDrops;
    private volatile PortCapabilities capabilities;

    private AfPacketPort(
            AfPacketOptions options, Interfaces question, PacketSocket socket, @Nullable ReceiveRing ring) {
        this.options = options;
        fanout = options.fanout();
        id = options.id();
        device = options.device();
        owners = options.owners();
        counters = options.counters();
        sender = new FrameSender(id, owners, counters);
        this.question = question;
        this.socket = socket;
        this.ring = ring;
        descriptor = socket.descriptor();
        capabilities = currentCapabilities();
    }

    /**
     * Opens a handle in the network namespace of the calling thread; any thread may use it afterwards.
     *
     * @throws LinuxException without CAP_NET_RAW, when there is no such interface, or without memory for the ring
     * @throws IllegalArgumentException when the interface is not Ethernet
     */
    public static AfPacketPort open(AfPacketOptions options) {
        Interfaces question = new Interfaces(options.device());
        PacketSocket socket = null;
        ReceiveRing ring = null;
        try {
            socket = new PacketSocket(options.receive(), options.promiscuous());
            requireEthernet(options.device(), question, socket.descriptor());
            if (options.receive()) {
                int slotBytes = options.slotBytes(question.mtu(socket.descriptor()));
                ring = ReceiveRing.map(socket.descriptor(), options.ringFrames(), slotBytes);
            }
            AfPacketPort port = new AfPacketPort(options, question, socket, ring);
            if (ring != null) {
                options.owners().register(options.id(), ring);
            }
            port.followInterface();
            port.requireFanout();
            port.toldUp = port.up;
            if (!port.up) {
                LOG.log(Level.WARNING, "interface {0} is down; {1}", options.device(), port.remedy());
            }
            return port;
        } catch (LinuxException | IllegalArgumentException e) {
            if (ring != null) {
                // The mapping keeps the socket alive.
                ring.unmap();
            }
            if (socket != null) {
                socket.close();
            }
            question.close();
            throw e;
        }
    }

    private static void requireEthernet(String device, Interfaces question, int socket) {
        int type = question.linkType(socket);
        if (type < 0) {
            String call = "ioctl(SIOCGIFHWADDR, \"" + device + "\")";
            throw new LinuxException(
                    call,
                    -type,
                    call + ": " + Errno.name(-type) + ": no such interface in this network namespace; see `ip link`");
        }
        if (type != Interfaces.ETHERNET && type != Interfaces.LOOPBACK_LINK) {
            throw new IllegalArgumentException("interface " + device + ": link type " + type
                    + " is not Ethernet (ARPHRD numbers of include/uapi/linux/if_arp.h)");
        }
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String name() {
        return device;
    }

    /** Changes when the interface comes back with another address or MTU. */
    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    private PortCapabilities currentCapabilities() {
        long linkAddress = question.linkAddress(descriptor);
        int mtu = question.mtu(descriptor);
        return new PortCapabilities("af_packet", Math.max(0, linkAddress), Math.max(0, mtu), true, true, true);
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        ReceiveRing from = ring;
        if (from == null) {
            return 0;
        }
        int room = Math.min(limit, batch.capacity() - batch.size());
        int before = batch.size();
        for (int i = 0; i < room && !from.isEmpty() && !from.isBlocked(); i++) {
            long header = from.take();
            if (ReceiveRing.isTruncated(header)) {
                addLong(batch, from, header);
            } else {
                add(batch, header, ReceiveRing.untaggedAddress(header));
            }
        }
        int count = batch.size() - before;
        received += count;
        return count;
    }

    private void addLong(FrameBatch batch, ReceiveRing from, long header) {
        long address = from.receiveLong(descriptor, header);
        if (address == 0) {
            dropTruncated(from, header);
        } else {
            add(batch, header, address);
            from.release(header);
        }
    }

    /** A frame that a slot describes and that begins here, the virtio header before it. */
    private void add(FrameBatch batch, long header, long start) {
        long address = start;
        int length = ReceiveRing.length(header);
        long offload = VirtioNetHeader.read(FRAMES, address - VirtioNetHeader.BYTES);
        int tag = ReceiveRing.tagBytes(header);
        if (tag != 0) {
            address = ReceiveRing.insertTag(header, address);
            length += tag;
            offload = VirtioNetHeader.shift(offload, tag);
        }
        batch.add(address, length, offload, id, id);
    }

    /** The engine counts what it gets, so what it never sees is counted here. */
    private void dropTruncated(ReceiveRing from, long header) {
        from.release(header);
        counters.add(Counter.PACKETS_RECEIVED, 1);
        counters.add(InterfaceCounter.RECEIVED_PACKETS, id, 1);
        counters.add(InterfaceCounter.TRUNCATED_PACKETS, id, 1);
        counters.drop(DropReason.FRAME_TRUNCATED, id);
    }

    @Override
    public int transmit(FrameBatch batch) {
        if (!up) {
            return 0;
        }
        int sent = sender.send(descriptor, batch);
        if (sender.hasLostInterface()) {
            markDown();
        }
        transmitted += sent;
        return sent;
    }

    @Override
    public void maintain(long nowMs) {
        if (ring != null) {
            long drops = socket.takeDrops();
            if (drops != 0) {
                kernelDrops += drops;
                counters.add(InterfaceCounter.KERNEL_DROPPED_PACKETS, id, drops);
            }
        }
        followInterface();
        if (toldUp != up) {
            toldUp = up;
            LOG.log(
                    up ? Level.INFO : Level.WARNING,
                    up ? "interface {0} is in service" : "interface {0} is down; {1}",
                    device,
                    up ? "" : remedy());
        }
    }

    private void requireFanout() {
        if (fanout == AfPacketOptions.NEW_FANOUT || (fanout != AfPacketOptions.NO_FANOUT && index == 0)) {
            throw new LinuxException(
                    "setsockopt(PACKET_FANOUT)",
                    Errno.EINVAL,
                    "interface " + device + ": the kernel does not spread its frames (setsockopt(PACKET_FANOUT))");
        }
    }

    /** Compares the interface that has the name now with the one the socket is bound to, and goes after it. */
    private void followInterface() {
        int named = Math.max(0, question.index(descriptor));
        if (named != index) {
            markDown();
            if (index != 0) {
                socket.unbind(index);
                bound = true;
            }
            silencer.detach();
            index = named != 0 && bind(named) ? named : 0;
            if (index != 0 && options.exclusive() && ring != null && !isLoopback()) {
                silencer.attach(index);
            }
        }
        boolean usable = index != 0 && question.isUsable(descriptor);
        if (!usable) {
            markDown();
            socket.clearError();
        } else if (!up) {
            socket.clearError();
            up = true;
            countEvent(InterfaceCounter.UP_EVENTS);
        }
        if (usable) {
            refreshCapabilities();
        }
    }

    private boolean isLoopback() {
        return (question.flags(descriptor) & Interfaces.LOOPBACK) != 0;
    }

    /** True when the kernel's own network stack gets nothing of what this interface receives. */
    public boolean isExclusive() {
        return silencer.isAttached();
    }

    private boolean bind(int named) {
        if (fanout == AfPacketOptions.NO_FANOUT) {
            return socket.bind(named) == 0;
        }
        // A socket that has fanout cannot be bound again (packet_do_bind in net/packet/af_packet.c).
        if ((bound && !reopen()) || socket.bind(named) != 0) {
            return false;
        }
        bound = true;
        int number = socket.join(fanout);
        fanout = Math.max(number, fanout);
        return number >= 0;
    }

    /** A new socket and ring in place of those of an interface that is gone; false while that is not possible. */
    private boolean reopen() {
        ReceiveRing old = ring;
        if (old != null && old.slotsHeld() > 0) {
            return false;
        }
        PacketSocket next = null;
        try {
            next = new PacketSocket(options.receive(), options.promiscuous());
            int slotBytes = options.slotBytes(capabilities.mtu());
            ReceiveRing room = ReceiveRing.map(next.descriptor(), options.ringFrames(), slotBytes);
            if (old != null) {
                old.unmap();
            }
            socket.close();
            socket = next;
            descriptor = next.descriptor();
            ring = room;
            owners.register(id, room);
            return true;
        } catch (LinuxException e) {
            if (next != null) {
                next.close();
            }
            LOG.log(Level.WARNING, "interface {0}: {1}", device, e.getMessage());
            return false;
        }
    }

    /** The number under which sockets share the interface's frames; {@link AfPacketOptions#NO_FANOUT} when they do not. */
    public int fanout() {
        return fanout;
    }

    private void refreshCapabilities() {
        long linkAddress = question.linkAddress(descriptor);
        int mtu = question.mtu(descriptor);
        if (linkAddress >= 0 && mtu >= 0 && (linkAddress != capabilities.linkAddress() || mtu != capabilities.mtu())) {
            capabilities = currentCapabilities();
        }
    }

    private void markDown() {
        if (up) {
            up = false;
            countEvent(InterfaceCounter.DOWN_EVENTS);
        }
    }

    private String remedy() {
        if (index == 0) {
            return "there is no interface with this name; weir takes it up when there is";
        }
        int flags = question.flags(descriptor);
        return flags >= 0 && (flags & Interfaces.UP) != 0
                ? "it has no carrier"
                : "bring it up with `ip link set dev " + device + " up`";
    }

    /** Each event once, though every processor has a handle: the one that receives counts, of several the first. */
    private void countEvent(InterfaceCounter event) {
        if (ring != null && options.fanout() < 0) {
            counters.add(event, id, 1);
        }
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public int pollDescriptor() {
        return ring == null ? -1 : descriptor;
    }

    @Override
    public boolean hasBacklog() {
        return ring != null && !ring.isEmpty();
    }

    /** Frames the receive ring has room for; 0 for a handle that only transmits. */
    public int ringFrames() {
        return ring == null ? 0 : ring.slots();
    }

    @Override
    public void report(QueueRecord record) {
        record.set(QueueValue.RECEIVED, received);
        record.set(QueueValue.TRANSMITTED, transmitted);
        record.set(QueueValue.KERNEL_DROPPED, kernelDrops);
        record.set(QueueValue.KERNEL_RING_FULL, kernelDrops);
    }

    /** Slots of the receive ring that the engine holds; for tests and tools. */
    public int slotsHeld() {
        return ring == null ? 0 : ring.slotsHeld();
    }

    /** All frames of the ring must have been given back; the port is not used afterwards. */
    @Override
    public void close() {
        if (ring != null) {
            ring.unmap();
        }
        socket.close();
        silencer.detach();
        question.close();
    }
}
