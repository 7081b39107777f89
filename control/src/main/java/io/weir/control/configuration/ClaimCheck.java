package io.weir.control.configuration;

import io.weir.control.configuration.ApplicationConfiguration.Claim;
import io.weir.control.configuration.ApplicationReader.Claimed;
import io.weir.control.configuration.YamlSection.Problems;
import io.weir.memory.configuration.ConfigurationLayout;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv6Address;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether what applications claim can be theirs: addresses of ours, and packets that are nobody else's. */
final class ClaimCheck {
    /** Ports of the control processor's own connections (LEAST_PORT and GREATEST_PORT of linux.PrivateNetwork). */
    private static final int LEAST_CONTROL_PORT = 61_000;

    private static final int GREATEST_CONTROL_PORT = 64_999;

    private final Problems problems;
    private final List<InterfaceConfiguration> interfaces;
    private final List<RouteConfiguration> routes;
    private final List<ServiceConfiguration> services;
    private final List<ServerConfiguration> servers;
    private final ReportsConfiguration reports;
    private final List<IpAddress> host;

    /** @param host addresses of the host's programs; none without them */
    ClaimCheck(
            Problems problems,
            List<InterfaceConfiguration> interfaces,
            List<RouteConfiguration> routes,
            List<ServiceConfiguration> services,
            List<ServerConfiguration> servers,
            ReportsConfiguration reports,
            List<IpAddress> host) {
        this.problems = problems;
        this.interfaces = interfaces;
        this.routes = routes;
        this.services = services;
        this.servers = servers;
        this.reports = reports;
        this.host = host;
    }

    void check(List<ApplicationConfiguration> applications, ApplicationReader reader) {
        List<Claimed> claims = reader.claims();
        for (int k = 0; k < claims.size(); k++) {
            check(claims.get(k), claims.subList(0, k));
        }
        if (claims.size() > ConfigurationLayout.MAX_CLAIMS) {
            problems.add(
                    claims.get(ConfigurationLayout.MAX_CLAIMS).address(),
                    "listen: " + claims.size() + " combinations of address and protocol > "
                            + ConfigurationLayout.MAX_CLAIMS,
                    "use ranges of ports, and fewer addresses");
        }
        applications.forEach(this::check);
    }

    private void check(ApplicationConfiguration application) {
        if (application.listen().isEmpty()
                && servers.stream().noneMatch(each -> application.name().equals(each.application()))) {
            problems.add(application.problem(
                    "", "it neither listens nor is it a server", "add listen, or a server that is it"));
        }
    }

    private void check(Claimed claimed, List<Claimed> earlier) {
        Claim claim = claimed.claim();
        IpAddress address = claim.address();
        String wrong = wrong(address);
        if (wrong != null) {
            if (claimed.isFirst()) {
                problems.add(claimed.address(), "addresses: " + address + wrong, "");
            }
            return;
        }
        InterfaceConfiguration owner = owner(address);
        boolean isVirtual = services.stream().anyMatch(each -> each.addresses().contains(address));
        if (owner == null && !isVirtual && claimed.isFirst()) {
            requireFree(claimed);
        }
        if (owner != null) {
            requireNoControlPort(claimed, owner);
        }
        for (Claimed each : earlier) {
            if (each.claim().meets(claim)) {
                problems.add(
                        claimed.ports(),
                        "listen: " + ports(claim) + " of " + address + " are already claimed by "
                                + (each.application().equals(claimed.application())
                                        ? "this application"
                                        : "application " + each.application()),
                        "see line " + Problems.line(each.address()));
                break;
            }
        }
        for (ServiceConfiguration each : services) {
            if (each.addresses().contains(address)
                    && each.protocol() == claim.protocol()
                    && (each.port() == 0 || claim.hasPort(each.port()))) {
                problems.add(
                        claimed.ports(),
                        "listen: " + address + " with " + name(claim) + " port " + each.port() + " is service "
                                + each.name() + "'s" + (each.port() == 0 ? ", which has all ports" : ""),
                        "use other ports, or make the application a server of the service");
            }
        }
    }

