package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.HOST;
import static io.weir.switching.scenario.Sites.HOST_LINK_MAC;
import static io.weir.switching.scenario.Sites.HOST_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;
import static io.weir.switching.scenario.Sites.PORT;
import static io.weir.switching.scenario.Sites.SERVER_PORT;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;

/** The host as a server of services and as their client; and the host as a server by a real interface. */
final class LocalServerScenarios {
    private static final int HOST_PORT = 45_000;

    private LocalServerScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                Conversation c = Conversation.of(family, Mode.NAT, protocol);
                served(all, c);
                shared(all, c);
                client(all, c);
                itself(all, c);
                pathMtu(all, c);
                realInterface(all, c);
            }
        }
        return all;
    }

    private static String label(Conversation c) {
        return c.family().label() + (c.protocol() == Packet.TCP ? "-tcp" : "-udp");
    }

    private static Packet toHost(Conversation c, Packet packet) {
        return packet.macs(HOST_MAC, HOST_LINK_MAC)
                .destination(c.family().host)
                .macs(HOST_MAC, HOST_LINK_MAC)
                .ports(c.clientPort(), SERVER_PORT)
                .oneHopLess();
    }

    private static Packet fromHost(Conversation c, Packet reply) {
        return reply.source(c.family().host).macs(HOST_LINK_MAC, HOST_LINK_MAC);
    }

    private static Packet first(Conversation c) {
        return c.protocol() == Packet.TCP ? c.synAck() : c.reply();
    }

    private static Script establish(Script script, Conversation c) {
        return script.in(EXT, c.opening())
                .out(HOST, toHost(c, c.opening()))
                .in(HOST, fromHost(c, first(c)))
                .out(EXT, c.toClient(fromHost(c, first(c))));
    }

    private static void served(List<Scenario> all, Conversation c) {
        Script script = new Script(
                label(c) + "-local-server",
                "a service has the host as its server: clients see the service's address alone",
                Sites.hosted(1, 0));
        establish(script, c);
        if (c.protocol() == Packet.TCP) {
            script.in(EXT, c.data("more")).out(HOST, toHost(c, c.data("more")));
        }
        all.add(script.live(c.service(), 1)
                .count(Counter.HOST_PACKETS_DELIVERED, 0)
                .count(Counter.PACKETS_BALANCED, c.protocol() == Packet.TCP ? 3 : 2)
                .end());
    }

    private static void shared(List<Scenario> all, Conversation c) {
        Conversation second = c.clientPort(Conversation.CLIENT_PORT + 1);
        all.add(new Script(
                        label(c) + "-local-and-remote-servers",
                        "the host takes its turn beside other servers, and none when it is drained",
                        Sites.hosted(1, 1))
                .in(EXT, c.opening())
                .out(HOST, toHost(c, c.opening()))
                .in(EXT, second.opening())
                .out(INT, second.toServer(second.opening()))
                .configure(Sites.hosted(0, 1))
                .in(EXT, c.clientPort(50_000).opening())
                .out(INT, c.clientPort(50_000).toServer(c.clientPort(50_000).opening()))
                .in(HOST, fromHost(c, first(c)))
                .out(EXT, c.toClient(fromHost(c, first(c))))
                .live(c.service(), 3)
                .end());
    }

    /** The host's packet to a service. */
    private static Packet asked(Conversation c) {
        return c.opening()
                .source(c.family().host)
                .macs(HOST_LINK_MAC, HOST_LINK_MAC)
                .ports(HOST_PORT, PORT);
    }

    private static void client(List<Scenario> all, Conversation c) {
        Family family = c.family();
        Packet answer = first(c).destination(family.host)
                .macs(family.server1.mac(), INT_MAC)
                .ports(SERVER_PORT, HOST_PORT);
        all.add(new Script(
                        label(c) + "-host-is-client",
                        "programs on the host are clients of services like any other",
                        Sites.hosted(0, 1))
                .in(HOST, asked(c))
                .out(
                        INT,
                        asked(c).destination(family.server1)
                                .macs(INT_MAC, family.server1.mac())
                                .ports(HOST_PORT, SERVER_PORT)
                                .oneHopLess())
                .in(INT, answer)
                .out(
                        HOST,
                        answer.source(family.service)
                                .macs(HOST_MAC, HOST_LINK_MAC)
                                .ports(PORT, HOST_PORT)
                                .oneHopLess())
                .live(c.service(), 1)
                .end());
    }

    private static void itself(List<Scenario> all, Conversation c) {
        Family family = c.family();
        all.add(new Script(
                        label(c) + "-host-asks-itself",
                        "the host's stack would refuse its own address as a source: another server is chosen",
                        Sites.hosted(1, 1))
                .in(HOST, asked(c))
                .out(
                        INT,
                        asked(c).destination(family.server1)
                                .macs(INT_MAC, family.server1.mac())
                                .ports(HOST_PORT, SERVER_PORT)
                                .oneHopLess())
                .configure(Sites.hosted(1, 0))
                .in(HOST, asked(c).ports(HOST_PORT + 1, PORT))
                .drop(DropReason.SERVER_IS_CLIENT)
                .live(c.service(), 1)
                .end());
        Packet server = c.opening()
                .source(family.server1)
                .macs(family.server1.mac(), INT_MAC)
                .ports(HOST_PORT, PORT);
        all.add(new Script(
                        label(c) + "-server-asks-itself",
                        "likewise a server that is a client of its own service",
                        Sites.weighted(1, 1))
                .in(INT, server)
                .out(
                        INT,
                        server.destination(family.server2)
                                .macs(INT_MAC, family.server2.mac())
                                .ports(HOST_PORT, SERVER_PORT)
                                .oneHopLess())
                .configure(Sites.weighted(1, 0))
                .in(INT, server.ports(HOST_PORT + 1, PORT))
                .drop(DropReason.SERVER_IS_CLIENT)
                .end());
    }

    private static void pathMtu(List<Scenario> all, Conversation near) {
        Conversation c = near.client(near.family().remote);
        Family family = c.family();
        Script script = new Script(
                label(c) + "-local-server-path-mtu",
                "the host learns the path MTU beyond weir, about the packet it knows",
                Sites.hosted(1, 0));
        establish(script, c);
        Packet reply = fromHost(c, c.protocol() == Packet.TCP ? c.serverData("a long answer") : c.reply());
        Packet in = IcmpErrorScenarios.tooBig(
                c, family.gateway, family.service, c.toClient(reply).packet());
        Packet out = IcmpErrorScenarios.tooBig(
                c, family.gateway, family.host, reply.oneHopLess().packet());
        all.add(script.in(EXT, in)
                .out(HOST, out.macs(HOST_MAC, HOST_LINK_MAC).oneHopLess())
                .count(Counter.ICMP_ERRORS_TRANSLATED, 1)
                .end());
        Conversation udp = near.clientPort(50_000);
        if (udp.protocol() == Packet.UDP) {
            boolean ipv4 = family == Family.IPV4;
            Script narrow = new Script(
                    label(c) + "-local-server-device-mtu",
                    "a client of the service learns the MTU of the host's device",
                    Sites.hosted(1, 0, Sites.hostLimits(100, 100, 10), true, 1_400));
            establish(narrow, udp);
            Packet data = udp.request().payload(new byte[1_400]);
            all.add(narrow.in(EXT, data)
                    .out(EXT, RoutingScenarios.error(family, data, ipv4 ? 3 : 2, ipv4 ? 4 : 0, 1_400))
                    .drop(DropReason.FRAME_TOO_LONG)
                    .end());
        }
    }

    /** The first embodiment (Fig. 7): the host has an interface of its own on the internal network, beside weir's. */
    private static void realInterface(List<Scenario> all, Conversation c) {
        Family family = c.family();
        Script script = new Script(
                label(c) + "-control-processor-is-server-by-its-own-interface",
                "a service whose server is weir's own host on the internal network: a server like any other",
                Sites.one(Mode.NAT));
        c.establish(script);
        Packet own = Packet.echo(family.server1, family.service.at(INT_MAC), 1, 1);
        all.add(script.in(INT, own)
                .out(
                        INT,
                        Packet.echo(family.service.at(INT_MAC), family.server1, 1, 1)
                                .type(family == Family.IPV4 ? 0 : 129, 0))
                .live(c.service(), 1)
                .in(EXT, Packet.udp(family.client, 1, family.server1.at(EXT_MAC), 2))
                .out(
                        INT,
                        Packet.udp(family.client, 1, family.server1, 2)
                                .macs(INT_MAC, family.server1.mac())
                                .oneHopLess())
                .end());
    }
}
