package io.weir.linux;

/** File descriptors. */
public final class Descriptors {
    public static final int READ_ONLY = 0;
    public static final int READ_WRITE = 2;
    /** O_CREAT. */
    public static final int CREATE = 0x40;

    /** O_CLOEXEC: children that the process starts must not inherit packet sockets. */
    private static final int CLOSE_ON_EXEC = 0x80000;

    private Descriptors() {}

    /**
     * Opens a file; a created one gets mode 0600.
     *
     * @param flags {@link #READ_ONLY} or {@link #READ_WRITE}, with {@link #CREATE}
     * @throws LinuxException when it cannot be opened
     */
    public static int open(String path, int flags) {
        int descriptor = SystemCalls.open(path, flags | CLOSE_ON_EXEC, 0600);
        if (descriptor < 0) {
            throw LinuxException.of("open(\"" + path + "\", " + flags + ")", -descriptor);
        }
        return descriptor;
    }

    /** Closes the descriptor; errors are ignored because it is closed either way, and -1 does nothing. */
    public static void close(int descriptor) {
        if (descriptor >= 0) {
            var _ = SystemCalls.close(descriptor);
        }
    }

    /** Reads into memory at an address. Returns the number of bytes or the negated errno; allocation-free. */
    public static long read(int descriptor, long address, long lengthBytes) {
        return SystemCalls.read(descriptor, address, lengthBytes);
    }

    /** Writes from memory at an address. Returns the number of bytes or the negated errno; allocation-free. */
    public static long write(int descriptor, long address, long lengthBytes) {
        return SystemCalls.write(descriptor, address, lengthBytes);
    }

    /**
     * An {@code ioctl} whose argument is an address or a plain number. Returns its result or the negated errno;
     * allocation-free.
     */
    public static int control(int descriptor, long request, long argument) {
        return SystemCalls.ioctl(descriptor, request, argument);
    }
}
