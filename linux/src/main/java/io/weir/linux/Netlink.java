package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Questions to the kernel about the interfaces of one network namespace, over netlink(7): that of the thread that opens
 * it, whichever asks later. One thread at a time.
 *
 * <pre>
 *   0        4      6       8     12    16
 *  +--------+------+-------+-----+-----+--------------------------------------+
 *  | length | type | flags | seq | pid | fixed part | attributes: length, type, value, padded to 4
 *  +--------+------+-------+-----+-----+--------------------------------------+
 * </pre>
 */
public final class Netlink implements AutoCloseable {
    /** NETDEV_XDP_ACT_BASIC and _REDIRECT: native programs may pass frames to sockets. */
    public static final long XDP_REDIRECT = 1 | 1 << 1;
    /** NETDEV_XDP_ACT_XSK_ZEROCOPY. */
    public static final long XDP_ZEROCOPY = 1 << 3;

    private static final int NETLINK_ROUTE = 0;
    private static final int NETLINK_GENERIC = 16;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int NLA_TYPE_MASK = 0x3fff;

    private static final int RTM_GETLINK = 18;
    private static final int RTM_SETLINK = 19;
    private static final int RTM_GETADDR = 22;
    private static final int IFLA_XDP = 43;
    private static final int IFLA_XDP_FD = 1;
    private static final int IFLA_XDP_ATTACHED = 2;
    private static final int IFLA_XDP_FLAGS = 3;
    private static final int IFLA_XDP_PROG_ID = 4;
    private static final int IFLA_XDP_DRV_PROG_ID = 5;
    private static final int IFLA_XDP_SKB_PROG_ID = 6;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;

    private static final int GENL_ID_CTRL = 0x10;
    private static final int CTRL_CMD_GETFAMILY = 3;
    private static final int CTRL_ATTR_FAMILY_ID = 1;
    private static final int CTRL_ATTR_FAMILY_NAME = 2;
    private static final int NETDEV_CMD_DEV_GET = 1;
    private static final int NETDEV_A_DEV_IFINDEX = 1;
    private static final int NETDEV_A_DEV_XDP_FEATURES = 3;

    private static final int HEADER_BYTES = 16;
    private static final int LINK_BYTES = 16;
    private static final int ADDRESS_BYTES = 8;
    private static final int GENERIC_BYTES = 4;
    private static final int BUFFER_BYTES = 1 << 18;

    /**
     * The XDP program of an interface.
     *
     * @param mode 0 for none, 1 native, 2 generic, 3 in hardware, 4 several (IFLA_XDP_ATTACHED)
     * @param program number of the program, 0 for none
     */
    public record XdpAttachment(int mode, int program) {
        public static final XdpAttachment NONE = new XdpAttachment(0, 0);
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
    private final int route;
    private final int generic;
    private int length;
    private int sequence;

    public Netlink() {
        route = Sockets.open(Sockets.AF_NETLINK, Sockets.SOCK_RAW, NETLINK_ROUTE);
        generic = Sockets.open(Sockets.AF_NETLINK, Sockets.SOCK_RAW, NETLINK_GENERIC);
    }

    /** Which XDP program is attached to an interface. */
    public XdpAttachment xdp(int interfaceIndex) {
        begin(RTM_GETLINK, NLM_F_REQUEST, LINK_BYTES);
        buffer.set(JAVA_INT, HEADER_BYTES + 4, interfaceIndex);
        XdpAttachment[] found = {XdpAttachment.NONE};
        exchange(
                route,
                "RTM_GETLINK of interface " + interfaceIndex,
                message -> attributes(message, HEADER_BYTES + LINK_BYTES, (type, value) -> {
                    if (type == IFLA_XDP) {
                        found[0] = attachment(value);
                    }
                }));
        return found[0];
    }

