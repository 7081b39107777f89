package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/**
 * A frame in words, header by header and field by field, with checksums verified: for test failures, {@code weir replay}
 * and traces. Any bytes will do; what is not a valid header is said to be that and shown in hexadecimal.
 */
public final class FrameDescription {
    private static final int SHOWN_PAYLOAD = 256;
    private static final int BYTES_PER_LINE = 16;

    private final StringBuilder text = new StringBuilder(1024);
    private final MemorySegment memory;
    private String indent = "";

    private FrameDescription(MemorySegment memory) {
        this.memory = memory;
    }

    /** Describes a frame in several lines, each ended by a newline. */
    public static String describe(byte[] frame) {
        return describe(MemorySegment.ofArray(frame), 0, frame.length);
    }

    /** Describes a frame in place. */
    public static String describe(MemorySegment memory, long offset, int length) {
        FrameDescription description = new FrameDescription(memory);
        description.text.append("frame of ").append(length).append(" bytes\n");
        description.ethernet(offset, length);
        return description.text.toString();
    }

    /** Describes an IPv4 or IPv6 packet without a link-layer header. */
    public static String describePacket(byte[] packet) {
        FrameDescription description = new FrameDescription(MemorySegment.ofArray(packet));
        description.packet(0, packet.length);
        return description.text.toString();
    }

    private void title(String title) {
        text.append(indent).append(title).append('\n');
    }

    private void field(String name, Object value) {
        text.append(indent).append("  ").append(name);
        text.repeat(' ', Math.max(1, 18 - name.length())).append(value).append('\n');
    }

    private static String hex(int value, int digits) {
        return "0x" + HexFormat.of().toHexDigits(value, digits);
    }

    private void ethernet(long at, int length) {
        EthernetView view = new EthernetView().wrap(memory, at, length);
        if (!view.isValid()) {
            rest("not an Ethernet header", at, length);
            return;
        }
        title("Ethernet");
        field("destination", new MacAddress(view.destination()));
        field("source", new MacAddress(view.source()));
        field("type", type(view.etherType()));
        int used = EthernetView.HEADER_LENGTH;
        int etherType = view.etherType();
        VlanView tag = new VlanView();
        while (etherType == EtherType.VLAN || etherType == EtherType.SERVICE_VLAN) {
            if (!tag.wrap(memory, at + used, length - used).isValid()) {
                rest("not an 802.1Q tag", at + used, length - used);
                return;
            }
            title("802.1Q");
            field("priority", tag.priority() + (tag.isDropEligible() ? ", drop eligible" : ""));
            field("VLAN", tag.identifier());
            field("type", type(tag.etherType()));
            etherType = tag.etherType();
            used += VlanView.HEADER_LENGTH;
        }
        switch (etherType) {
            case EtherType.ARP -> arp(at + used, length - used);
            case EtherType.IPV4, EtherType.IPV6 -> packet(at + used, length - used);
            default -> rest("payload", at + used, length - used);
        }
    }

    private static String type(int etherType) {
        String name = switch (etherType) {
            case EtherType.ARP -> " ARP";
            case EtherType.IPV4 -> " IPv4";
            case EtherType.IPV6 -> " IPv6";
            case EtherType.VLAN -> " 802.1Q";
            case EtherType.SERVICE_VLAN -> " 802.1ad";
            default -> "";
        };
        return hex(etherType, 4) + name;
    }

    private void arp(long at, int length) {
        ArpView view = new ArpView().wrap(memory, at, length);
        if (!view.isValid()) {
            rest("not an ARP packet for IPv4 over Ethernet", at, length);
            return;
        }
        title("ARP");
        field(
                "operation",
                switch (view.operation()) {
                    case ArpView.REQUEST -> "1 request";
                    case ArpView.REPLY -> "2 reply";
                    default -> Integer.toString(view.operation());
                });
        field("sender", new Ipv4Address(view.senderAddress()) + " at " + new MacAddress(view.senderMac()));
        field("target", new Ipv4Address(view.targetAddress()) + " at " + new MacAddress(view.targetMac()));
        padding(at + ArpView.HEADER_LENGTH, length - ArpView.HEADER_LENGTH);
    }

    private void packet(long at, int length) {
        int version = length > 0 ? memory.get(ValueLayout.JAVA_BYTE, at) >>> 4 & 0xf : 0;
        if (version == 6) {
            ipv6(at, length);
        } else {
            ipv4(at, length);
        }
    }

