package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.CONTROL;
import static io.weir.switching.scenario.Sites.CONTROL_LINK_MAC;
import static io.weir.switching.scenario.Sites.CONTROL_MAC;
import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;
import static io.weir.switching.scenario.Sites.PORT;
import static io.weir.switching.scenario.Sites.SERVER_1_MAC;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** The control processor's own sockets, behind the control interface with weir's own addresses. */
final class ControlNetworkScenarios {
    private static final int CONTROL_PORT = 61_005;
    private static final int REPORTS_PORT = 7_001;
    private static final int OTHER_PORT = 60_999;

    private ControlNetworkScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                asked(all, family, protocol);
                otherPort(all, family, protocol);
                partialChecksum(all, family, protocol);
            }
            pinged(all, family);
            errors(all, family);
            reported(all, family);
            limited(all, family);
            forwardingOff(all, family);
            refused(all, family);
            tagged(all, family);
        }
        links(all);
        return all;
    }

    private static String label(Family family, int protocol) {
        return family.label() + (protocol == Packet.TCP ? "-tcp" : "-udp") + "-control";
    }

    /** From weir's address on the servers' network, as its sockets send it. */
    private static Packet question(Family family, int protocol) {
        Packet packet = Packet.ip(family.internal.at(CONTROL_LINK_MAC), family.server1.at(CONTROL_MAC), protocol)
                .ports(CONTROL_PORT, PORT);
        return protocol == Packet.TCP ? packet.flags(Packet.SYN).sequence(77, 0) : packet.payload("alive?");
    }

    private static Packet answer(Family family, int protocol) {
        Packet packet = Packet.ip(family.server1, family.internal, protocol).ports(PORT, CONTROL_PORT);
        return protocol == Packet.TCP ? packet.flags(Packet.SYN | Packet.ACK).sequence(5, 78) : packet.payload("alive");
    }

    private static Packet toServer(Packet packet) {
        return packet.macs(INT_MAC, SERVER_1_MAC).oneHopLess();
    }

    private static Packet delivered(Packet packet) {
        return packet.macs(CONTROL_MAC, CONTROL_LINK_MAC);
    }

    private static void asked(List<Scenario> all, Family family, int protocol) {
        Packet question = question(family, protocol);
        Packet answer = answer(family, protocol).ttl(1).paddedTo(60);
        all.add(new Script(
                        label(family, protocol) + "-asks-server",
                        "a socket of the control processor reaches a server and gets its answer, without a connection",
                        Sites.controlled(1000, true))
                .in(CONTROL, question)
                .out(INT, toServer(question))
                .in(INT, answer)
                .out(CONTROL, delivered(answer).paddedTo(0))
                .in(CONTROL, question.ports(CONTROL_PORT, 8080).payload("more"))
                .out(INT, toServer(question.ports(CONTROL_PORT, 8080).payload("more")))
                .count(Counter.CONTROL_PACKETS_DELIVERED, 1)
                .count(Counter.CONNECTIONS_CREATED, 0)
                .end());
    }

    private static void otherPort(List<Scenario> all, Family family, int protocol) {
        Packet packet = answer(family, protocol).ports(PORT, OTHER_PORT);
        Script script = new Script(
                label(family, protocol) + "-other-port",
                "a packet to a port that is not the control processor's is refused as ever",
                Sites.controlled(1000, true));
        script.in(INT, packet);
        if (protocol == Packet.TCP) {
            script.out(INT, ResetScenarios.resetOf(packet, 0)).drop(DropReason.SERVICE_UNKNOWN_RESET);
        } else {
            script.drop(DropReason.SERVICE_UNKNOWN);
        }
        // A virtual address is not the control processor's, whatever the port.
        Packet virtual = answer(family, protocol).destination(family.service);
        script.in(INT, virtual);
        if (protocol == Packet.TCP) {
            script.out(INT, ResetScenarios.resetOf(virtual, 0)).drop(DropReason.SERVICE_UNKNOWN_RESET);
        } else {
            script.drop(DropReason.SERVICE_UNKNOWN);
        }
        all.add(script.count(Counter.CONTROL_PACKETS_DELIVERED, 0).end());
    }

    private static void partialChecksum(List<Scenario> all, Family family, int protocol) {
        Packet question = question(family, protocol).partialChecksum();
        Packet answer = answer(family, protocol).partialChecksum();
        int offset = protocol == Packet.TCP ? 16 : 6;
        long offload = Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, question.transportOffset(), offset);
        all.add(new Script(
                        label(family, protocol) + "-partial-checksum",
                        "a checksum that a virtual link left open stays open both ways",
                        Sites.controlled(1000, true))
                .in(CONTROL, question.frame(), offload)
                .out(INT, toServer(question).frame(), offload)
                .in(INT, answer.frame(), offload)
                .out(CONTROL, delivered(answer).frame(), offload)
                .end());
    }

    private static void pinged(List<Scenario> all, Family family) {
        Packet request = Packet.echo(family.internal.at(CONTROL_LINK_MAC), family.server1.at(CONTROL_MAC), 9, 1);
        Packet reply = Packet.echo(family.server1, family.internal, 9, 1).type(family == Family.IPV4 ? 0 : 129, 0);
        Packet other = Packet.echo(family.client, family.external, 9, 1);
        all.add(new Script(
                        family.label() + "-control-pings",
                        "replies go to the control processor; requests are answered as ever",
                        Sites.controlled(1000, true))
                .in(CONTROL, request)
                .out(INT, toServer(request))
                .in(INT, reply)
                .out(CONTROL, delivered(reply))
                .in(EXT, other)
                .out(
                        EXT,
                        other.macs(Sites.EXT_MAC, family.client.mac())
                                .source(family.external)
                                .destination(family.client)
                                .type(family == Family.IPV4 ? 0 : 129, 0))
                .count(Counter.ECHO_REPLIES_SENT, 1)
                .end());
    }

    private static void errors(List<Scenario> all, Family family) {
        boolean ipv4 = family == Family.IPV4;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Packet.number(body, 0, 4);
        body.writeBytes(toServer(question(family, Packet.UDP)).packet());
        Packet error = Packet.ip(family.server1, family.internal, ipv4 ? Packet.ICMP : Packet.ICMPV6)
                .type(ipv4 ? 3 : 1, ipv4 ? 3 : 4)
                .payload(body.toByteArray());
        all.add(new Script(
                        family.label() + "-control-learns-errors",
                        "an error about a packet of the control processor reaches it, one to a virtual address does"
                                + " not",
                        Sites.controlled(1000, true))
                .in(INT, error)
                .out(CONTROL, delivered(error))
                .in(INT, error.destination(family.service))
                .drop(DropReason.ICMP_UNHANDLED)
                .end());
    }

    private static void reported(List<Scenario> all, Family family) {
        Packet report =
                Packet.udp(family.remote, 40_000, family.external, REPORTS_PORT).payload("load");
        all.add(new Script(
                        family.label() + "-control-gets-reports",
                        "a report from afar reaches the port that listens for reports",
                        Sites.controlled(1000, true))
                .in(EXT, report)
                .out(CONTROL, delivered(report))
                .end());
    }

    private static void limited(List<Scenario> all, Family family) {
        Script script = new Script(
                family.label() + "-control-rate-limited",
                "a flood towards the control processor is cut",
                Sites.controlled(2, true));
        Packet report =
                Packet.udp(family.remote, 40_000, family.external, REPORTS_PORT).payload("load");
        script.in(EXT, report).out(CONTROL, delivered(report));
        script.in(EXT, report).out(CONTROL, delivered(report));
        script.in(EXT, report).drop(DropReason.CONTROL_RATE_LIMITED);
        all.add(script.pause(1_000)
                .in(EXT, report)
                .out(CONTROL, delivered(report))
                .end());
    }

    private static void forwardingOff(List<Scenario> all, Family family) {
        Packet question = question(family, Packet.TCP);
        all.add(new Script(
                        family.label() + "-control-without-forwarding",
                        "weir's own packets are routed although it is no router for others",
                        Sites.controlled(1000, false))
                .in(CONTROL, question)
                .out(INT, toServer(question))
                .in(EXT, Packet.udp(family.client, 9, family.server1.at(Sites.EXT_MAC), 9))
                .drop(DropReason.FORWARDING_DISABLED)
                .end());
    }

    private static void refused(List<Scenario> all, Family family) {
        Packet question = question(family, Packet.TCP);
        all.add(new Script(
                        family.label() + "-control-refused",
                        "only own addresses may speak from there, and to networks alone; nobody else has own addresses",
                        Sites.controlled(1000, true))
                .in(CONTROL, question.source(family.client))
                .drop(DropReason.CONTROL_SOURCE_INVALID)
                .in(CONTROL, question.source(family.service))
                .drop(DropReason.CONTROL_SOURCE_INVALID)
                .in(CONTROL, question.destination(family.service))
                .drop(DropReason.CONTROL_DESTINATION_REFUSED)
                .in(CONTROL, question.destination(family.external))
                .drop(DropReason.CONTROL_DESTINATION_REFUSED)
                .in(EXT, Packet.udp(family.internal.at(Sites.CLIENT_MAC), 1, family.server1.at(Sites.EXT_MAC), 2))
                .drop(DropReason.SOURCE_ADDRESS_INVALID)
                .live(Sites.TCP_SERVICE, 0)
                .end());
    }

    private static void tagged(List<Scenario> all, Family family) {
        Packet answer = answer(family, Packet.TCP);
        all.add(new Script(
                        family.label() + "-control-untagged",
                        "a priority tag belongs to the link the packet came by",
                        Sites.controlled(1000, true))
                .in(INT, answer.tagged(0))
                .out(CONTROL, delivered(answer))
                .end());
    }

    /** What the stack behind the interface says about its link. */
    private static void links(List<Scenario> all) {
        Endpoint station = Family.IPV4.internal.at(CONTROL_LINK_MAC);
        Endpoint station6 = ControlFrames.linkLocal(CONTROL_LINK_MAC);
        all.add(new Script(
                        "control-link-messages-end-here",
                        "neighbours on the control interface are fixed: nothing is answered or learnt there",
                        Sites.controlled(1000, true))
                .in(CONTROL, ControlFrames.who(station, Family.IPV4.external))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .in(CONTROL, ControlFrames.solicitation(station6, Family.IPV6.external))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .in(
                        CONTROL,
                        Packet.ip(station6, ControlFrames.ALL_NODES, Packet.ICMPV6)
                                .type(143, 0)
                                .payload(new byte[4]))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .count(Counter.ARP_REPLIES_SENT, 0)
                .count(Counter.NEIGHBOUR_ADVERTISEMENTS_SENT, 0)
                .end());
        all.add(new Script(
                        "control-link-is-not-told",
                        "own and virtual addresses are announced to networks, not to the control interface",
                        Sites.controlled(1000, true))
                .pause(10_000)
                .end());
    }
}
