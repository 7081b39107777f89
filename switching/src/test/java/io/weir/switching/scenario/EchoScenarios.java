package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;

/** ICMP and ICMPv6 echo to weir's own and virtual addresses. */
final class EchoScenarios {
    private EchoScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            Network network = Sites.one(Mode.NAT);
            answered(
                    all,
                    family.label() + "-echo-own",
                    "weir's own address answers a ping",
                    network,
                    family.client,
                    family.external);
            answered(
                    all,
                    family.label() + "-echo-service",
                    "a service's address answers a ping",
                    network,
                    family.client,
                    family.service);
            answered(
                    all,
                    family.label() + "-echo-remote",
                    "the reply goes back to the router it came from",
                    network,
                    family.remote,
                    family.service);
            answered(
                    all,
                    family.label() + "-echo-other-interface",
                    "an address answers on every interface",
                    network,
                    family.client,
                    family.internal.at(Sites.EXT_MAC));
            all.add(new Script(family.label() + "-echo-wrong-checksum", "a wrong checksum gets no answer", network)
                    .in(EXT, Packet.echo(family.client, family.service, 7, 1).wrongChecksum())
                    .drop(DropReason.ICMP_INVALID)
                    .end());
            int reply = family == Family.IPV4 ? 0 : 129;
            all.add(new Script(
                            family.label() + "-echo-reply-to-us", "a reply nobody asked for is not answered", network)
                    .in(EXT, Packet.echo(family.client, family.service, 7, 1).type(reply, 0))
                    .drop(DropReason.ICMP_UNHANDLED)
                    .end());
            limited(all, family);
            whole(all, family, network);
        }
        return all;
    }

    private static void answered(
            List<Scenario> all, String name, String description, Network network, Endpoint from, Endpoint to) {
        Packet request = Packet.echo(from, to, 0x1234, 5).ttl(57).identification(99);
        all.add(new Script(name, description, network)
                .in(EXT, request)
                .out(EXT, reply(request, from, to))
                .count(Counter.ECHO_REPLIES_SENT, 1)
                .end());
    }

    private static Packet reply(Packet request, Endpoint from, Endpoint to) {
        return request.macs(Sites.EXT_MAC, from.mac())
                .source(to)
                .destination(from)
                .ttl(64)
                .type(from.isIpv4() ? 0 : 129, 0);
    }

    private static void limited(List<Scenario> all, Family family) {
        Network two = Sites.with(Sites.limits(1000, 2, 256, true));
        Script script =
                new Script(family.label() + "-echo-rate-limited", "no more replies per second than configured", two);
        for (int i = 0; i < 4; i++) {
            Packet request = Packet.echo(family.client, family.service, 1, i);
            script.in(EXT, request);
            if (i < 2) {
                script.out(EXT, reply(request, family.client, family.service));
            } else {
                script.drop(DropReason.ECHO_RATE_LIMITED);
            }
        }
        Packet later = Packet.echo(family.client, family.service, 1, 9);
        all.add(script.pause(1_000)
                .in(EXT, later)
                .out(EXT, reply(later, family.client, family.service))
                .end());
    }

    private static void whole(List<Scenario> all, Family family, Network network) {
        byte[] data = new byte[1_400];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31);
        }
        Packet request = Packet.echo(family.client, family.service, 1, 1).payload(data);
        all.add(new Script(family.label() + "-echo-long", "all data comes back", network)
                .in(EXT, request)
                .out(EXT, reply(request, family.client, family.service))
                .end());
    }
}
