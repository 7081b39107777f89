package io.weir.memory.configuration;

import static io.weir.memory.configuration.ConfigurationLayout.*;

import io.weir.memory.configuration.ConfigurationImage.Host;
import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.memory.configuration.ConfigurationImage.ReservedSource;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What the side pinned by a {@link ConfigurationReader} says about the programs on the host. Everything is 0 or false
 * without them. Allocation-free, as its reader is. Also writes and lists the record, whose drawing stands in {@link
 * ConfigurationLayout}.
 */
public final class HostView {
    /** Bits before the IPv4 address in the mapped form. */
    private static final int MAPPED_BITS = 96;

    private MemorySegment side = MemorySegment.NULL;
    /** Of the record; 0 without. */
    private long at;

    private int interfaceId;

    HostView() {}

    void pin(MemorySegment pinned, boolean isWritten) {
        side = pinned;
        at = isWritten ? pinned.get(U32, HOST_RECORD) : 0;
        interfaceId = at == 0 ? 0 : pinned.get(U32, at + HOST_INTERFACE);
    }

    /** Id of the interface behind which the programs are, or 0. */
    public int interfaceId() {
        return interfaceId;
    }

    /** Link-layer address of the host's device, 48 bits, first octet highest. */
    public long linkAddress() {
        return at == 0 ? 0 : side.get(U64, at + HOST_LINK_ADDRESS);
    }

    /** Packets that may be handed to the host per second and processor. */
    public int packetsPerSecond() {
        return at == 0 ? 0 : side.get(U32, at + HOST_PACKETS);
    }

    /** Likewise from one source. */
    public int perSource() {
        return at == 0 ? 0 : side.get(U32, at + HOST_PER_SOURCE);
    }

    /** How many of {@link #packetsPerSecond} are for reserved packets alone. */
    public int reservedPerSecond() {
        return at == 0 ? 0 : side.get(U32, at + HOST_RESERVED);
    }

    /** True when packets from or to the port are reserved. */
    public boolean isReservedPort(int port) {
        return at != 0 && PortRanges.contain(side, at + HOST_PORTS, side.get(U32, at + HOST_PORT_COUNT), port);
    }

    /** True when packets from the address are reserved; IPv4 in mapped form ({@link ConfigurationReader#mapped1}). */
    public boolean isReservedSource(long source0, long source1) {
        int count = at == 0 ? 0 : side.get(U32, at + HOST_SOURCE_COUNT);
        // A short IPv6 prefix such as ::/0 does not mean IPv4 addresses.
        int least = RawAddress.isMapped(source0, source1) ? MAPPED_BITS : 0;
        for (long network = at + HOST_SOURCES; count > 0; count--, network += ENTRY6_BYTES) {
            int prefix = side.get(U32, network + ENTRY6_EXTRA);
            if (prefix >= least
                    && RawAddress.inNetwork6(
                            source0, source1, side.get(U64, network), side.get(U64, network + 8), prefix)) {
                return true;
            }
        }
        return false;
    }

    /** Bytes of the record of a host. */
    static int bytes(Host host) {
        return host.interfaceId() == 0 ? 0 : HOST_BYTES;
    }

    /** Fails with {@link IllegalArgumentException} when a number is out of range or a list too long. */
    static void check(Host host, int interfaces) {
        int id = host.interfaceId();
        require(id >= 0 && id <= interfaces, "host interface", id, interfaces);
        int addresses = host.addresses().size();
        require(addresses <= MAX_HOST_ADDRESSES, "host addresses", addresses, MAX_HOST_ADDRESSES);
        PortRanges.check(host.reservedPorts(), MAX_RESERVED_PORTS, "reserved port");
        int sources = host.reservedSources().size();
        require(sources <= MAX_RESERVED_SOURCES, "reserved sources", sources, MAX_RESERVED_SOURCES);
        for (ReservedSource each : host.reservedSources()) {
            require(each.prefixLength() >= 0 && each.prefixLength() <= 128, "prefix length", each.prefixLength(), 128);
        }
    }

    /** Writes the record of a host that has one, and where it is. */
    static void write(MemorySegment side, long at, Host host) {
        if (bytes(host) == 0) {
            return;
        }
        side.asSlice(at, HOST_BYTES).fill((byte) 0);
        side.set(U32, HOST_RECORD, (int) at);
        side.set(U32, at + HOST_INTERFACE, host.interfaceId());
        side.set(U32, at + HOST_PACKETS, host.packetsPerSecond());
        side.set(U32, at + HOST_PER_SOURCE, host.perSource());
        side.set(U32, at + HOST_RESERVED, host.reservedPerSecond());
        side.set(U64, at + HOST_LINK_ADDRESS, host.linkAddress());
        side.set(U32, at + HOST_PORT_COUNT, host.reservedPorts().size());
        side.set(U32, at + HOST_SOURCE_COUNT, host.reservedSources().size());
        PortRanges.write(side, at + HOST_PORTS, host.reservedPorts());
        long network = at + HOST_SOURCES;
        for (ReservedSource each : host.reservedSources()) {
            side.set(U64, network, each.network().address0());
            side.set(U64, network + 8, each.network().address1());
            side.set(U32, network + ENTRY6_EXTRA, each.prefixLength());
            network += ENTRY6_BYTES;
        }
    }

    /** The host of a written side, whose addresses were found already. */
    static Host read(MemorySegment side, List<RawAddress> addresses) {
        HostView view = new HostView();
        view.pin(side, true);
        if (view.at == 0) {
            return Host.NONE;
        }
        int portCount = Math.min(side.get(U32, view.at + HOST_PORT_COUNT), MAX_RESERVED_PORTS);
        List<PortRange> ports = PortRanges.read(side, view.at + HOST_PORTS, portCount);
        List<ReservedSource> sources = new ArrayList<>();
        int sourceCount = Math.min(side.get(U32, view.at + HOST_SOURCE_COUNT), MAX_RESERVED_SOURCES);
        for (int k = 0; k < sourceCount; k++) {
            long network = view.at + HOST_SOURCES + (long) k * ENTRY6_BYTES;
            sources.add(new ReservedSource(
                    new RawAddress(side.get(U64, network), side.get(U64, network + 8)),
                    side.get(U32, network + ENTRY6_EXTRA)));
        }
        return new Host(
                view.interfaceId,
                view.linkAddress(),
                addresses,
                view.packetsPerSecond(),
                view.perSource(),
                view.reservedPerSecond(),
                sources,
                ports);
    }
}
