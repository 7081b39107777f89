package io.weir.switching.scenario;

import static io.weir.switching.scenario.Packet.ACK;
import static io.weir.switching.scenario.Packet.FIN;
import static io.weir.switching.scenario.Packet.PSH;
import static io.weir.switching.scenario.Packet.RST;
import static io.weir.switching.scenario.Packet.SYN;
import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.INT;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;

/** TCP and UDP that nothing is there for: answered with a reset (RFC 9293 section 3.10.7.1) or discarded. */
final class ResetScenarios {
    private static final int UNLISTED = 81;

    private ResetScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            unlisted(all, family);
            midStream(all, family);
            limits(all, family);
            own(all, family);
        }
        return all;
    }

    /** The reset that answers a packet with so much payload. */
    static Packet resetOf(Packet packet, int payload) {
        return reset(packet, payload);
    }

    private static Packet reset(Packet packet, int segment) {
        Packet turned = packet.turned();
        if ((packet.flags() & ACK) != 0) {
            return turned.flags(RST).sequence(packet.acknowledgement(), 0);
        }
        int phantom = ((packet.flags() & SYN) != 0 ? 1 : 0) + ((packet.flags() & FIN) != 0 ? 1 : 0);
        return turned.flags(RST | ACK).sequence(0, packet.sequence() + segment + phantom & 0xffff_ffffL);
    }

    private static Packet segment(Family family, int flags) {
        return Packet.tcp(family.client, 40_000, family.service, UNLISTED)
                .flags(flags)
                .sequence(0xffff_fffeL, (flags & ACK) != 0 ? 5_000 : 0);
    }

    private static void unlisted(List<Scenario> all, Family family) {
        String label = family.label() + "-unlisted-port-";
        Network network = Sites.one(Mode.NAT);
        record Case(String name, String description, Packet packet, int payload) {}
        List<Case> cases = List.of(
                new Case(
                        "syn",
                        "a SYN is acknowledged by the reset, whose sequence number is 0",
                        segment(family, SYN),
                        0),
                new Case(
                        "syn-with-data",
                        "data on a SYN counts in the acknowledgement",
                        segment(family, SYN).payload("early data"),
                        10),
                new Case("ack", "the reset takes the acknowledged number as its own", segment(family, ACK), 0),
                new Case(
                        "data",
                        "data does not matter when the segment acknowledges",
                        segment(family, ACK | PSH).payload("GET /"),
                        5),
                new Case(
                        "fin-ack",
                        "a FIN with ACK is answered like any acknowledging segment",
                        segment(family, FIN | ACK),
                        0),
                new Case("bare-fin", "a FIN without ACK counts as one in the acknowledgement", segment(family, FIN), 0),
                new Case(
                        "syn-ack",
                        "a SYN-ACK to nobody is answered from its acknowledgement",
                        segment(family, SYN | ACK),
                        0),
                new Case(
                        "options",
                        "the reset has no options",
                        segment(family, SYN).tcpOptions(2, 4, 5, 0xb4, 1, 3, 3, 7),
                        0),
                new Case(
                        "padded",
                        "padding of a short frame is no data",
                        segment(family, SYN).paddedTo(64),
                        0));
        for (Case each : cases) {
            all.add(new Script(label + each.name(), each.description(), network)
                    .in(EXT, each.packet())
                    .out(EXT, reset(each.packet(), each.payload()))
                    .drop(DropReason.SERVICE_UNKNOWN_RESET)
                    .count(Counter.RESETS_SENT, 1)
                    .end());
        }
        all.add(new Script(label + "rst", "a reset is never answered", network)
                .in(EXT, segment(family, RST))
                .drop(DropReason.CONNECTION_UNKNOWN)
                .in(EXT, segment(family, RST | ACK))
                .drop(DropReason.CONNECTION_UNKNOWN)
                .count(Counter.RESETS_SENT, 0)
                .end());
        all.add(new Script(label + "wrong-checksum", "a segment with a wrong checksum is not answered", network)
                .in(EXT, segment(family, SYN).wrongChecksum())
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .end());
        all.add(new Script(label + "udp", "UDP to an unlisted port is discarded", network)
                .in(
                        EXT,
                        Packet.udp(family.client, 40_000, family.service, UNLISTED)
                                .payload("x"))
                .drop(DropReason.SERVICE_UNKNOWN)
                .end());
        Packet remote = Packet.tcp(family.remote, 40_000, family.service, UNLISTED)
                .flags(SYN)
                .sequence(9, 0);
        all.add(new Script(label + "remote", "the reset goes back to the router it came from", network)
                .in(EXT, remote)
                .out(EXT, reset(remote, 0))
                .drop(DropReason.SERVICE_UNKNOWN_RESET)
                .end());
    }

    private static void midStream(List<Scenario> all, Family family) {
        for (Mode mode : List.of(Mode.NAT, Mode.DIRECT)) {
            Conversation c = Conversation.of(family, mode, Packet.TCP);
            Packet data = c.data("GET / HTTP/1.1");
            all.add(new Script(
                            c.label() + "-mid-stream",
                            "a segment of no known connection is reset, so that the client starts anew",
                            Sites.one(mode))
                    .in(EXT, data)
                    .out(EXT, reset(data, 14))
                    .drop(DropReason.CONNECTION_UNKNOWN_RESET)
                    .live(Sites.TCP_SERVICE, 0)
                    .end());
            all.add(new Script(
                            c.label() + "-mid-stream-rst", "a reset of no known connection is dropped", Sites.one(mode))
                    .in(EXT, c.reset())
                    .drop(DropReason.CONNECTION_UNKNOWN)
                    .end());
        }
    }

    private static void limits(List<Scenario> all, Family family) {
        Network three = Sites.with(Sites.limits(3, 1000, 256, true));
        Script script = new Script(
                family.label() + "-reset-rate-limited",
                "no more resets per second than configured, and again some a second later",
                three);
        for (int i = 0; i < 5; i++) {
            Packet packet = segment(family, SYN).ports(40_000 + i, UNLISTED);
            script.in(EXT, packet);
            if (i < 3) {
                script.out(EXT, reset(packet, 0)).drop(DropReason.SERVICE_UNKNOWN_RESET);
            } else {
                script.drop(DropReason.RESET_RATE_LIMITED);
            }
        }
        Packet later = segment(family, SYN);
        all.add(script.pause(1_000)
                .in(EXT, later)
                .out(EXT, reset(later, 0))
                .drop(DropReason.SERVICE_UNKNOWN_RESET)
                .end());
        Packet never = segment(family, SYN);
        all.add(new Script(
                        family.label() + "-resets-off",
                        "with a limit of 0 nothing is answered",
                        Sites.with(Sites.limits(0, 0, 256, true)))
                .in(EXT, never)
                .drop(DropReason.RESET_RATE_LIMITED)
                .end());
    }

    private static void own(List<Scenario> all, Family family) {
        Packet ssh = Packet.tcp(family.client, 40_000, family.external, 22)
                .flags(SYN)
                .sequence(1, 0);
        all.add(new Script(
                        family.label() + "-own-address-tcp", "TCP to weir's own address is reset", Sites.one(Mode.NAT))
                .in(EXT, ssh)
                .out(EXT, reset(ssh, 0))
                .drop(DropReason.SERVICE_UNKNOWN_RESET)
                .end());
        Packet inside = Packet.udp(family.server1, 40_000, family.internal, 53).payload("?");
        all.add(new Script(
                        family.label() + "-own-address-udp",
                        "UDP to weir's own address is discarded",
                        Sites.one(Mode.NAT))
                .in(INT, inside)
                .drop(DropReason.SERVICE_UNKNOWN)
                .end());
    }
}
