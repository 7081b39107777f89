package io.weir.switching.scenario;

import static io.weir.switching.scenario.Packet.ACK;
import static io.weir.switching.scenario.Packet.FIN;
import static io.weir.switching.scenario.Packet.RST;
import static io.weir.switching.scenario.Packet.SYN;
import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.INT;

import io.weir.memory.counters.DropReason;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Truncated, wrong and hostile frames: dropped for a reason each, and the next good packet passes. */
final class RefusalScenarios {
    private static final long STRANGE_MAC = 0x02_00_00_00_09_09L;

    private RefusalScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            frames(all, family);
            addresses(all, family);
            transport(all, family);
        }
        ipv4Headers(all);
        ipv6Headers(all);
        everyTruncation(all);
        return all;
    }

    /** The frame is dropped for the reason, and nothing else has happened to a connection opened afterwards. */
    private static void refused(
            List<Scenario> all, String name, String description, DropReason reason, byte[]... frames) {
        Script script = new Script(name, description, Sites.one(Mode.NAT));
        for (byte[] frame : frames) {
            script.in(EXT, frame).drop(reason);
        }
        Conversation c = Conversation.of(Family.IPV4, Mode.NAT, Packet.TCP);
        all.add(c.up(script, c.syn()).live(Sites.TCP_SERVICE, 1).end());
    }

    private static void refused(List<Scenario> all, String name, String description, DropReason reason, Packet packet) {
        refused(all, name, description, reason, packet.frame());
    }

    private static byte[] patched(Packet packet, int at, int... octets) {
        byte[] frame = packet.frame();
        for (int i = 0; i < octets.length; i++) {
            frame[at + i] = (byte) octets[i];
        }
        return frame;
    }

    /** An IPv4 header changed at an offset, with its checksum made right again. */
    private static byte[] header(Packet packet, int at, int... octets) {
        byte[] frame = patched(packet, 14 + at, octets);
        frame[24] = 0;
        frame[25] = 0;
        int sum = ~Packet.sum(Arrays.copyOfRange(frame, 14, 34)) & 0xffff;
        frame[24] = (byte) (sum >> 8);
        frame[25] = (byte) sum;
        return frame;
    }

    private static void frames(List<Scenario> all, Family family) {
        Conversation c = Conversation.of(family, Mode.NAT, Packet.TCP);
        String label = family.label() + "-";
        refused(
                all,
                label + "another-stations-frame",
                "a frame to another station is not ours",
                DropReason.NOT_FOR_US,
                c.syn().macs(c.client().mac(), STRANGE_MAC));
        refused(
                all,
                label + "unicast-in-broadcast-frame",
                "unicast in a broadcast frame is not accepted",
                DropReason.NOT_FOR_US,
                c.syn().macs(c.client().mac(), Sites.BROADCAST));
        refused(
                all,
                label + "group-source",
                "no station has a group address",
                DropReason.SOURCE_ADDRESS_INVALID,
                c.syn().macs(0x01_00_00_00_00_01L, EXT_MAC));
        if (family == Family.IPV4) {
            refused(
                    all,
                    "frame-without-header",
                    "a frame shorter than its header is dropped",
                    DropReason.FRAME_TOO_SHORT,
                    Arrays.copyOf(c.syn().frame(), 13),
                    new byte[1]);
            refused(
                    all,
                    "frame-with-half-a-tag",
                    "a frame that ends in its tag is dropped",
                    DropReason.FRAME_TOO_SHORT,
                    Arrays.copyOf(c.syn().tagged(0).frame(), 17));
            refused(
                    all,
                    "unknown-ether-type",
                    "neither IP nor ARP",
                    DropReason.ETHERTYPE_UNSUPPORTED,
                    patched(c.syn(), 12, 0x88, 0xcc),
                    patched(c.syn(), 12, 0x00, 0x26));
        }
    }

    private static void addresses(List<Scenario> all, Family family) {
        Conversation c = Conversation.of(family, Mode.NAT, Packet.TCP);
        String label = family.label() + "-";
        refused(
                all,
                label + "land",
                "source and destination are the same address",
                DropReason.SOURCE_ADDRESS_INVALID,
                c.syn().source(family.service));
        refused(
                all,
                label + "own-source",
                "a packet from outside with one of our addresses as source",
                DropReason.SOURCE_ADDRESS_INVALID,
                c.syn().source(family.external));
        boolean ipv4 = family == Family.IPV4;
        String[] sources = ipv4
                ? new String[] {"0.0.0.0", "127.0.0.1", "224.0.0.1", "240.1.1.1", "255.255.255.255"}
                : new String[] {"::", "::1", "ff02::1"};
        Script spoofed = new Script(label + "impossible-sources", "addresses that no sender has", Sites.one(Mode.NAT));
        for (String source : sources) {
            spoofed.in(EXT, c.syn().source(Endpoint.of(source, 0))).drop(DropReason.SOURCE_ADDRESS_INVALID);
        }
        all.add(spoofed.end());
        String[] destinations = ipv4
                ? new String[] {"0.0.0.0", "127.0.0.1", "224.0.0.251", "255.255.255.255"}
                : new String[] {"::", "::1", "ff02::fb"};
        Script nowhere = new Script(
                label + "impossible-destinations", "addresses that are nobody's or everybody's", Sites.one(Mode.NAT));
        for (String destination : destinations) {
            nowhere.in(EXT, c.syn().destination(Endpoint.of(destination, 0)))
                    .drop(DropReason.DESTINATION_ADDRESS_INVALID);
        }
        all.add(nowhere.end());
    }

    private static void transport(List<Scenario> all, Family family) {
        Conversation tcp = Conversation.of(family, Mode.NAT, Packet.TCP);
        Conversation udp = Conversation.of(family, Mode.NAT, Packet.UDP);
        String label = family.label() + "-";
        int at = tcp.syn().transportOffset();
        refused(
                all,
                label + "tcp-header-length",
                "a TCP header shorter than five words or longer than the packet",
                DropReason.TCP_HEADER_INVALID,
                patched(tcp.syn(), at + 12, 0x40),
                patched(tcp.syn(), at + 12, 0xf0));
        Script flags =
                new Script(label + "impossible-tcp-flags", "no flags, SYN with FIN, SYN with RST", Sites.one(Mode.NAT));
        for (int each : new int[] {0, SYN | FIN, SYN | RST, SYN | FIN | ACK, FIN | SYN | RST}) {
            flags.in(EXT, tcp.syn().flags(each)).drop(DropReason.TCP_FLAGS_INVALID);
        }
        all.add(flags.end());
        refused(
                all,
                label + "udp-length",
                "a UDP length below its header or beyond the packet",
                DropReason.UDP_HEADER_INVALID,
                patched(udp.request(), at + 4, 0, 7),
                patched(udp.request(), at + 4, 0xff, 0xff));
        refused(
                all,
                label + "tcp-port-0",
                "port 0 is nobody's",
                DropReason.PORT_ZERO,
                tcp.syn().ports(0, 80).frame(),
                tcp.syn().ports(40_000, 0).frame());
        refused(
                all,
                label + "udp-port-0",
                "port 0 is nobody's",
                DropReason.PORT_ZERO,
                udp.request().ports(0, 80).frame(),
                udp.request().ports(40_000, 0).frame());
        refused(
                all,
                label + "other-protocol",
                "a transport protocol that nothing serves",
                DropReason.PROTOCOL_UNSUPPORTED,
                Packet.ip(family.client, family.service, 132).payload("sctp sctp sctp"));
    }

    private static void ipv4Headers(List<Scenario> all) {
        Packet syn = Conversation.of(Family.IPV4, Mode.NAT, Packet.TCP).syn();
        refused(
                all,
                "ipv4-wrong-header-checksum",
                "a wrong header checksum",
                DropReason.IPV4_CHECKSUM_WRONG,
                syn.wrongHeaderChecksum());
        refused(
                all,
                "ipv4-version",
                "version 5 in an IPv4 frame",
                DropReason.IPV4_HEADER_INVALID,
                header(syn, 0, 0x55));
        refused(
                all,
                "ipv4-header-length",
                "a header shorter than five words",
                DropReason.IPV4_HEADER_INVALID,
                header(syn, 0, 0x44));
        refused(
                all,
                "ipv4-total-length",
                "a total length beyond the frame or below the header",
                DropReason.IPV4_HEADER_INVALID,
                header(syn, 2, 0xff, 0xff),
                header(syn, 2, 0, 19));
        refused(all, "ipv4-ttl-0", "a packet that should not have arrived at all", DropReason.TTL_EXPIRED, syn.ttl(0));
    }

    private static void ipv6Headers(List<Scenario> all) {
        Packet syn = Conversation.of(Family.IPV6, Mode.NAT, Packet.TCP).syn();
        refused(
                all,
                "ipv6-version",
                "version 4 in an IPv6 frame",
                DropReason.IPV6_HEADER_INVALID,
                patched(syn, 14, 0x40));
        refused(
                all,
                "ipv6-payload-length",
                "a payload length beyond the frame",
                DropReason.IPV6_HEADER_INVALID,
                patched(syn, 18, 0xff, 0xff));
        refused(
                all,
                "ipv6-hop-limit-0",
                "a packet that should not have arrived at all",
                DropReason.TTL_EXPIRED,
                syn.ttl(0));
        refused(
                all,
                "ipv6-mapped-source",
                "an IPv4-mapped address on the wire",
                DropReason.SOURCE_ADDRESS_INVALID,
                patched(syn, 22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 100));
    }

    /** Whole packets cut anywhere: the lengths no longer agree. */
    private static void everyTruncation(List<Scenario> all) {
        for (Family family : Family.values()) {
            Packet syn = Conversation.of(family, Mode.NAT, Packet.TCP).syn();
            byte[] frame = syn.frame();
            Script script = new Script(
                    family.label() + "-every-truncation",
                    "a packet cut after any of its bytes is dropped",
                    Sites.one(Mode.NAT));
            for (int length = 1; length < frame.length; length++) {
                DropReason reason = length < 14
                        ? DropReason.FRAME_TOO_SHORT
                        : family == Family.IPV4 ? DropReason.IPV4_HEADER_INVALID : DropReason.IPV6_HEADER_INVALID;
                script.in(EXT, Arrays.copyOf(frame, length)).drop(reason);
            }
            all.add(script.live(Sites.TCP_SERVICE, 0).end());
        }
        Packet inside =
                Packet.udp(Family.IPV4.server1, 1, Family.IPV4.internal, 1).payload("x");
        all.add(new Script("frame-on-the-inside", "the internal interface checks, too", Sites.one(Mode.NAT))
                .in(INT, inside.macs(Sites.SERVER_1_MAC, EXT_MAC))
                .drop(DropReason.NOT_FOR_US)
                .end());
    }
}
