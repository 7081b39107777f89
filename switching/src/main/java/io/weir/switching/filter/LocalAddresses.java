package io.weir.switching.filter;

import io.weir.memory.configuration.AddressesView;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.port.Port;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses an interface answers for, and which it speaks with. An interface answers for its own addresses, for
 * the virtual addresses of its networks and for those of no interface's network; not for other interfaces' own addresses
 * (the strong end-system model of RFC 1122 §3.3.4.2). Every interface also has the link-local IPv6 address made of its
 * link-layer address (RFC 4291 appendix A), which is not configured. Addresses are raw.
 */
final class LocalAddresses {
    /** First eight bytes of the link-local prefix fe80::/64, raw. */
    static final long LINK_LOCAL_0 = 0x80feL;

    /** 192.0.0.8, raw: who speaks without an IPv4 address of his own (RFC 7600 section 4.8). */
    private static final int NO_ADDRESS_4 = 0x0800_00c0;

    private final ConfigurationReader configuration;
    private final AddressesView addresses;
    private final @Nullable Port[] ports;

    private long source0;
    private long source1;

    LocalAddresses(ProcessorContext context) {
        this.configuration = context.configuration;
        this.addresses = configuration.addresses();
        this.ports = context.ports;
    }

    /** The interface's link-layer address: the configured one, or else the device's; 0 when it is not known. */
    long linkAddress(int interfaceId) {
        if (interfaceId < 1 || interfaceId > configuration.interfaceCount()) {
            return 0;
        }
        long configured = configuration.linkAddress(interfaceId);
        if (configured != 0) {
            return configured;
        }
        Port port = interfaceId < ports.length ? ports[interfaceId] : null;
        return port == null ? 0 : port.capabilities().linkAddress();
    }

    /** True for the link-layer address of any of our interfaces. */
    boolean isOwnLink(long linkAddress) {
        for (int id = 1; id <= configuration.interfaceCount(); id++) {
            if (linkAddress(id) == linkAddress) {
                return true;
            }
        }
        return false;
    }

    boolean answers4(int interfaceId, int address) {
        if (configuration.addressKind4(address) == ConfigurationReader.NOT_LOCAL) {
            return false;
        }
        for (int k = 0; k < addresses.ownCount4(interfaceId); k++) {
            if (addresses.ownAddress4(interfaceId, k) == address) {
                return true;
            }
        }
        for (int k = 0; k < addresses.virtualCount4(); k++) {
            if (addresses.virtualAddress4(k) == address) {
                int of = addresses.virtualInterface4(k);
                return of == 0 || of == interfaceId;
            }
        }
        return false;
    }

    boolean answers6(int interfaceId, long address0, long address1) {
        if (isLinkLocal(address0) && isOwnLinkLocal(interfaceId, address0, address1)) {
            return true;
        }
        if (configuration.addressKind6(address0, address1) == ConfigurationReader.NOT_LOCAL) {
            return false;
        }
        for (int k = 0; k < addresses.ownCount6(interfaceId); k++) {
            if (addresses.ownAddress0(interfaceId, k) == address0
                    && addresses.ownAddress1(interfaceId, k) == address1) {
                return true;
            }
        }
        for (int k = 0; k < addresses.virtualCount6(); k++) {
            if (addresses.virtualAddress0(k) == address0 && addresses.virtualAddress1(k) == address1) {
                int of = addresses.virtualInterface6(k);
                return of == 0 || of == interfaceId;
            }
        }
        return false;
    }

    /** True when the address is the interface's implicit link-local one. */
    boolean isOwnLinkLocal(int interfaceId, long address0, long address1) {
        return address0 == LINK_LOCAL_0 && address1 == linkLocal1(linkAddress(interfaceId));
    }

    /**
     * An own address of the interface to ask or answer with towards {@code destination}, or 0. The host's interface has
     * none; weir speaks to it with that of another.
     */
    int source4(int interfaceId, int destination) {
        return isHost(interfaceId) ? hostSource4(destination) : addresses.sourceAddress4(interfaceId, destination);
    }

    private boolean isHost(int interfaceId) {
        return interfaceId == configuration.host().interfaceId();
    }

    private int hostSource4(int destination) {
        int first = NO_ADDRESS_4;
        for (int id = 1; id <= configuration.interfaceCount(); id++) {
            int own = addresses.sourceAddress4(id, destination);
            if (own != 0 && isNear4(id, own, destination)) {
                return own;
            }
            first = first == NO_ADDRESS_4 && own != 0 ? own : first;
        }
        return first;
    }

    /** True when an own address of the interface is in one network with the destination. */
    private boolean isNear4(int interfaceId, int own, int destination) {
        for (int k = 0; k < addresses.ownCount4(interfaceId); k++) {
            if (addresses.ownAddress4(interfaceId, k) == own) {
                int prefix = addresses.ownPrefix4(interfaceId, k);
                return prefix == 0 || Integer.reverseBytes(own ^ destination) >>> (32 - prefix) == 0;
            }
        }
        return false;
    }

    /** The first interface with an address for global destinations; the host's own, which has none, when there is none. */
    private int hostSpeaker6(int hostInterface) {
        for (int id = 1; id <= configuration.interfaceCount(); id++) {
            int count = addresses.ownCount6(id);
            for (int k = 0; k < count; k++) {
                if (!isLinkLocal(addresses.ownAddress0(id, k))) {
                    return id;
                }
            }
        }
        return hostInterface;
    }

    /**
     * Finds an own address of the interface to speak with towards a destination: {@link #source0} and {@link #source1}.
     * Link-local when the destination is (RFC 6724 rule 2) or when the interface has no other.
     */
    void selectSource6(int towards, long destination0, long destination1) {
        int interfaceId = isHost(towards) ? hostSpeaker6(towards) : towards;
        int k = addresses.sourceAddress6(interfaceId, destination0, destination1);
        if (k != ConfigurationReader.NONE) {
            source0 = addresses.ownAddress0(interfaceId, k);
            source1 = addresses.ownAddress1(interfaceId, k);
            if (isLinkLocal(source0) || !isLinkLocal(destination0)) {
                return;
            }
        }
        source0 = LINK_LOCAL_0;
        source1 = linkLocal1(linkAddress(interfaceId));
    }

    long source0() {
        return source0;
    }

    long source1() {
        return source1;
    }

    /** fe80::/10, RFC 4291 §2.5.6. */
    static boolean isLinkLocal(long address0) {
        return (address0 & 0xc0ff) == 0x80fe;
    }

    /** Second half of the link-local address of a link-layer address: modified EUI-64, RFC 4291 appendix A. */
    static long linkLocal1(long linkAddress) {
        long identifier = (((linkAddress >>> 24) ^ 0x02_0000L) << 40) | 0xff_fe00_0000L | (linkAddress & 0xff_ffffL);
        return Long.reverseBytes(identifier);
    }
}