    private static @Nullable String wrong(IpAddress address) {
        if (address.isMulticast()
                || address.isLoopback()
                || address.isUnspecified()
                || (address instanceof Ipv4Address v4 && v4.bits() == -1)) {
            return " is not a unicast address";
        }
        if (address instanceof Ipv6Address v6 && v6.isMapped()) {
            return " is an IPv4 address: write " + v6.unmapped();
        }
        if (address instanceof Ipv6Address v6 && v6.isLinkLocal()) {
            return " is of one link only; give a global or unique local address";
        }
        return null;
    }

    private @Nullable InterfaceConfiguration owner(IpAddress address) {
        return interfaces.stream()
                .filter(each ->
                        each.addresses().stream().anyMatch(own -> own.address().equals(address)))
                .findFirst()
                .orElse(null);
    }

    /** An address in an interface's network that is nobody's. */
    private void requireFree(Claimed claimed) {
        IpAddress address = claimed.claim().address();
        if (host.contains(address)) {
            problem(claimed, " is an address of the host", "give the application another");
            return;
        }
        IpPrefix network = null;
        for (InterfaceConfiguration each : interfaces) {
            for (IpPrefix own : each.addresses()) {
                network = own.contains(address) ? own.network() : network;
            }
        }
        if (network == null) {
            problem(
                    claimed,
                    " is not ours: neither an address of an interface, nor of a service, nor in the network of an"
                            + " interface",
                    "claim one that is, or add it to an interface's addresses");
            return;
        }
        if (isBroadcast(address, network)) {
            problem(claimed, " is the network or broadcast address of " + network, "give the application another");
        }
        servers.stream()
                .filter(each -> each.addresses().contains(address))
                .forEach(each ->
                        problem(claimed, " is the address of server " + each.name(), "give the application another"));
        routes.stream()
                .filter(each -> address.equals(each.gateway()))
                .findFirst()
                .ifPresent(each ->
                        problem(claimed, " is the next hop to " + each.destination(), "give the application another"));
    }

    /** The first and the last address, but not those of point-to-point links and single hosts (RFC 3021). */
    private static boolean isBroadcast(IpAddress address, IpPrefix network) {
        if (!(address instanceof Ipv4Address v4) || network.length() > 30) {
            return false;
        }
        int hosts = -1 >>> network.length();
        return (v4.bits() & hosts) == 0 || (v4.bits() & hosts) == hosts;
    }

    private void requireNoControlPort(Claimed claimed, InterfaceConfiguration owner) {
        Claim claim = claimed.claim();
        if (claim.leastPort() <= GREATEST_CONTROL_PORT && claim.greatestPort() >= LEAST_CONTROL_PORT) {
            problems.add(
                    claimed.ports(),
                    "listen: " + ports(claim) + " of " + claim.address() + ", an address of interface " + owner.name()
                            + ", meet the ports " + LEAST_CONTROL_PORT + "-" + GREATEST_CONTROL_PORT
                            + " of health checks",
                    "use other ports, or an address that no interface has");
        }
        boolean takesReports =
                reports.listen().contains(claim.address()) && claim.protocol() == ServiceConfiguration.Protocol.UDP;
        if (takesReports && claim.hasPort(reports.port())) {
            problems.add(
                    claimed.ports(),
                    "listen: " + claim.address() + " with udp port " + reports.port() + " is where load reports arrive",
                    "use other ports, or change reports.port");
        }
    }

    private void problem(Claimed claimed, String what, String fix) {
        problems.add(claimed.address(), "addresses: " + claimed.claim().address() + what, fix);
    }

    private static String name(Claim claim) {
        return claim.protocol().name().toLowerCase(Locale.ROOT);
    }

    private static String ports(Claim claim) {
        return name(claim)
                + (claim.leastPort() == claim.greatestPort()
                        ? " port " + claim.leastPort()
                        : " ports " + claim.leastPort() + "-" + claim.greatestPort());
    }
}
