package io.weir.control.configuration;

import io.weir.control.configuration.ApplicationConfiguration.Claim;
import io.weir.control.configuration.ServiceConfiguration.Forwarding;
import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.control.master.Candidate;
import io.weir.memory.configuration.ConfigurationLayout;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import io.weir.wire.Ipv6Address;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * What a configuration must satisfy beyond the form of its values: names that refer to something, addresses that do not
 * collide, and facts of the machine. Finds all problems, not only the first.
 */
final class ConfigurationCheck {
    private final NodeConfiguration configuration;
    private final List<InterfaceFacts> facts;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, ServerConfiguration> servers = new HashMap<>();
    private final Map<IpAddress, String> serverByAddress = new HashMap<>();

    private ConfigurationCheck(NodeConfiguration configuration, List<InterfaceFacts> facts) {
        this.configuration = configuration;
        this.facts = facts;
    }

    /** All problems; empty when there are none. */
    static List<String> problems(NodeConfiguration configuration, List<InterfaceFacts> facts) {
        ConfigurationCheck check = new ConfigurationCheck(configuration, facts);
        check.interfaces();
        check.applications();
        check.routes();
        check.servers();
        check.services();
        check.host();
        check.timeouts();
        return check.problems;
    }

    private void problem(String what) {
        problems.add(what);
    }

    private <T> void names(String section, List<T> elements, Function<T, String> nameOf, int limit) {
        if (elements.size() > limit) {
            problem(section + ": " + elements.size() + " is more than " + limit);
        }
        Set<String> seen = new HashSet<>();
        for (T element : elements) {
            String name = nameOf.apply(element);
            int bytes = name.getBytes(StandardCharsets.UTF_8).length;
            if (bytes == 0 || bytes > ConfigurationLayout.NAME_BYTES) {
                problem(section + ": name \"" + name + "\" has " + bytes + " bytes, not 1.."
                        + ConfigurationLayout.NAME_BYTES);
            }
            if (!seen.add(name)) {
                problem(section + ": name \"" + name + "\" is used twice");
            }
        }
    }

    private void interfaces() {
        List<InterfaceConfiguration> interfaces = configuration.interfaces();
        names("interfaces", interfaces, InterfaceConfiguration::name, ConfigurationLayout.MAX_INTERFACES);
        Map<IpAddress, String> owners = new HashMap<>();
        for (int k = 0; k < interfaces.size(); k++) {
            InterfaceConfiguration each = interfaces.get(k);
            String key = "interfaces." + each.name();
            InterfaceFacts fact = k < facts.size() ? facts.get(k) : InterfaceFacts.UNKNOWN;
            if (each.linkAddress() == null && fact.linkAddress() == null) {
                problem(key + ".link-address: device " + each.device() + " has none that is known (is it there?);"
                        + " give one or correct the device");
            }
            if (each.mtu() == 0 && fact.mtu() == 0) {
                problem(key + ".mtu: device " + each.device() + " has none that is known (is it there?);"
                        + " give one or correct the device");
            }
            for (IpPrefix own : each.addresses()) {
                hostAddress(key + ".addresses", own.address());
                String other = owners.putIfAbsent(own.address(), each.name());
                if (other != null) {
                    problem(key + ".addresses: " + own.address() + " is already an address of " + other);
                }
            }
        }
    }

    private void hostAddress(String key, IpAddress address) {
        boolean isMapped = address instanceof Ipv6Address ipv6 && ipv6.isMapped();
        if (address.isMulticast() || address.isUnspecified() || isMapped) {
            problem(key + ": " + address + " is not an address of one host"
                    + (isMapped ? " (write it as IPv4: " + address.unmapped() + ")" : ""));
        }
    }

    private void routes() {
        Set<IpPrefix> destinations = new HashSet<>();
        for (RouteConfiguration route : configuration.routes()) {
            String key = "routes." + route.destination();
            if (!destinations.add(route.destination().network())) {
                problem(key + ": a route to " + route.destination().network() + " is given twice");
            }
            RoutePlan.problem(configuration, route).ifPresent(each -> problem(key + each));
        }
    }

