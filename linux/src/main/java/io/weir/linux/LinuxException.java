package io.weir.linux;

/** A system call that failed: which call, which errno, and what to do about it. */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    public LinuxException(String call, int errno, String message) {
        super(message);
        this.call = call;
        this.errno = errno;
    }

    /** An exception whose message names the call, the errno and, where there is one, the usual remedy. */
    static LinuxException of(String call, int errno) {
        return of(call, errno, Remedies.of(call, errno));
    }

    /** As {@link #of(String, int)}, with a remedy that the caller knows; may be empty. */
    static LinuxException of(String call, int errno, String remedy) {
        String message = call + ": " + Errno.name(errno) + " (" + Errno.text(errno) + ")";
        return new LinuxException(call, errno, remedy.isEmpty() ? message : message + ": " + remedy);
    }

    /** The failed call with its arguments, such as {@code socket(AF_PACKET, SOCK_RAW, ETH_P_ALL)}. */
    public String call() {
        return call;
    }

    /** The error number as in {@code <asm-generic/errno-base.h>}. */
    public int errno() {
        return errno;
    }
}
