package io.weir.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The downcall handles of the C library. Every method returns what the kernel itself would: the result, or the negated
 * errno. No call is linked as critical, because a critical call that blocks stops the garbage collector for all threads.
 * Memory is passed as an address; keeping it alive is the caller's business. Nothing here allocates once a thread has its
 * capture state.
 */
final class SystemCalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout CAPTURE_LAYOUT = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = CAPTURE_LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    /**
     * Where the call of the current thread leaves its errno. From the global arena for platform threads, which are few:
     * only with a scope that never closes does the compiler remove the slice that the linker makes of it per call.
     */
    private static final ThreadLocal<MemorySegment> CAPTURE = ThreadLocal.withInitial(
            () -> (Thread.currentThread().isVirtual() ? Arena.ofAuto() : Arena.global()).allocate(CAPTURE_LAYOUT));

    private static final MethodHandle SOCKET =
            handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CONNECT =
            handle("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            handle("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SENDTO = handle(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SENDMMSG =
            handle("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle RECVFROM = handle(
            "recvfrom",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle READ =
            handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE =
            handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle READV =
            handle("readv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle WRITEV =
            handle("writev", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN = handle(
            "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = handle(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle MMAP = handle(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MADVISE =
            handle("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle POLL =
            handle("poll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle EVENTFD = handle("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SCHED_SETAFFINITY =
            handle("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SCHED_GETAFFINITY =
            handle("sched_getaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle UNSHARE = handle("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SYSCALL_BPF = handle(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle PRLIMIT =
            handle("prlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle CLOCK_GETTIME =
            handle("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle GETTID = handle("gettid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle GETEUID = handle("geteuid", FunctionDescriptor.of(JAVA_INT));

    /** The C library has no bpf(): its number in asm/unistd_64.h (x86-64) and asm-generic/unistd.h (the others). */
    private static final long BPF_NUMBER = System.getProperty("os.arch").equals("amd64") ? 321 : 280;

    private SystemCalls() {}

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        MemorySegment function = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no function " + name));
        Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
        all[options.length] = CAPTURE_ERRNO;
        return LINKER.downcallHandle(function, descriptor, all);
    }

    private static int result(int returned, MemorySegment capture) {
        return returned >= 0 ? returned : -capture.get(JAVA_INT, ERRNO_OFFSET);
    }

    private static long result(long returned, MemorySegment capture) {
        // mmap answers addresses, of which only -1 is an error
        return returned != -1 ? returned : -capture.get(JAVA_INT, ERRNO_OFFSET);
    }

    /** A downcall itself throws only when the handle and its use disagree. */
    private static AssertionError misuse(Throwable cause) {
        return new AssertionError("downcall", cause);
    }

    static int socket(int domain, int type, int protocol) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) SOCKET.invokeExact(capture, domain, type, protocol), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int bind(int socket, long address, int length) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) BIND.invokeExact(capture, socket, address, length), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int connect(int socket, long address, int length) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) CONNECT.invokeExact(capture, socket, address, length), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int setsockopt(int socket, int level, int option, long value, int length) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) SETSOCKOPT.invokeExact(capture, socket, level, option, value, length), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int getsockopt(int socket, int level, int option, long value, long length) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) GETSOCKOPT.invokeExact(capture, socket, level, option, value, length), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static long sendto(int socket, long buffer, long length, int flags, long address, int addressLength) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result(
                    (long) SENDTO.invokeExact(capture, socket, buffer, length, flags, address, addressLength), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int sendmmsg(int socket, long messages, int count, int flags) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) SENDMMSG.invokeExact(capture, socket, messages, count, flags), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static long recvfrom(int socket, long buffer, long length, int flags, long address, long addressLength) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result(
                    (long) RECVFROM.invokeExact(capture, socket, buffer, length, flags, address, addressLength),
                    capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static long read(int descriptor, long buffer, long length) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((long) READ.invokeExact(capture, descriptor, buffer, length), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static long write(int descriptor, long buffer, long length) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((long) WRITE.invokeExact(capture, descriptor, buffer, length), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static long readv(int descriptor, long vectors, int count) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((long) READV.invokeExact(capture, descriptor, vectors, count), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static long writev(int descriptor, long vectors, int count) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((long) WRITEV.invokeExact(capture, descriptor, vectors, count), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int close(int descriptor) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) CLOSE.invokeExact(capture, descriptor), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int open(String path, int flags, int mode) {
        MemorySegment capture = CAPTURE.get();
        try (Arena arena = Arena.ofConfined()) {
            return result((int) OPEN.invokeExact(capture, arena.allocateFrom(path), flags, mode), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int ioctl(int descriptor, long request, long argument) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) IOCTL.invokeExact(capture, descriptor, request, argument), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static long mmap(long address, long length, int protection, int flags, int descriptor, long offset) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result(
                    (long) MMAP.invokeExact(capture, address, length, protection, flags, descriptor, offset), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int munmap(long address, long length) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) MUNMAP.invokeExact(capture, address, length), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int madvise(long address, long length, int advice) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) MADVISE.invokeExact(capture, address, length, advice), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int poll(long descriptors, long count, int timeoutMs) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) POLL.invokeExact(capture, descriptors, count, timeoutMs), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int eventfd(int initial, int flags) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) EVENTFD.invokeExact(capture, initial, flags), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int schedSetaffinity(int thread, long size, long mask) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) SCHED_SETAFFINITY.invokeExact(capture, thread, size, mask), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int schedGetaffinity(int thread, long size, long mask) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) SCHED_GETAFFINITY.invokeExact(capture, thread, size, mask), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int setns(int descriptor, int type) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) SETNS.invokeExact(capture, descriptor, type), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int unshare(int flags) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) UNSHARE.invokeExact(capture, flags), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int bpf(int command, long attributes, int length) {
        MemorySegment capture = CAPTURE.get();
        try {
            return (int) result(
                    (long) SYSCALL_BPF.invokeExact(capture, BPF_NUMBER, (long) command, attributes, (long) length),
                    capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int prlimit(int process, int resource, long limit, long oldLimit) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) PRLIMIT.invokeExact(capture, process, resource, limit, oldLimit), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int clockGettime(int clock, long timespec) {
        MemorySegment capture = CAPTURE.get();
        try {
            return result((int) CLOCK_GETTIME.invokeExact(capture, clock, timespec), capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int gettid() {
        MemorySegment capture = CAPTURE.get();
        try {
            return (int) GETTID.invokeExact(capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }

    static int geteuid() {
        MemorySegment capture = CAPTURE.get();
        try {
            return (int) GETEUID.invokeExact(capture);
        } catch (Throwable e) {
            throw misuse(e);
        }
    }
}
