package io.weir.control.configuration;

import static io.weir.control.configuration.ConfigurationKey.*;

import io.weir.control.configuration.YamlSection.Problems;
import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.memory.configuration.ConfigurationLayout;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv6Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads the section about programs on this host. */
final class HostReader {
    private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final int LEAST_MTU = 576;
    /** RFC 8200 section 5. */
    private static final int LEAST_MTU_6 = 1280;
    /** Of a TAP device: 65535 less its Ethernet header (MAX_MTU of drivers/net/tun.c). */
    private static final int GREATEST_MTU = 65_521;

    private static final int GREATEST_RATE = 10_000_000;

    private final Problems problems;
    private final List<InterfaceConfiguration> interfaces;
    private final List<RouteConfiguration> nodeRoutes;

    /** @param nodeRoutes of the switch, not of the host */
    HostReader(Problems problems, List<InterfaceConfiguration> interfaces, List<RouteConfiguration> nodeRoutes) {
        this.nodeRoutes = nodeRoutes;
        this.problems = problems;
        this.interfaces = interfaces;
    }

    HostConfiguration read(YamlSection section) {
        List<IpAddress> addresses = addresses(section);
        int mtu = (int) section.number(HOST_MTU, HostConfiguration.DEFAULT_MTU, LEAST_MTU, GREATEST_MTU);
        boolean speaks6 = addresses.stream().anyMatch(Ipv6Address.class::isInstance);
        if (speaks6 && mtu < LEAST_MTU_6) {
            section.problem(HOST_MTU, mtu + " < " + LEAST_MTU_6 + ", which IPv6 needs", "try " + LEAST_MTU_6);
        }
        long ring = section.number(HOST_RING, HostConfiguration.DEFAULT_RING, 64, 65_536);
        if (Long.bitCount(ring) != 1) {
            section.problem(HOST_RING, ring + " is not a power of two", "try " + Long.highestOneBit(ring) * 2);
        }
        return new HostConfiguration(
                device(section),
                addresses,
                mtu,
                routes(section, addresses),
                (int) ring,
                (int) section.number(HOST_PACKETS, HostConfiguration.DEFAULT_PACKETS, 1, GREATEST_RATE),
                (int) section.number(HOST_PER_SOURCE, HostConfiguration.DEFAULT_PER_SOURCE, 1, GREATEST_RATE),
                reserved(section.section(HOST_RESERVED, "host.reserved")));
    }

    private String device(YamlSection section) {
        String device = section.text(HOST_DEVICE).orElse(HostConfiguration.DEFAULT_DEVICE);
        if (!InterfaceConfiguration.isDeviceName(device)) {
            section.problem(
                    HOST_DEVICE,
                    "'" + Problems.shown(device) + "' is not a device name",
                    "1..15 characters without space, '/' and ':'");
        }
        interfaces.stream()
                .filter(each -> each.device().equals(device))
                .findFirst()
                .ifPresent(each -> section.problem(
                        HOST_DEVICE,
                        device + " is the device of interface " + each.name(),
                        "weir makes the host's device itself; give it a name of its own"));
        return device;
    }

    private List<IpAddress> addresses(YamlSection section) {
        Map<IpAddress, Node> seen = new HashMap<>();
        List<IpAddress> addresses = new ArrayList<>();
        for (Node element : section.list(HOST_ADDRESSES, ConfigurationLayout.MAX_HOST_ADDRESSES)) {
            problems.parsed(element, "addresses", IpAddress::parse).ifPresent(address -> {
                problems.requireUnicast(element, "addresses", address);
                requireGlobal(element, address);
                Node earlier = seen.putIfAbsent(address, element);
                if (earlier != null) {
                    problems.add(
                            element,
                            "addresses: " + address + " is there twice",
                            "the first is in line " + Problems.line(earlier));
                    return;
                }
                interfaces.stream()
                        .filter(each -> each.addresses().stream()
                                .anyMatch(own -> own.address().equals(address)))
                        .findFirst()
                        .ifPresent(each -> problems.add(
                                element,
                                "addresses: " + address + " is an own address of interface " + each.name(),
                                "give the host an address that no interface has"));
                nodeRoutes.stream()
                        .filter(each -> address.equals(each.gateway()))
                        .findFirst()
                        .ifPresent(each -> problems.add(
                                element,
                                "addresses: " + address + " is the next hop of the route to " + each.destination(),
                                "the host forwards nothing: its packets must have its own addresses as their source"));
                addresses.add(address);
            });
        }
        if (addresses.isEmpty()) {
            section.problem(HOST_ADDRESSES, "there is none", "addresses: [198.51.100.20]");
        }
        return addresses;
    }

