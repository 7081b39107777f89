package io.weir.linux;

import static io.weir.linux.NetlinkSocket.HEADER_BYTES;
import static io.weir.linux.NetlinkSocket.NLM_F_ACK;
import static io.weir.linux.NetlinkSocket.NLM_F_DUMP;
import static io.weir.linux.NetlinkSocket.NLM_F_REQUEST;
import static io.weir.linux.NetlinkSocket.attributes;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;

/**
 * Questions to the kernel about the interfaces of one network namespace, over netlink(7): that of the thread that opens
 * it, whichever asks later. One thread at a time.
 */
public final class Netlink implements AutoCloseable {
    /** NETDEV_XDP_ACT_BASIC and _REDIRECT: native programs may pass frames to sockets. */
    public static final long XDP_REDIRECT = 1 | 1 << 1;
    /** NETDEV_XDP_ACT_XSK_ZEROCOPY. */
    public static final long XDP_ZEROCOPY = 1 << 3;

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

    private static final int LINK_BYTES = 16;
    private static final int ADDRESS_BYTES = 8;
    private static final int GENERIC_BYTES = 4;

    /**
     * The XDP program of an interface.
     *
     * @param mode 0 for none, 1 native, 2 generic, 3 in hardware, 4 several (IFLA_XDP_ATTACHED)
     * @param program number of the program, 0 for none
     */
    public record XdpAttachment(int mode, int program) {
        public static final XdpAttachment NONE = new XdpAttachment(0, 0);
    }

    private final NetlinkSocket route = new NetlinkSocket(NetlinkSocket.ROUTE);
    private final NetlinkSocket generic = new NetlinkSocket(NetlinkSocket.GENERIC);

    public Netlink() {}

    /** Which XDP program is attached to an interface. */
    public XdpAttachment xdp(int interfaceIndex) {
        route.begin(RTM_GETLINK, NLM_F_REQUEST, LINK_BYTES).set(JAVA_INT, 4, interfaceIndex);
        XdpAttachment[] found = {XdpAttachment.NONE};
        route.exchange(
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
        route.begin(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, LINK_BYTES).set(JAVA_INT, 4, interfaceIndex);
        int nested = route.beginNested(IFLA_XDP);
        route.put(IFLA_XDP_FD, program);
        route.put(IFLA_XDP_FLAGS, mode);
        route.endNested(nested);
        route.request("RTM_SETLINK IFLA_XDP of interface " + interfaceIndex);
    }

    /** All IP addresses that the kernel has in this namespace. */
    public Set<InetAddress> addresses() {
        route.begin(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, ADDRESS_BYTES);
        Set<InetAddress> addresses = new HashSet<>();
        route.exchange(
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
        MemorySegment header = generic.begin(family, NLM_F_REQUEST, GENERIC_BYTES);
        header.set(JAVA_BYTE, 0, (byte) NETDEV_CMD_DEV_GET);
        header.set(JAVA_BYTE, 1, (byte) 1);
        generic.put(NETDEV_A_DEV_IFINDEX, interfaceIndex);
        long[] features = {-1};
        generic.exchange(
                "NETDEV_CMD_DEV_GET of interface " + interfaceIndex,
                message -> attributes(message, HEADER_BYTES + GENERIC_BYTES, (type, value) -> {
                    if (type == NETDEV_A_DEV_XDP_FEATURES) {
                        features[0] = value.get(JAVA_LONG_UNALIGNED, 0);
                    }
                }));
        return features[0];
    }

    private int family(String name) {
        MemorySegment header = generic.begin(GENL_ID_CTRL, NLM_F_REQUEST, GENERIC_BYTES);
        header.set(JAVA_BYTE, 0, (byte) CTRL_CMD_GETFAMILY);
        header.set(JAVA_BYTE, 1, (byte) 1);
        generic.put(CTRL_ATTR_FAMILY_NAME, name);
        int[] id = {0};
        try {
            generic.exchange(
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

    @Override
    public void close() {
        route.close();
        generic.close();
    }
}