    private static XdpAttachment attachment(MemorySegment nested) {
        int[] answer = new int[2];
        attributes(nested, 0, (type, value) -> {
            if (type == IFLA_XDP_ATTACHED) {
                answer[0] = value.get(JAVA_BYTE, 0);
            } else if (type == IFLA_XDP_PROG_ID
                    || ((type == IFLA_XDP_DRV_PROG_ID || type == IFLA_XDP_SKB_PROG_ID) && answer[1] == 0)) {
                answer[1] = value.get(JAVA_INT, 0);
            }
        });
        return new XdpAttachment(answer[0], answer[1]);
    }

    /** Detaches the XDP program that was attached over netlink, as {@code ip link set dev X xdp off} does. */
    public void detachXdp(int interfaceIndex, int mode) {
        attachXdp(interfaceIndex, -1, mode);
    }

    /**
     * Attaches an XDP program that stays when this process ends.
     *
     * @param mode {@link Bpf#XDP_NATIVE} or {@link Bpf#XDP_GENERIC}
     */
    public void attachXdp(int interfaceIndex, int program, int mode) {
        begin(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, LINK_BYTES);
        buffer.set(JAVA_INT, HEADER_BYTES + 4, interfaceIndex);
        int nested = length;
        put(IFLA_XDP | NLA_F_NESTED, new byte[0]);
        put(IFLA_XDP_FD, program);
        put(IFLA_XDP_FLAGS, mode);
        buffer.set(JAVA_SHORT, nested, (short) (length - nested));
        exchange(route, "RTM_SETLINK IFLA_XDP of interface " + interfaceIndex, message -> {});
    }

    /** All IP addresses that the kernel has in this namespace. */
    public Set<InetAddress> addresses() {
        begin(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, ADDRESS_BYTES);
        Set<InetAddress> addresses = new HashSet<>();
        exchange(
                route,
                "RTM_GETADDR",
                message -> attributes(message, HEADER_BYTES + ADDRESS_BYTES, (type, value) -> {
                    // IFA_ADDRESS is the peer on a point-to-point link, where IFA_LOCAL stands beside it
                    if (type == IFA_LOCAL || type == IFA_ADDRESS) {
                        addresses.add(address(value.toArray(JAVA_BYTE)));
                    }
                }));
        return addresses;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    /**
     * What the driver of an interface can do with native XDP: a mask of {@link #XDP_REDIRECT}, {@link #XDP_ZEROCOPY} and
     * others; -1 when a kernel before 6.3 cannot say.
     */
    public long xdpFeatures(int interfaceIndex) {
        int family = family("netdev");
        if (family == 0) {
            return -1;
        }
        begin(family, NLM_F_REQUEST, GENERIC_BYTES);
        buffer.set(JAVA_BYTE, HEADER_BYTES, (byte) NETDEV_CMD_DEV_GET);
        buffer.set(JAVA_BYTE, HEADER_BYTES + 1, (byte) 1);
        put(NETDEV_A_DEV_IFINDEX, interfaceIndex);
        long[] features = {-1};
        exchange(
                generic,
                "NETDEV_CMD_DEV_GET of interface " + interfaceIndex,
                message -> attributes(message, HEADER_BYTES + GENERIC_BYTES, (type, value) -> {
                    if (type == NETDEV_A_DEV_XDP_FEATURES) {
                        features[0] = value.get(JAVA_LONG_UNALIGNED, 0);
                    }
                }));
        return features[0];
    }

    private int family(String name) {
        begin(GENL_ID_CTRL, NLM_F_REQUEST, GENERIC_BYTES);
        buffer.set(JAVA_BYTE, HEADER_BYTES, (byte) CTRL_CMD_GETFAMILY);
        buffer.set(JAVA_BYTE, HEADER_BYTES + 1, (byte) 1);
        put(CTRL_ATTR_FAMILY_NAME, (name + "\0").getBytes(StandardCharsets.US_ASCII));
        int[] id = {0};
        try {
            exchange(
                    generic,
                    "CTRL_CMD_GETFAMILY of " + name,
                    message -> attributes(message, HEADER_BYTES + GENERIC_BYTES, (type, value) -> {
                        if (type == CTRL_ATTR_FAMILY_ID) {
                            id[0] = Short.toUnsignedInt(value.get(JAVA_SHORT, 0));
                        }
                    }));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return 0;
            }
            throw e;
        }
        return id[0];
    }

