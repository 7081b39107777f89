package io.weir.node;

import io.weir.wire.ArpView;
import io.weir.wire.EtherType;
import io.weir.wire.EthernetView;
import io.weir.wire.IcmpView;
import io.weir.wire.Icmpv6View;
import io.weir.wire.IpProtocol;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv4View;
import io.weir.wire.Ipv6Address;
import io.weir.wire.Ipv6ExtensionWalk;
import io.weir.wire.Ipv6View;
import io.weir.wire.TcpFlags;
import io.weir.wire.TcpView;
import io.weir.wire.UdpView;
import java.lang.foreign.MemorySegment;

/** A frame in one line, such as {@code tcp 10.0.1.71:40001 > 10.0.1.100:80 S}. */
final class PacketLine {
    private PacketLine() {}

    static String of(byte[] frame) {
        MemorySegment memory = MemorySegment.ofArray(frame);
        EthernetView ethernet = new EthernetView().wrap(memory, 0, frame.length);
        if (!ethernet.isValid()) {
            return frame.length + " bytes, no Ethernet frame";
        }
        int offset = EthernetView.HEADER_LENGTH;
        int length = frame.length - offset;
        return switch (ethernet.etherType()) {
            case EtherType.IPV4 -> ipv4(memory, offset, length);
            case EtherType.IPV6 -> ipv6(memory, offset, length);
            case EtherType.ARP -> arp(memory, offset, length);
            default -> "ethertype 0x%04x".formatted(ethernet.etherType());
        };
    }

    private static String arp(MemorySegment memory, int offset, int length) {
        ArpView arp = new ArpView().wrap(memory, offset, length);
        if (!arp.isValid()) {
            return "arp malformed";
        }
        String target = new Ipv4Address(arp.targetAddress()).toString();
        String sender = new Ipv4Address(arp.senderAddress()).toString();
        return arp.operation() == ArpView.REQUEST
                ? "arp who has " + target + " tell " + sender
                : "arp " + sender + " is at " + Names.linkAddress(arp.senderMac());
    }

    private static String ipv4(MemorySegment memory, int offset, int length) {
        Ipv4View ip = new Ipv4View().wrap(memory, offset, length);
        if (!ip.isValid()) {
            return "ipv4 malformed";
        }
        String source = new Ipv4Address(ip.source()).toString();
        String destination = new Ipv4Address(ip.destination()).toString();
        if (ip.isFragment() && ip.fragmentOffset() > 0) {
            return "fragment of " + ip.protocol() + " " + source + " > " + destination;
        }
        return transport(memory, ip.payloadOffset(), ip.payloadLength(), ip.protocol(), source, destination);
    }

    private static String ipv6(MemorySegment memory, int offset, int length) {
        Ipv6View ip = new Ipv6View().wrap(memory, offset, length);
        if (!ip.isValid()) {
            return "ipv6 malformed";
        }
        String source = new Ipv6Address(ip.sourceHigh(), ip.sourceLow()).toString();
        String destination = new Ipv6Address(ip.destinationHigh(), ip.destinationLow()).toString();
        Ipv6ExtensionWalk walk = ip.extensions(new Ipv6ExtensionWalk());
        if (walk.outcome() != Ipv6ExtensionWalk.REACHED) {
            return "ipv6 " + source + " > " + destination;
        }
        return transport(memory, walk.transportOffset(), walk.transportLength(), walk.protocol(), source, destination);
    }

    private static String transport(
            MemorySegment memory, long offset, int length, int protocol, String source, String destination) {
        switch (protocol) {
            case IpProtocol.TCP -> {
                TcpView tcp = new TcpView().wrap(memory, offset, length);
                if (tcp.isValid()) {
                    return "tcp " + Names.endpoint(source, tcp.sourcePort()) + " > "
                            + Names.endpoint(destination, tcp.destinationPort()) + " " + flags(tcp.flags());
                }
            }
            case IpProtocol.UDP -> {
                UdpView udp = new UdpView().wrap(memory, offset, length);
                if (udp.isValidTruncated()) {
                    return "udp " + Names.endpoint(source, udp.sourcePort()) + " > "
                            + Names.endpoint(destination, udp.destinationPort());
                }
            }
            case IpProtocol.ICMP -> {
                IcmpView icmp = new IcmpView().wrap(memory, offset, length);
                if (icmp.isValid()) {
                    return "icmp " + source + " > " + destination + " type " + icmp.type() + " code " + icmp.code();
                }
            }
            case IpProtocol.ICMPV6 -> {
                Icmpv6View icmp = new Icmpv6View().wrap(memory, offset, length);
                if (icmp.isValid()) {
                    return "icmpv6 " + source + " > " + destination + " type " + icmp.type() + " code " + icmp.code();
                }
            }
            default -> {
                return "protocol " + protocol + " " + source + " > " + destination;
            }
        }
        return "protocol " + protocol + " malformed " + source + " > " + destination;
    }

    /** The usual letters: S F R P, a dot for ACK. */
    private static String flags(int flags) {
        StringBuilder text = new StringBuilder();
        text.append((flags & TcpFlags.SYN) != 0 ? "S" : "")
                .append((flags & TcpFlags.FIN) != 0 ? "F" : "")
                .append((flags & TcpFlags.RST) != 0 ? "R" : "")
                .append((flags & TcpFlags.PSH) != 0 ? "P" : "")
                .append((flags & TcpFlags.ACK) != 0 ? "." : "");
        return text.isEmpty() ? "none" : text.toString();
    }
}
