package io.weir.linux;

/** Memory mappings by address, for memory whose life no arena can follow: rings of the kernel, shared maps. */
public final class Mappings {
    /** The kernel's default page size on x86-64 and most AArch64 systems, in bytes. */
    public static final int PAGE_BYTES = 4096;

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_POPULATE = 0x8000;
    private static final int MADV_HUGEPAGE = 14;

    private Mappings() {}

    /**
     * Maps a file or ring for reading and writing, shared with everyone else who maps it, its pages present at once.
     *
     * @return the address
     * @throws LinuxException when it cannot be mapped
     */
    public static long mapShared(int descriptor, long offset, long lengthBytes) {
        return map(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, offset, lengthBytes);
    }

    /** Maps a file for reading only: a store to it ends the process. */
    public static long mapReadOnly(int descriptor, long offset, long lengthBytes) {
        return map(PROT_READ, MAP_SHARED, descriptor, offset, lengthBytes);
    }

    /** Maps zeroed memory of this process, its pages present at once. */
    public static long mapAnonymous(long lengthBytes) {
        return map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0, lengthBytes);
    }

    /** Maps zeroed memory of this process, whose pages take room from their first use on. */
    public static long reserveAnonymous(long lengthBytes) {
        return map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0, lengthBytes);
    }

    private static long map(int protection, int flags, int descriptor, long offset, long lengthBytes) {
        long address = SystemCalls.mmap(0, lengthBytes, protection, flags, descriptor, offset);
        if (address < 0) {
            throw LinuxException.of(
                    "mmap(" + lengthBytes + " bytes, descriptor " + descriptor + ", offset " + offset + ")",
                    (int) -address);
        }
        return address;
    }

    /** Gives a mapping back; nothing may read it afterwards. */
    public static void unmap(long address, long lengthBytes) {
        int result = SystemCalls.munmap(address, lengthBytes);
        if (result < 0) {
            throw LinuxException.of("munmap(0x" + Long.toHexString(address) + ", " + lengthBytes + ")", -result);
        }
    }

    /** Asks for huge pages; false when the kernel has none to give, which costs speed only. */
    public static boolean adviseHugePages(long address, long lengthBytes) {
        return SystemCalls.madvise(address, lengthBytes, MADV_HUGEPAGE) == 0;
    }
}
