package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.ProcessorCounters;

/**
 * Chooses the server of a new connection from the service's selection table, in which members stand in proportion to
 * their weights. A member without a slot takes no new connections.
 *
 * <ul>
 *   <li>weighted round robin: the next slot; each processor has its own position per service;
 *   <li>Maglev: the slot of the hash over addresses, ports and protocol;
 *   <li>source hash: the slot of the hash over the client's address alone;
 *   <li>least connections: of two random slots the member with fewer live connections per weight.
 * </ul>
 *
 * The hashes have no secret: two nodes with the same configuration choose alike. A further {@code attempt} for the same
 * packet looks at another slot.
 */
final class Selector {
    /** Odd multipliers with well-spread bits: 2^64 / golden ratio, and one of the xxHash64 primes. */
    private static final long C1 = 0x9E37_79B9_7F4A_7C15L;

    private static final long C2 = 0xC2B2_AE3D_27D4_EB4FL;
    private static final int SERVICES = 1 << 16;

    private final ConfigurationReader configuration;
    private final ProcessorCounters counters;
    /** Next slot of weighted round robin, by service number. */
    private final int[] positions = new int[SERVICES];

    private long random;

    Selector(ProcessorContext context) {
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.random = C1 * (context.processor + 1);
    }

    /** Hash of up to four words. */
    static long hash(long a, long b, long c, long d) {
        long h = ((a * C1) ^ b) * C2;
        h = ((h ^ (h >>> 29)) + c) * C1;
        h = ((h ^ (h >>> 32)) + d) * C2;
        return h ^ (h >>> 29);
    }

    /**
     * The member for a new connection.
     *
     * @param size slots of the service's selection table, at least 1
     * @param flow hash over addresses, ports and protocol
     * @param client hash over the client's address
     * @param attempt 0, or how many members have already turned out impossible
     */
    int select(int service, int size, long flow, long client, int attempt) {
        return switch (configuration.algorithm(service)) {
            case ConfigurationReader.MAGLEV -> slotOf(service, size, flow, attempt);
            case ConfigurationReader.SOURCE_HASH -> slotOf(service, size, client, attempt);
            case ConfigurationReader.LEAST_CONNECTIONS -> lighter(service, size);
            default -> next(service, size);
        };
    }

    private int slotOf(int service, int size, long hash, int attempt) {
        long h = attempt == 0 ? hash : hash(hash, attempt, 0, 0);
        return configuration.selection(service, scale(h, size));
    }

    /** The hash's high half as a fraction of {@code size}. */
    private static int scale(long hash, int size) {
        return (int) (((hash >>> 32) * size) >>> 32);
    }

    private int next(int service, int size) {
        int number = configuration.serviceNumber(service);
        int slot = positions[number];
        if (slot >= size) {
            slot = 0; // the table has shrunk since
        }
        positions[number] = slot + 1 == size ? 0 : slot + 1;
        return configuration.selection(service, slot);
    }

    private int lighter(int service, int size) {
        int a = configuration.selection(service, scale(nextRandom(), size));
        int b = configuration.selection(service, scale(nextRandom(), size));
        if (a == b) {
            return a;
        }
        long loadOfA = counters.liveConnections(configuration.serverNumber(a)) * configuration.weight(b);
        long loadOfB = counters.liveConnections(configuration.serverNumber(b)) * configuration.weight(a);
        return loadOfB < loadOfA ? b : a;
    }

    /** Marsaglia's xorshift64, "Xorshift RNGs" (2003), shifts 13, 7, 17. */
    private long nextRandom() {
        long x = random;
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
        random = x;
        return x;
    }
}
