package io.weir.linux;

import static io.weir.linux.NetlinkSocket.NLM_F_ACK;
import static io.weir.linux.NetlinkSocket.NLM_F_CREATE;
import static io.weir.linux.NetlinkSocket.NLM_F_EXCL;
import static io.weir.linux.NetlinkSocket.NLM_F_REPLACE;
import static io.weir.linux.NetlinkSocket.NLM_F_REQUEST;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;

/**
 * Makes and changes links, addresses, routes and neighbours of one network namespace over rtnetlink(7): that of the thread
 * that opens it. Every change needs CAP_NET_ADMIN there. One thread at a time.
 *
 * <pre>
 *  struct ifinfomsg:  0 u8 family | 2 u16 type | 4 i32 index | 8 u32 flags | 12 u32 change
 *  struct ifaddrmsg:  0 u8 family, prefix length, flags, scope | 4 u32 index
 *  struct rtmsg:      0 u8 family, destination length, source length, tos, table, protocol, scope, type | 8 u32 flags
 *  struct ndmsg:      0 u8 family | 4 i32 index | 8 u16 state | 10 u8 flags, type
 * </pre>
 */
final class LinkChanges implements AutoCloseable {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_SETLINK = 19;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_NEWNEIGH = 28;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
    private static final byte IN6_ADDR_GEN_MODE_NONE = 1;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_F_NODAD = 2;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_STATIC = 4;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RTN_UNICAST = 1;
    private static final int RTNH_F_ONLINK = 4;

    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NUD_PERMANENT = 0x80;

    private static final int LINK_BYTES = 16;
    private static final int ADDRESS_BYTES = 8;
    private static final int ROUTE_BYTES = 12;
    private static final int NEIGHBOUR_BYTES = 12;
    private static final int CHANGE = NLM_F_REQUEST | NLM_F_ACK;

    private final NetlinkSocket route = new NetlinkSocket(NetlinkSocket.ROUTE);

    /**
     * One end of a cable.
     *
     * @param linkAddress 48 bits, first octet highest
     */
    record End(String name, long linkAddress) {}

    /** Makes a veth pair, {@code here} in this namespace and {@code there} in the one with a descriptor; both are down. */
    void addCable(End here, End there, int namespace, int mtu) {
        route.begin(RTM_NEWLINK, CHANGE | NLM_F_CREATE | NLM_F_EXCL, LINK_BYTES);
        put(here, mtu);
        int information = route.beginNested(IFLA_LINKINFO);
        route.put(IFLA_INFO_KIND, "veth");
        int data = route.beginNested(IFLA_INFO_DATA);
        int peer = route.beginNested(VETH_INFO_PEER);
        route.putFixed(LINK_BYTES);
        put(there, mtu);
        route.put(IFLA_NET_NS_FD, namespace);
        route.endNested(peer);
        route.endNested(data);
        route.endNested(information);
        route.request("RTM_NEWLINK veth " + here.name());
    }

    private void put(End end, int mtu) {
        route.put(IFLA_IFNAME, end.name());
        route.put(IFLA_ADDRESS, octets(end.linkAddress()));
        route.put(IFLA_MTU, mtu);
    }

    /** Deletes a link, with the other end of a veth pair. */
    void deleteLink(int index) {
        route.begin(RTM_DELLINK, CHANGE, LINK_BYTES).set(JAVA_INT, 4, index);
        route.request("RTM_DELLINK interface " + index);
    }

    /** The kernel gives the link no IPv6 address by itself; before it is set up. */
    void withoutOwnIpv6(int index) {
        route.begin(RTM_SETLINK, CHANGE, LINK_BYTES).set(JAVA_INT, 4, index);
        int families = route.beginNested(IFLA_AF_SPEC);
        int ipv6 = route.beginNested(Sockets.AF_INET6);
        route.put(IFLA_INET6_ADDR_GEN_MODE, new byte[] {IN6_ADDR_GEN_MODE_NONE});
        route.endNested(ipv6);
        route.endNested(families);
        route.request("RTM_SETLINK addrgenmode none, interface " + index);
    }

    void setUp(int index) {
        setFlags(index, Interfaces.UP, Interfaces.UP);
    }

    /** Gives the flags of a mask these values: a mask of {@link Interfaces#UP} and other IFF_ flags. */
    void setFlags(int index, int flags, int mask) {
        MemorySegment link = route.begin(RTM_SETLINK, CHANGE, LINK_BYTES);
        link.set(JAVA_INT, 4, index);
        link.set(JAVA_INT, 8, flags);
        link.set(JAVA_INT, 12, mask);
        route.request("RTM_SETLINK flags 0x" + Integer.toHexString(flags) + ", interface " + index);
    }

    /** Sets the link-layer address, 48 bits, first octet highest, and the greatest IP packet. */
    void setLink(int index, long linkAddress, int mtu) {
        route.begin(RTM_SETLINK, CHANGE, LINK_BYTES).set(JAVA_INT, 4, index);
        route.put(IFLA_ADDRESS, octets(linkAddress));
        route.put(IFLA_MTU, mtu);
        route.request("RTM_SETLINK mtu " + mtu + ", interface " + index);
    }

