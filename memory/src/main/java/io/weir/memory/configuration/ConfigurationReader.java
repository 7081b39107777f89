package io.weir.memory.configuration;

import io.weir.memory.connection.ConnectionState;

/**
 * A switching processor's view of the configuration table. {@link #refresh} once per batch pins the active side and
 * publishes the generation seen; every other method reads that side until the next refresh. Allocation-free.
 * A service is named by its number (stable over generations, 1..65535; 0 means none), a server likewise.
 * Addresses are raw (bytes of the packet loaded little-endian), ports are numbers. Stub: layout and body follow.
 */
public final class ConfigurationReader {
    /** No such entry. */
    public static final int ABSENT = 0;

    public static final int NAT = 1;
    public static final int DIRECT = 2;

    public static final int WEIGHTED_ROUND_ROBIN = 1;
    public static final int MAGLEV = 2;
    public static final int SOURCE_HASH = 3;
    public static final int LEAST_CONNECTIONS = 4;

    /** Address kinds. */
    public static final int NOT_LOCAL = 0;
    /** An interface's own address. */
    public static final int OWN = 1;
    /** The address of at least one service. */
    public static final int VIRTUAL = 2;

    /** Pins the active side; returns its generation. */
    public long refresh() {
        throw new UnsupportedOperationException();
    }

    /** {@link #NOT_LOCAL}, {@link #OWN} or {@link #VIRTUAL}. */
    public int addressKind4(int address) {
        throw new UnsupportedOperationException("" + address);
    }

    public int addressKind6(long address0, long address1) {
        throw new UnsupportedOperationException("" + address0 + address1);
    }

    /** Handle of the service at (address, protocol, port), exact port first, then port 0 (any); or {@link #ABSENT}. */
    public int service4(int address, int protocol, int port) {
        throw new UnsupportedOperationException("" + address + protocol + port);
    }

    public int service6(long address0, long address1, int protocol, int port) {
        throw new UnsupportedOperationException("" + address0 + address1 + protocol + port);
    }

    // Of a service handle (valid until the next refresh):
    public int serviceNumber(int service) {
        throw new UnsupportedOperationException("" + service);
    }

    public int forwarding(int service) {
        throw new UnsupportedOperationException("" + service);
    }

    public int algorithm(int service) {
        throw new UnsupportedOperationException("" + service);
    }

    /** Slots of the service's selection table: 0 when no server takes new connections. */
    public int selectionSize(int service) {
        throw new UnsupportedOperationException("" + service);
    }

    /** Member handle in a slot of the selection table; members stand there in proportion to their weights. */
    public int selection(int service, int slot) {
        throw new UnsupportedOperationException("" + service + slot);
    }

    // Of a member handle:
    public int serverNumber(int member) {
        throw new UnsupportedOperationException("" + member);
    }

    public int weight(int member) {
        throw new UnsupportedOperationException("" + member);
    }

    public int memberAddress4(int member) {
        throw new UnsupportedOperationException("" + member);
    }

    public long memberAddress0(int member) {
        throw new UnsupportedOperationException("" + member);
    }

    public long memberAddress1(int member) {
        throw new UnsupportedOperationException("" + member);
    }

    /** Port towards the server; 0 keeps the packet's. */
    public int memberPort(int member) {
        throw new UnsupportedOperationException("" + member);
    }

    /** Idle timeout in milliseconds of a {@link ConnectionState}. */
    public int timeoutMs(int state) {
        throw new UnsupportedOperationException("" + state);
    }

    public int resetsPerSecond() {
        throw new UnsupportedOperationException();
    }

    public int echoesPerSecond() {
        throw new UnsupportedOperationException();
    }

    public boolean forwardingEnabled() {
        throw new UnsupportedOperationException();
    }

    // Of interfaces 1..interfaceCount(): link-layer address, MTU, own addresses with prefix lengths.
    public int interfaceCount() {
        throw new UnsupportedOperationException();
    }

    public long linkAddress(int interfaceId) {
        throw new UnsupportedOperationException("" + interfaceId);
    }

    public int mtu(int interfaceId) {
        throw new UnsupportedOperationException("" + interfaceId);
    }

    /** An own IPv4 address of the interface to use as source towards {@code destination} (same subnet preferred), or 0. */
    public int sourceAddress4(int interfaceId, int destination) {
        throw new UnsupportedOperationException("" + interfaceId + destination);
    }

    // Likewise IPv6: number of own addresses of an interface, address k as two longs, prefix length; and the list of
    // all
    // virtual addresses for announcements: virtualCount4/virtualAddress4(k), virtualCount6/..., announce interface per
    // address.
}
