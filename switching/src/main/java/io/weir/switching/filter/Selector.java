package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.SelectionHash;
import io.weir.memory.counters.ProcessorCounters;

/**
 * Chooses the server of a new connection from the service's selection table, in which members stand in proportion to
 * their weights. A member without a slot takes no new connections.
 *
 * <ul>
 *   <li>weighted round robin: the next slot; each processor has its own position per service;
 *   <li>Maglev: the slot of the hash over addresses, ports and protocol;
 *   <li>source hash: the slot of the hash over the client's address alone;
 *   <li>least connections: of two random slots the member with fewer live connections per weight;
 *   <li>hot/cold: of three random slots the fastest member that has not unusually many live connections per weight ({@link
 *       HotCold}).
 * </ul>
 *
 * The hashes have no secret: two nodes with the same configuration choose alike. A further {@code attempt} for the same
 * packet looks at another slot.
 */
final class Selector {
    /** Seed of the random numbers: 2^64 / golden ratio, an odd number with well-spread bits. */
    private static final long SEED = 0x9E37_79B9_7F4A_7C15L;

    private static final int SERVICES = 1 << 16;
    private static final int RULE_POSITIONS = 1 << 12;
    /** Tables of rules stand at least 32 bytes apart. */
    private static final int RULE_SHIFT = 5;

    /** Bounds what a packet with a server's address as its source can cost: about a microsecond. */
    private static final int MOST_LOOKS = 256;

    private final ConfigurationReader configuration;
    private final ProcessorCounters counters;
    /** Next slot of weighted round robin, by service number. */
    private final int[] positions = new int[SERVICES];

    /** Likewise of tables of rules, by their place; two that share an element only start at odd slots. */
    private final int[] rulePositions = new int[RULE_POSITIONS];

    private final Handshakes handshakes;
    private final HotCold hotCold = new HotCold(SERVICES);
    private final int[] drawn = new int[HotCold.DRAWS];

    private long random;

    Selector(ProcessorContext context) {
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.handshakes = context.handshakes;
        this.random = SEED * (context.processor + 1);
    }

    /**
     * The member for a new connection.
     *
     * @param table one of the service's selection tables, with at least 1 slot
     * @param flow hash over addresses, ports and protocol ({@link SelectionHash})
     * @param client hash over the client's address
     * @param attempt 0, or how many members have already turned out impossible
     */
    int select(int service, int table, long flow, long client, int attempt, int nowMs) {
        int size = configuration.tableSize(table);
        return switch (configuration.algorithm(service)) {
            case ConfigurationReader.MAGLEV -> slotOf(service, table, size, flow, attempt);
            case ConfigurationReader.SOURCE_HASH -> slotOf(service, table, size, client, attempt);
            case ConfigurationReader.LEAST_CONNECTIONS -> lighter(service, table, size);
            case ConfigurationReader.HOT_COLD -> colder(service, table, size, nowMs);
            default -> next(service, table, size);
        };
    }

    /**
     * A member elsewhere than at this address, for a client that would be its own server: the next one in the table from
     * where the flow decides, or {@link ConfigurationReader#ABSENT} when {@value #MOST_LOOKS} slots have none.
     */
    int other4(int service, int table, long flow, int attempt, int address) {
        int size = configuration.tableSize(table);
        int slot = SelectionHash.slot(SelectionHash.retry(flow, attempt), size);
        for (int left = Math.min(size, MOST_LOOKS); left > 0; left--) {
            int member = configuration.selection(service, table, slot);
            if (configuration.memberAddress4(member) != address) {
                return member;
            }
            slot = slot + 1 == size ? 0 : slot + 1;
        }
        return ConfigurationReader.ABSENT;
    }

    /** Likewise for IPv6. */
    int other6(int service, int table, long flow, int attempt, long address0, long address1) {
        int size = configuration.tableSize(table);
        int slot = SelectionHash.slot(SelectionHash.retry(flow, attempt), size);
        for (int left = Math.min(size, MOST_LOOKS); left > 0; left--) {
            int member = configuration.selection(service, table, slot);
            if (configuration.memberAddress1(member) != address1 || configuration.memberAddress0(member) != address0) {
                return member;
            }
            slot = slot + 1 == size ? 0 : slot + 1;
        }
        return ConfigurationReader.ABSENT;
    }

    private int slotOf(int service, int table, int size, long hash, int attempt) {
        return configuration.selection(service, table, SelectionHash.slot(SelectionHash.retry(hash, attempt), size));
    }

    private int next(int service, int table, int size) {
        boolean isOwn = table == configuration.table(service);
        int[] turns = isOwn ? positions : rulePositions;
        int at = isOwn ? configuration.serviceNumber(service) : (table >>> RULE_SHIFT) & (RULE_POSITIONS - 1);
        int slot = turns[at];
        if (slot >= size) {
            slot = 0; // the table has shrunk since
        }
        turns[at] = slot + 1 == size ? 0 : slot + 1;
        return configuration.selection(service, table, slot);
    }

    private int random(int service, int table, int size) {
        return configuration.selection(service, table, SelectionHash.slot(nextRandom(), size));
    }

    private int lighter(int service, int table, int size) {
        int a = random(service, table, size);
        int b = random(service, table, size);
        if (a == b) {
            return a;
        }
        long loadOfA = counters.liveConnections(configuration.serverNumber(a)) * configuration.weight(b);
        long loadOfB = counters.liveConnections(configuration.serverNumber(b)) * configuration.weight(a);
        return loadOfB < loadOfA ? b : a;
    }

    private int colder(int service, int table, int size, int nowMs) {
        hotCold.begin(configuration.serviceNumber(service));
        for (int k = 0; k < HotCold.DRAWS; k++) {
            int member = random(service, table, size);
            int server = configuration.serverNumber(member);
            drawn[k] = member;
            hotCold.add(
                    counters.liveConnections(server),
                    configuration.weight(member),
                    handshakes.latencyMicros(server, nowMs));
        }
        return drawn[hotCold.choose()];
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