    private void ipv4(long at, int length) {
        Ipv4View view = new Ipv4View().wrap(memory, at, length);
        if (!view.isValidTruncated()) {
            rest("not an IPv4 header", at, length);
            return;
        }
        int headerLength = view.headerLength();
        int available = Math.min(view.totalLength(), length);
        title("IPv4");
        field("source", new Ipv4Address(view.source()));
        field("destination", new Ipv4Address(view.destination()));
        field("header length", headerLength);
        field("total length", view.totalLength() + (view.isValid() ? "" : ", of which " + length + " are here"));
        field("traffic class", "DSCP " + view.dscp() + ", ECN " + view.ecn());
        field("identification", hex(view.identification(), 4));
        field(
                "fragment",
                (view.isDontFragment() ? "don't fragment, " : "")
                        + (view.isMoreFragments() ? "more fragments, " : "")
                        + "offset "
                        + view.fragmentOffset());
        field("time to live", view.timeToLive());
        field("protocol", protocol(view.protocol()));
        field("checksum", hex(view.checksum(), 4) + (view.isChecksumCorrect() ? " correct" : " WRONG"));
        if (view.hasOptions()) {
            options(view.options(new OptionWalk()), false);
        }
        boolean whole = view.isValid() && !view.isFragment();
        int transportLength = available - headerLength;
        if (view.fragmentOffset() == 0) {
            transport(
                    view.protocol(),
                    at + headerLength,
                    transportLength,
                    whole,
                    Checksum.pseudoHeader4(view.rawSource(), view.rawDestination(), view.protocol(), transportLength));
        } else {
            rest("fragment", at + headerLength, transportLength);
        }
        padding(at + available, length - available);
    }

    private void ipv6(long at, int length) {
        Ipv6View view = new Ipv6View().wrap(memory, at, length);
        if (!view.isValidTruncated()) {
            rest("not an IPv6 header", at, length);
            return;
        }
        int available = Math.min(view.totalLength(), length);
        title("IPv6");
        field("source", new Ipv6Address(view.sourceHigh(), view.sourceLow()));
        field("destination", new Ipv6Address(view.destinationHigh(), view.destinationLow()));
        field("traffic class", "DSCP " + view.dscp() + ", ECN " + view.ecn());
        field("flow label", hex(view.flowLabel(), 5));
        field(
                "payload length",
                view.payloadLength() + (view.isValid() ? "" : ", of which " + (available - 40) + " are here"));
        field("next header", protocol(view.nextHeader()));
        field("hop limit", view.hopLimit());
        Ipv6ExtensionWalk walk = view.extensions(new Ipv6ExtensionWalk());
        if (walk.headers() > 0 || walk.outcome() != Ipv6ExtensionWalk.REACHED) {
            extensions(walk);
        }
        long transportAt = walk.transportOffset();
        int transportLength = walk.transportLength();
        if (walk.outcome() == Ipv6ExtensionWalk.REACHED) {
            transport(
                    walk.protocol(),
                    transportAt,
                    transportLength,
                    view.isValid() && !walk.isFragment(),
                    view.pseudoHeader(walk.protocol(), transportLength));
        } else {
            rest("payload", transportAt, transportLength);
        }
        padding(at + available, length - available);
    }

    private void extensions(Ipv6ExtensionWalk walk) {
        title("IPv6 extension headers");
        field("headers", walk.headers());
        field(
                "outcome",
                switch (walk.outcome()) {
                    case Ipv6ExtensionWalk.REACHED -> "upper layer reached";
                    case Ipv6ExtensionWalk.TOO_MANY -> "too many headers";
                    case Ipv6ExtensionWalk.ROUTING_TYPE_0 -> "routing header of type 0";
                    case Ipv6ExtensionWalk.LATER_FRAGMENT -> "not the first fragment";
                    case Ipv6ExtensionWalk.NO_TRANSPORT -> "no upper layer";
                    default -> "malformed";
                });
        field("protocol", protocol(walk.protocol()));
        if (walk.hasFragmentHeader()) {
            field(
                    "fragment",
                    (walk.isMoreFragments() ? "more fragments, " : "")
                            + "offset "
                            + walk.fragmentOffset()
                            + ", identification "
                            + hex(walk.fragmentIdentification(), 8));
        }
    }

    private static String protocol(int number) {
        String name = switch (number) {
            case IpProtocol.HOP_BY_HOP -> " hop-by-hop options";
            case IpProtocol.ICMP -> " ICMP";
            case IpProtocol.TCP -> " TCP";
            case IpProtocol.UDP -> " UDP";
            case IpProtocol.ROUTING -> " routing";
            case IpProtocol.FRAGMENT -> " fragment";
            case IpProtocol.ESP -> " ESP";
            case IpProtocol.AUTHENTICATION -> " authentication";
            case IpProtocol.ICMPV6 -> " ICMPv6";
            case IpProtocol.NO_NEXT_HEADER -> " nothing";
            case IpProtocol.DESTINATION_OPTIONS -> " destination options";
            default -> "";
        };
        return number + name;
    }

