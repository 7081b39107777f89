package io.weir.switching.scenario;

import static io.weir.switching.scenario.Packet.ACK;
import static io.weir.switching.scenario.Packet.FIN;
import static io.weir.switching.scenario.Packet.SYN;
import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Packets longer than a buffer of 2,048 bytes on links for 9,000, and checksums that nobody says anything about. */
final class JumboScenarios {
    private static final int MTU = 9_000;
    /** Odd, so that the last piece is, too. */
    private static final int LONG = 8_901;

    private JumboScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (Mode mode : new Mode[] {Mode.NAT, Mode.DIRECT}) {
                for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                    Conversation c = Conversation.of(family, mode, protocol);
                    balanced(all, c);
                    unknown(all, c, 100, "");
                    unknown(all, c, LONG, "-jumbo");
                }
            }
            opened(all, family);
            closed(all, family);
            headers(all, family);
            routed(all, family);
            held(all, family);
            tooLong(all, family);
            answered(all, family);
            quoted(all, family);
        }
        return all;
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Network network(Mode mode) {
        return Sites.jumbo(mode, MTU, MTU);
    }

    private static Packet request(Conversation c, int length) {
        return (c.protocol() == Packet.TCP ? c.data("") : c.request()).payload(bytes(length));
    }

    private static Packet reply(Conversation c, int length) {
        return (c.protocol() == Packet.TCP ? c.serverData("") : c.reply()).payload(bytes(length));
    }

    private static void balanced(List<Scenario> all, Conversation c) {
        Script script = new Script(
                c.label() + "-jumbo", "long packets cross weir both ways without a byte changed", network(c.mode()));
        c.establish(script);
        for (int length : new int[] {1_900, 2_001, 4_500, LONG}) {
            c.up(script, request(c, length));
            if (c.mode() != Mode.DIRECT) {
                c.down(script, reply(c, length));
            }
        }
        all.add(script.live(c.service(), 1).end());
    }

    /** A sender's open checksum is recognised and stays open; a complete one is kept up to date. */
    private static void unknown(List<Scenario> all, Conversation c, int length, String how) {
        Script open = new Script(
                c.label() + "-unknown-open" + how,
                "a checksum that the sender left open is recognised, at the first packet already",
                network(c.mode()));
        Packet opening = c.protocol() == Packet.TCP ? c.opening() : request(c, length);
        open(open, EXT, INT, opening, c.toServer(opening));
        if (c.mode() != Mode.DIRECT) {
            Packet back = c.protocol() == Packet.TCP ? c.synAck() : reply(c, length);
            open(open, INT, EXT, back, c.toClient(back));
        }
        Packet data = request(c, length + 1);
        open(open, EXT, INT, data, c.toServer(data));
        Packet fin = c.protocol() == Packet.TCP ? c.fin().payload(bytes(length)) : request(c, length);
        open(open, EXT, INT, fin, c.toServer(fin));
        all.add(open.live(c.service(), 1).end());

        Script complete = new Script(
                c.label() + "-unknown-complete" + how,
                "a checksum that turns out to be complete is verified and kept up to date",
                network(c.mode()));
        complete.in(EXT, opening.frame(), Script.UNKNOWN).out(INT, c.toServer(opening));
        complete.in(EXT, data.frame(), Script.UNKNOWN).out(INT, c.toServer(data));
        if (c.protocol() == Packet.TCP) {
            complete.in(EXT, fin.wrongChecksum().frame(), Script.UNKNOWN).drop(DropReason.TRANSPORT_CHECKSUM_WRONG);
        } else if (c.family() == Family.IPV4) {
            Packet none = data.zeroChecksum();
            complete.in(EXT, none.frame(), Script.UNKNOWN).out(INT, c.toServer(none));
        }
        Packet other = c.clientPort(50_000).opening();
        complete.in(EXT, other.wrongChecksum().frame(), Script.UNKNOWN).drop(DropReason.TRANSPORT_CHECKSUM_WRONG);
        all.add(complete.live(c.service(), 1).end());
    }

    private static void open(Script script, int from, int to, Packet in, Packet out) {
        script.in(from, in.partialChecksum().frame(), Script.UNKNOWN)
                .out(to, out.partialChecksum().frame(), left(out));
    }

    /** What is left to the interface. */
    private static long left(Packet packet) {
        return Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, packet.transportOffset(), packet.isTcp() ? 16 : 6);
    }

    private static void opened(List<Scenario> all, Family family) {
        Conversation udp = Conversation.of(family, Mode.NAT, Packet.UDP);
        Packet first = request(udp, LONG);
        all.add(new Script(
                        udp.label() + "-jumbo-opening",
                        "the checksum of a long first packet is verified to its end",
                        network(Mode.NAT))
                .in(EXT, first)
                .out(INT, udp.toServer(first))
                .in(EXT, udp.clientPort(40_001).request().payload(bytes(LONG)).wrongChecksum())
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .live(Sites.UDP_SERVICE, 1)
                .end());
        Conversation tcp = Conversation.of(family, Mode.NAT, Packet.TCP);
        Packet fastOpen = tcp.syn().payload(bytes(4_321)); // RFC 7413
        all.add(new Script(tcp.label() + "-jumbo-opening", "a SYN may carry data in several buffers", network(Mode.NAT))
                .in(EXT, fastOpen)
                .out(INT, tcp.toServer(fastOpen))
                .in(EXT, tcp.clientPort(40_001).syn().payload(bytes(4_321)).wrongChecksum())
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .live(Sites.TCP_SERVICE, 1)
                .end());
    }

    private static void closed(List<Scenario> all, Family family) {
        Conversation c = Conversation.of(family, Mode.NAT, Packet.TCP);
        Script script = new Script(
                c.label() + "-jumbo-fin",
                "an end with data in several buffers is verified to its end",
                network(Mode.NAT));
        c.establish(script);
        Packet fin = c.request()
                .flags(FIN | ACK)
                .sequence(Conversation.CLIENT_SEQUENCE + 1, Conversation.SERVER_SEQUENCE + 1)
                .payload(bytes(LONG));
        all.add(script.in(EXT, fin.wrongChecksum())
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .in(EXT, fin)
                .out(INT, c.toServer(fin))
                .end());
        Packet stray = c.data("").payload(bytes(LONG));
        Packet reset = stray.turned().flags(Packet.RST).sequence(stray.acknowledgement(), 0);
        all.add(new Script(
                        c.label() + "-jumbo-without-connection",
                        "the reset that answers a long packet needs one buffer of it",
                        network(Mode.NAT))
                .in(EXT, stray)
                .out(EXT, reset)
                .drop(DropReason.CONNECTION_UNKNOWN_RESET)
                .in(EXT, stray.wrongChecksum())
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .end());
    }

    /** An unknown state behind a priority tag, extension headers, options; of fragments and of others it means nothing. */
    private static void headers(List<Scenario> all, Family family) {
        Conversation c = Conversation.of(family, Mode.NAT, Packet.UDP);
        Network network = network(Mode.NAT);
        Packet tagged = request(c, 300).tagged(0x6000);
        Packet sent = c.toServer(tagged);
        Packet padded = c.clientPort(40_001).request().payload("x");
        all.add(new Script(
                        family.label() + "-unknown-open-tagged",
                        "an open checksum is recognised behind a priority tag and before padding",
                        network)
                .in(EXT, tagged.partialChecksum().frame(), Script.UNKNOWN)
                .out(INT, sent.partialChecksum().frame(), left(sent))
                .in(EXT, padded.partialChecksum().paddedTo(90).frame(), Script.UNKNOWN)
                .out(
                        INT,
                        c.clientPort(40_001).toServer(padded).partialChecksum().frame(),
                        left(padded))
                .end());
        Packet extended = family == Family.IPV4
                ? request(c, LONG).ipOptions(1, 1, 1, 0)
                : request(c, LONG)
                        .extensionHeaders(
                                60, 60, 0, 1, 4, 0, 0, 0, 0, 17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        Packet through = c.toServer(extended);
        all.add(new Script(
                        family.label() + "-unknown-open-long-header",
                        "an open checksum is recognised behind options and extension headers",
                        network)
                .in(EXT, extended.partialChecksum().frame(), Script.UNKNOWN)
                .out(INT, through.partialChecksum().frame(), left(through))
                .end());
        Packet ping = Packet.echo(family.client, family.external, 9, 9);
        boolean ipv4 = family == Family.IPV4;
        Script others = new Script(
                        family.label() + "-unknown-others", "ICMP and fragments are never left open", network)
                .in(EXT, ping.frame(), Script.UNKNOWN)
                .out(EXT, Packet.echo(family.external, family.client, 9, 9).type(ipv4 ? 0 : 129, 0));
        if (ipv4) {
            Packet fragment = Packet.udp(family.client, 5_000, family.server1.at(EXT_MAC), 6_000)
                    .payload("transit")
                    .partialChecksum()
                    .fragmentWord(0x2000);
            others.in(EXT, fragment.frame(), Script.UNKNOWN)
                    .out(INT, fragment.macs(INT_MAC, family.server1.mac()).oneHopLess());
        }
        all.add(others.end());
    }

    private static Packet inward(Family family, int protocol) {
        return Packet.ip(family.client, family.server1.at(EXT_MAC), protocol)
                .ports(5_000, 6_000)
                .flags(SYN)
                .payload(bytes(LONG));
    }

    private static void routed(List<Scenario> all, Family family) {
        String label = family.label() + "-route-jumbo-";
        Network network = network(Mode.NAT);
        for (int protocol : new int[] {Packet.TCP, Packet.UDP, 47}) {
            String name = protocol == Packet.TCP ? "tcp" : protocol == Packet.UDP ? "udp" : "gre";
            Packet packet = inward(family, protocol);
            all.add(new Script(label + name, "a long packet to the next network with one hop less", network)
                    .in(EXT, packet)
                    .out(INT, packet.macs(INT_MAC, family.server1.mac()).oneHopLess())
                    .end());
        }
        // The padding is the last piece in full buffers of 1,920 bytes, and begins within one elsewhere.
        Packet tagged =
                inward(family, Packet.UDP).payload(bytes(1_800)).tagged(0x6000).paddedTo(2_500);
        Packet sent = tagged.untagged()
                .paddedTo(0)
                .macs(INT_MAC, family.server1.mac())
                .oneHopLess();
        all.add(new Script(
                        label + "strips", "a tag and padding stay on their link, with the buffers they took", network)
                .in(EXT, tagged)
                .out(INT, sent)
                .in(EXT, tagged.partialChecksum().frame(), Script.UNKNOWN)
                .out(INT, sent.partialChecksum().frame(), left(sent))
                .count(Counter.PACKETS_ROUTED, 2)
                .end());
    }

    private static void held(List<Scenario> all, Family family) {
        Network blank = network(Mode.NAT).withoutStations();
        Conversation c = Conversation.of(family, Mode.NAT, Packet.UDP);
        Packet first = request(c, LONG);
        Packet second = request(c, 3_000);
        byte[] question = NeighbourScenarios.asked(family, family.internal, family.server1);
        byte[] answer = NeighbourScenarios.answer(family, family.server1, family.internal);
        all.add(new Script(family.label() + "-jumbo-held", "long packets wait for the next hop, in order", blank)
                .in(EXT, first)
                .out(INT, question)
                .in(EXT, second)
                .in(INT, answer)
                .drop(DropReason.CONTROL_MESSAGE_CONSUMED)
                .out(INT, c.toServer(first))
                .out(INT, c.toServer(second))
                .end());
        boolean ipv4 = family == Family.IPV4;
        Packet routed = Packet.udp(family.client, 5_000, family.stranger.at(EXT_MAC), 6_000)
                .payload(bytes(LONG));
        byte[] forStranger = NeighbourScenarios.asked(family, family.internal, family.stranger);
        all.add(new Script(
                        family.label() + "-jumbo-unreachable",
                        "the sender of a long packet learns that nobody is there",
                        network(Mode.NAT))
                .in(EXT, routed)
                .out(INT, forStranger)
                .pause(3_600)
                .out(INT, forStranger)
                .out(INT, forStranger)
                .out(EXT, RoutingScenarios.error(family, routed.oneHopLess(), ipv4 ? 3 : 1, ipv4 ? 1 : 3, 0))
                .drop(DropReason.NEIGHBOUR_UNRESOLVED)
                .end());
    }

    private static void tooLong(List<Scenario> all, Family family) {
        boolean ipv4 = family == Family.IPV4;
        Network narrow = Sites.jumbo(Mode.NAT, MTU, 1500);
        Packet transit = inward(family, Packet.UDP);
        all.add(new Script(family.label() + "-jumbo-too-long", "the sender learns the MTU of the next link", narrow)
                .in(EXT, transit)
                .out(EXT, RoutingScenarios.error(family, transit, ipv4 ? 3 : 2, ipv4 ? 4 : 0, 1500))
                .drop(DropReason.FRAME_TOO_LONG)
                .in(EXT, transit.ttl(1))
                .out(EXT, RoutingScenarios.error(family, transit.ttl(1), ipv4 ? 11 : 3, 0, 0))
                .drop(DropReason.TTL_EXPIRED)
                .end());
        Conversation c = Conversation.of(family, Mode.NAT, Packet.TCP);
        Script script =
                new Script(c.label() + "-jumbo-too-long", "a client learns the MTU of the servers' link", narrow);
        c.establish(script);
        Packet data = request(c, LONG);
        all.add(script.in(EXT, data)
                .out(EXT, RoutingScenarios.error(family, data, ipv4 ? 3 : 2, ipv4 ? 4 : 0, 1500))
                .drop(DropReason.FRAME_TOO_LONG)
                .end());
    }

    private static void answered(List<Scenario> all, Family family) {
        boolean ipv4 = family == Family.IPV4;
        Packet ping = Packet.echo(family.client, family.service, 5, 6).payload(bytes(8_001));
        all.add(new Script(family.label() + "-echo-jumbo", "a long ping is answered whole", network(Mode.NAT))
                .in(EXT, ping)
                .out(
                        EXT,
                        Packet.echo(family.service.at(EXT_MAC), family.client, 5, 6)
                                .type(ipv4 ? 0 : 129, 0)
                                .payload(bytes(8_001)))
                .in(EXT, ping.wrongChecksum())
                .drop(DropReason.ICMP_INVALID)
                .end());
    }

    private static void quoted(List<Scenario> all, Family family) {
        Conversation c = Conversation.of(family, Mode.NAT, Packet.UDP).client(family.remote);
        Packet reply = reply(c, 5_000);
        Script script = new Script(
                c.label() + "-path-mtu-quoted-jumbo",
                "an error that quotes a long packet whole is translated with a right checksum",
                network(Mode.NAT));
        c.establish(script);
        Packet in = IcmpErrorScenarios.tooBig(
                c, family.gateway, family.service, c.toClient(reply).packet());
        Packet out = IcmpErrorScenarios.tooBig(
                c, family.gateway, family.server1, reply.oneHopLess().packet());
        all.add(script.in(EXT, in)
                .out(INT, out.macs(INT_MAC, family.server1.mac()).oneHopLess())
                .in(EXT, in.wrongChecksum())
                .drop(DropReason.ICMP_INVALID)
                .count(Counter.ICMP_ERRORS_TRANSLATED, 1)
                .end());
    }
}
