package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Echo requests of ICMP or ICMPv6 to one target by a datagram socket (icmp(7)): the kernel sets the identifier and the
 * checksum, and hands over only the replies to them. Needs no capability, but that the group of the process is within the
 * setting {@code net.ipv4.ping_group_range}. One thread at a time.
 *
 * <pre>
 *  0 type | 1 code | 2 checksum | 4 identifier | 6 sequence | 8 u64 time of sending | 16 .. 64 zeros    (RFC 792, RFC 4443)
 * </pre>
 */
public final class PingSocket implements AutoCloseable {
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int IP_RECVERR = 11;
    private static final int IPV6_RECVERR = 25;
    private static final byte ECHO_REQUEST = 8;
    private static final byte ECHO_REPLY = 0;
    private static final byte ECHO_REQUEST_6 = (byte) 128;
    private static final byte ECHO_REPLY_6 = (byte) 129;
    /** What ping(8) sends: 8 bytes of header and 56 of data. */
    private static final int MESSAGE_BYTES = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment request = arena.allocate(MESSAGE_BYTES, 8);
    private final MemorySegment reply = arena.allocate(2 * MESSAGE_BYTES, 8);
    private final Polling polling = new Polling(1);
    private final boolean ipv6;
    private final int socket;
    private int sequence;

    private PingSocket(InetAddress target) {
        ipv6 = target.getAddress().length == 16;
        socket = ipv6
                ? Sockets.open(Sockets.AF_INET6, Sockets.SOCK_DGRAM, IPPROTO_ICMPV6)
                : Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, IPPROTO_ICMP);
        polling.add(socket, Polling.READABLE);
        request.set(JAVA_BYTE, 0, ipv6 ? ECHO_REQUEST_6 : ECHO_REQUEST);
    }

    /**
     * Opens a socket in the network namespace of the calling thread.
     *
     * @param source address to send from; null leaves it to the kernel
     * @throws LinuxException EACCES when the group of the process may not, EADDRNOTAVAIL for a source that is not ours,
     *     ENETUNREACH without a route to the target
     */
    public static PingSocket open(InetAddress target, @Nullable InetAddress source) {
        PingSocket opened = new PingSocket(target);
        try {
            // errors that the network answers with are told at once, not waited out
            Sockets.require(
                    opened.ipv6
                            ? Sockets.setOption(opened.socket, IPPROTO_IPV6, IPV6_RECVERR, 1)
                            : Sockets.setOption(opened.socket, 0, IP_RECVERR, 1),
                    "setsockopt(IP_RECVERR)");
            if (source != null) {
                Sockets.require(
                        Sockets.bind(opened.socket, opened.address(source)), "bind(" + source.getHostAddress() + ")");
            }
            Sockets.require(
                    Sockets.connect(opened.socket, opened.address(target)), "connect(" + target.getHostAddress() + ")");
            return opened;
        } catch (LinuxException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * struct sockaddr_in: 0 family, 2 port, 4 address, 16 bytes; struct sockaddr_in6: 0 family, 2 port, 4 flow, 8 address,
     * 24 scope, 28 bytes.
     */
    private MemorySegment address(InetAddress address) {
        byte[] octets = address.getAddress();
        MemorySegment raw = arena.allocate(ipv6 ? 28 : 16, 4);
        raw.set(JAVA_SHORT, 0, (short) (ipv6 ? Sockets.AF_INET6 : Sockets.AF_INET));
        MemorySegment.copy(octets, 0, raw, JAVA_BYTE, ipv6 ? 8 : 4, octets.length);
        return raw;
    }

    /**
     * Sends one request and waits for its reply, at most for {@code timeoutMs}; by a platform thread.
     *
     * @return nanoseconds until the reply, or the negated errno: ETIMEDOUT, or what the network answered, such as
     *     EHOSTUNREACH
     */
    public long echo(int timeoutMs) {
        long start = System.nanoTime();
        sequence = sequence + 1 & 0xffff;
        request.set(JAVA_BYTE, 6, (byte) (sequence >> 8));
        request.set(JAVA_BYTE, 7, (byte) sequence);
        request.set(JAVA_LONG_UNALIGNED, 8, start);
        long sent = Sockets.send(socket, request.address(), MESSAGE_BYTES, 0);
        if (sent < 0) {
            return sent;
        }
        long end = start + timeoutMs * 1_000_000L;
        while (true) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return -Errno.ETIMEDOUT;
            }
            int ready = polling.await((int) (left / 1_000_000) + 1);
            if (ready < 0) {
                return ready;
            }
            long received = Sockets.receive(socket, reply.address(), reply.byteSize(), Sockets.MSG_DONTWAIT);
            // a redirect, too, is told as an error
            if (received < 0 && received != -Errno.EAGAIN && received != -Errno.EREMOTEIO) {
                return received;
            }
            if (isReply(received)) {
                return System.nanoTime() - start;
            }
        }
    }

    private boolean isReply(long received) {
        return received == MESSAGE_BYTES
                && reply.get(JAVA_BYTE, 0) == (ipv6 ? ECHO_REPLY_6 : ECHO_REPLY)
                && reply.asSlice(6, MESSAGE_BYTES - 6L).mismatch(request.asSlice(6)) < 0;
    }

    @Override
    public void close() {
        Descriptors.close(socket);
        polling.close();
        arena.close();
    }
}
