package io.weir.memory.configuration;

import static io.weir.memory.configuration.ConfigurationLayout.*;

import io.weir.memory.connection.ConnectionState;
import io.weir.memory.map.Sides;
import java.lang.foreign.MemorySegment;

/**
 * A switching processor's view of the configuration table. {@link #refresh} once per batch pins the active side and
 * publishes the generation seen; every other method reads that side until the next refresh. Allocation-free.
 * A service is named by its number (stable over generations, 1..65535; 0 means none), a server likewise.
 * Addresses are raw (bytes of the packet loaded little-endian), ports are numbers. Before anything has been written,
 * everything is absent. Arguments that no other method of this pin has returned are not checked. One per processor,
 * not thread-safe. Layout: {@link ConfigurationLayout}.
 */
public final class ConfigurationReader {
    /** No such entry. */
    public static final int ABSENT = 0;

    /** No such index. */
    public static final int NONE = -1;

    public static final int NAT = 1;
    public static final int DIRECT = 2;

    public static final int WEIGHTED_ROUND_ROBIN = 1;
    public static final int MAGLEV = 2;
    public static final int SOURCE_HASH = 3;
    public static final int LEAST_CONNECTIONS = 4;
    public static final int HOT_COLD = 5;

    /** Weights are those configured. */
    public static final int STATIC = 0;
    /** The master adapts weights to the servers' loads. */
    public static final int EVEN_LOAD = 1;

    /** Words of the bit set of servers whose connections are to be removed. */
    public static final int RESETTING_WORDS = ConfigurationLayout.RESETTING_WORDS;

    /** Address kinds. */
    public static final int NOT_LOCAL = 0;
    /** An interface's own address, of no service. */
    public static final int OWN = 1;
    /** The address of at least one service (it may be an interface's own, too). */
    public static final int VIRTUAL = 2;
    /** An address of applications, which is neither an interface's nor a service's. */
    public static final int APPLICATION = 4;

    /** An address of the programs on the host. */
    public static final int HOST = 3;

    private static final long NOTHING_PINNED = -1;

    private final Sides sides;
    private final MemorySegment sideA;
    private final MemorySegment sideB;
    private final int processor;

    private long pinned = NOTHING_PINNED;
    private MemorySegment side;
    private long interfaces;
    private int interfaceCount;
    private long addressHash;
    private int addressMask = -1;
    private long serviceHash;
    private int serviceMask = -1;
    private long resetting;
    private long resettingHash;
    private int resettingMask = -1;
    private int firstApplication;
    private long claimed4;
    private long claimed6;
    private final AddressesView addresses = new AddressesView();
    private final ControlView control = new ControlView();
    private final HostView host = new HostView();

    /**
     * A reader for one processor. Nothing is pinned until the first {@link #refresh}.
     *
     * @param processor index of the processor in {@code sides}
     */
    public ConfigurationReader(Sides sides, MemorySegment sideA, MemorySegment sideB, int processor) {
        this.sides = sides;
        this.sideA = sideA;
        this.sideB = sideB;
        this.processor = processor;
        this.side = sideA;
    }

    /** Pins the active side; returns its generation, 0 before the first. */
    public long refresh() {
        long active = sides.pin(processor);
        if (active != pinned) {
            pinned = active;
            side = Sides.side(active) == Sides.A ? sideA : sideB;
            readHeader();
        }
        return active >>> 1;
    }

    /** The generation pinned by the last {@link #refresh}. */
    public long generation() {
        return pinned >>> 1;
    }

    /** Stops reading: flips no longer wait for this processor until its next {@link #refresh}. */
    public void retire() {
        sides.retire(processor);
        pinned = NOTHING_PINNED;
    }

    private void readHeader() {
        boolean isWritten = isWritten(side);
        interfaces = sectionOffset(INTERFACES);
        interfaceCount = isWritten ? sectionCount(INTERFACES) : 0;
        addressHash = sectionOffset(ADDRESS_HASH);
        addressMask = isWritten ? sectionCount(ADDRESS_HASH) - 1 : -1;
        serviceHash = sectionOffset(SERVICE_HASH);
        serviceMask = isWritten ? sectionCount(SERVICE_HASH) - 1 : -1;
        resetting = isWritten && sectionCount(RESETTING) != 0 ? sectionOffset(RESETTING) : ABSENT;
        resettingHash = sectionOffset(RESETTING_HASH);
        resettingMask = isWritten ? sectionCount(RESETTING_HASH) - 1 : -1;
        firstApplication = isWritten ? side.get(U32, FIRST_APPLICATION) : 0;
        claimed4 = isWritten ? side.get(U64, CLAIMED4) : 0;
        claimed6 = isWritten ? side.get(U64, CLAIMED6) : 0;
        addresses.pin(side, isWritten);
        control.pin(side, isWritten);
        host.pin(side, isWritten);
    }

