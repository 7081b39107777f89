package io.weir.port.afxdp;

import java.net.InetAddress;
import java.util.Set;

/**
 * Which frames weir takes from interfaces that it shares with the kernel: tables that the XDP programs of all such
 * interfaces of a node read. One per node; used by the control thread.
 */
public final class TrafficSelector implements AutoCloseable {
    /**
     * One end of a transport protocol.
     *
     * @param protocol 6 (TCP) or 17 (UDP)
     * @param port 1..65535
     */
    public record Endpoint(InetAddress address, int protocol, int port) {}

    /** Tables without entries: nothing is taken. */
    public static TrafficSelector create() {
        return new TrafficSelector();
    }

    /**
     * Changes what is taken; entries are added before others are deleted, so that what is in both is taken throughout.
     *
     * @param addresses own and virtual addresses: all that is sent to them is taken, also ARP requests and neighbour
     *     solicitations for them, unless the kernel has the address as well
     * @param services packets to them are taken, also when the kernel has the address
     * @param servers packets from them are taken: replies to be translated back
     */
    public void replace(Set<InetAddress> addresses, Set<Endpoint> services, Set<Endpoint> servers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