    private void applications() {
        List<ApplicationConfiguration> applications = configuration.applications();
        names("applications", applications, ApplicationConfiguration::name, ApplicationConfiguration.MOST);
        List<Claim> seen = new ArrayList<>();
        for (ApplicationConfiguration each : applications) {
            for (Claim claim : each.claims()) {
                if (seen.stream().anyMatch(claim::meets)) {
                    problem("applications." + each.name() + ".listen: " + claim.address() + " " + claim.protocol()
                            + " ports " + claim.leastPort() + "-" + claim.greatestPort() + " are claimed twice");
                }
                seen.add(claim);
            }
        }
        if (seen.size() > ConfigurationLayout.MAX_CLAIMS) {
            problem("applications: " + seen.size() + " claims are more than " + ConfigurationLayout.MAX_CLAIMS);
        }
    }

    private void servers() {
        names("servers", configuration.servers(), ServerConfiguration::name, ConfigurationLayout.MAX_NUMBER);
        for (ServerConfiguration server : configuration.servers()) {
            servers.putIfAbsent(server.name(), server);
            String key = "servers." + server.name();
            if (server.application() != null) {
                application(key, server);
            } else if (server.addresses().isEmpty() || server.addresses().size() > 2) {
                problem(key + ".addresses: " + server.addresses().size() + " addresses; give one IPv4 address,"
                        + " one IPv6 address, or both");
            } else if (server.addresses().size() == 2
                    && server.addresses().get(0).lengthBits()
                            == server.addresses().get(1).lengthBits()) {
                problem(key + ".addresses: two of one family; make it two servers");
            }
            weight(key, server.weight());
            for (IpAddress address : server.addresses()) {
                hostAddress(key + ".addresses", address);
                serverByAddress.putIfAbsent(address, server.name());
            }
        }
    }

    private void application(String key, ServerConfiguration server) {
        if (configuration.applicationId(Objects.requireNonNull(server.application())) == 0) {
            problem(key + ".application: there is no application " + server.application());
        }
        if (!server.addresses().isEmpty() || server.check() != null || server.load() != null) {
            problem(key + ": an application has neither addresses nor check nor load; leave them out");
        }
    }

    private void weight(String key, int weight) {
        if (weight < 0 || weight > Candidate.MAX_WEIGHT) {
            problem(key + ".weight: " + weight + " is not within 0.." + Candidate.MAX_WEIGHT);
        }
    }

    private void services() {
        names("services", configuration.services(), ServiceConfiguration::name, ConfigurationLayout.MAX_NUMBER);
        Map<Endpoint, String> endpoints = new HashMap<>();
        for (ServiceConfiguration service : configuration.services()) {
            String key = "services." + service.name();
            if (service.addresses().isEmpty()) {
                problem(key + ".addresses: none; give at least one");
            }
            if (service.port() < 0 || service.port() > 65535) {
                problem(key + ".port: " + service.port() + " is not within 0..65535");
            }
            for (IpAddress address : service.addresses()) {
                hostAddress(key + ".addresses", address);
                Endpoint endpoint = new Endpoint(address, service.protocol().number(), service.port());
                String other = endpoints.putIfAbsent(endpoint, service.name());
                if (other != null) {
                    problem(key + ": " + address + " " + service.protocol() + " port " + service.port()
                            + " already belongs to "
                            + (other.equals(service.name()) ? "this service" : "service " + other));
                }
                String server = serverByAddress.get(address);
                if (server != null) {
                    problem(key + ".addresses: " + address + " is the address of server " + server
                            + "; packets would go in circles");
                }
            }
            members(key, service);
        }
    }

    private record Endpoint(IpAddress address, int protocol, int port) {}