    private void begin(int type, int flags, int fixedBytes) {
        length = HEADER_BYTES + fixedBytes;
        buffer.asSlice(0, length).fill((byte) 0);
        buffer.set(JAVA_SHORT, 4, (short) type);
        buffer.set(JAVA_SHORT, 6, (short) flags);
        buffer.set(JAVA_INT, 8, ++sequence);
    }

    private void put(int type, int value) {
        put(type, new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)});
    }

    private void put(int type, byte[] value) {
        buffer.asSlice(length, 4 + align(value.length)).fill((byte) 0);
        buffer.set(JAVA_SHORT, length, (short) (4 + value.length));
        buffer.set(JAVA_SHORT, length + 2L, (short) type);
        MemorySegment.copy(value, 0, buffer, JAVA_BYTE, length + 4L, value.length);
        length += 4 + align(value.length);
    }

    /** Sends the request that stands in the buffer and hands every message of the answer over. */
    private void exchange(int socket, String what, Consumer<MemorySegment> each) {
        boolean dump = (buffer.get(JAVA_SHORT, 6) & NLM_F_DUMP) == NLM_F_DUMP;
        buffer.set(JAVA_INT, 0, length);
        require((int) Sockets.send(socket, buffer.address(), length, 0), what);
        boolean more = true;
        while (more) {
            int bytes = (int) Sockets.receive(socket, buffer.address(), BUFFER_BYTES, 0);
            require(bytes, what);
            more = read(buffer.asSlice(0, bytes), what, dump, each);
        }
    }

    /** Returns true when more is to come. */
    private boolean read(MemorySegment answer, String what, boolean dump, Consumer<MemorySegment> each) {
        boolean more = true;
        for (long at = 0; at + HEADER_BYTES <= answer.byteSize(); ) {
            int bytes = answer.get(JAVA_INT, at);
            if (bytes < HEADER_BYTES || at + bytes > answer.byteSize()) {
                throw new IllegalStateException(what + ": a message of " + bytes + " bytes at " + at + " of "
                        + answer.byteSize() + " received");
            }
            // what is left of an earlier request that failed midway is passed over
            if (answer.get(JAVA_INT, at + 8) == sequence) {
                int type = Short.toUnsignedInt(answer.get(JAVA_SHORT, at + 4));
                switch (type) {
                    case NLMSG_ERROR -> {
                        require(answer.get(JAVA_INT, at + HEADER_BYTES), what);
                        more = false;
                    }
                    case NLMSG_DONE -> more = false;
                    default -> {
                        each.accept(answer.asSlice(at, bytes));
                        more = dump;
                    }
                }
            }
            at += align(bytes);
        }
        return more;
    }

    private interface AttributeReader {
        void read(int type, MemorySegment value);
    }

    private static void attributes(MemorySegment message, int from, AttributeReader reader) {
        for (long at = from; at + 4 <= message.byteSize(); ) {
            int bytes = Short.toUnsignedInt(message.get(JAVA_SHORT, at));
            if (bytes < 4 || at + bytes > message.byteSize()) {
                return;
            }
            reader.read(message.get(JAVA_SHORT, at + 2) & NLA_TYPE_MASK, message.asSlice(at + 4, bytes - 4L));
            at += align(bytes);
        }
    }

    private static int align(int bytes) {
        return (bytes + 3) & ~3;
    }

    private static void require(int result, String what) {
        if (result < 0) {
            throw LinuxException.of("netlink(" + what + ")", -result);
        }
    }

    @Override
    public void close() {
        Descriptors.close(route);
        Descriptors.close(generic);
        arena.close();
    }
}
