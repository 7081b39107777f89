package io.weir.port.afxdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weir.linux.Descriptors;
import io.weir.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Opens the filter of a network card for the link-layer addresses that weir listens to: all multicast (neighbour
 * solicitations go to solicited-node addresses, RFC 4861 section 2.3), and all stations when weir has an address of its own
 * there. An XDP program sees only what passes that filter. Closed again with the packet socket that asked, even when the
 * process is killed.
 */
final class AddressFilter implements AutoCloseable {
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_MR_PROMISC = 1;
    private static final int PACKET_MR_ALLMULTI = 2;

    /** Receives nothing itself: protocol 0. */
    private final int socket = Sockets.open(Sockets.AF_PACKET, Sockets.SOCK_RAW, 0);

    AddressFilter(int interfaceIndex, boolean promiscuous) {
        add(interfaceIndex, PACKET_MR_ALLMULTI);
        if (promiscuous) {
            add(interfaceIndex, PACKET_MR_PROMISC);
        }
    }

    /** Failure means a device without such a filter. */
    private void add(int interfaceIndex, int type) {
        try (Arena arena = Arena.ofConfined()) {
            // struct packet_mreq: 0 interface index, 4 type, 16 bytes in all
            MemorySegment membership = arena.allocate(16, 4);
            membership.set(JAVA_INT, 0, interfaceIndex);
            membership.set(JAVA_SHORT, 4, (short) type);
            var _ = Sockets.setOption(socket, Sockets.SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership);
        }
    }

    @Override
    public void close() {
        Descriptors.close(socket);
    }
}
