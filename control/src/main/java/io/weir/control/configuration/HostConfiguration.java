package io.weir.control.configuration;

import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Programs on this host that are reached through the switch, behind a network device of their own.
 *
 * @param device that weir makes for them in its network namespace
 * @param addresses control addresses: at least one; the host's programs own them, and weir answers ARP and NDP for them
 * @param mtu greatest IP packet of the device in bytes
 * @param routes what the host reaches through the device
 * @param ring frames in each ring to and from the device, a power of two
 * @param packetsPerSecond packets handed to the host per second and switching processor
 * @param perSource likewise from one client, which is an IPv4 address or the first 64 bits of an IPv6 address
 * @param reserved what others cannot take
 */
public record HostConfiguration(
        String device,
        List<IpAddress> addresses,
        int mtu,
        List<IpPrefix> routes,
        int ring,
        int packetsPerSecond,
        int perSource,
        Reserved reserved) {
    /** Name of the server that is the host itself. */
    public static final String LOCAL = "local";

    public static final String DEFAULT_DEVICE = "weir0";
    public static final int DEFAULT_MTU = 1500;
    public static final int DEFAULT_RING = 1024;
    public static final int DEFAULT_PACKETS = 100_000;
    public static final int DEFAULT_PER_SOURCE = 50_000;

    public HostConfiguration {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
    }

    /**
     * Traffic that a flood of other packets does not displace.
     *
     * @param share of {@link #packetsPerSecond}, 0..1
     * @param sources networks of clients whose packets may use it
     * @param ports whose packets may use it, as source or as destination
     */
    public record Reserved(double share, List<IpPrefix> sources, List<PortRange> ports) {
        public static final Reserved DEFAULTS =
                new Reserved(0.25, List.of(), List.of(new PortRange(22, 22), new PortRange(179, 179)));

        public Reserved {
            sources = List.copyOf(sources);
            ports = List.copyOf(ports);
        }
    }

    /** Packets per second and processor that only reserved traffic may use. */
    public int reservedPerSecond() {
        return (int) Math.round(packetsPerSecond * reserved.share());
    }

    /** The first address of each family: where the server {@link #LOCAL} is. */
    public List<IpAddress> serverAddresses() {
        return List.of(32, 128).stream()
                .map(bits -> addresses.stream()
                        .filter(each -> each.lengthBits() == bits)
                        .findFirst())
                .flatMap(Optional::stream)
                .toList();
    }

    /** The addresses of a host that may be absent. */
    static List<IpAddress> addressesOf(@Nullable HostConfiguration host) {
        return host == null ? List.of() : host.addresses();
    }
}