    /** Whole: everything the checksum covers is here. */
    private void transport(int protocol, long at, int length, boolean whole, long pseudoHeader) {
        switch (protocol) {
            case IpProtocol.TCP -> tcp(at, length, whole, pseudoHeader);
            case IpProtocol.UDP -> udp(at, length, whole, pseudoHeader);
            case IpProtocol.ICMP -> icmp(at, length, whole);
            case IpProtocol.ICMPV6 -> icmpv6(at, length, whole, pseudoHeader);
            default -> rest("payload", at, length);
        }
    }

    private static String checksum(int value, boolean whole, boolean correct, long pseudoHeader) {
        String verdict;
        if (!whole) {
            verdict = "not verifiable here";
        } else if (correct) {
            verdict = "correct";
        } else if (pseudoHeader >= 0 && value == Checksum.swap(Checksum.fold(pseudoHeader))) {
            verdict = "partial";
        } else {
            verdict = "WRONG";
        }
        return hex(value, 4) + " " + verdict;
    }

    private void tcp(long at, int length, boolean whole, long pseudoHeader) {
        TcpView view = new TcpView().wrap(memory, at, length);
        if (!view.isValid()) {
            rest("not a TCP header", at, length);
            return;
        }
        title("TCP");
        field("source port", view.sourcePort());
        field("destination port", view.destinationPort());
        field("sequence", Integer.toUnsignedString(view.sequence()));
        field("acknowledgment", Integer.toUnsignedString(view.acknowledgment()));
        field("header length", view.headerLength());
        field("flags", TcpFlags.names(view.flags()));
        field("window", view.window());
        field(
                "checksum",
                checksum(view.checksum(), whole, whole && view.isChecksumCorrect(pseudoHeader), pseudoHeader));
        field("urgent pointer", view.urgentPointer());
        if (view.headerLength() > TcpView.HEADER_LENGTH) {
            options(view.options(new OptionWalk()), true);
        }
        rest("payload", view.payloadOffset(), view.payloadLength());
    }

    private void options(OptionWalk walk, boolean tcp) {
        while (walk.next()) {
            Octets data = Octets.of(memory, walk.dataOffset(), walk.dataLength());
            String name = switch (tcp ? walk.kind() : -1) {
                case TcpView.OPTION_MAXIMUM_SEGMENT_SIZE -> " maximum segment size";
                case TcpView.OPTION_WINDOW_SCALE -> " window scale";
                case TcpView.OPTION_SACK_PERMITTED -> " SACK permitted";
                case TcpView.OPTION_SACK -> " SACK";
                case TcpView.OPTION_TIMESTAMPS -> " timestamps";
                default -> "";
            };
            field("option", walk.kind() + name + (data.length() == 0 ? "" : " " + data));
        }
        if (walk.isMalformed()) {
            field("option", walk.kind() + " MALFORMED");
        }
    }

    private void udp(long at, int length, boolean whole, long pseudoHeader) {
        UdpView view = new UdpView().wrap(memory, at, length);
        if (!view.isValidTruncated()) {
            rest("not a UDP header", at, length);
            return;
        }
        boolean complete = whole && view.isValid();
        title("UDP");
        field("source port", view.sourcePort());
        field("destination port", view.destinationPort());
        field("length", view.datagramLength());
        // The pseudo header has the length of the datagram, which bytes behind it in the packet do not belong to.
        long exact = pseudoHeader + Checksum.difference16(Checksum.swap(length), Checksum.swap(view.datagramLength()));
        field(
                "checksum",
                view.checksum() == 0
                        ? "0x0000 none"
                        : checksum(view.checksum(), complete, complete && view.isChecksumCorrect(exact), exact));
        int payloadLength = Math.min(view.payloadLength(), length - UdpView.HEADER_LENGTH);
        rest("payload", view.payloadOffset(), payloadLength);
        padding(view.payloadOffset() + payloadLength, length - UdpView.HEADER_LENGTH - payloadLength);
    }

    private void icmp(long at, int length, boolean whole) {
        IcmpView view = new IcmpView().wrap(memory, at, length);
        if (!view.isValid()) {
            rest("not an ICMP message", at, length);
            return;
        }
        String name = switch (view.type()) {
            case IcmpView.ECHO_REPLY -> " echo reply";
            case IcmpView.DESTINATION_UNREACHABLE -> " destination unreachable";
            case IcmpView.ECHO_REQUEST -> " echo request";
            case IcmpView.TIME_EXCEEDED -> " time exceeded";
            case IcmpView.PARAMETER_PROBLEM -> " parameter problem";
            default -> "";
        };
        title("ICMP");
        field("type", view.type() + name);
        field("code", view.code());
        field("checksum", checksum(view.checksum(), whole, whole && view.isChecksumCorrect(), -1));
        if (view.isError()) {
            field("rest", hex(view.rest(), 8));
            inner(view.payloadOffset(), view.payloadLength());
        } else {
            field("identifier", view.identifier());
            field("sequence", view.sequence());
            rest("payload", view.payloadOffset(), view.payloadLength());
        }
    }

