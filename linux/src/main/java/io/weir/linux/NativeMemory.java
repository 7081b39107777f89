package io.weir.linux;

import java.lang.foreign.MemorySegment;

/** The whole address space as one segment. */
public final class NativeMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}

    /**
     * A segment whose offsets are absolute addresses, so that frames in different mappings (packet storage, receive
     * rings of the kernel) can be named by one {@code long}. Reading an address that is not mapped ends the process:
     * only lengths that were checked against a port's descriptor may be used.
     */
    public static MemorySegment all() {
        return ALL;
    }

    /** The part {@code address .. address + length} of the address space; valid while it stays mapped. */
    public static MemorySegment segment(long address, long length) {
        return MemorySegment.ofAddress(address).reinterpret(length);
    }
}
