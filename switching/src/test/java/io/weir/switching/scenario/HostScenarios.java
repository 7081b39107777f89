package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.CONTROL;
import static io.weir.switching.scenario.Sites.CONTROL_LINK_MAC;
import static io.weir.switching.scenario.Sites.CONTROL_MAC;
import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.HOST;
import static io.weir.switching.scenario.Sites.HOST_LINK_MAC;
import static io.weir.switching.scenario.Sites.HOST_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;
import static io.weir.switching.scenario.Sites.RESERVED_PORT;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Programs on the host with addresses of their own, behind the switch. */
final class HostScenarios {
    private static final int CONTROL_PORT = 61_005;
    private static final int GRE = 47;
    private static final int LISTENING = 8_443;
    private static final int MTU = 1_400;

    private HostScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP, GRE}) {
                reached(all, family, protocol);
            }
            partialChecksum(all, family);
            pinged(all, family);
            fragments(all, family);
            errors(all, family);
            sourceLimit(all, family);
            totalLimit(all, family);
            spoofed(all, family);
            refused(all, family);
            own(all, family);
            control(all, family);
            forwardingOff(all, family);
            pathMtu(all, family);
            hops(all, family);
            resolved(all, family);
            tagged(all, family);
        }
        links(all);
        announced(all);
        return all;
    }

    private static Network network() {
        return Sites.hosted(1, 0);
    }

    private static Network limited(int packetsPerSecond, int perSource, int reservedPerSecond) {
        return Sites.hosted(1, 0, Sites.hostLimits(packetsPerSecond, perSource, reservedPerSecond), true, 1500);
    }

    /** From a station outside to the host. */
    private static Packet question(Family family, Endpoint from, int protocol) {
        Packet packet = Packet.ip(from, family.host.at(EXT_MAC), protocol).payload("question");
        return protocol == GRE ? packet : packet.ports(40_000, LISTENING).flags(Packet.SYN);
    }

    private static Packet answer(Family family, Endpoint to, int protocol) {
        Packet packet = Packet.ip(family.host, to.at(HOST_LINK_MAC), protocol).payload("answer");
        return protocol == GRE ? packet : packet.ports(LISTENING, 40_000).flags(Packet.SYN | Packet.ACK);
    }

    private static Packet delivered(Packet packet) {
        return packet.macs(HOST_MAC, HOST_LINK_MAC);
    }

    private static Packet sent(Packet packet, Endpoint to) {
        return packet.macs(EXT_MAC, to.mac()).oneHopLess();
    }

    private static void reached(List<Scenario> all, Family family, int protocol) {
        String name = protocol == Packet.TCP ? "tcp" : protocol == Packet.UDP ? "udp" : "gre";
        Packet near = question(family, family.client, protocol).ttl(1).paddedTo(200);
        Packet far = question(family, family.remote, protocol);
        all.add(new Script(
                        family.label() + "-" + name + "-host",
                        "packets of any protocol reach the host as they are, and its own find their way out",
                        network())
                .in(EXT, near)
                .out(HOST, delivered(near).paddedTo(0))
                .in(HOST, answer(family, family.client, protocol))
                .out(EXT, sent(answer(family, family.client, protocol), family.client))
                .in(EXT, far)
                .out(HOST, delivered(far))
                .in(HOST, answer(family, family.remote, protocol))
                .out(EXT, sent(answer(family, family.remote, protocol), family.remote))
                .count(Counter.HOST_PACKETS_DELIVERED, 2)
                .count(Counter.CONNECTIONS_CREATED, 0)
                .end());
    }

    private static void partialChecksum(List<Scenario> all, Family family) {
        for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
            Packet answer = answer(family, family.client, protocol).partialChecksum();
            Packet question = question(family, family.client, protocol).partialChecksum();
            int offset = protocol == Packet.TCP ? 16 : 6;
            long offload = Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, answer.transportOffset(), offset);
            all.add(new Script(
                            family.label() + (protocol == Packet.TCP ? "-tcp" : "-udp") + "-host-partial-checksum",
                            "a checksum that the host or a virtual link left open stays open both ways",
                            network())
                    .in(HOST, answer.frame(), offload)
                    .out(EXT, sent(answer, family.client).frame(), offload)
                    .in(EXT, question.frame(), offload)
                    .out(HOST, delivered(question).frame(), offload)
                    .end());
        }
    }

    private static void pinged(List<Scenario> all, Family family) {
        int reply = family == Family.IPV4 ? 0 : 129;
        Packet ping = Packet.echo(family.client, family.host.at(EXT_MAC), 9, 1);
        Packet pong =
                Packet.echo(family.host, family.client.at(HOST_LINK_MAC), 9, 1).type(reply, 0);
        all.add(new Script(
                        family.label() + "-host-pinged",
                        "the host answers pings itself, and gets the answers to its own",
                        network())
                .in(EXT, ping)
                .out(HOST, delivered(ping))
                .in(HOST, pong)
                .out(EXT, sent(pong, family.client))
                .in(EXT, ping.type(reply, 0))
                .out(HOST, delivered(ping.type(reply, 0)))
                .count(Counter.ECHO_REPLIES_SENT, 0)
                .end());
    }

    private static void fragments(List<Scenario> all, Family family) {
        Packet question = question(family, family.client, Packet.UDP).payload(new byte[64]);
        boolean ipv4 = family == Family.IPV4;
        Packet first =
                ipv4 ? question.fragmentWord(0x2000) : question.extensionHeaders(44, Packet.UDP, 0, 0, 1, 0, 0, 0, 7);
        Packet last = ipv4
                ? question.fragmentWord(0x0008)
                : question.extensionHeaders(44, Packet.UDP, 0, 0, 0x40, 0, 0, 0, 7);
        Packet back = answer(family, family.client, Packet.UDP).payload(new byte[64]);
        Packet backFirst =
                ipv4 ? back.fragmentWord(0x2000) : back.extensionHeaders(44, Packet.UDP, 0, 0, 1, 0, 0, 0, 7);
        all.add(new Script(
                        family.label() + "-host-fragments",
                        "the host puts fragments together itself, and may send some",
                        network())
                .in(EXT, first)
                .out(HOST, delivered(first))
                .in(EXT, last)
                .out(HOST, delivered(last))
                .in(HOST, backFirst)
                .out(EXT, sent(backFirst, family.client))
                .end());
    }

    private static void errors(List<Scenario> all, Family family) {
        boolean ipv4 = family == Family.IPV4;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Packet.number(body, 0, 4);
        body.writeBytes(
                sent(answer(family, family.remote, Packet.UDP), family.remote).packet());
        Packet error = Packet.ip(family.gateway, family.host.at(EXT_MAC), ipv4 ? Packet.ICMP : Packet.ICMPV6)
                .type(ipv4 ? 3 : 1, ipv4 ? 1 : 3)
                .payload(body.toByteArray());
        all.add(new Script(
                        family.label() + "-host-learns-errors",
                        "an ICMP error about a packet of the host reaches it",
                        network())
                .in(EXT, error)
                .out(HOST, delivered(error))
                .end());
    }

    private static void sourceLimit(List<Scenario> all, Family family) {
        Packet flood = question(family, family.client, Packet.UDP);
        Packet calm = question(family, family.gateway, Packet.UDP);
        Packet reserved = question(family, family.remote, Packet.UDP);
        Script script = new Script(
                family.label() + "-host-source-limited",
                "one client's flood ends at its own limit; others, and reserved sources without one, are heard",
                limited(1_000, 2, 100));
        script.in(EXT, flood).out(HOST, delivered(flood));
        script.in(EXT, flood).out(HOST, delivered(flood));
        script.in(EXT, flood).drop(DropReason.HOST_SOURCE_LIMITED);
        script.in(EXT, flood.ports(40_000, RESERVED_PORT)).drop(DropReason.HOST_SOURCE_LIMITED);
        if (family == Family.IPV6) {
            Packet neighbour = flood.source(Endpoint.of("2001:db8:1::ffff:1", Sites.CLIENT_MAC));
            script.in(EXT, neighbour).drop(DropReason.HOST_SOURCE_LIMITED); // the same first 64 bits
        } else {
            script.in(EXT, calm).out(HOST, delivered(calm));
        }
        for (int k = 0; k < 4; k++) {
            script.in(EXT, reserved).out(HOST, delivered(reserved));
        }
        all.add(script.pause(1_000).in(EXT, flood).out(HOST, delivered(flood)).end());
    }

    private static void totalLimit(List<Scenario> all, Family family) {
        Packet other = question(family, family.client, Packet.TCP);
        Packet ssh = other.ports(40_000, RESERVED_PORT);
        Packet fromSsh = other.ports(RESERVED_PORT, 40_000);
        Packet reserved = question(family, family.remote, Packet.TCP);
        Script script = new Script(
                family.label() + "-host-rate-limited",
                "the reserved share is left to reserved ports and sources when others take all the rest",
                limited(5, 1_000, 3));
        script.in(EXT, other).out(HOST, delivered(other));
        script.in(EXT, other).out(HOST, delivered(other));
        script.in(EXT, other).drop(DropReason.HOST_RATE_LIMITED);
        script.in(EXT, ssh).out(HOST, delivered(ssh));
        script.in(EXT, fromSsh).out(HOST, delivered(fromSsh));
        script.in(EXT, reserved).out(HOST, delivered(reserved));
        script.in(EXT, ssh).drop(DropReason.HOST_RATE_LIMITED);
        all.add(script.pause(1_000)
                .in(EXT, other)
                .out(HOST, delivered(other))
                .in(EXT, ssh)
                .out(HOST, delivered(ssh))
                .end());
    }

    private static void spoofed(List<Scenario> all, Family family) {
        Packet packet = Packet.udp(family.host.at(Sites.CLIENT_MAC), 1, family.server1.at(EXT_MAC), 2);
        Script script = new Script(
                family.label() + "-host-spoofed", "nobody outside speaks with the host's address", network());
        for (Endpoint to : List.of(family.server1, family.external, family.service, family.nowhere)) {
            script.in(EXT, packet.destination(to.at(EXT_MAC))).drop(DropReason.SOURCE_ADDRESS_INVALID);
        }
        all.add(script.in(EXT, packet.destination(family.host.at(EXT_MAC)))
                .drop(DropReason.SOURCE_ADDRESS_INVALID)
                .in(INT, packet.macs(Sites.SERVER_1_MAC, INT_MAC))
                .drop(DropReason.SOURCE_ADDRESS_INVALID)
                .end());
    }

    private static void refused(List<Scenario> all, Family family) {
        Packet packet = answer(family, family.client, Packet.UDP);
        all.add(new Script(
                        family.label() + "-host-refused",
                        "the host speaks with its own addresses alone, and not to itself",
                        network())
                .in(HOST, packet.source(family.external.at(HOST_LINK_MAC)))
                .drop(DropReason.HOST_SOURCE_INVALID)
                .in(HOST, packet.source(family.service.at(HOST_LINK_MAC)))
                .drop(DropReason.HOST_SOURCE_INVALID)
                .in(HOST, packet.source(family.server1.at(HOST_LINK_MAC)))
                .drop(DropReason.HOST_SOURCE_INVALID)
                .in(HOST, packet.destination(family.host))
                .drop(DropReason.SOURCE_ADDRESS_INVALID)
                .in(HOST, packet.destination(family.nowhere.at(HOST_LINK_MAC)))
                .out(
                        HOST,
                        error(
                                family,
                                packet.destination(family.nowhere.at(HOST_LINK_MAC)),
                                family == Family.IPV4 ? 3 : 1,
                                0,
                                0))
                .drop(DropReason.NO_ROUTE)
                .end());
    }

    /** What weir tells the host about a packet of its own. */
    private static Packet error(Family family, Packet about, int type, int code, int mtu) {
        return delivered(RoutingScenarios.error(family, about, type, code, mtu).destination(family.host));
    }

    private static void own(List<Scenario> all, Family family) {
        boolean ipv4 = family == Family.IPV4;
        Packet ping = Packet.echo(family.host, family.internal.at(HOST_LINK_MAC), 3, 4);
        Packet syn = Packet.tcp(family.host, 5_000, family.external.at(HOST_LINK_MAC), 25)
                .flags(Packet.SYN)
                .sequence(7, 0);
        all.add(new Script(
                        family.label() + "-host-asks-weir",
                        "weir's own addresses answer the host as they answer others",
                        network())
                .in(HOST, ping)
                .out(
                        HOST,
                        delivered(
                                Packet.echo(family.internal, family.host, 3, 4).type(ipv4 ? 0 : 129, 0)))
                .in(HOST, syn)
                .out(HOST, delivered(ResetScenarios.resetOf(syn, 0)))
                .drop(DropReason.SERVICE_UNKNOWN_RESET)
                .end());
    }

    private static void control(List<Scenario> all, Family family) {
        for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
            Packet question = Packet.ip(family.external.at(CONTROL_LINK_MAC), family.host.at(CONTROL_MAC), protocol)
                    .ports(CONTROL_PORT, LISTENING)
                    .flags(Packet.SYN)
                    .payload("alive?");
            Packet answer = Packet.ip(family.host, family.external.at(HOST_LINK_MAC), protocol)
                    .ports(LISTENING, CONTROL_PORT)
                    .flags(Packet.SYN | Packet.ACK)
                    .payload("alive");
            all.add(new Script(
                            family.label() + (protocol == Packet.TCP ? "-tcp" : "-udp") + "-host-checked",
                            "a health check goes from the control processor to the host and back, whatever the"
                                    + " host's limits",
                            limited(0, 0, 0))
                    .in(CONTROL, question)
                    .out(HOST, delivered(question).oneHopLess())
                    .in(HOST, answer)
                    .out(CONTROL, answer.macs(CONTROL_MAC, CONTROL_LINK_MAC))
                    .count(Counter.CONTROL_PACKETS_DELIVERED, 1)
                    .end());
        }
    }

    private static void forwardingOff(List<Scenario> all, Family family) {
        Packet answer = answer(family, family.client, Packet.TCP);
        all.add(new Script(
                        family.label() + "-host-without-forwarding",
                        "the host's packets are routed although weir is no router for others",
                        Sites.hosted(1, 0, Sites.hostLimits(100, 100, 10), false, 1500))
                .in(HOST, answer)
                .out(EXT, sent(answer, family.client))
                .in(EXT, question(family, family.client, Packet.TCP))
                .out(HOST, delivered(question(family, family.client, Packet.TCP)))
                .in(EXT, Packet.udp(family.client, 9, family.server1.at(EXT_MAC), 9))
                .drop(DropReason.FORWARDING_DISABLED)
                .end());
    }

    private static void pathMtu(List<Scenario> all, Family family) {
        boolean ipv4 = family == Family.IPV4;
        Packet in = question(family, family.client, Packet.UDP).payload(new byte[MTU]);
        all.add(new Script(
                        family.label() + "-host-path-mtu-inwards",
                        "a client learns the MTU of the host's device",
                        Sites.hosted(1, 0, Sites.hostLimits(100, 100, 10), true, MTU))
                .in(EXT, in)
                .out(EXT, RoutingScenarios.error(family, in, ipv4 ? 3 : 2, ipv4 ? 4 : 0, MTU))
                .drop(DropReason.FRAME_TOO_LONG)
                .count(Counter.HOST_PACKETS_DELIVERED, 0)
                .end());
        Packet out = answer(family, family.client, Packet.UDP).payload(new byte[1_600]);
        all.add(new Script(
                        family.label() + "-host-path-mtu-outwards",
                        "the host learns the MTU of the link it cannot see, from an address of weir",
                        Sites.hosted(1, 0, Sites.hostLimits(100, 100, 10), true, 9_000))
                .in(HOST, out)
                .out(HOST, error(family, out, ipv4 ? 3 : 2, ipv4 ? 4 : 0, 1_500))
                .drop(DropReason.FRAME_TOO_LONG)
                .count(Counter.ICMP_ERRORS_SENT, 1)
                .end());
    }

    private static void hops(List<Scenario> all, Family family) {
        Packet last = answer(family, family.client, Packet.UDP).ttl(1);
        all.add(new Script(
                        family.label() + "-host-traces",
                        "weir is a hop for the host, which learns so when it traces a route",
                        network())
                .in(HOST, last)
                .out(HOST, error(family, last, family == Family.IPV4 ? 11 : 3, 0, 0))
                .drop(DropReason.TTL_EXPIRED)
                .end());
    }

    private static void resolved(List<Scenario> all, Family family) {
        Script script = new Script(
                family.label() + "-host-resolved",
                "weir answers for the host's address on its network, and nowhere else",
                network());
        Endpoint seen = family.host.at(EXT_MAC);
        if (family == Family.IPV4) {
            script.in(EXT, ControlFrames.who(family.client, seen))
                    .out(EXT, ControlFrames.reply(seen, family.client))
                    .in(INT, ControlFrames.who(family.server1, seen))
                    .drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        } else {
            script.in(EXT, ControlFrames.solicitation(family.client, seen))
                    .out(
                            EXT,
                            ControlFrames.advertisement(
                                    seen,
                                    family.client,
                                    ControlFrames.ROUTER | ControlFrames.SOLICITED | ControlFrames.OVERRIDE))
                    .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                    .in(INT, ControlFrames.solicitation(family.server1, seen))
                    .drop(DropReason.CONTROL_MESSAGE_CONSUMED);
        }
        all.add(script.end());
    }

    private static void tagged(List<Scenario> all, Family family) {
        Packet question = question(family, family.client, Packet.TCP);
        all.add(new Script(
                        family.label() + "-host-untagged",
                        "a priority tag belongs to the link the packet came by",
                        network())
                .in(EXT, question.tagged(0))
                .out(HOST, delivered(question))
                .end());
    }

    /** What the host's stack says about its link. */
    private static void links(List<Scenario> all) {
        Endpoint station6 = ControlFrames.linkLocal(HOST_LINK_MAC);
        Endpoint unspecified = Endpoint.of("::", HOST_LINK_MAC);
        all.add(new Script(
                        "host-link-messages-end-here",
                        "there are no neighbours on the host's link: nothing is answered or learnt there",
                        network())
                .in(HOST, ControlFrames.who(Family.IPV4.host, Family.IPV4.external))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .in(HOST, ControlFrames.solicitation(station6, Family.IPV6.external))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .in(HOST, ControlFrames.solicitation(Family.IPV6.host, Family.IPV6.external))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .in(
                        HOST,
                        Packet.ip(unspecified, ControlFrames.ALL_NODES, Packet.ICMPV6)
                                .type(133, 0)
                                .payload(new byte[4])
                                .ttl(255))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .in(HOST, Packet.udp(Family.IPV4.host, 5_353, Endpoint.of("169.254.1.1", HOST_LINK_MAC), 5_353))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .in(HOST, Packet.udp(Family.IPV4.host, 5_353, Endpoint.of("224.0.0.251", 0x01_00_5e_00_00_fbL), 5_353))
                .drop(DropReason.DESTINATION_ADDRESS_INVALID)
                .count(Counter.ARP_REPLIES_SENT, 0)
                .count(Counter.NEIGHBOUR_ADVERTISEMENTS_SENT, 0)
                .end());
    }

    private static void announced(List<Scenario> all) {
        Script script = new Script(
                "host-announced-at-start",
                "host addresses are announced on their network like those of services; the host is told nothing",
                network().observedFromStart());
        for (int round = 0; round < 2; round++) {
            script.pause(round == 0 ? 50 : 2_100)
                    .out(EXT, ControlFrames.announcement(Family.IPV4.external))
                    .out(EXT, ControlFrames.announcement(Family.IPV4.service))
                    .out(EXT, ControlFrames.announcement(Family.IPV4.host.at(EXT_MAC)))
                    .out(EXT, unsolicited(Family.IPV6.external))
                    .out(EXT, unsolicited(Family.IPV6.service))
                    .out(EXT, unsolicited(Family.IPV6.host.at(EXT_MAC)))
                    .out(EXT, unsolicited(ControlFrames.linkLocal(EXT_MAC)))
                    .out(INT, ControlFrames.announcement(Family.IPV4.internal))
                    .out(INT, unsolicited(Family.IPV6.internal))
                    .out(INT, unsolicited(ControlFrames.linkLocal(INT_MAC)));
        }
        all.add(script.pause(10_000).count(Counter.ANNOUNCEMENTS_SENT, 20).end());
    }

    private static Packet unsolicited(Endpoint own) {
        return ControlFrames.advertisement(own, ControlFrames.ALL_NODES, ControlFrames.ROUTER | ControlFrames.OVERRIDE);
    }
}
