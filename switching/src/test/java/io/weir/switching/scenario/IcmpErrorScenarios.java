package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.switching.scenario.Sites.Mode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** ICMP errors about packets of balanced connections: outer and quoted packet are translated (RFC 5508 section 4.2). */
final class IcmpErrorScenarios {
    private static final int PATH_MTU = 1_400;

    private IcmpErrorScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                translated(all, Conversation.of(family, Mode.NAT, protocol));
            }
            refused(all, Conversation.of(family, Mode.NAT, Packet.TCP));
        }
        return all;
    }

    /** An error that quotes a packet, or its first bytes. */
    private static Packet error(Endpoint from, Endpoint to, int type, int code, int mtu, byte[] quoted) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Packet.number(body, mtu, 4);
        body.writeBytes(quoted);
        return Packet.ip(from, to, from.isIpv4() ? Packet.ICMP : Packet.ICMPV6)
                .type(type, code)
                .payload(body.toByteArray());
    }

    static Packet tooBig(Conversation c, Endpoint from, Endpoint to, byte[] quoted) {
        return c.family() == Family.IPV4
                ? error(from, to, 3, 4, PATH_MTU, quoted)
                : error(from, to, 2, 0, PATH_MTU, quoted);
    }

    private static Packet portUnreachable(Conversation c, Endpoint from, Endpoint to, byte[] quoted) {
        return c.family() == Family.IPV4 ? error(from, to, 3, 3, 0, quoted) : error(from, to, 1, 4, 0, quoted);
    }

    private static Packet reply(Conversation c) {
        return c.protocol() == Packet.TCP ? c.serverData("a long answer") : c.reply();
    }

    private static Packet request(Conversation c) {
        return c.protocol() == Packet.TCP ? c.data("a long question") : c.request();
    }

    private static void translated(List<Scenario> all, Conversation near) {
        Network network = Sites.one(Mode.NAT);
        Conversation c = near.client(near.family().remote);
        Family family = c.family();
        // The quoted packets are those that left weir, so the hop it took is gone from them.
        byte[] sent = c.toClient(reply(c)).packet();
        byte[] original = reply(c).oneHopLess().packet();
        for (int bytes : new int[] {sent.length, quotedHeaders(family)}) {
            String how = bytes == sent.length ? "" : "-short";
            Script script = new Script(
                    c.label() + "-path-mtu-from-client-side" + how,
                    "the server learns the path MTU beyond weir, about the packet it knows",
                    network);
            c.establish(script);
            Packet in = tooBig(c, family.gateway, family.service, Arrays.copyOf(sent, bytes));
            Packet out = tooBig(c, family.gateway, family.server1, Arrays.copyOf(original, bytes));
            all.add(script.in(EXT, in)
                    .out(INT, out.macs(INT_MAC, family.server1.mac()).oneHopLess())
                    .count(Counter.ICMP_ERRORS_TRANSLATED, 1)
                    .end());
        }
        byte[] arrived = c.toServer(request(c)).packet();
        byte[] asked = request(c).oneHopLess().packet();
        Script script = new Script(
                c.label() + "-unreachable-from-server",
                "the client learns that the service does not listen, about the packet it knows",
                network);
        c.establish(script);
        Packet in = portUnreachable(c, family.server1, c.client().at(INT_MAC), arrived);
        Packet out = portUnreachable(c, family.service, c.client(), asked);
        all.add(script.in(INT, in)
                .out(EXT, out.macs(EXT_MAC, c.client().mac()).oneHopLess())
                .live(c.service(), 1)
                .end());
    }

    /** As little as RFC 792 asks for: the IP header and eight bytes. */
    private static int quotedHeaders(Family family) {
        return (family == Family.IPV4 ? 20 : 40) + 8;
    }

    private static void refused(List<Scenario> all, Conversation c) {
        Network network = Sites.one(Mode.NAT);
        Family family = c.family();
        byte[] sent = c.toClient(reply(c)).packet();
        Packet about = tooBig(c, family.gateway, family.service, sent);
        all.add(new Script(
                        c.label() + "-icmp-error-about-nothing",
                        "an error about no known connection ends here",
                        network)
                .in(EXT, about)
                .drop(DropReason.ICMP_UNHANDLED)
                .end());
        Script wrong = new Script(
                c.label() + "-icmp-error-with-wrong-checksum", "an error with a wrong checksum goes nowhere", network);
        c.establish(wrong);
        all.add(wrong.in(EXT, about.wrongChecksum())
                .drop(DropReason.ICMP_INVALID)
                .end());
        Script last =
                new Script(c.label() + "-icmp-error-at-last-hop", "an error at its last hop goes no further", network);
        c.establish(last);
        all.add(last.in(EXT, about.ttl(1)).drop(DropReason.TTL_EXPIRED).end());
    }
}
