package io.weir.switching.filter;

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

    private final ConfigurationReader configuration;
    private final @Nullable Port[] ports;

    private long source0;
    private long source1;

    LocalAddresses(ProcessorContext context) {
        this.configuration = context.configuration;
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
        for (int k = 0; k < configuration.ownCount4(interfaceId); k++) {
            if (configuration.ownAddress4(interfaceId, k) == address) {
                return true;
            }
        }
        for (int k = 0; k < configuration.virtualCount4(); k++) {
            if (configuration.virtualAddress4(k) == address) {
                int of = configuration.virtualInterface4(k);
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
        for (int k = 0; k < configuration.ownCount6(interfaceId); k++) {
            if (configuration.ownAddress0(interfaceId, k) == address0
                    && configuration.ownAddress1(interfaceId, k) == address1) {
                return true;
            }
        }
        for (int k = 0; k < configuration.virtualCount6(); k++) {
            if (configuration.virtualAddress0(k) == address0 && configuration.virtualAddress1(k) == address1) {
                int of = configuration.virtualInterface6(k);
                return of == 0 || of == interfaceId;
            }
        }
        return false;
    }

    /** True when the address is the interface's implicit link-local one. */
    boolean isOwnLinkLocal(int interfaceId, long address0, long address1) {
        return address0 == LINK_LOCAL_0 && address1 == linkLocal1(linkAddress(interfaceId));
    }

    /** An own address of the interface to ask or answer with towards {@code destination}, or 0. */
    int source4(int interfaceId, int destination) {
        return configuration.sourceAddress4(interfaceId, destination);
    }

    /**
     * Finds an own address of the interface to speak with towards a destination: {@link #source0} and {@link #source1}.
     * Link-local when the destination is (RFC 6724 rule 2) or when the interface has no other.
     */
    void selectSource6(int interfaceId, long destination0, long destination1) {
        int k = configuration.sourceAddress6(interfaceId, destination0, destination1);
        if (k != ConfigurationReader.NONE) {
            source0 = configuration.ownAddress0(interfaceId, k);
            source1 = configuration.ownAddress1(interfaceId, k);
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