    private int sectionOffset(int section) {
        return ConfigurationLayout.sectionOffset(side, section);
    }

    private int sectionCount(int section) {
        return ConfigurationLayout.sectionCount(side, section);
    }

    /** {@link #NOT_LOCAL}, {@link #OWN}, {@link #VIRTUAL}, {@link #HOST} or {@link #APPLICATION}. */
    public int addressKind4(int address) {
        return addressKind(0, RawAddress.mapped(address));
    }

    /** Likewise; an IPv4-mapped address never stands in an IPv6 packet's header for us, so it is not local. */
    public int addressKind6(long address0, long address1) {
        return RawAddress.isMapped(address0, address1) ? NOT_LOCAL : addressKind(address0, address1);
    }

    private int addressKind(long address0, long address1) {
        long at = findAddress(address0, address1);
        return at == ABSENT ? NOT_LOCAL : side.get(U32, at + ADDRESS_KIND);
    }

    /** Id of the interface that has {@code address} as its own, or 0. */
    public int ownInterface4(int address) {
        long at = findAddress(0, RawAddress.mapped(address));
        return at == ABSENT ? 0 : side.get(U32, at + ADDRESS_INTERFACE);
    }

    /** Likewise for IPv6. */
    public int ownInterface6(long address0, long address1) {
        long at = RawAddress.isMapped(address0, address1) ? ABSENT : findAddress(address0, address1);
        return at == ABSENT ? 0 : side.get(U32, at + ADDRESS_INTERFACE);
    }

