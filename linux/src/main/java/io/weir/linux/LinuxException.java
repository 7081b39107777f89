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

    /** The failed call with its arguments, such as {@code socket(AF_PACKET, SOCK_RAW, ETH_P_ALL)}. */
    public String call() {
        return call;
    }

    /** The error number as in {@code <asm-generic/errno-base.h>}. */
    public int errno() {
        return errno;
    }
}
