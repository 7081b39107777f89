package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import io.weir.switching.scenario.Sites.Mode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Packets that are for no service: switched between the networks by the routing table. */
final class RoutingScenarios {
    private static final Network NETWORK = Sites.one(Mode.NAT);

    private RoutingScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            routed(all, family);
            unroutable(all, family);
            tooLong(all, family);
        }
        return all;
    }

    private static Packet inward(Family family, int protocol) {
        return Packet.ip(family.client, family.server1.at(EXT_MAC), protocol)
                .ports(5_000, 6_000)
                .payload("transit");
    }

    private static void routed(List<Scenario> all, Family family) {
        String label = family.label() + "-route-";
        for (int protocol : new int[] {Packet.TCP, Packet.UDP, 47}) {
            String name = protocol == Packet.TCP ? "tcp" : protocol == Packet.UDP ? "udp" : "gre";
            Packet packet = inward(family, protocol).flags(Packet.SYN);
            all.add(new Script(label + name, "to the next network with one hop less", NETWORK)
                    .in(EXT, packet)
                    .out(INT, packet.macs(INT_MAC, family.server1.mac()).oneHopLess())
                    .count(Counter.PACKETS_ROUTED, 1)
                    .live(Sites.TCP_SERVICE, 0)
                    .end());
        }
        Packet ping = Packet.echo(family.client, family.server1.at(EXT_MAC), 3, 4);
        all.add(new Script(label + "echo", "a ping through weir is not answered by weir", NETWORK)
                .in(EXT, ping)
                .out(INT, ping.macs(INT_MAC, family.server1.mac()).oneHopLess())
                .end());
        Packet outward =
                Packet.udp(family.server2, 53, family.remote.at(INT_MAC), 6_000).payload("answer");
        all.add(new Script(label + "gateway", "a remote destination goes to the gateway of its route", NETWORK)
                .in(INT, outward)
                .out(EXT, outward.macs(EXT_MAC, family.gateway.mac()).oneHopLess())
                .end());
        Packet wrong = inward(family, Packet.UDP).zeroChecksum();
        if (family == Family.IPV4) {
            all.add(new Script(label + "no-checksum", "what is routed is not looked into", NETWORK)
                    .in(EXT, wrong)
                    .out(INT, wrong.macs(INT_MAC, family.server1.mac()).oneHopLess())
                    .end());
            Packet fragment = inward(family, Packet.UDP).fragmentWord(0x2003);
            all.add(new Script(label + "fragment", "fragments are routed like others", NETWORK)
                    .in(EXT, fragment)
                    .out(INT, fragment.macs(INT_MAC, family.server1.mac()).oneHopLess())
                    .end());
        }
        Packet tagged = inward(family, Packet.UDP).tagged(0x6000).paddedTo(128);
        all.add(new Script(label + "strips", "a priority tag and padding stay on their link", NETWORK)
                .in(EXT, tagged)
                .out(
                        INT,
                        tagged.untagged()
                                .paddedTo(0)
                                .macs(INT_MAC, family.server1.mac())
                                .oneHopLess())
                .end());
        Packet back = inward(family, Packet.UDP).destination(family.client);
        all.add(new Script(label + "same-source", "a packet to its own sender is refused", NETWORK)
                .in(EXT, back)
                .drop(DropReason.SOURCE_ADDRESS_INVALID)
                .end());
    }

    private static void unroutable(List<Scenario> all, Family family) {
        String label = family.label() + "-";
        boolean ipv4 = family == Family.IPV4;
        Packet last = inward(family, Packet.UDP).ttl(1);
        all.add(new Script(label + "ttl-expired", "the sender learns that its packet ran out of hops", NETWORK)
                .in(EXT, last)
                .out(EXT, error(family, last, ipv4 ? 11 : 3, 0, 0))
                .drop(DropReason.TTL_EXPIRED)
                .count(Counter.ICMP_ERRORS_SENT, 1)
                .end());
        Packet lost =
                Packet.udp(family.client, 1, family.nowhere.at(EXT_MAC), 2).payload("lost");
        all.add(new Script(label + "no-route", "the sender learns that no route leads there", NETWORK)
                .in(EXT, lost)
                .out(EXT, error(family, lost, ipv4 ? 3 : 1, 0, 0))
                .drop(DropReason.NO_ROUTE)
                .end());
        Packet complaint = Packet.ip(family.client, family.nowhere.at(EXT_MAC), ipv4 ? Packet.ICMP : Packet.ICMPV6)
                .type(ipv4 ? 3 : 1, 0)
                .payload(new byte[4 + 28]);
        all.add(new Script(label + "no-error-about-error", "an ICMP error about an ICMP error is never sent", NETWORK)
                .in(EXT, complaint)
                .drop(DropReason.NO_ROUTE)
                .count(Counter.ICMP_ERRORS_SENT, 0)
                .end());
        all.add(new Script(
                        label + "forwarding-off",
                        "with forwarding off only services are switched",
                        Sites.with(Sites.limits(1000, 1000, 256, false)))
                .in(EXT, inward(family, Packet.UDP))
                .drop(DropReason.FORWARDING_DISABLED)
                .end());
        Endpoint linkLocal = Endpoint.of(ipv4 ? "169.254.7.7" : "fe80::77", EXT_MAC);
        all.add(new Script(label + "link-local", "link-local addresses never leave their link", NETWORK)
                .in(EXT, inward(family, Packet.UDP).destination(linkLocal))
                .drop(DropReason.DESTINATION_ADDRESS_INVALID)
                .in(EXT, inward(family, Packet.UDP).source(linkLocal))
                .drop(DropReason.SOURCE_ADDRESS_INVALID)
                .end());
    }

    private static void tooLong(List<Scenario> all, Family family) {
        boolean ipv4 = family == Family.IPV4;
        Packet jumbo = inward(family, Packet.UDP).payload(new byte[2_000]);
        all.add(new Script(family.label() + "-too-long", "the sender learns the MTU of the next link", NETWORK)
                .in(EXT, jumbo)
                .out(EXT, error(family, jumbo, ipv4 ? 3 : 2, ipv4 ? 4 : 0, 1500))
                .drop(DropReason.FRAME_TOO_LONG)
                .end());
        Packet segments = Packet.tcp(family.client, 5_000, family.server1.at(EXT_MAC), 6_000)
                .flags(Packet.ACK)
                .payload(new byte[2_800])
                .partialChecksum();
        long offload = Offload.of(
                Offload.NEEDS_CHECKSUM,
                ipv4 ? Offload.TCP_V4 : Offload.TCP_V6,
                segments.transportOffset() + 20,
                1400,
                segments.transportOffset(),
                16);
        all.add(new Script(
                        family.label() + "-route-segmentation-offload",
                        "a long frame whose segments fit the link passes unbroken",
                        NETWORK)
                .in(EXT, segments.frame(), offload)
                .out(
                        INT,
                        segments.macs(INT_MAC, family.server1.mac())
                                .oneHopLess()
                                .frame(),
                        offload)
                .end());
    }

    /** The ICMP error a router at weir's external address sends about a packet that came in there. */
    static Packet error(Family family, Packet about, int type, int code, int mtu) {
        boolean ipv4 = family == Family.IPV4;
        byte[] quoted = about.packet();
        // RFC 1812 section 4.3.2.3: 576 bytes in all; RFC 4443 section 2.4 (c): 1,280.
        int most = ipv4 ? 576 - 28 : 1_280 - 48;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Packet.number(body, mtu, 4);
        body.writeBytes(Arrays.copyOf(quoted, Math.min(quoted.length, most)));
        Packet packet = Packet.ip(family.external, family.client, ipv4 ? Packet.ICMP : Packet.ICMPV6)
                .type(type, code)
                .payload(body.toByteArray());
        // Internetwork control (RFC 1812 section 4.3.2.5), not to be fragmented.
        return ipv4 ? packet.trafficClass(0xc0).fragmentWord(0x4000) : packet;
    }
}
