package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Questions about one network interface, by name (netdevice(7)). They are asked through a socket and answered for that
 * socket's network namespace, whichever thread asks. Allocation-free after construction; used by one thread.
 *
 * <pre>
 *  struct ifreq:  0 char name[16] | 16 union { int index, mtu; short flags; struct sockaddr { short family; char data[14] } }
 * </pre>
 */
public final class Interfaces implements AutoCloseable {
    /** IFF_UP: the operator wants it up. */
    public static final int UP = 0x1;
    /** IFF_LOOPBACK. */
    public static final int LOOPBACK = 0x8;
    /** IFF_RUNNING: it is up and has a carrier. */
    public static final int RUNNING = 0x40;

    /** IFF_NOARP: no addresses are resolved; frames are sent to the device's own link-layer address. */
    static final int NO_RESOLUTION = 0x80;
    /** IFF_MULTICAST. */
    static final int MULTICAST = 0x1000;

    /** ARPHRD_ETHER. */
    public static final int ETHERNET = 1;
    /** ARPHRD_LOOPBACK: frames with Ethernet headers as well. */
    public static final int LOOPBACK_LINK = 772;

    /** IFNAMSIZ - 1: the name ends with a zero byte. */
    private static final int NAME_BYTES = 15;

    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GDRVINFO = 0x03;
    private static final int ETHTOOL_GLINK = 0x0a;
    private static final int ETHTOOL_STXCSUM = 0x17;
    private static final int ETHTOOL_SSG = 0x19;
    private static final int ETHTOOL_STSO = 0x1f;
    private static final int ETHTOOL_SGSO = 0x24;
    private static final int ETHTOOL_GFLAGS = 0x25;
    private static final int ETHTOOL_SFLAGS = 0x26;
    private static final int ETHTOOL_GCHANNELS = 0x3c;
    /** ETH_FLAG_RXVLAN: the device takes 802.1Q tags out of received frames. */
    private static final int FLAG_TAGS_TAKEN_OUT = 1 << 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment request = arena.allocate(40, 8);
    /** struct ethtool_value: 0 command, 4 answer. */
    private final MemorySegment link = arena.allocate(8, 4);

