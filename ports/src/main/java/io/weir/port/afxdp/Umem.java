package io.weir.port.afxdp;

import io.weir.memory.packet.PacketStorage;

/** The packet storage as the memory that AF_XDP sockets share: registered with the kernel once for all interfaces. */
public final class Umem {
    private final PacketStorage storage;

    private Umem(PacketStorage storage) {
        this.storage = storage;
    }

    /**
     * The umem over the packet storage.
     *
     * @throws IllegalArgumentException when the kernel cannot use its buffers: they must have 2,048 or 4,096 bytes and
     *     start on a page
     */
    public static Umem over(PacketStorage storage) {
        return new Umem(storage);
    }

    PacketStorage storage() {
        return storage;
    }
}