    private long findAddress(long address0, long address1) {
        int mask = addressMask;
        if (mask < 0) {
            return ABSENT;
        }
        int slot = hash(address0, address1, 0) & mask;
        // Ends at an empty slot: the hash is at most half full.
        while (true) {
            long at = addressHash + (long) slot * HASH_SLOT_BYTES;
            if (side.get(U32, at + ADDRESS_KIND) == 0) {
                return ABSENT;
            }
            if (side.get(U64, at + SLOT_ADDRESS1) == address1 && side.get(U64, at) == address0) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Handle of the service at (address, protocol, port), exact port first, then port 0 (any); or {@link #ABSENT}. */
    public int service4(int address, int protocol, int port) {
        return service(0, RawAddress.mapped(address), protocol, port);
    }

    /** Likewise for IPv6. */
    public int service6(long address0, long address1, int protocol, int port) {
        return RawAddress.isMapped(address0, address1) ? ABSENT : service(address0, address1, protocol, port);
    }

    private int service(long address0, long address1, int protocol, int port) {
        return find(serviceHash, serviceMask, address0, address1, protocol, port);
    }

    /** What a hash has for an address, protocol and port, or else for any port. */
    private int find(long table, int mask, long address0, long address1, int protocol, int port) {
        int found = find(table, mask, address0, address1, serviceKey(protocol, port));
        return found != ABSENT || port == 0 ? found : find(table, mask, address0, address1, serviceKey(protocol, 0));
    }

    private int find(long table, int mask, long address0, long address1, int key) {
        if (mask < 0) {
            return ABSENT;
        }
        int slot = hash(address0, address1, key) & mask;
        while (true) {
            long at = table + (long) slot * HASH_SLOT_BYTES;
            int service = side.get(U32, at + SERVICE_OFFSET);
            if (service == ABSENT) {
                return ABSENT;
            }
            if (side.get(U32, at + SERVICE_KEY) == key
                    && side.get(U64, at + SLOT_ADDRESS1) == address1
                    && side.get(U64, at) == address0) {
                return service;
            }
            slot = (slot + 1) & mask;
        }
    }

    // Of a service handle (valid until the next refresh):

    public int serviceNumber(int service) {
        return side.get(U32, (long) service + SERVICE_NUMBER);
    }

    /** {@link #NAT} or {@link #DIRECT}. */
    public int forwarding(int service) {
        return side.get(U32, (long) service + SERVICE_FORWARDING);
    }

    /** {@link #WEIGHTED_ROUND_ROBIN} to {@link #HOT_COLD}. */
    public int algorithm(int service) {
        return side.get(U32, (long) service + SERVICE_ALGORITHM);
    }

    /** Slots of the service's selection table: 0 when no server takes new connections. */
    public int selectionSize(int service) {
        return side.get(U32, (long) service + SERVICE_SLOT_COUNT);
    }

    /** Member handle in a slot of the selection table; members stand there in proportion to their weights. */
    public int selection(int service, int slot) {
        return selection(service, table(service), slot);
    }

    /** Handle of the service's selection table. */
    public int table(int service) {
        return service + SERVICE_SLOTS;
    }

    /** Rules of the service, whose first that applies replaces its selection table. */
    public int ruleCount(int service) {
        return side.get(U32, (long) service + SERVICE_RULE_COUNT);
    }

    /**
     * Handle of the selection table for a connection's first packet: that of the first rule whose conditions hold and whose
     * table has slots, or else the service's.
     *
     * @param source0 the client's address; IPv4 in mapped form ({@link #mapped1})
     * @param port destination port
     * @param dscp of the IP header, 0..63
     * @param tcpOptions bit n is set when option kind n is there; 0 for UDP
     */
    public int tableFor(int service, long source0, long source1, int port, int dscp, long tcpOptions) {
        long at = side.get(U32, (long) service + SERVICE_RULES);
        for (int k = ruleCount(service); k > 0; k--, at += RULE_BYTES) {
            if (side.get(U32, at + RULE_SLOT_COUNT) != 0 && holds(at, source0, source1, port, dscp, tcpOptions)) {
                return (int) at + RULE_SLOTS;
            }
        }
        return table(service);
    }

    private boolean holds(long rule, long source0, long source1, int port, int dscp, long tcpOptions) {
        long wanted = side.get(U64, rule + RULE_TCP_OPTIONS);
        return port >= side.get(U16, rule + RULE_LEAST_PORT)
                && port <= side.get(U16, rule + RULE_GREATEST_PORT)
                && (side.get(U64, rule + RULE_DSCP) >>> dscp & 1) != 0
                && (tcpOptions & wanted) == wanted
                && RawAddress.inNetwork6(
                        source0,
                        source1,
                        side.get(U64, rule + RULE_NETWORK0),
                        side.get(U64, rule + RULE_NETWORK1),
                        side.get(U32, rule + RULE_PREFIX));
    }

    /** Second half of an IPv4 address in mapped form, whose first half is 0. */
    public static long mapped1(int address) {
        return RawAddress.mapped(address);
    }

    /** Slots of a selection table. */
    public int tableSize(int table) {
        return side.get(U32, (long) table + TABLE_SLOT_COUNT);
    }

    /** Member handle in a slot of one of the service's selection tables. */
    public int selection(int service, int table, int slot) {
        int slots = side.get(U32, (long) table);
        int member = side.get(U16, slots + (long) slot * SLOT_BYTES);
        return side.get(U32, (long) service + SERVICE_MEMBERS) + member * MEMBER_BYTES;
    }

    /** Members of the service, those with weight 0 included. */
    public int memberCount(int service) {
        return side.get(U32, (long) service + SERVICE_MEMBER_COUNT);
    }

    /** Handle of member {@code index}, 0 to {@link #memberCount} - 1. */
    public int member(int service, int index) {
        return side.get(U32, (long) service + SERVICE_MEMBERS) + index * MEMBER_BYTES;
    }

    // Of a member handle:

    public int serverNumber(int member) {
        return side.get(U32, (long) member + MEMBER_SERVER);
    }

    public int weight(int member) {
        return side.get(U32, (long) member + MEMBER_WEIGHT);
    }

    /** The server's IPv4 address; only for a member of an IPv4 service. */
    public int memberAddress4(int member) {
        return side.get(U32, (long) member + MEMBER_ADDRESS4);
    }

    public long memberAddress0(int member) {
        return side.get(U64, (long) member + MEMBER_ADDRESS0);
    }

    public long memberAddress1(int member) {
        return side.get(U64, (long) member + MEMBER_ADDRESS1);
    }

    /** Port towards the server; 0 keeps the packet's. */
    public int memberPort(int member) {
        return side.get(U32, (long) member + MEMBER_PORT);
    }

    /** Idle timeout in milliseconds of a {@link ConnectionState}. */
    public int timeoutMs(int state) {
        return side.get(U32, TIMEOUTS + 4L * state);
    }

    public int resetsPerSecond() {
        return side.get(U32, RESETS);
    }

    public int echoesPerSecond() {
        return side.get(U32, ECHOES);
    }

    /** Packets that may wait for next hops, per processor. */
    public int pendingPackets() {
        return side.get(U32, PENDING);
    }

    public boolean forwardingEnabled() {
        return side.get(U32, FORWARDING_ENABLED) != 0;
    }

    /** True when connections of some server are to be removed. */
    public boolean hasResettingServers() {
        return resetting != ABSENT;
    }

    /** True when connections of the server are to be removed. */
    public boolean isResetting(int server) {
        return resetting != ABSENT && (resettingWord(server / Long.SIZE) >>> server & 1) != 0;
    }

    /** Bits of servers 64 k to 64 k + 63; k is 0..1023. Only when {@link #hasResettingServers}. */
    public long resettingWord(int k) {
        return side.get(U64, resetting + (long) k * Long.BYTES);
    }

    /** True when a server whose connections are to be removed takes those of a NAT service at this address and port. */
    public boolean isResetting4(int address, int protocol, int port) {
        return resettingMask >= 0
                && find(resettingHash, resettingMask, 0, RawAddress.mapped(address), protocol, port) != ABSENT;
    }

    /** Likewise for IPv6. */
    public boolean isResetting6(long address0, long address1, int protocol, int port) {
        return resettingMask >= 0 && find(resettingHash, resettingMask, address0, address1, protocol, port) != ABSENT;
    }

    /** Id of the first network application, or 0. */
    public int firstApplication() {
        return firstApplication;
    }

    /** Id of the application that claims packets to an IPv4 address and port, or 0. Cheap for an address without claims. */
    public int claim4(int destination, int protocol, int port) {
        return (claimed4 >>> claimBit4(destination) & 1) == 0
                ? 0
                : claim(findAddress(0, RawAddress.mapped(destination)), protocol, port);
    }

    /** Likewise for IPv6. */
    public int claim6(long destination0, long destination1, int protocol, int port) {
        return (claimed6 >>> claimBit6(destination0, destination1) & 1) == 0
                        || RawAddress.isMapped(destination0, destination1)
                ? 0
                : claim(findAddress(destination0, destination1), protocol, port);
    }

    private int claim(long address, int protocol, int port) {
        if (address == ABSENT) {
            return 0;
        }
        long at = side.get(U32, address + ADDRESS_CLAIMS);
        for (int k = side.get(U32, address + ADDRESS_CLAIM_COUNT); k > 0; k--, at += CLAIM_BYTES) {
            if (side.get(U32, at + CLAIM_PROTOCOL) == protocol
                    && port >= side.get(U16, at + CLAIM_LEAST_PORT)
                    && port <= side.get(U16, at + CLAIM_GREATEST_PORT)) {
                return side.get(U32, at + CLAIM_APPLICATION);
            }
        }
        return 0;
    }

    /** Id of the application that an IPv4 member's address stands for, or 0. */
    public static int application4(int address) {
        return (address & 0xff_ffff) == 0 ? address >>> 24 : 0;
    }

    /** Likewise for IPv6. */
    public static int application6(long address0, long address1) {
        return address0 == 0 && (address1 & 0xff_ffff_ffff_ffffL) == 0 ? (int) (address1 >>> 56) : 0;
    }

    /** Addresses by interface, and those to be announced; the same object for all sides. */
    public AddressesView addresses() {
        return addresses;
    }

    /** The control processor's own sockets; the same object for all sides. */
    public ControlView control() {
        return control;
    }

    /** The programs on the host; the same object for all sides. */
    public HostView host() {
        return host;
    }

    // Of interfaces 1..interfaceCount():

    public int interfaceCount() {
        return interfaceCount;
    }

    private long at(int interfaceId) {
        return interfaces + (interfaceId - 1L) * INTERFACE_BYTES;
    }

    /** 48 bits, first octet highest. */
    public long linkAddress(int interfaceId) {
        return side.get(U64, at(interfaceId) + LINK_ADDRESS);
    }

    /** Greatest IP packet in bytes. */
    public int mtu(int interfaceId) {
        return side.get(U32, at(interfaceId) + MTU);
    }
}
