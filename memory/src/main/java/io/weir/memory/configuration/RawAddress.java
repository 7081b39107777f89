package io.weir.memory.configuration;

/**
 * An address of either family as the data path compares it: its 16 bytes loaded as two little-endian longs; IPv4 in the
 * IPv4-mapped form ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
 *
 * @param address0 bytes 0 to 7
 * @param address1 bytes 8 to 15
 */
public record RawAddress(long address0, long address1) {
    /** Bytes 8 to 11 of every IPv4-mapped address (00 00 ff ff), loaded little-endian. */
    static final int MAPPED_PREFIX = 0xffff_0000;

    /** From four bytes of a packet, loaded little-endian. */
    public static RawAddress of4(int raw) {
        return new RawAddress(0, mapped(raw));
    }

    /** From 32 bits with the first octet highest. */
    public static RawAddress ofBits4(int bits) {
        return of4(Integer.reverseBytes(bits));
    }

    /** From two longs with the first octet highest. */
    public static RawAddress ofBits6(long high, long low) {
        return new RawAddress(Long.reverseBytes(high), Long.reverseBytes(low));
    }

    /** What stands for a network application in a member's place, in IPv4: 0.0.0.ID; no packet has this address. */
    public static RawAddress ofApplication4(int id) {
        return ofBits4(id);
    }

    /** Likewise in IPv6: ::ID. */
    public static RawAddress ofApplication6(int id) {
        return ofBits6(0, id);
    }

    /** Id of the application that it stands for in a member's place, or 0. */
    public int application() {
        return isIpv4()
                ? ConfigurationReader.application4(raw4())
                : ConfigurationReader.application6(address0, address1);
    }

    /** The second half of the mapped form; the first half is 0. */
    static long mapped(int raw4) {
        return ((long) raw4 << 32) | (MAPPED_PREFIX & 0xffff_ffffL);
    }

    static boolean isMapped(long address0, long address1) {
        return address0 == 0 && (int) address1 == MAPPED_PREFIX;
    }

    public boolean isIpv4() {
        return isMapped(address0, address1);
    }

    /** The raw IPv4 address; meaningful when {@link #isIpv4}. */
    public int raw4() {
        return (int) (address1 >>> 32);
    }

    /** Whether the first {@code prefixLength} bits (of 32 for IPv4, of 128 for IPv6) are those of {@code other}. */
    public boolean isInSameNetwork(RawAddress other, int prefixLength) {
        if (isIpv4() != other.isIpv4()) {
            return false;
        }
        return isIpv4()
                ? inNetwork4(raw4(), other.raw4(), prefixLength)
                : inNetwork6(address0, address1, other.address0, other.address1, prefixLength);
    }

    static boolean inNetwork4(int raw, int network, int prefixLength) {
        return prefixLength == 0 || Integer.reverseBytes(raw ^ network) >>> (32 - prefixLength) == 0;
    }

    static boolean inNetwork6(long address0, long address1, long network0, long network1, int prefixLength) {
        if (prefixLength == 0) {
            return true;
        }
        long difference0 = Long.reverseBytes(address0 ^ network0);
        if (prefixLength <= 64) {
            return difference0 >>> (64 - prefixLength) == 0;
        }
        return difference0 == 0 && Long.reverseBytes(address1 ^ network1) >>> (128 - prefixLength) == 0;
    }
}
