package io.weir.port.afpacket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.weir.linux.Descriptors;
import io.weir.linux.LinuxException;
import io.weir.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * A packet socket that stays open for the life of a port. When its interface vanishes, the same socket is bound to the
 * new one, so that the receive ring stays mapped and frames still held stay valid. Allocation-free after construction.
 */
final class PacketSocket implements AutoCloseable {
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_DROP_MEMBERSHIP = 2;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;

    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;

    /** PACKET_FANOUT_HASH with PACKET_FANOUT_FLAG_IGNORE_OUTGOING: the group replaces the socket's own option. */
    private static final int FANOUT_BY_FLOW = 0x4000;
    /** PACKET_FANOUT_FLAG_UNIQUEID. */
    private static final int FANOUT_NEW = 0x2000;

    private static final int TPACKET_V2 = 1;
    private static final int PACKET_MR_PROMISC = 1;
    private static final int PACKET_MR_ALLMULTI = 2;
    private static final int ETH_P_ALL = 3;
    /** struct sock_filter with code BPF_RET | BPF_K and k = 0 (little-endian: code comes first). */
    private static final long BPF_RETURN_0 = 0x06;

    /** Bytes of frames that do not fit into slots, counted with the kernel's overhead, and by it twice. */
    private static final int RECEIVE_BUFFER_BYTES = 16 << 20;

    /** Bytes of frames on their way out, counted with the kernel's overhead: some 100 GSO frames. */
    private static final int SEND_BUFFER_BYTES = 16 << 20;

    private final Arena arena = Arena.ofShared();
    /** struct sockaddr_ll: 0 family, 2 protocol (network order), 4 interface index, 20 bytes in all. */
    private final MemorySegment address = arena.allocate(20, 4);
    /** struct packet_mreq: 0 interface index, 4 type, 16 bytes in all. */
    private final MemorySegment membership = arena.allocate(16, 4);
    /** struct tpacket_stats: 0 packets, 4 drops; then the length for getsockopt. */
    private final MemorySegment answer = arena.allocate(16, 8);

    /** struct sock_fprog: 0 instructions, 8 their address; one BPF_RET of 0 bytes. */
    private final MemorySegment refuseAll = arena.allocate(16, 8);

    private final int descriptor;
    private final boolean receives;
    private final boolean promiscuous;

    PacketSocket(boolean receives, boolean promiscuous) {
        this.receives = receives;
        this.promiscuous = promiscuous;
        refuseAll.set(JAVA_SHORT, 0, (short) 1);
        refuseAll.set(JAVA_LONG, 8, arena.allocateFrom(JAVA_LONG, BPF_RETURN_0).address());
        // Protocol 0: nothing is received before the socket is bound to its interface.
        descriptor = Sockets.open(Sockets.AF_PACKET, Sockets.SOCK_RAW, 0);
        try {
            configure();
        } catch (LinuxException e) {
            close();
            throw e;
        }
    }

    private void configure() {
        // before the ring: it decides where frames start in their slots
        require(PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
        if (receives) {
            require(PACKET_VERSION, "PACKET_VERSION", TPACKET_V2);
            require(PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING", 1);
            buffer(Sockets.SO_RCVBUFFORCE, Sockets.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        }
        require(PACKET_QDISC_BYPASS, "PACKET_QDISC_BYPASS", 1);
        buffer(Sockets.SO_SNDBUFFORCE, Sockets.SO_SNDBUF, SEND_BUFFER_BYTES);
    }

    /** Without CAP_NET_ADMIN it is as much as net.core.rmem_max and wmem_max allow. */
    private void buffer(int force, int option, int bytes) {
        if (Sockets.setOption(descriptor, Sockets.SOL_SOCKET, force, bytes) < 0) {
            var _ = Sockets.setOption(descriptor, Sockets.SOL_SOCKET, option, bytes);
        }
    }

    private void require(int option, String name, int value) {
        Sockets.require(
                Sockets.setOption(descriptor, Sockets.SOL_PACKET, option, value),
                "setsockopt(" + name + ", " + value + ")");
    }

    /**
     * Shares the frames of the interface it is bound to with all sockets of a number; {@link AfPacketOptions#NEW_FANOUT}
     * finds one. The socket cannot be bound again. Returns the number or the negated errno.
     */
    int join(int number) {
        boolean isNew = number == AfPacketOptions.NEW_FANOUT;
        int value = (FANOUT_BY_FLOW | (isNew ? FANOUT_NEW : 0)) << 16 | (isNew ? 0 : number);
        int result = Sockets.setOption(descriptor, Sockets.SOL_PACKET, PACKET_FANOUT, value);
        return result < 0 ? result : Sockets.option(descriptor, Sockets.SOL_PACKET, PACKET_FANOUT) & 0xffff;
    }

    int descriptor() {
        return descriptor;
    }

    /** Receives from and sends to this interface from now on; returns 0 or the negated errno. */
    int bind(int index) {
        address.set(JAVA_SHORT, 0, (short) Sockets.AF_PACKET);
        address.set(JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) (receives ? ETH_P_ALL : 0));
        address.set(JAVA_INT, 4, index);
        int result = Sockets.bind(descriptor, address);
        if (result == 0 && receives) {
            changeMembership(PACKET_ADD_MEMBERSHIP, index);
            // ENOENT the first time
            var _ = Sockets.setOption(descriptor, Sockets.SOL_SOCKET, SO_DETACH_FILTER, 0);
        }
        return result;
    }

    /**
     * Receives no more: the interface with this index is no longer the one that was asked for. It may live on under
     * another name, and a packet socket cannot be unbound (protocol 0 means the one it has), so a filter refuses all.
     */
    void unbind(int index) {
        if (receives) {
            var _ = Sockets.setOption(descriptor, Sockets.SOL_SOCKET, SO_ATTACH_FILTER, refuseAll);
            changeMembership(PACKET_DROP_MEMBERSHIP, index);
        }
    }

    /** Solicited-node multicast (RFC 4861) needs all of multicast; failure means a device without such a filter. */
    private void changeMembership(int option, int index) {
        membership.set(JAVA_INT, 0, index);
        membership.set(JAVA_SHORT, 4, (short) PACKET_MR_ALLMULTI);
        var _ = Sockets.setOption(descriptor, Sockets.SOL_PACKET, option, membership);
        if (promiscuous) {
            membership.set(JAVA_SHORT, 4, (short) PACKET_MR_PROMISC);
            var _ = Sockets.setOption(descriptor, Sockets.SOL_PACKET, option, membership);
        }
    }

    /** Frames that found the ring full since the last call. */
    long takeDrops() {
        answer.set(JAVA_INT, 8, 8);
        int result = Sockets.option(
                descriptor, Sockets.SOL_PACKET, PACKET_STATISTICS, answer.address(), answer.address() + 8);
        return result < 0 ? 0 : Integer.toUnsignedLong(answer.get(JAVA_INT, 4));
    }

    /** Takes the pending error away, without which poll(2) would not wait. */
    void clearError() {
        answer.set(JAVA_INT, 8, 4);
        var _ = Sockets.option(
                descriptor, Sockets.SOL_SOCKET, Sockets.SO_ERROR, answer.address(), answer.address() + 8);
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
        arena.close();
    }
}
