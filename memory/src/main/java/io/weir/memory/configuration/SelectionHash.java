package io.weir.memory.configuration;

/**
 * The hashes by which a selection table is entered, so that the control processor can tell where a connection would go.
 * Addresses, ports and keys are raw: the bytes of the packet loaded little-endian. The hashes have no secret: two nodes
 * with the same configuration choose alike.
 */
public final class SelectionHash {
    /** Odd multipliers with well-spread bits: 2^64 / golden ratio, and one of the xxHash64 primes. */
    private static final long C1 = 0x9E37_79B9_7F4A_7C15L;

    private static final long C2 = 0xC2B2_AE3D_27D4_EB4FL;

    private SelectionHash() {}

    /**
     * Key of a packet: what a flow is besides its addresses.
     *
     * @param sourcePort a number, 1..65535
     * @param destinationPort likewise
     */
    public static long key(int protocol, int sourcePort, int destinationPort) {
        long source = Short.toUnsignedLong(Short.reverseBytes((short) sourcePort));
        long destination = Short.toUnsignedLong(Short.reverseBytes((short) destinationPort));
        return source | destination << 16 | (long) protocol << 32;
    }

    /**
     * Hash of an IPv4 flow, which Maglev looks at.
     *
     * @param addresses source | destination &lt;&lt; 32
     * @param key source port | destination port &lt;&lt; 16 | protocol &lt;&lt; 32, ports as in the packet
     */
    public static long flow4(long addresses, long key) {
        return mix(addresses, key, 0, 0);
    }

    /** Hash of an IPv6 flow. */
    public static long flow6(long source0, long source1, long destination0, long destination1, long key) {
        return mix(client6(source0, source1), destination0, destination1, key);
    }

    /** Hash of an IPv4 client, which source hash looks at. */
    public static long client4(int source) {
        return mix(source & 0xffff_ffffL, 0, 0, 0);
    }

    /** Hash of an IPv6 client. */
    public static long client6(long source0, long source1) {
        return mix(source0, source1, 0, 0);
    }

    /**
     * The hash for a further member, when that of {@code attempt - 1} turned out to be impossible.
     *
     * @param attempt 0 is the hash itself
     */
    public static long retry(long hash, int attempt) {
        return attempt == 0 ? hash : mix(hash, attempt, 0, 0);
    }

    /**
     * The slot of a hash: its high half as a fraction of the table.
     *
     * @param size slots of the table, at least 1
     */
    public static int slot(long hash, int size) {
        return (int) (((hash >>> 32) * size) >>> 32);
    }

    private static long mix(long a, long b, long c, long d) {
        long h = ((a * C1) ^ b) * C2;
        h = ((h ^ (h >>> 29)) + c) * C1;
        h = ((h ^ (h >>> 32)) + d) * C2;
        return h ^ (h >>> 29);
    }
}