    private void members(String key, ServiceConfiguration service) {
        Set<Member> seen = new HashSet<>();
        boolean hasIpv4 = false;
        boolean hasIpv6 = false;
        for (Member member : service.members()) {
            ServerConfiguration server = servers.get(member.server());
            if (server == null) {
                problem(key(key, member) + ": there is no server of this name");
                continue;
            }
            // The same with another weight is a repetition, too.
            if (!seen.add(new Member(member.server(), 0, member.port()))) {
                problem(key(key, member) + ": is given twice"
                        + (member.port() == 0 ? "" : " with port " + member.port()));
            }
            if (member.weight() < 0 || member.weight() > Candidate.MAX_WEIGHT) {
                weight(key(key, member), member.weight());
            }
            if (member.port() < 0 || member.port() > 65535) {
                problem(key(key, member) + ".port: " + member.port() + " is not within 0..65535");
            }
            if (service.forwarding() == Forwarding.DIRECT) {
                direct(key(key, member), service, member, server);
            }
            hasIpv4 |= server.application() != null;
            hasIpv6 |= server.application() != null;
            for (IpAddress address : server.addresses()) {
                hasIpv4 |= address.lengthBits() == 32;
                hasIpv6 |= address.lengthBits() == 128;
            }
        }
        for (IpAddress address : service.addresses()) {
            if (!service.members().isEmpty() && !(address.lengthBits() == 32 ? hasIpv4 : hasIpv6)) {
                problem(key + ".addresses: no server of the service has an address of the family of " + address);
            }
        }
    }

    private static String key(String service, Member member) {
        return service + ".servers." + member.server();
    }

    private void direct(String key, ServiceConfiguration service, Member member, ServerConfiguration server) {
        if (member.port() != 0 && member.port() != service.port()) {
            problem(key + ".port: " + member.port() + " differs from the service's port " + service.port()
                    + ", but direct forwarding rewrites no port; leave it out or use nat");
        }
        for (IpAddress address : server.addresses()) {
            boolean isOnLink = configuration.interfaces().stream()
                    .flatMap(each -> each.addresses().stream())
                    .anyMatch(own -> own.contains(address));
            boolean isNeeded = service.addresses().stream().anyMatch(each -> each.lengthBits() == address.lengthBits());
            if (isNeeded && !isOnLink) {
                problem(key + ": " + address + " is on the network of no interface, but direct forwarding reaches only"
                        + " neighbours; use nat");
            }
        }
    }

    /** Addresses of the host are nobody else's, but for the server that is the host. */
    private void host() {
        for (IpAddress address : HostConfiguration.addressesOf(configuration.host())) {
            hostAddress("host.addresses", address);
            configuration.interfaces().stream()
                    .filter(each -> each.addresses().stream()
                            .anyMatch(own -> own.address().equals(address)))
                    .forEach(each -> problem("host.addresses: " + address + " is an address of " + each.name()));
            configuration.services().stream()
                    .filter(each -> each.addresses().contains(address))
                    .forEach(
                            each -> problem("host.addresses: " + address + " is an address of service " + each.name()));
            String server = serverByAddress.get(address);
            if (server != null && !server.equals(HostConfiguration.LOCAL)) {
                problem("host.addresses: " + address + " is the address of server " + server + "; use the server "
                        + HostConfiguration.LOCAL);
            }
        }
    }

    private void timeouts() {
        TimeoutsConfiguration timeouts = configuration.timeouts();
        timeout("established", timeouts.established());
        timeout("syn", timeouts.syn());
        timeout("fin", timeouts.fin());
        timeout("closed", timeouts.closed());
        timeout("udp", timeouts.udp());
        timeout("udp-one-way", timeouts.udpOneWay());
    }

    /** At most 12 days: the data path's clock wraps at 2^32 ms and compares by subtraction within half of that. */
    private void timeout(String key, Duration value) {
        if (value.toMillis() < 1 || value.compareTo(Duration.ofDays(12)) > 0) {
            problem("timeouts." + key + ": " + value.toMillis() + " ms is not within 1 ms..12 days");
        }
    }
}