    /** Adds an address without a network around it and without duplicate address detection. */
    void addAddress(int index, InetAddress address) {
        address(RTM_NEWADDR, CHANGE | NLM_F_CREATE | NLM_F_REPLACE, index, address);
        route.request("RTM_NEWADDR " + address.getHostAddress());
    }

    void removeAddress(int index, InetAddress address) {
        address(RTM_DELADDR, CHANGE, index, address);
        route.request("RTM_DELADDR " + address.getHostAddress());
    }

    private void address(int type, int flags, int index, InetAddress address) {
        byte[] octets = address.getAddress();
        MemorySegment fixed = route.begin(type, flags, ADDRESS_BYTES);
        fixed.set(JAVA_BYTE, 0, (byte) family(octets));
        fixed.set(JAVA_BYTE, 1, (byte) (8 * octets.length));
        fixed.set(JAVA_BYTE, 2, (byte) (octets.length == 16 ? IFA_F_NODAD : 0));
        fixed.set(JAVA_INT, 4, index);
        route.put(IFA_LOCAL, octets);
        route.put(IFA_ADDRESS, octets);
    }

    /** Everything of the gateway's family that is not local goes to the gateway, which is taken to be on the link. */
    void setDefaultRoute(int index, InetAddress gateway) {
        byte[] octets = gateway.getAddress();
        MemorySegment fixed = route.begin(RTM_NEWROUTE, CHANGE | NLM_F_CREATE | NLM_F_REPLACE, ROUTE_BYTES);
        fixed.set(JAVA_BYTE, 0, (byte) family(octets));
        fixed.set(JAVA_BYTE, 4, (byte) RT_TABLE_MAIN);
        fixed.set(JAVA_BYTE, 5, (byte) RTPROT_STATIC);
        fixed.set(JAVA_BYTE, 7, (byte) RTN_UNICAST);
        fixed.set(JAVA_INT, 8, RTNH_F_ONLINK);
        route.put(RTA_GATEWAY, octets);
        route.put(RTA_OIF, index);
        route.request("RTM_NEWROUTE default via " + gateway.getHostAddress());
    }

    /**
     * Packets to a prefix leave by the link, without a gateway.
     *
     * @throws LinuxException EEXIST when there is a route to this prefix already, by whatever link
     */
    void addRoute(int index, InetAddress prefix, int prefixLength) {
        route(RTM_NEWROUTE, CHANGE | NLM_F_CREATE | NLM_F_EXCL, index, prefix, prefixLength);
        route.request("RTM_NEWROUTE " + prefix.getHostAddress() + "/" + prefixLength);
    }

    /** Removes what {@link #addRoute} added. */
    void removeRoute(int index, InetAddress prefix, int prefixLength) {
        route(RTM_DELROUTE, CHANGE, index, prefix, prefixLength);
        route.request("RTM_DELROUTE " + prefix.getHostAddress() + "/" + prefixLength);
    }

    private void route(int type, int flags, int index, InetAddress prefix, int prefixLength) {
        byte[] octets = prefix.getAddress();
        MemorySegment fixed = route.begin(type, flags, ROUTE_BYTES);
        fixed.set(JAVA_BYTE, 0, (byte) family(octets));
        fixed.set(JAVA_BYTE, 1, (byte) prefixLength);
        fixed.set(JAVA_BYTE, 4, (byte) RT_TABLE_MAIN);
        fixed.set(JAVA_BYTE, 5, (byte) RTPROT_STATIC);
        // IPv4 wants the scope of what needs no gateway; IPv6 knows no scopes here
        fixed.set(JAVA_BYTE, 6, (byte) (octets.length == 4 ? RT_SCOPE_LINK : 0));
        fixed.set(JAVA_BYTE, 7, (byte) RTN_UNICAST);
        if (prefixLength > 0) {
            route.put(RTA_DST, octets);
        }
        route.put(RTA_OIF, index);
    }

    /** A neighbour whose link-layer address is known for ever. */
    void setNeighbour(int index, InetAddress neighbour, long linkAddress) {
        byte[] octets = neighbour.getAddress();
        MemorySegment fixed = route.begin(RTM_NEWNEIGH, CHANGE | NLM_F_CREATE | NLM_F_REPLACE, NEIGHBOUR_BYTES);
        fixed.set(JAVA_BYTE, 0, (byte) family(octets));
        fixed.set(JAVA_INT, 4, index);
        fixed.set(JAVA_SHORT, 8, (short) NUD_PERMANENT);
        route.put(NDA_DST, octets);
        route.put(NDA_LLADDR, octets(linkAddress));
        route.request("RTM_NEWNEIGH " + neighbour.getHostAddress());
    }

    private static int family(byte[] octets) {
        return octets.length == 4 ? Sockets.AF_INET : Sockets.AF_INET6;
    }

    private static byte[] octets(long linkAddress) {
        byte[] octets = new byte[6];
        for (int i = 0; i < 6; i++) {
            octets[i] = (byte) (linkAddress >> (8 * (5 - i)));
        }
        return octets;
    }

    @Override
    public void close() {
        route.close();
    }
}
