package io.weir.switching.scenario;

import static io.weir.switching.scenario.ControlFrames.OVERRIDE;
import static io.weir.switching.scenario.ControlFrames.ROUTER;
import static io.weir.switching.scenario.ControlFrames.SOLICITED;
import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** ARP and neighbour discovery: answered, asked, learnt, waited for, given up. */
final class NeighbourScenarios {
    private static final Network NETWORK = Sites.one(Mode.NAT);
    private static final long NEW_MAC = 0x02_00_00_00_01_99L;
    /** Longer than the second between requests, shorter than two. */
    private static final int MORE_THAN_A_SECOND = 1_200;

    private NeighbourScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        arpAnswers(all);
        arpRefusals(all);
        ndpAnswers(all);
        ndpRefusals(all);
        for (Family family : Family.values()) {
            resolution(all, family);
            movedStation(all, family);
        }
        start(all);
        return all;
    }

    /** An ARP request or neighbour solicitation by weir for a station nobody knows yet. */
    static byte[] asked(Family family, Endpoint weir, Endpoint target) {
        return family == Family.IPV4
                ? ControlFrames.who(weir, target)
                : ControlFrames.solicitation(weir, target).frame();
    }

    static byte[] answer(Family family, Endpoint target, Endpoint weir) {
        return family == Family.IPV4
                ? ControlFrames.reply(target, weir)
                : ControlFrames.advertisement(target, weir, SOLICITED | OVERRIDE)
                        .frame();
    }

    private static void arpAnswers(List<Scenario> all) {
        Family v4 = Family.IPV4;
        all.add(new Script("arp-own-address", "weir answers for its own address", NETWORK)
                .in(EXT, ControlFrames.who(v4.client, v4.external))
                .out(EXT, ControlFrames.reply(v4.external, v4.client))
                .count(Counter.ARP_REPLIES_SENT, 1)
                .end());
        all.add(new Script("arp-service-address", "weir answers for a service's address", NETWORK)
                .in(EXT, ControlFrames.who(v4.client, v4.service))
                .out(EXT, ControlFrames.reply(v4.service, v4.client))
                .end());
        all.add(new Script("arp-padded", "a request padded to the shortest frame gets one like it", NETWORK)
                .in(EXT, Arrays.copyOf(ControlFrames.who(v4.client, v4.external), 60))
                .out(EXT, Arrays.copyOf(ControlFrames.reply(v4.external, v4.client), 60))
                .end());
        Endpoint nobody = Endpoint.of("0.0.0.0", v4.client.mac());
        all.add(new Script("arp-probe", "a probe for our address (RFC 5227) is answered, nothing is learnt", NETWORK)
                .in(EXT, ControlFrames.who(nobody, v4.service))
                .out(EXT, ControlFrames.reply(v4.service, nobody))
                .end());
        silent(
                all,
                "arp-other-address",
                "weir does not answer for others",
                EXT,
                ControlFrames.who(v4.client, v4.gateway));
        silent(
                all,
                "arp-address-of-other-interface",
                "an interface does not answer for another's address",
                EXT,
                ControlFrames.who(v4.client, v4.internal));
        silent(
                all,
                "arp-service-on-the-inside",
                "a service's address is answered for on its own network",
                INT,
                ControlFrames.who(v4.server1, v4.service));
        silent(
                all,
                "arp-announcement-of-stranger",
                "an announcement makes no entry and needs no answer",
                EXT,
                ControlFrames.announcement(Endpoint.of("192.0.2.55", NEW_MAC)));
    }

    private static void silent(List<Scenario> all, String name, String description, int interfaceId, byte[] frame) {
        all.add(new Script(name, description, NETWORK)
                .in(interfaceId, frame)
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .end());
    }

    private static void arpRefusals(List<Scenario> all) {
        Family v4 = Family.IPV4;
        byte[] request = ControlFrames.who(v4.client, v4.external);
        Script malformed = new Script("arp-malformed", "cut, for other hardware, or of unknown operation", NETWORK);
        malformed.in(EXT, Arrays.copyOf(request, 41)).drop(DropReason.ARP_INVALID);
        for (int at : new int[] {15, 17, 18, 19, 21}) {
            byte[] changed = request.clone();
            changed[at] = 9;
            malformed.in(EXT, changed).drop(DropReason.ARP_INVALID);
        }
        all.add(malformed.end());
        all.add(new Script("arp-spoofed-own-address", "somebody else claims one of our addresses", NETWORK)
                .in(EXT, ControlFrames.announcement(v4.service.at(NEW_MAC)))
                .drop(DropReason.ARP_INVALID)
                .in(EXT, ControlFrames.reply(v4.external.at(NEW_MAC), v4.service))
                .drop(DropReason.ARP_INVALID)
                .end());
        all.add(new Script("arp-sender-mismatch", "the sender within differs from the frame's", NETWORK)
                .in(
                        EXT,
                        ControlFrames.arp(
                                ControlFrames.REQUEST, v4.client, 0, v4.external.address(), Sites.BROADCAST, NEW_MAC))
                .drop(DropReason.ARP_INVALID)
                .end());
    }

    private static void ndpAnswers(List<Scenario> all) {
        Family v6 = Family.IPV6;
        int flags = ROUTER | SOLICITED | OVERRIDE;
        answersFor(all, "own", v6.external);
        answersFor(all, "service", v6.service);
        answersFor(all, "link-local", ControlFrames.linkLocal(EXT_MAC));
        all.add(new Script("ndp-unicast", "a neighbour that checks whether weir is still there", NETWORK)
                .in(EXT, ControlFrames.solicitation(v6.client, v6.external, v6.external))
                .out(EXT, ControlFrames.advertisement(v6.external, v6.client, flags))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .end());
        Endpoint nobody = Endpoint.of("::", v6.client.mac());
        Packet detection = ControlFrames.solicitation(nobody, v6.service);
        byte[] withoutOption = Arrays.copyOf(detection.payload(), 20);
        all.add(new Script(
                        "ndp-duplicate-detection",
                        "whoever tries to take our address is told, with all others",
                        NETWORK)
                .in(EXT, detection.payload(withoutOption))
                .out(EXT, ControlFrames.advertisement(v6.service, ControlFrames.ALL_NODES, ROUTER | OVERRIDE))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .end());
        silent(
                all,
                "ndp-other-address",
                "weir does not answer for others",
                EXT,
                ControlFrames.solicitation(v6.client, v6.gateway).frame());
        silent(
                all,
                "ndp-address-of-other-interface",
                "an interface does not answer for another's address",
                EXT,
                ControlFrames.solicitation(v6.client, v6.internal).frame());
    }

    private static void answersFor(List<Scenario> all, String name, Endpoint target) {
        Endpoint client = Family.IPV6.client;
        all.add(new Script("ndp-" + name + "-address", "weir answers for its " + name + " address", NETWORK)
                .in(EXT, ControlFrames.solicitation(client, target))
                .out(EXT, ControlFrames.advertisement(target, client, ROUTER | SOLICITED | OVERRIDE))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .count(Counter.NEIGHBOUR_ADVERTISEMENTS_SENT, 1)
                .end());
    }

    private static void ndpRefusals(List<Scenario> all) {
        Family v6 = Family.IPV6;
        Packet asked = ControlFrames.solicitation(v6.client, v6.external);
        record Case(String name, String description, Packet packet) {}
        byte[] zeroOption = asked.payload().clone();
        zeroOption[21] = 0;
        for (Case each : List.of(
                new Case("hop-limit", "a message that has crossed a router (RFC 4861 section 7.1)", asked.ttl(254)),
                new Case("checksum", "a wrong checksum", asked.wrongChecksum()),
                new Case("code", "a code other than 0", asked.type(135, 1)),
                new Case("option-length", "an option of length 0", asked.payload(zeroOption)),
                new Case("short", "a message shorter than its target", asked.payload(new byte[12])),
                new Case(
                        "spoofed",
                        "somebody else claims one of our addresses",
                        ControlFrames.advertisement(v6.service.at(NEW_MAC), ControlFrames.ALL_NODES, OVERRIDE)))) {
            all.add(new Script("ndp-invalid-" + each.name(), each.description(), NETWORK)
                    .in(EXT, each.packet())
                    .drop(DropReason.NDP_INVALID)
                    .end());
        }
        all.add(new Script("ndp-router-advertisement", "weir does not configure itself by strangers", NETWORK)
                .in(
                        EXT,
                        Packet.ip(ControlFrames.linkLocal(NEW_MAC), ControlFrames.ALL_NODES, Packet.ICMPV6)
                                .type(134, 0)
                                .payload(new byte[12])
                                .ttl(255))
                .drop(DropReason.ICMP_UNHANDLED)
                .end());
    }

    private static void resolution(List<Scenario> all, Family family) {
        Network blank = NETWORK.withoutStations();
        String label = family.label() + "-";
        Conversation c = Conversation.of(family, Mode.NAT, Packet.UDP);
        Packet first = c.request();
        Packet second = c.request().payload("second question");
        byte[] forServer = asked(family, family.internal, family.server1);
        all.add(new Script(
                        label + "resolve-and-send", "packets wait for the next hop's address and leave in order", blank)
                .in(EXT, first)
                .out(INT, forServer)
                .count(Counter.PACKETS_HELD, 1)
                .in(EXT, second)
                .count(Counter.PACKETS_HELD, 2)
                .in(INT, answer(family, family.server1, family.internal))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .out(INT, c.toServer(first))
                .out(INT, c.toServer(second))
                .in(INT, c.reply())
                .out(EXT, asked(family, family.external, family.client))
                .in(EXT, answer(family, family.client, family.external))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .out(EXT, c.toClient(c.reply()))
                .in(EXT, first)
                .out(INT, c.toServer(first))
                .end());

        all.add(new Script(
                        label + "unanswered", "asked three times in three seconds, then dropped and asked anew", blank)
                .in(EXT, first)
                .out(INT, forServer)
                .pause(MORE_THAN_A_SECOND)
                .out(INT, forServer)
                .pause(MORE_THAN_A_SECOND)
                .out(INT, forServer)
                .pause(MORE_THAN_A_SECOND)
                .drop(DropReason.NEIGHBOUR_UNRESOLVED)
                .in(EXT, second)
                .drop(DropReason.NEIGHBOUR_UNRESOLVED)
                .pause(4_000)
                .in(EXT, first)
                .out(INT, forServer)
                .in(INT, answer(family, family.server1, family.internal))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .out(INT, c.toServer(first))
                .end());

        all.add(new Script(label + "answered-late", "an answer to the third request is in time", blank)
                .in(EXT, first)
                .out(INT, forServer)
                .pause(2_400)
                .out(INT, forServer)
                .out(INT, forServer)
                .in(INT, answer(family, family.server1, family.internal))
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .out(INT, c.toServer(first))
                .end());

        boolean ipv4 = family == Family.IPV4;
        Packet routed = Packet.udp(family.client, 5_000, family.stranger.at(EXT_MAC), 6_000)
                .payload("anyone?");
        byte[] forStranger = asked(family, family.internal, family.stranger);
        all.add(new Script(label + "unreachable", "the sender of a routed packet learns that nobody is there", NETWORK)
                .in(EXT, routed)
                .out(INT, forStranger)
                .pause(3_600)
                .out(INT, forStranger)
                .out(INT, forStranger)
                .out(EXT, RoutingScenarios.error(family, routed.oneHopLess(), ipv4 ? 3 : 1, ipv4 ? 1 : 3, 0))
                .drop(DropReason.NEIGHBOUR_UNRESOLVED)
                .end());

        Network narrow = Sites.with(Sites.limits(1000, 1000, 8, true)).withoutStations();
        all.add(new Script(label + "queue-full", "one dead next hop may take a quarter of the waiting room", narrow)
                .in(EXT, first)
                .out(INT, forServer)
                .in(EXT, first)
                .in(EXT, first)
                .drop(DropReason.NEIGHBOUR_QUEUE_FULL)
                .count(Counter.PACKETS_HELD, 2)
                .end());
    }

    private static void movedStation(List<Scenario> all, Family family) {
        Conversation c = Conversation.of(family, Mode.NAT, Packet.UDP);
        Endpoint moved = family.client.at(NEW_MAC);
        byte[] told = family == Family.IPV4
                ? ControlFrames.announcement(moved)
                : ControlFrames.advertisement(moved, ControlFrames.ALL_NODES, OVERRIDE)
                        .frame();
        Script script = new Script(
                family.label() + "-station-moves",
                "after an announcement of a new link-layer address known connections use it at once",
                NETWORK);
        c.establish(script);
        all.add(script.in(EXT, told)
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .in(INT, c.reply())
                .out(EXT, c.toClient(c.reply()).macs(EXT_MAC, NEW_MAC))
                .end());
    }

    private static void start(List<Scenario> all) {
        Script script = new Script(
                "announced-at-start",
                "own and service addresses are announced twice, two seconds apart, on their own networks",
                NETWORK.observedFromStart());
        for (int round = 0; round < 2; round++) {
            script.pause(round == 0 ? 50 : 2_100);
            script.out(EXT, ControlFrames.announcement(Family.IPV4.external))
                    .out(EXT, ControlFrames.announcement(Family.IPV4.service))
                    .out(EXT, unsolicited(Family.IPV6.external))
                    .out(EXT, unsolicited(Family.IPV6.service))
                    .out(EXT, unsolicited(ControlFrames.linkLocal(EXT_MAC)))
                    .out(INT, ControlFrames.announcement(Family.IPV4.internal))
                    .out(INT, unsolicited(Family.IPV6.internal))
                    .out(INT, unsolicited(ControlFrames.linkLocal(INT_MAC)));
        }
        all.add(script.pause(10_000).count(Counter.ANNOUNCEMENTS_SENT, 16).end());
    }

    private static Packet unsolicited(Endpoint own) {
        return ControlFrames.advertisement(own, ControlFrames.ALL_NODES, ROUTER | OVERRIDE);
    }
}
