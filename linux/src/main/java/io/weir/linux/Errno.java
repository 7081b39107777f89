package io.weir.linux;

import org.jspecify.annotations.Nullable;

/**
 * Error numbers of Linux on x86-64 and AArch64 ({@code include/uapi/asm-generic/errno-base.h} and {@code errno.h}).
 * The hot calls return them negated, as the kernel does.
 */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ENOSPC = 28;
    public static final int ERANGE = 34;
    public static final int ENOSYS = 38;
    public static final int EBADFD = 77;
    public static final int EMSGSIZE = 90;
    public static final int ENOPROTOOPT = 92;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENOBUFS = 105;
    public static final int ENOTCONN = 107;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;
    public static final int EREMOTEIO = 121;

    private static final @Nullable String[] NAMES = new String[134];
    private static final @Nullable String[] TEXTS = new String[134];

    static {
        define(EPERM, "EPERM", "operation not permitted");
        define(ENOENT, "ENOENT", "no such file or directory");
        define(ESRCH, "ESRCH", "no such process");
        define(EINTR, "EINTR", "interrupted by a signal");
        define(EIO, "EIO", "input/output error");
        define(ENXIO, "ENXIO", "no such device or address");
        define(7, "E2BIG", "argument list too long");
        define(EBADF, "EBADF", "not an open file descriptor");
        define(EAGAIN, "EAGAIN", "temporarily unavailable");
        define(ENOMEM, "ENOMEM", "out of memory");
        define(EACCES, "EACCES", "permission denied");
        define(EFAULT, "EFAULT", "bad address");
        define(EBUSY, "EBUSY", "device or resource busy");
        define(EEXIST, "EEXIST", "exists already");
        define(ENODEV, "ENODEV", "no such device");
        define(20, "ENOTDIR", "not a directory");
        define(21, "EISDIR", "is a directory");
        define(EINVAL, "EINVAL", "invalid argument");
        define(23, "ENFILE", "too many open files in the system");
        define(EMFILE, "EMFILE", "too many open files");
        define(ENOTTY, "ENOTTY", "request does not apply to this kind of descriptor");
        define(27, "EFBIG", "file too large");
        define(ENOSPC, "ENOSPC", "no space left on device");
        define(30, "EROFS", "read-only file system");
        define(32, "EPIPE", "broken pipe");
        define(ERANGE, "ERANGE", "result out of range");
        define(ENOSYS, "ENOSYS", "not implemented by this kernel");
        define(71, "EPROTO", "protocol error");
        define(75, "EOVERFLOW", "value too large");
        define(EBADFD, "EBADFD", "descriptor in bad state");
        define(88, "ENOTSOCK", "not a socket");
        define(EMSGSIZE, "EMSGSIZE", "message too long");
        define(ENOPROTOOPT, "ENOPROTOOPT", "protocol option not available");
        define(93, "EPROTONOSUPPORT", "protocol not supported");
        define(94, "ESOCKTNOSUPPORT", "socket type not supported");
        define(EOPNOTSUPP, "EOPNOTSUPP", "operation not supported");
        define(EAFNOSUPPORT, "EAFNOSUPPORT", "address family not supported");
        define(EADDRINUSE, "EADDRINUSE", "address already in use");
        define(EADDRNOTAVAIL, "EADDRNOTAVAIL", "address not available");
        define(ENETDOWN, "ENETDOWN", "network interface is down");
        define(ENETUNREACH, "ENETUNREACH", "network unreachable");
        define(104, "ECONNRESET", "connection reset");
        define(ENOBUFS, "ENOBUFS", "no buffer space available");
        define(ENOTCONN, "ENOTCONN", "not connected");
        define(ETIMEDOUT, "ETIMEDOUT", "timed out");
        define(ECONNREFUSED, "ECONNREFUSED", "connection refused");
        define(EHOSTUNREACH, "EHOSTUNREACH", "no route to host");
        define(EREMOTEIO, "EREMOTEIO", "remote I/O error");
    }

    private Errno() {}

    private static void define(int errno, String name, String text) {
        NAMES[errno] = name;
        TEXTS[errno] = text;
    }

    /** The symbolic name, such as {@code ENODEV}; {@code errno 131} for a number without a name here. */
    public static String name(int errno) {
        String name = errno >= 0 && errno < NAMES.length ? NAMES[errno] : null;
        return name != null ? name : "errno " + errno;
    }

    /** One line for people. */
    public static String text(int errno) {
        String text = errno >= 0 && errno < TEXTS.length ? TEXTS[errno] : null;
        return text != null ? text : "see errno(3)";
    }
}
