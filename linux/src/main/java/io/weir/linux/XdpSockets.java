package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** AF_XDP sockets; numbers and structures of include/uapi/linux/if_xdp.h. */
public final class XdpSockets {
    /** Flag of {@link #bind}: the memory is that of another socket; no other flag may stand beside it. */
    public static final int XDP_SHARED_UMEM = 1;

    public static final int XDP_COPY = 1 << 1;
    public static final int XDP_ZEROCOPY = 1 << 2;
    public static final int XDP_USE_NEED_WAKEUP = 1 << 3;
    public static final int XDP_USE_SG = 1 << 4;

    /** Flag in a ring: the kernel wants a system call before it goes on. */
    public static final int RING_NEED_WAKEUP = 1;
    /** Option of a descriptor: the frame goes on in the next one. */
    public static final int PACKET_CONTINUED = 1;
    /** Option of a transmitted descriptor: metadata stands before the frame. */
    public static final int TRANSMIT_METADATA = 1 << 1;
    /** Bytes of {@code struct xsk_tx_metadata}. */
    public static final int TRANSMIT_METADATA_BYTES = 24;
    /** XDP_TXMD_FLAGS_CHECKSUM, in the metadata's first word. */
    public static final int METADATA_CHECKSUM = 1 << 1;

    /** Room the kernel leaves before a received frame (XDP_PACKET_HEADROOM), in bytes. */
    public static final int RECEIVE_HEADROOM_BYTES = 256;

    private static final int SOL_XDP = 283;
    private static final int XDP_MMAP_OFFSETS = 1;
    private static final int XDP_RX_RING = 2;
    private static final int XDP_TX_RING = 3;
    private static final int XDP_UMEM_REG = 4;
    private static final int XDP_UMEM_FILL_RING = 5;
    private static final int XDP_UMEM_COMPLETION_RING = 6;
    private static final int XDP_STATISTICS = 7;
    private static final int XDP_OPTIONS = 8;
    private static final int XDP_MAX_TX_SKB_BUDGET = 9;
    private static final int XDP_OPTIONS_ZEROCOPY = 1;

    private static final int XDP_UMEM_TX_METADATA_LEN = 1 << 2;

    /** The four rings in the order of {@code struct xdp_mmap_offsets}. */
    public enum Ring {
        RECEIVE(0L, 16),
        TRANSMIT(0x8000_0000L, 16),
        FILL(0x1_0000_0000L, 8),
        COMPLETION(0x1_8000_0000L, 8);

        private final long pageOffset;
        private final int entryBytes;

        Ring(long pageOffset, int entryBytes) {
            this.pageOffset = pageOffset;
            this.entryBytes = entryBytes;
        }

        @SuppressWarnings("EnumOrdinal") // the order is the kernel's
        private long offset() {
            return 32L * ordinal();
        }
    }

    /**
     * Where a mapped ring stands, as absolute addresses.
     *
     * @param producer u32, written by who puts entries in
     * @param consumer u32, written by who takes entries out
     * @param entries a power of two of them
     * @param flags u32, see {@link #RING_NEED_WAKEUP}
     * @param mapping start of the mapping
     * @param mappingBytes its length
     */
    public record MappedRing(long producer, long consumer, long entries, long flags, long mapping, long mappingBytes) {}

    private XdpSockets() {}

    /**
     * Opens a socket in the network namespace of the calling thread.
     *
     * @throws LinuxException EPERM without CAP_NET_RAW, EAFNOSUPPORT in a kernel without CONFIG_XDP_SOCKETS
     */
    public static int open() {
        return Sockets.open(Sockets.AF_XDP, Sockets.SOCK_RAW, 0);
    }

    /**
     * Registers the memory that the socket, and those that share with it, use for frames. Returns 0 or the negated errno:
     * ENOBUFS when it is above the locked-memory limit, EINVAL for a chunk that is no power of two from 2,048 to a page,
     * or from a kernel without transmit metadata.
     *
     * @param metadataBytes room before transmitted frames that the kernel reads as metadata; 0 for none
     */
    public static int registerMemory(int socket, long address, long lengthBytes, int chunkBytes, int metadataBytes) {
        try (Arena arena = Arena.ofConfined()) {
            // struct xdp_umem_reg: 0 address, 8 length, 16 chunk size, 20 headroom, 24 flags, 28 metadata length
            MemorySegment registration = arena.allocate(32, 8);
            registration.set(JAVA_LONG, 0, address);
            registration.set(JAVA_LONG, 8, lengthBytes);
            registration.set(JAVA_INT, 16, chunkBytes);
            registration.set(JAVA_INT, 24, metadataBytes == 0 ? 0 : XDP_UMEM_TX_METADATA_LEN);
            registration.set(JAVA_INT, 28, metadataBytes);
            return Sockets.setOption(
                    socket, SOL_XDP, XDP_UMEM_REG, metadataBytes == 0 ? registration.asSlice(0, 28) : registration);
        }
    }