    private void icmpv6(long at, int length, boolean whole, long pseudoHeader) {
        Icmpv6View view = new Icmpv6View().wrap(memory, at, length);
        if (!view.isValid()) {
            rest("not an ICMPv6 message", at, length);
            return;
        }
        String name = switch (view.type()) {
            case Icmpv6View.DESTINATION_UNREACHABLE -> " destination unreachable";
            case Icmpv6View.PACKET_TOO_BIG -> " packet too big";
            case Icmpv6View.TIME_EXCEEDED -> " time exceeded";
            case Icmpv6View.PARAMETER_PROBLEM -> " parameter problem";
            case Icmpv6View.ECHO_REQUEST -> " echo request";
            case Icmpv6View.ECHO_REPLY -> " echo reply";
            case Icmpv6View.ROUTER_SOLICITATION -> " router solicitation";
            case Icmpv6View.ROUTER_ADVERTISEMENT -> " router advertisement";
            case Icmpv6View.NEIGHBOUR_SOLICITATION -> " neighbour solicitation";
            case Icmpv6View.NEIGHBOUR_ADVERTISEMENT -> " neighbour advertisement";
            case Icmpv6View.REDIRECT -> " redirect";
            default -> "";
        };
        title("ICMPv6");
        field("type", view.type() + name);
        field("code", view.code());
        field("checksum", checksum(view.checksum(), whole, whole && view.isChecksumCorrect(pseudoHeader), -1));
        NdpView ndp = new NdpView().wrap(memory, at, length);
        if (ndp.isValid()) {
            neighbourDiscovery(ndp);
        } else if (view.isError()) {
            field("rest", hex(view.rest(), 8));
            inner(view.payloadOffset(), view.payloadLength());
        } else if (view.type() == Icmpv6View.ECHO_REQUEST || view.type() == Icmpv6View.ECHO_REPLY) {
            field("identifier", view.identifier());
            field("sequence", view.sequence());
            rest("payload", view.payloadOffset(), view.payloadLength());
        } else {
            field("rest", hex(view.rest(), 8));
            rest("payload", view.payloadOffset(), view.payloadLength());
        }
    }

    private void neighbourDiscovery(NdpView view) {
        field("target", new Ipv6Address(view.targetHigh(), view.targetLow()));
        int optionType = NdpView.SOURCE_LINK_LAYER_ADDRESS;
        if (view.type() == Icmpv6View.NEIGHBOUR_ADVERTISEMENT) {
            optionType = NdpView.TARGET_LINK_LAYER_ADDRESS;
            int flags = view.flags();
            field(
                    "flags",
                    ((flags & NdpView.ROUTER) != 0 ? "router " : "")
                            + ((flags & NdpView.SOLICITED) != 0 ? "solicited " : "")
                            + ((flags & NdpView.OVERRIDE) != 0 ? "override" : ""));
        }
        long mac = view.linkLayerAddress(optionType);
        field("link-layer", mac == NdpView.ABSENT ? "absent" : new MacAddress(mac));
    }

    /** The packet that an ICMP error is about; errors about errors are not followed. */
    private void inner(long at, int length) {
        if (!indent.isEmpty()) {
            rest("packet", at, length);
            return;
        }
        title("about the packet");
        indent = "  ";
        packet(at, length);
        indent = "";
    }

    private void padding(long at, int length) {
        if (length > 0) {
            rest("padding", at, length);
        }
    }

    private void rest(String what, long at, int length) {
        if (length <= 0 && what.equals("payload")) {
            return;
        }
        title(what + ", " + Math.max(length, 0) + " bytes");
        int shown = Math.min(length, SHOWN_PAYLOAD);
        for (int from = 0; from < shown; from += BYTES_PER_LINE) {
            byte[] line = Fields.bytes(memory, at + from, Math.min(BYTES_PER_LINE, shown - from));
            String digits = HexFormat.ofDelimiter(" ").formatHex(line);
            text.append(indent).append("  ").append(HexFormat.of().toHexDigits(from, 4));
            text.append("  ").append(digits).repeat(' ', 3 * BYTES_PER_LINE - digits.length() + 1);
            for (byte octet : line) {
                text.append(octet >= 0x20 && octet < 0x7f ? (char) octet : '.');
            }
            text.append('\n');
        }
        if (shown < length) {
            title("  ...");
        }
    }
}
