package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sockets that java.net does not know. The names of constants are those of {@code <sys/socket.h>}. */
public final class Sockets {
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int AF_PACKET = 17;
    public static final int AF_XDP = 44;

    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;

    public static final int SOL_SOCKET = 1;
    public static final int SO_ERROR = 4;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int SOL_PACKET = 263;

    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;

    private static final int SOCK_CLOEXEC = 0x80000;

    private Sockets() {}

    /**
     * Opens a socket in the network namespace of the calling thread.
     *
     * @return its descriptor
     * @throws LinuxException when the kernel refuses, with the missing capability
     */
    public static int open(int domain, int type, int protocol) {
        int descriptor = SystemCalls.socket(domain, type | SOCK_CLOEXEC, protocol);
        if (descriptor < 0) {
            throw LinuxException.of(
                    "socket(" + domainName(domain) + ", " + typeName(type) + ", " + protocol + ")", -descriptor);
        }
        return descriptor;
    }

    /** Binds to the {@code sockaddr} given; returns 0 or the negated errno. */
    public static int bind(int socket, MemorySegment address) {
        return SystemCalls.bind(socket, address.address(), (int) address.byteSize());
    }

    /** Connects to the {@code sockaddr} given; returns 0 or the negated errno. */
    static int connect(int socket, MemorySegment address) {
        return SystemCalls.connect(socket, address.address(), (int) address.byteSize());
    }

    /** Sets an option; returns 0 or the negated errno. */
    public static int setOption(int socket, int level, int option, MemorySegment value) {
        return SystemCalls.setsockopt(socket, level, option, value.address(), (int) value.byteSize());
    }

    /** Sets an option whose value is an {@code int}; returns 0 or the negated errno. */
    public static int setOption(int socket, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return setOption(socket, level, option, arena.allocateFrom(JAVA_INT, value));
        }
    }

    /** Reads an option into {@code value}; returns the number of bytes the kernel wrote or the negated errno. */
    public static int option(int socket, int level, int option, MemorySegment value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
            int result = SystemCalls.getsockopt(socket, level, option, value.address(), length.address());
            return result < 0 ? result : length.get(JAVA_INT, 0);
        }
    }

    /** Reads an option whose value is a non-negative {@code int}, or returns the negated errno. */
    public static int option(int socket, int level, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            int result = option(socket, level, option, value);
            return result < 0 ? result : value.get(JAVA_INT, 0);
        }
    }

    /**
     * Reads an option into memory at {@code value}; the {@code int} at {@code length} says how much room there is.
     * Returns 0 or the negated errno; allocation-free.
     */
    public static int option(int socket, int level, int option, long value, long length) {
        return SystemCalls.getsockopt(socket, level, option, value, length);
    }

    /** Throws when {@code result} is a negated errno; for options that the caller cannot do without. */
    public static int require(int result, String call) {
        if (result < 0) {
            throw LinuxException.of(call, -result);
        }
        return result;
    }

    /** Sends to the address the socket is bound to. Returns the bytes sent or the negated errno; allocation-free. */
    public static long send(int socket, long address, long lengthBytes, int flags) {
        return SystemCalls.sendto(socket, address, lengthBytes, flags, 0L, 0);
    }

    /** Sends to the {@code sockaddr} at {@code target}. Returns the bytes sent or the negated errno; allocation-free. */
    public static long sendTo(
            int socket, long address, long lengthBytes, int flags, long target, int targetLengthBytes) {
        return SystemCalls.sendto(socket, address, lengthBytes, flags, target, targetLengthBytes);
    }

    /**
     * Sends {@code count} messages described by an array of {@code struct mmsghdr} at {@code messages}. Returns how
     * many were sent, or the negated errno of the first; allocation-free.
     */
    public static int sendMany(int socket, long messages, int count, int flags) {
        return SystemCalls.sendmmsg(socket, messages, count, flags);
    }

    /** Receives one message. Returns its bytes or the negated errno; allocation-free. */
    public static long receive(int socket, long address, long capacityBytes, int flags) {
        return SystemCalls.recvfrom(socket, address, capacityBytes, flags, 0L, 0L);
    }

    private static String domainName(int domain) {
        return switch (domain) {
            case AF_INET -> "AF_INET";
            case AF_INET6 -> "AF_INET6";
            case AF_NETLINK -> "AF_NETLINK";
            case AF_PACKET -> "AF_PACKET";
            case AF_XDP -> "AF_XDP";
            default -> Integer.toString(domain);
        };
    }

    private static String typeName(int type) {
        return switch (type) {
            case SOCK_DGRAM -> "SOCK_DGRAM";
            case SOCK_RAW -> "SOCK_RAW";
            default -> Integer.toString(type);
        };
    }
}
