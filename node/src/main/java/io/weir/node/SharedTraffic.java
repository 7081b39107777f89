package io.weir.node;

import io.weir.control.configuration.ApplicationConfiguration;
import io.weir.control.configuration.CheckConfiguration;
import io.weir.control.configuration.CheckConfiguration.CommandProbe;
import io.weir.control.configuration.CheckConfiguration.HttpProbe;
import io.weir.control.configuration.CheckConfiguration.IcmpProbe;
import io.weir.control.configuration.CheckConfiguration.TcpProbe;
import io.weir.control.configuration.CheckConfiguration.UdpProbe;
import io.weir.control.configuration.InterfaceConfiguration;
import io.weir.control.configuration.LoadSourceConfiguration.AgentCheck;
import io.weir.control.configuration.LoadSourceConfiguration.Prometheus;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.control.configuration.ServiceConfiguration;
import io.weir.control.network.SourceAddresses;
import io.weir.port.afxdp.TrafficSelector;
import io.weir.port.afxdp.TrafficSelector.Ports;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What weir takes from interfaces that it shares with the kernel: packets to own and virtual addresses, packets to
 * services and applications, reports, and what servers send back: those of translated services, and those that are
 * checked or polled. A service on any port is known by its address alone; its servers' replies are then known by no port,
 * and stay with the kernel.
 */
record SharedTraffic(Set<InetAddress> addresses, Set<Ports> services, Set<Ports> servers) {
    private static final int TCP = 6;
    private static final int UDP = 17;

    static SharedTraffic of(NodeConfiguration configuration) {
        Set<InetAddress> addresses = new HashSet<>();
        Set<Ports> services = new HashSet<>();
        Set<Ports> servers = new HashSet<>();
        for (InterfaceConfiguration face : configuration.interfaces()) {
            for (IpPrefix prefix : face.addresses()) {
                addresses.add(address(prefix.address()));
            }
        }
        for (ServiceConfiguration service : configuration.services()) {
            int protocol = service.protocol().number();
            for (IpAddress address : service.addresses()) {
                addresses.add(address(address));
                add(services, address, protocol, service.port());
            }
            if (service.forwarding() == ServiceConfiguration.Forwarding.NAT) {
                for (ServiceConfiguration.Member member : service.members()) {
                    int port = member.port() != 0 ? member.port() : service.port();
                    addressesOf(configuration, member.server()).forEach(a -> add(servers, a, protocol, port));
                }
            }
        }
        for (ApplicationConfiguration application : configuration.applications()) {
            application.claims().forEach(claim -> {
                addresses.add(address(claim.address()));
                services.add(new Ports(
                        address(claim.address()), claim.protocol().number(), claim.leastPort(), claim.greatestPort()));
            });
        }
        for (IpAddress own :
                new SourceAddresses(configuration).ownOf(configuration.reports().listen())) {
            add(services, own, UDP, configuration.reports().port());
        }
        for (ServerConfiguration server : configuration.servers()) {
            answers(configuration, server)
                    .forEach(answer ->
                            server.addresses().forEach(each -> add(servers, each, answer.protocol(), answer.port())));
        }
        return new SharedTraffic(addresses, services, servers);
    }

    private record Answer(int protocol, int port) {}

    /** From where a server answers checks and polls; echo replies and what a command asks for come to the own address anyway. */
    private static List<Answer> answers(NodeConfiguration configuration, ServerConfiguration server) {
        List<Answer> answers = new ArrayList<>();
        for (CheckConfiguration check : configuration.checks()) {
            if (check.name().equals(server.check())) {
                switch (check.probe()) {
                    case TcpProbe tcp -> answers.add(new Answer(TCP, tcp.port()));
                    case HttpProbe http -> answers.add(new Answer(TCP, http.port()));
                    case UdpProbe udp -> answers.add(new Answer(UDP, udp.port()));
                    case IcmpProbe _, CommandProbe _ -> {}
                }
            }
        }
        switch (server.load()) {
            case AgentCheck agent -> answers.add(new Answer(TCP, agent.port()));
            case Prometheus page -> answers.add(new Answer(TCP, page.port()));
            case null -> {}
        }
        return answers;
    }

    private static List<IpAddress> addressesOf(NodeConfiguration configuration, String server) {
        return configuration.servers().stream()
                .filter(s -> s.name().equals(server))
                .map(ServerConfiguration::addresses)
                .findFirst()
                .orElse(List.of());
    }

    private static void add(Set<Ports> ports, IpAddress address, int protocol, int port) {
        if (port != 0) {
            ports.add(new Ports(address(address), protocol, port));
        }
    }

    private static InetAddress address(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.octets());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 octets", e);
        }
    }

    void select(TrafficSelector selector) {
        selector.replace(addresses, services, servers);
    }
}