    public Interfaces(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > NAME_BYTES) {
            throw new IllegalArgumentException(
                    "interface: \"" + name + "\" has " + bytes.length + " bytes, not 1 to " + NAME_BYTES);
        }
        MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, bytes.length);
    }

    /** The index of the interface with this name now, from 1, or the negated errno: ENODEV when there is none. */
    public int index(int socket) {
        int result = SystemCalls.ioctl(socket, SIOCGIFINDEX, request.address());
        return result < 0 ? result : request.get(JAVA_INT, 16);
    }

    /** A mask of {@link #UP}, {@link #RUNNING} and other IFF_ flags, or the negated errno. */
    public int flags(int socket) {
        int result = SystemCalls.ioctl(socket, SIOCGIFFLAGS, request.address());
        return result < 0 ? result : Short.toUnsignedInt(request.get(JAVA_SHORT, 16));
    }

    /**
     * True when the interface is up and has a carrier at this moment. {@link #RUNNING} follows the carrier up to a
     * second later (net/core/link_watch.c), so the driver is asked where it can answer (ethtool's GLINK).
     */
    public boolean isUsable(int socket) {
        int flags = flags(socket);
        if (flags < 0 || (flags & UP) == 0) {
            return false;
        }
        link.set(JAVA_INT, 0, ETHTOOL_GLINK);
        request.set(JAVA_LONG, 16, link.address());
        int result = SystemCalls.ioctl(socket, SIOCETHTOOL, request.address());
        return result < 0 ? (flags & RUNNING) != 0 : link.get(JAVA_INT, 4) != 0;
    }

    /** Greatest IP packet in bytes, or the negated errno. */
    public int mtu(int socket) {
        int result = SystemCalls.ioctl(socket, SIOCGIFMTU, request.address());
        return result < 0 ? result : request.get(JAVA_INT, 16);
    }

    /** The kind of link, such as {@link #ETHERNET}, or the negated errno. */
    public int linkType(int socket) {
        int result = SystemCalls.ioctl(socket, SIOCGIFHWADDR, request.address());
        return result < 0 ? result : Short.toUnsignedInt(request.get(JAVA_SHORT, 16));
    }

    /** The link-layer address, 48 bits, first octet highest, or the negated errno. */
    public long linkAddress(int socket) {
        int result = SystemCalls.ioctl(socket, SIOCGIFHWADDR, request.address());
        if (result < 0) {
            return result;
        }
        long address = 0;
        for (int i = 0; i < 6; i++) {
            address = address << 8 | (request.get(JAVA_BYTE, 18L + i) & 0xff);
        }
        return address;
    }

    /**
     * Receive queues in use, or the negated errno: EOPNOTSUPP for a driver that does not say, which has one.
     *
     * <pre>
     *  struct ethtool_channels:  0 command | 4 most rx, tx, other, combined | 20 rx, tx, other, combined now
     * </pre>
     */
    public int receiveQueues(int socket) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment channels = scratch.allocate(36, 8);
            channels.set(JAVA_INT, 0, ETHTOOL_GCHANNELS);
            int result = ethtool(socket, channels);
            return result < 0 ? result : channels.get(JAVA_INT, 20) + channels.get(JAVA_INT, 32);
        }
    }

    /**
     * The driver, such as {@code veth}, and after a blank the bus it is on, such as {@code 0000:00:03.0}; empty when the
     * driver does not say.
     *
     * <pre>
     *  struct ethtool_drvinfo:  0 command | 4 driver[32] | 36 version[32] | 68 firmware[32] | 100 bus[32] | ... 196
     * </pre>
     */
    public String driver(int socket) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment information = scratch.allocate(196, 8);
            information.set(JAVA_INT, 0, ETHTOOL_GDRVINFO);
            if (ethtool(socket, information) < 0) {
                return "";
            }
            return (information.getString(4) + " " + information.getString(100)).strip();
        }
    }

    /**
     * Has the device leave 802.1Q tags in received frames, or take them out again; false when it did already, or cannot do
     * otherwise.
     */
    public boolean keepTags(int socket, boolean keep) {
        try (Arena scratch = Arena.ofConfined()) {
            // struct ethtool_value: 0 command, 4 flags
            MemorySegment value = scratch.allocate(8, 4);
            value.set(JAVA_INT, 0, ETHTOOL_GFLAGS);
            int wanted = keep ? 0 : FLAG_TAGS_TAKEN_OUT;
            if (ethtool(socket, value) < 0 || (value.get(JAVA_INT, 4) & FLAG_TAGS_TAKEN_OUT) == wanted) {
                return false;
            }
            value.set(JAVA_INT, 0, ETHTOOL_SFLAGS);
            value.set(JAVA_INT, 4, value.get(JAVA_INT, 4) ^ FLAG_TAGS_TAKEN_OUT);
            return ethtool(socket, value) >= 0;
        }
    }

    /**
     * Has the kernel complete checksums and cut segments before it hands frames to the device. Returns 0 or the negated
     * errno; a device that does not know one of these offloads does not use it.
     */
    public int disableTransmitOffloads(int socket) {
        try (Arena scratch = Arena.ofConfined()) {
            // struct ethtool_value: 0 command, 4 value
            MemorySegment value = scratch.allocate(8, 4);
            for (int command : new int[] {ETHTOOL_SGSO, ETHTOOL_STSO, ETHTOOL_SSG, ETHTOOL_STXCSUM}) {
                value.set(JAVA_INT, 0, command);
                value.set(JAVA_INT, 4, 0);
                int result = ethtool(socket, value);
                if (result < 0 && result != -Errno.EOPNOTSUPP) {
                    return result;
                }
            }
        }
        return 0;
    }

    private int ethtool(int socket, MemorySegment command) {
        request.set(JAVA_LONG, 16, command.address());
        return SystemCalls.ioctl(socket, SIOCETHTOOL, request.address());
    }

    @Override
    public void close() {
        arena.close();
    }

    /** The index of an interface in the calling thread's network namespace, or 0 when there is none with that name. */
    public static int index(String name) {
        int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        try (Interfaces question = new Interfaces(name)) {
            return Math.max(0, question.index(socket));
        } finally {
            Descriptors.close(socket);
        }
    }
}
