package io.weir.memory.configuration;

import static io.weir.memory.configuration.ConfigurationLayout.*;

import java.lang.foreign.MemorySegment;

/**
 * What the side pinned by a {@link ConfigurationReader} says about addresses: own ones of interfaces 1 to {@link
 * ConfigurationReader#interfaceCount} with their prefix lengths, and virtual ones, which are announced. Raw, as the
 * reader's. Nothing is there before a side has been written. Allocation-free. Layout: {@link ConfigurationLayout}.
 */
public final class AddressesView {
    private MemorySegment side = MemorySegment.NULL;
    private long interfaces;
    private long own4;
    private long own6;
    private long virtual4;
    private int virtualCount4;
    private long virtual6;
    private int virtualCount6;

    AddressesView() {}

    void pin(MemorySegment pinned, boolean isWritten) {
        side = pinned;
        interfaces = sectionOffset(pinned, INTERFACES);
        own4 = sectionOffset(pinned, OWN4);
        own6 = sectionOffset(pinned, OWN6);
        virtual4 = sectionOffset(pinned, VIRTUAL4);
        virtualCount4 = isWritten ? sectionCount(pinned, VIRTUAL4) : 0;
        virtual6 = sectionOffset(pinned, VIRTUAL6);
        virtualCount6 = isWritten ? sectionCount(pinned, VIRTUAL6) : 0;
    }

    private long at(int interfaceId) {
        return interfaces + (interfaceId - 1L) * INTERFACE_BYTES;
    }

    /** Number of own IPv4 addresses of the interface. */
    public int ownCount4(int interfaceId) {
        return side.get(U32, at(interfaceId) + COUNT_OWN4);
    }

    private long own4At(int interfaceId, int k) {
        return own4 + (side.get(U32, at(interfaceId) + FIRST_OWN4) + (long) k) * ENTRY4_BYTES;
    }

    /** Own IPv4 address {@code k}, 0 to {@link #ownCount4} - 1. */
    public int ownAddress4(int interfaceId, int k) {
        return side.get(U32, own4At(interfaceId, k));
    }

    public int ownPrefix4(int interfaceId, int k) {
        return side.get(U32, own4At(interfaceId, k) + ENTRY4_EXTRA);
    }

    /** Number of own IPv6 addresses of the interface. */
    public int ownCount6(int interfaceId) {
        return side.get(U32, at(interfaceId) + COUNT_OWN6);
    }

    private long own6At(int interfaceId, int k) {
        return own6 + (side.get(U32, at(interfaceId) + FIRST_OWN6) + (long) k) * ENTRY6_BYTES;
    }

    /** First half of own IPv6 address {@code k}, 0 to {@link #ownCount6} - 1. */
    public long ownAddress0(int interfaceId, int k) {
        return side.get(U64, own6At(interfaceId, k));
    }

    public long ownAddress1(int interfaceId, int k) {
        return side.get(U64, own6At(interfaceId, k) + 8);
    }

    public int ownPrefix6(int interfaceId, int k) {
        return side.get(U32, own6At(interfaceId, k) + ENTRY6_EXTRA);
    }

    /** An own IPv4 address of the interface to use as source towards {@code destination} (same subnet preferred), or 0. */
    public int sourceAddress4(int interfaceId, int destination) {
        int count = ownCount4(interfaceId);
        for (int k = 0; k < count; k++) {
            int own = ownAddress4(interfaceId, k);
            if (RawAddress.inNetwork4(own, destination, ownPrefix4(interfaceId, k))) {
                return own;
            }
        }
        return count == 0 ? 0 : ownAddress4(interfaceId, 0);
    }

    /**
     * Index k of the own IPv6 address to use as source towards a destination, or {@link ConfigurationReader#NONE}: same
     * subnet first, then same scope (link-local or not; RFC 6724 rule 2), then any.
     */
    public int sourceAddress6(int interfaceId, long destination0, long destination1) {
        int count = ownCount6(interfaceId);
        int best = count == 0 ? ConfigurationReader.NONE : 0;
        boolean isScopeMatched = false;
        boolean toLinkLocal = isLinkLocal(destination0);
        for (int k = 0; k < count; k++) {
            long own0 = ownAddress0(interfaceId, k);
            int prefix = ownPrefix6(interfaceId, k);
            if (RawAddress.inNetwork6(own0, ownAddress1(interfaceId, k), destination0, destination1, prefix)) {
                return k;
            }
            if (!isScopeMatched && isLinkLocal(own0) == toLinkLocal) {
                best = k;
                isScopeMatched = true;
            }
        }
        return best;
    }

    /** fe80::/10, RFC 4291 section 2.5.6. */
    private static boolean isLinkLocal(long address0) {
        return (address0 & 0xc0ff) == 0x80fe;
    }

    /** Number of IPv4 addresses of services, applications and the host, each once: virtual ones to a network. */
    public int virtualCount4() {
        return virtualCount4;
    }

    /** Virtual IPv4 address {@code k}, 0 to {@link #virtualCount4} - 1. */
    public int virtualAddress4(int k) {
        return side.get(U32, virtual4 + (long) k * ENTRY4_BYTES);
    }

    /** The interface whose network has virtual address {@code k}; 0 when none has it (announce on all). */
    public int virtualInterface4(int k) {
        return side.get(U32, virtual4 + (long) k * ENTRY4_BYTES + ENTRY4_EXTRA);
    }

    /** Number of IPv6 addresses of services, applications and the host, each once. */
    public int virtualCount6() {
        return virtualCount6;
    }

    public long virtualAddress0(int k) {
        return side.get(U64, virtual6 + (long) k * ENTRY6_BYTES);
    }

    public long virtualAddress1(int k) {
        return side.get(U64, virtual6 + (long) k * ENTRY6_BYTES + 8);
    }

    /** The interface whose network has virtual address {@code k}; 0 when none has it (announce on all). */
    public int virtualInterface6(int k) {
        return side.get(U32, virtual6 + (long) k * ENTRY6_BYTES + ENTRY6_EXTRA);
    }
}