    /** Link-local addresses are never forwarded, and mapped ones are no IPv6 address on a link. */
    private void requireGlobal(Node element, IpAddress address) {
        if (address instanceof Ipv6Address v6 && (v6.isLinkLocal() || v6.isMapped())) {
            problems.add(
                    element,
                    "addresses: " + address + " is not reachable through the switch",
                    v6.isMapped() ? "write it as IPv4: " + v6.unmapped() : "give a global or unique local address");
        }
    }

    private List<IpPrefix> routes(YamlSection section, List<IpAddress> addresses) {
        List<IpPrefix> routes = new ArrayList<>();
        if (!section.has(HOST_ROUTES)) {
            addDefault(routes, addresses);
        }
        for (ScalarNode element : section.scalars(HOST_ROUTES, 1024)) {
            if (element.getValue().equals("default")) {
                addDefault(routes, addresses);
                continue;
            }
            problems.parsed(element, "routes", IpPrefix::parse).ifPresent(prefix -> {
                if (!prefix.network().equals(prefix)) {
                    problems.add(element, "routes: " + prefix + " has host bits set", "write " + prefix.network());
                } else if (!hasFamilyOf(addresses, prefix)) {
                    problems.add(
                            element,
                            "routes: the host has no address of the family of " + prefix,
                            "add one to addresses, or leave the route out");
                } else if (routes.contains(prefix)) {
                    problems.add(element, "routes: " + prefix + " is there twice", "keep one");
                }
                routes.add(prefix);
            });
        }
        return routes;
    }

    /** In the families in which the host can speak. */
    private static void addDefault(List<IpPrefix> routes, List<IpAddress> addresses) {
        for (IpPrefix each : List.of(new IpPrefix(new Ipv4Address(0), 0), new IpPrefix(new Ipv6Address(0, 0), 0))) {
            if (hasFamilyOf(addresses, each) && !routes.contains(each)) {
                routes.add(each);
            }
        }
    }

    private static boolean hasFamilyOf(List<IpAddress> addresses, IpPrefix prefix) {
        return addresses.stream()
                .anyMatch(each -> each.lengthBits() == prefix.address().lengthBits());
    }

    private HostConfiguration.Reserved reserved(YamlSection section) {
        HostConfiguration.Reserved d = HostConfiguration.Reserved.DEFAULTS;
        List<IpPrefix> sources = new ArrayList<>();
        for (ScalarNode element : section.scalars(RESERVED_SOURCES, ConfigurationLayout.MAX_RESERVED_SOURCES)) {
            problems.parsed(element, "sources", IpPrefix::parse).ifPresent(prefix -> {
                if (!prefix.network().equals(prefix)) {
                    problems.add(element, "sources: " + prefix + " has host bits set", "write " + prefix.network());
                }
                sources.add(prefix);
            });
        }
        List<PortRange> ports = new ArrayList<>();
        for (ScalarNode element : section.scalars(RESERVED_PORTS, ConfigurationLayout.MAX_RESERVED_PORTS)) {
            ports.add(range(element));
        }
        return new HostConfiguration.Reserved(
                section.share(RESERVED_SHARE, d.share(), 0, 1),
                sources,
                section.has(RESERVED_PORTS) ? ports : d.ports());
    }

    private PortRange range(ScalarNode element) {
        Matcher matcher = PORTS.matcher(element.getValue());
        if (matcher.matches()) {
            int least = Integer.parseInt(matcher.group(1));
            int greatest = matcher.group(2) == null ? least : Integer.parseInt(matcher.group(2));
            if (least > 0 && least <= greatest && greatest <= ConfigurationLoader.MOST_NUMBERED) {
                return new PortRange(least, greatest);
            }
        }
        problems.add(
                element,
                "ports: '" + Problems.shown(element.getValue()) + "' is neither a port nor a range within 1..65535",
                "try 22 or 5000-5999");
        return new PortRange(1, 1);
    }
}