    /** Gives the socket its four rings of so many entries, a power of two. */
    public static void createRings(int socket, int entries) {
        for (int option : new int[] {XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING}) {
            Sockets.require(
                    Sockets.setOption(socket, SOL_XDP, option, entries),
                    "setsockopt(AF_XDP ring " + option + ", " + entries + " entries)");
        }
    }

    /** Maps a ring. The mapping keeps the socket alive, and its queue busy, until {@link Mappings#unmap}. */
    public static MappedRing map(int socket, Ring ring, int entries) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment offsets = arena.allocate(128, 8);
            Sockets.require(Sockets.option(socket, SOL_XDP, XDP_MMAP_OFFSETS, offsets), "getsockopt(XDP_MMAP_OFFSETS)");
            // struct xdp_ring_offset: 0 producer, 8 consumer, 16 entries, 24 flags
            long at = ring.offset();
            long bytes = offsets.get(JAVA_LONG, at + 16) + (long) entries * ring.entryBytes;
            long base = Mappings.mapShared(socket, ring.pageOffset, bytes);
            return new MappedRing(
                    base + offsets.get(JAVA_LONG, at),
                    base + offsets.get(JAVA_LONG, at + 8),
                    base + offsets.get(JAVA_LONG, at + 16),
                    base + offsets.get(JAVA_LONG, at + 24),
                    base,
                    bytes);
        }
    }

    /**
     * Binds to a queue of an interface. Returns 0 or the negated errno: EBUSY when another socket has the queue, EINVAL
     * when there is no such queue, EBADF when the socket to share with is not bound any more, EOPNOTSUPP when the driver
     * has no zero-copy mode.
     *
     * @param sharedSocket with {@link #XDP_SHARED_UMEM} the socket whose memory is used, else 0
     */
    public static int bind(int socket, int interfaceIndex, int queue, int flags, int sharedSocket) {
        try (Arena arena = Arena.ofConfined()) {
            // struct sockaddr_xdp: 0 family, 2 flags, 4 interface index, 8 queue, 12 shared socket
            MemorySegment address = arena.allocate(16, 4);
            address.set(JAVA_SHORT, 0, (short) Sockets.AF_XDP);
            address.set(JAVA_SHORT, 2, (short) flags);
            address.set(JAVA_INT, 4, interfaceIndex);
            address.set(JAVA_INT, 8, queue);
            address.set(JAVA_INT, 12, sharedSocket);
            return Sockets.bind(socket, address);
        }
    }

    /**
     * How many frames one {@code sendto} may hand to the interface, 32 unless set; at most the entries of the transmit
     * ring. A kernel before 6.17 keeps 32.
     */
    public static void limitTransmit(int socket, int frames) {
        var _ = Sockets.setOption(socket, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, frames);
    }

    /** True when the driver moves frames of this bound socket without copying. */
    public static boolean isZeroCopy(int socket) {
        int options = Sockets.option(socket, SOL_XDP, XDP_OPTIONS);
        return options > 0 && (options & XDP_OPTIONS_ZEROCOPY) != 0;
    }

    /**
     * Reads {@code struct xdp_statistics}: six u64 since the socket was opened: dropped, invalid received descriptors,
     * invalid transmitted descriptors, receive ring full, fill ring empty, transmit ring empty. Returns 0 or the negated
     * errno; allocation-free.
     *
     * @param address 56 bytes: room for the answer, then for its length
     */
    public static int statistics(int socket, long address) {
        NativeMemory.all().set(JAVA_INT, address + 48, 48);
        return Sockets.option(socket, SOL_XDP, XDP_STATISTICS, address, address + 48);
    }

    /** Has the kernel send what stands in the transmit ring. Returns 0 or the negated errno; allocation-free. */
    public static int wakeTransmit(int socket) {
        return (int) Sockets.send(socket, 0L, 0L, Sockets.MSG_DONTWAIT);
    }

    /** Has the driver look at the fill ring. Returns 0 or the negated errno; allocation-free. */
    public static int wakeReceive(int socket) {
        return (int) Sockets.receive(socket, 0L, 0L, Sockets.MSG_DONTWAIT);
    }
}
