package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.INT;

import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;

/** Headers off the usual path: options, extension headers, tags, padding, checksums left to the interface. */
final class HeaderScenarios {
    /** RFC 8200 section 4: hop-by-hop options, routing, fragment, destination options. */
    private static final int HOP_BY_HOP = 0;

    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;

    private HeaderScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                for (Mode mode : List.of(Mode.NAT, Mode.DIRECT)) {
                    Conversation c = Conversation.of(family, mode, protocol);
                    partialChecksum(all, c);
                    passes(all, c);
                }
            }
            segmentation(all, family);
        }
        ipv4(all);
        ipv6(all);
        return all;
    }

    /** Checksum left to the interface: the field has the sum of the pseudo header, which only the addresses change. */
    private static void partialChecksum(List<Scenario> all, Conversation c) {
        Script script = new Script(
                c.label() + "-partial-checksum",
                "a checksum left to the interface stays so, with the pseudo header's sum of the new addresses",
                Sites.one(c.mode()));
        Packet first = c.opening().partialChecksum();
        Packet sent = c.toServer(first);
        script.in(EXT, first.frame(), offload(first)).out(INT, sent.frame(), offload(sent));
        if (c.mode() != Mode.DIRECT) {
            Packet reply = (c.protocol() == Packet.TCP ? c.synAck() : c.reply()).partialChecksum();
            Packet back = c.toClient(reply);
            script.in(INT, reply.frame(), offload(reply)).out(EXT, back.frame(), offload(back));
        }
        all.add(script.end());
    }

    private static long offload(Packet packet) {
        return Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, packet.transportOffset(), packet.isTcp() ? 16 : 6);
    }

    /** Bytes that weir must carry without touching them. */
    private static void passes(List<Scenario> all, Conversation c) {
        Network network = Sites.one(c.mode());
        Script marked =
                new Script(c.label() + "-traffic-class", "service class and congestion marks pass unchanged", network);
        c.up(marked, c.opening().trafficClass(0xb9).identification(0x1234).fragmentWord(0x4000));
        all.add(marked.end());

        Script padded = new Script(c.label() + "-padded", "padding behind the packet is no part of it", network);
        Packet small = c.opening().paddedTo(c.opening().frame().length + 11);
        all.add(padded.in(EXT, small).out(INT, c.toServer(small)).end());

        Script priority =
                new Script(c.label() + "-priority-tag", "an 802.1Q priority tag (VLAN 0) does not matter", network);
        Packet tagged = c.opening().tagged(0xa000);
        all.add(priority.in(EXT, tagged).out(INT, c.toServer(tagged)).end());

        all.add(new Script(c.label() + "-vlan", "a tag of a VLAN that is not configured is refused", network)
                .in(EXT, c.opening().tagged(7))
                .drop(DropReason.VLAN_UNSUPPORTED)
                .end());
    }

    private static void segmentation(List<Scenario> all, Family family) {
        Conversation c = Conversation.of(family, Mode.NAT, Packet.TCP);
        Script script = new Script(
                c.label() + "-segmentation-offload",
                "a frame of several segments passes unbroken with its segment size",
                Sites.one(c.mode()));
        c.establish(script);
        Packet big = c.data("").payload(new byte[3_000]).partialChecksum();
        Packet sent = c.toServer(big);
        int header = big.transportOffset() + 20;
        long offload = Offload.of(
                Offload.NEEDS_CHECKSUM,
                family == Family.IPV4 ? Offload.TCP_V4 : Offload.TCP_V6,
                header,
                1428,
                big.transportOffset(),
                16);
        all.add(script.in(EXT, big.frame(), offload)
                .out(INT, sent.frame(), offload)
                .end());

        Script trusted = new Script(
                c.label() + "-checksum-verified-before",
                "a checksum the interface has verified is not verified again, and updated",
                Sites.one(c.mode()));
        long valid = Offload.of(Offload.DATA_VALID, 0, 0, 0, 0, 0);
        all.add(trusted.in(EXT, c.syn().frame(), valid)
                .out(INT, c.toServer(c.syn()).frame(), valid)
                .end());
    }

    private static void ipv4(List<Scenario> all) {
        for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
            Conversation c = Conversation.of(Family.IPV4, Mode.NAT, protocol);
            Network network = Sites.one(c.mode());
            Script options = new Script(
                    c.label() + "-ip-options",
                    "IPv4 options pass and the transport header is found behind them",
                    network);
            all.add(c.up(options, c.opening().ipOptions(1, 1, 0x94, 4, 0, 0, 1, 0))
                    .end());
            all.add(new Script(c.label() + "-source-route", "a source route is refused", network)
                    .in(EXT, c.opening().ipOptions(0x83, 7, 4, 10, 0, 0, 5, 0))
                    .drop(DropReason.IPV4_OPTIONS_REFUSED)
                    .end());
            all.add(new Script(c.label() + "-malformed-option", "an option longer than the header is refused", network)
                    .in(EXT, c.opening().ipOptions(7, 39, 4, 0))
                    .drop(DropReason.IPV4_OPTIONS_REFUSED)
                    .end());
            all.add(new Script(c.label() + "-fragment", "a fragment to a service is refused", network)
                    .in(EXT, c.opening().fragmentWord(0x2000))
                    .drop(DropReason.FRAGMENT_UNSUPPORTED)
                    .in(EXT, c.opening().fragmentWord(0x0004))
                    .drop(DropReason.FRAGMENT_UNSUPPORTED)
                    .end());
        }
        Conversation udp = Conversation.of(Family.IPV4, Mode.NAT, Packet.UDP);
        Script zero = new Script(
                "ipv4-udp-nat-zero-checksum",
                "UDP without a checksum stays without one, both ways",
                Sites.one(Mode.NAT));
        udp.up(zero, udp.request().zeroChecksum());
        udp.down(zero, udp.reply().zeroChecksum());
        all.add(udp.up(zero, udp.request().zeroChecksum()).end());
    }

    private static void ipv6(List<Scenario> all) {
        for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
            Conversation c = Conversation.of(Family.IPV6, Mode.NAT, protocol);
            Network network = Sites.one(c.mode());
            Script one = new Script(
                    c.label() + "-extension-header", "destination options are passed over and kept", network);
            all.add(c.up(one, c.opening().extensionHeaders(DESTINATION_OPTIONS, protocol, 0, 1, 4, 0, 0, 0, 0))
                    .end());
            Script chain = new Script(
                    c.label() + "-extension-headers", "a chain of extension headers is passed over and kept", network);
            all.add(c.up(
                            chain,
                            c.opening()
                                    .extensionHeaders(
                                            HOP_BY_HOP,
                                            DESTINATION_OPTIONS,
                                            0,
                                            1,
                                            4,
                                            0,
                                            0,
                                            0,
                                            0, // pad
                                            protocol,
                                            1,
                                            1,
                                            12,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0))
                    .end());
            all.add(new Script(
                            c.label() + "-routing-header-0", "a type 0 routing header is refused (RFC 5095)", network)
                    .in(EXT, c.opening().extensionHeaders(ROUTING, protocol, 0, 0, 0, 0, 0, 0, 0))
                    .drop(DropReason.IPV6_EXTENSIONS_INVALID)
                    .end());
            all.add(new Script(
                            c.label() + "-endless-extension-header",
                            "an extension header longer than the packet is refused",
                            network)
                    .in(EXT, c.opening().extensionHeaders(HOP_BY_HOP, protocol, 200, 1, 4, 0, 0, 0, 0))
                    .drop(DropReason.IPV6_EXTENSIONS_INVALID)
                    .end());
            all.add(new Script(
                            c.label() + "-late-hop-by-hop",
                            "hop-by-hop options behind another header are refused",
                            network)
                    .in(
                            EXT,
                            c.opening()
                                    .extensionHeaders(
                                            DESTINATION_OPTIONS,
                                            HOP_BY_HOP,
                                            0,
                                            1,
                                            4,
                                            0,
                                            0,
                                            0,
                                            0, //
                                            protocol,
                                            0,
                                            1,
                                            4,
                                            0,
                                            0,
                                            0,
                                            0))
                    .drop(DropReason.IPV6_EXTENSIONS_INVALID)
                    .end());
            all.add(new Script(c.label() + "-fragment", "a fragment to a service is refused", network)
                    .in(EXT, c.opening().extensionHeaders(FRAGMENT, protocol, 0, 0, 1, 0, 0, 0, 7))
                    .drop(DropReason.FRAGMENT_UNSUPPORTED)
                    .in(EXT, c.opening().extensionHeaders(FRAGMENT, protocol, 0, 0, 8, 0, 0, 0, 7))
                    .drop(DropReason.FRAGMENT_UNSUPPORTED)
                    .end());
            Script atomic = new Script(
                    c.label() + "-atomic-fragment", "a fragment header on a whole packet does not matter", network);
            all.add(c.up(atomic, c.opening().extensionHeaders(FRAGMENT, protocol, 0, 0, 0, 0, 0, 0, 7))
                    .end());
        }
        Conversation udp = Conversation.of(Family.IPV6, Mode.NAT, Packet.UDP);
        all.add(new Script(
                        "ipv6-udp-nat-zero-checksum",
                        "UDP over IPv6 needs a checksum (RFC 8200 section 8.1)",
                        Sites.one(Mode.NAT))
                .in(EXT, udp.request().zeroChecksum())
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .end());
    }
}
