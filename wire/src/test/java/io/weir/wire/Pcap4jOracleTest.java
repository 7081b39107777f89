package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pcap4j.packet.ArpPacket;
import org.pcap4j.packet.Dot1qVlanTagPacket;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.IcmpV4EchoPacket;
import org.pcap4j.packet.IcmpV4EchoReplyPacket;
import org.pcap4j.packet.IcmpV6CommonPacket;
import org.pcap4j.packet.IcmpV6EchoReplyPacket;
import org.pcap4j.packet.IcmpV6EchoRequestPacket;
import org.pcap4j.packet.IcmpV6NeighborAdvertisementPacket;
import org.pcap4j.packet.IcmpV6NeighborSolicitationPacket;
import org.pcap4j.packet.IllegalRawDataException;
import org.pcap4j.packet.IpV4NoOperationOption;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.IpV4Rfc1349Tos;
import org.pcap4j.packet.IpV6ExtFragmentPacket;
import org.pcap4j.packet.IpV6ExtHopByHopOptionsPacket;
import org.pcap4j.packet.IpV6ExtRoutingPacket;
import org.pcap4j.packet.IpV6NeighborDiscoverySourceLinkLayerAddressOption;
import org.pcap4j.packet.IpV6NeighborDiscoveryTargetLinkLayerAddressOption;
import org.pcap4j.packet.IpV6Packet;
import org.pcap4j.packet.IpV6SimpleFlowLabel;
import org.pcap4j.packet.IpV6SimpleTrafficClass;
import org.pcap4j.packet.Packet;
import org.pcap4j.packet.TcpMaximumSegmentSizeOption;
import org.pcap4j.packet.TcpNoOperationOption;
import org.pcap4j.packet.TcpPacket;
import org.pcap4j.packet.TcpSackPermittedOption;
import org.pcap4j.packet.TcpTimestampsOption;
import org.pcap4j.packet.TcpWindowScaleOption;
import org.pcap4j.packet.UdpPacket;
import org.pcap4j.packet.UnknownIpV4Option;
import org.pcap4j.packet.UnknownIpV6Option;
import org.pcap4j.packet.UnknownIpV6RoutingData;
import org.pcap4j.packet.UnknownPacket;
import org.pcap4j.packet.namednumber.ArpHardwareType;
import org.pcap4j.packet.namednumber.ArpOperation;
import org.pcap4j.packet.namednumber.IcmpV4Code;
import org.pcap4j.packet.namednumber.IcmpV4Type;
import org.pcap4j.packet.namednumber.IcmpV6Code;
import org.pcap4j.packet.namednumber.IcmpV6Type;
import org.pcap4j.packet.namednumber.IpNumber;
import org.pcap4j.packet.namednumber.IpV6RoutingType;
import org.pcap4j.packet.namednumber.IpVersion;
import org.pcap4j.packet.namednumber.TcpPort;
import org.pcap4j.packet.namednumber.UdpPort;

/**
 * Values against pcap4j, a library that shares nothing with this one: bytes that it builds from the same random fields equal
 * ours to the last checksum (so ours parse to the value and theirs too), and it reads our fields out of our frames.
 */
class Pcap4jOracleTest {
    private static final int ROUNDS = 400;
    private final RandomHeaders headers = new RandomHeaders(new Random(182));

    private static void assertSameBytes(byte[] ours, byte[] theirs) {
        assertThat(Octets.of(ours))
                .as(() -> "ours:\n" + FrameDescription.describe(ours) + "theirs:\n" + FrameDescription.describe(theirs))
                .isEqualTo(Octets.of(theirs));
    }

    private static org.pcap4j.util.MacAddress mac(MacAddress mac) {
        return org.pcap4j.util.MacAddress.getByAddress(mac.octets());
    }

    private static Inet4Address inet4(Ipv4Address address) {
        try {
            return (Inet4Address) InetAddress.getByAddress(address.octets());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Inet6Address inet6(Ipv6Address address) {
        try {
            return Inet6Address.getByAddress(null, address.octets(), -1);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Packet.Builder unknown(byte[] payload) {
        return new UnknownPacket.Builder().rawData(payload);
    }

    private static byte[] ethernet(MacAddress from, MacAddress to, int type, Packet.Builder payload) {
        return new EthernetPacket.Builder()
                .srcAddr(mac(from))
                .dstAddr(mac(to))
                .type(new org.pcap4j.packet.namednumber.EtherType((short) type, ""))
                .payloadBuilder(payload)
                .pad(new byte[0])
                .build()
                .getRawData();
    }

    private static <P extends Packet> P read(byte[] frame, Class<P> type) throws IllegalRawDataException {
        P packet = EthernetPacket.newPacket(frame, 0, frame.length).get(type);
        if (packet == null) {
            throw new AssertionError(
                    "pcap4j finds no " + type.getSimpleName() + " in\n" + FrameDescription.describe(frame));
        }
        return packet;
    }

    private static IpV4Packet.Builder ipv4(Ipv4 header, Packet.Builder payload) throws IllegalRawDataException {
        List<IpV4Packet.IpV4Option> options = new ArrayList<>();
        byte[] encoded = header.options().toBytes();
        for (int at = 0; at < encoded.length; at++) {
            if (encoded[at] == OptionWalk.NO_OPERATION) {
                options.add(IpV4NoOperationOption.getInstance());
            } else {
                options.add(UnknownIpV4Option.newInstance(encoded, at, encoded.length - at));
                break;
            }
        }
        return new IpV4Packet.Builder()
                .version(IpVersion.IPV4)
                .tos(IpV4Rfc1349Tos.newInstance((byte) header.trafficClass()))
                .identification((short) header.identification())
                .dontFragmentFlag(header.dontFragment())
                .moreFragmentFlag(header.moreFragments())
                .fragmentOffset((short) (header.fragmentOffset() / 8))
                .ttl((byte) header.timeToLive())
                .protocol(new IpNumber((byte) header.protocol(), ""))
                .srcAddr(inet4(header.source()))
                .dstAddr(inet4(header.destination()))
                .options(options)
                .payloadBuilder(payload)
                .correctChecksumAtBuild(true)
                .correctLengthAtBuild(true)
                .padding(new byte[0]);
    }

    private static IpV6Packet.Builder ipv6(Ipv6 header, Packet.Builder payload) {
        return new IpV6Packet.Builder()
                .version(IpVersion.IPV6)
                .trafficClass(IpV6SimpleTrafficClass.newInstance((byte) header.trafficClass()))
                .flowLabel(IpV6SimpleFlowLabel.newInstance(header.flowLabel()))
                .nextHeader(new IpNumber((byte) header.nextHeader(), ""))
                .hopLimit((byte) header.hopLimit())
                .srcAddr(inet6(header.source()))
                .dstAddr(inet6(header.destination()))
                .payloadBuilder(payload)
                .correctLengthAtBuild(true);
    }

    @Test
    void ethernet_and_vlan_agree() throws IllegalRawDataException {
        for (int i = 0; i < ROUNDS; i++) {
            MacAddress from = headers.mac();
            MacAddress to = headers.mac();
            Vlan tag = headers.vlan();
            byte[] payload = headers.bytes(46);
            byte[] ours = FrameBuilder.ethernet(from, to)
                    .vlan(tag)
                    .etherType(0x9000)
                    .payload(payload)
                    .build();

            byte[] theirs = ethernet(
                    from,
                    to,
                    EtherType.VLAN,
                    new Dot1qVlanTagPacket.Builder()
                            .priority((byte) tag.priority())
                            .cfi(tag.dropEligible())
                            .vid((short) tag.identifier())
                            .type(new org.pcap4j.packet.namednumber.EtherType((short) 0x9000, ""))
                            .payloadBuilder(unknown(payload)));
            assertSameBytes(ours, theirs);
            assertThat(Ethernet.parse(theirs)).isEqualTo(new Ethernet(to, from, EtherType.VLAN));
            assertThat(Vlan.parse(Arrays.copyOfRange(theirs, 14, 18)))
                    .isEqualTo(new Vlan(tag.priority(), tag.dropEligible(), tag.identifier(), 0x9000));

            EthernetPacket.EthernetHeader header =
                    read(ours, EthernetPacket.class).getHeader();
            assertThat(header.getSrcAddr()).hasToString(from.toString());
            assertThat(header.getDstAddr()).hasToString(to.toString());
            Dot1qVlanTagPacket.Dot1qVlanTagHeader their =
                    read(ours, Dot1qVlanTagPacket.class).getHeader();
            assertThat(their.getPriority()).isEqualTo((byte) tag.priority());
            assertThat(their.getCfi()).isEqualTo(tag.dropEligible());
            assertThat(their.getVidAsInt()).isEqualTo(tag.identifier());
        }
    }

    @Test
    void arp_agrees() throws IllegalRawDataException {
        for (int i = 0; i < ROUNDS; i++) {
            MacAddress from = headers.mac();
            MacAddress to = headers.mac();
            Arp arp = headers.arp();
            byte[] ours = FrameBuilder.ethernet(from, to).arp(arp).build();

            byte[] theirs = ethernet(
                    from,
                    to,
                    EtherType.ARP,
                    new ArpPacket.Builder()
                            .hardwareType(ArpHardwareType.ETHERNET)
                            .protocolType(org.pcap4j.packet.namednumber.EtherType.IPV4)
                            .hardwareAddrLength((byte) 6)
                            .protocolAddrLength((byte) 4)
                            .operation(ArpOperation.getInstance((short) arp.operation()))
                            .srcHardwareAddr(mac(arp.senderMac()))
                            .srcProtocolAddr(inet4(arp.senderAddress()))
                            .dstHardwareAddr(mac(arp.targetMac()))
                            .dstProtocolAddr(inet4(arp.targetAddress())));
            assertSameBytes(ours, theirs);
            assertThat(Arp.parse(Arrays.copyOfRange(theirs, 14, theirs.length))).isEqualTo(arp);

            ArpPacket.ArpHeader their = read(ours, ArpPacket.class).getHeader();
            assertThat(their.getOperation().value()).isEqualTo((short) arp.operation());
            assertThat(their.getSrcHardwareAddr()).hasToString(arp.senderMac().toString());
            assertThat(their.getSrcProtocolAddr()).isEqualTo(inet4(arp.senderAddress()));
            assertThat(their.getDstHardwareAddr()).hasToString(arp.targetMac().toString());
            assertThat(their.getDstProtocolAddr()).isEqualTo(inet4(arp.targetAddress()));
        }
    }

    @Test
    void ipv4_with_options_and_icmp_agree() throws IllegalRawDataException {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] payload = headers.bytes(i % 70);
            Icmp icmp = headers.icmp();
            Ipv4 ipv4 = headers.ipv4(IpProtocol.ICMP, 8 + payload.length);
            byte[] ours = FrameBuilder.ethernet(MacAddress.ZERO, MacAddress.BROADCAST)
                    .ipv4(ipv4)
                    .icmp(icmp)
                    .payload(payload)
                    .build();

            boolean request = icmp.type() == IcmpView.ECHO_REQUEST;
            Packet.Builder echo = request
                    ? new IcmpV4EchoPacket.Builder()
                            .identifier((short) (icmp.rest() >>> 16))
                            .sequenceNumber((short) icmp.rest())
                            .payloadBuilder(unknown(payload))
                    : new IcmpV4EchoReplyPacket.Builder()
                            .identifier((short) (icmp.rest() >>> 16))
                            .sequenceNumber((short) icmp.rest())
                            .payloadBuilder(unknown(payload));
            byte[] theirs = ethernet(
                    MacAddress.ZERO,
                    MacAddress.BROADCAST,
                    EtherType.IPV4,
                    ipv4(
                            ipv4,
                            new IcmpV4CommonPacket.Builder()
                                    .type(request ? IcmpV4Type.ECHO : IcmpV4Type.ECHO_REPLY)
                                    .code(IcmpV4Code.NO_CODE)
                                    .payloadBuilder(echo)
                                    .correctChecksumAtBuild(true)));
            assertSameBytes(ours, theirs);
            byte[] packet = Arrays.copyOfRange(theirs, 14, theirs.length);
            assertThat(Ipv4.parse(packet)).isEqualTo(ipv4);
            assertThat(Icmp.parse(Arrays.copyOfRange(packet, ipv4.headerLength(), packet.length)))
                    .isEqualTo(icmp);

            IpV4Packet read = read(ours, IpV4Packet.class);
            assertThat(read.getHeader().hasValidChecksum(false)).isTrue();
            assertThat(read.getHeader().getTos().value()).isEqualTo((byte) ipv4.trafficClass());
            assertThat(read.getHeader().getTotalLengthAsInt()).isEqualTo(packet.length);
            assertThat(read.getHeader().getIdentificationAsInt()).isEqualTo(ipv4.identification());
            assertThat(read.getHeader().getDontFragmentFlag()).isEqualTo(ipv4.dontFragment());
            assertThat(read.getHeader().getTtlAsInt()).isEqualTo(ipv4.timeToLive());
            assertThat(read.getHeader().getSrcAddr()).isEqualTo(inet4(ipv4.source()));
            assertThat(read.getHeader().getDstAddr()).isEqualTo(inet4(ipv4.destination()));
            assertThat(read(ours, IcmpV4CommonPacket.class).hasValidChecksum(false))
                    .isTrue();
        }
    }

    @Test
    void ipv4_fragments_agree() throws IllegalRawDataException {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] payload = headers.bytes(64);
            Ipv4 ipv4 = headers.ipv4(IpProtocol.UDP, payload.length)
                    .withFragment(headers.bits(16), headers.bits(13) << 3, i % 2 == 0);
            byte[] ours = FrameBuilder.ethernet(MacAddress.ZERO, MacAddress.BROADCAST)
                    .ipv4(ipv4)
                    .protocol(IpProtocol.UDP)
                    .payload(payload)
                    .build();

            byte[] theirs =
                    ethernet(MacAddress.ZERO, MacAddress.BROADCAST, EtherType.IPV4, ipv4(ipv4, unknown(payload)));
            assertSameBytes(ours, theirs);
            assertThat(Ipv4.parse(Arrays.copyOfRange(theirs, 14, theirs.length)))
                    .isEqualTo(ipv4);
        }
    }

    @Test
    void tcp_with_options_agrees_over_both_families() throws IllegalRawDataException {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] payload = headers.bytes(i % 99);
            Tcp tcp = headers.tcp();
            Ipv4 ipv4 = headers.ipv4(IpProtocol.TCP, tcp.headerLength() + payload.length);
            Ipv6 ipv6 = headers.ipv6(IpProtocol.TCP, tcp.headerLength() + payload.length);
            boolean version4 = i % 2 == 0;
            FrameBuilder builder = FrameBuilder.ethernet(MacAddress.ZERO, MacAddress.BROADCAST);
            byte[] ours = (version4 ? builder.ipv4(ipv4) : builder.ipv6(ipv6))
                    .tcp(tcp)
                    .payload(payload)
                    .build();

            Packet.Builder their = tcp(tcp, payload)
                    .srcAddr(version4 ? inet4(ipv4.source()) : inet6(ipv6.source()))
                    .dstAddr(version4 ? inet4(ipv4.destination()) : inet6(ipv6.destination()));
            byte[] theirs = ethernet(
                    MacAddress.ZERO,
                    MacAddress.BROADCAST,
                    version4 ? EtherType.IPV4 : EtherType.IPV6,
                    version4 ? ipv4(ipv4, their) : ipv6(ipv6, their));
            assertSameBytes(ours, theirs);
            int at = 14 + (version4 ? ipv4.headerLength() : 40);
            assertThat(Tcp.parse(Arrays.copyOfRange(theirs, at, theirs.length))).isEqualTo(tcp);

            TcpPacket.TcpHeader header = read(ours, TcpPacket.class).getHeader();
            assertThat(header.getSrcPort().valueAsInt()).isEqualTo(tcp.sourcePort());
            assertThat(header.getDstPort().valueAsInt()).isEqualTo(tcp.destinationPort());
            assertThat(header.getSequenceNumber()).isEqualTo(tcp.sequence());
            assertThat(header.getAcknowledgmentNumber()).isEqualTo(tcp.acknowledgment());
            assertThat(header.getDataOffsetAsInt() * 4).isEqualTo(tcp.headerLength());
            assertThat(header.getSyn()).isEqualTo((tcp.flags() & TcpFlags.SYN) != 0);
            assertThat(header.getRst()).isEqualTo((tcp.flags() & TcpFlags.RST) != 0);
            assertThat(header.getWindowAsInt()).isEqualTo(tcp.window());
        }
    }

    private static TcpPacket.Builder tcp(Tcp tcp, byte[] payload) {
        List<TcpPacket.TcpOption> options = new ArrayList<>();
        int length = 0;
        for (TcpOption option : tcp.decodedOptions()) {
            TcpPacket.TcpOption their = switch (option) {
                case TcpOption.MaximumSegmentSize mss ->
                    new TcpMaximumSegmentSizeOption.Builder()
                            .maxSegSize((short) mss.bytes())
                            .correctLengthAtBuild(true)
                            .build();
                case TcpOption.WindowScale scale ->
                    new TcpWindowScaleOption.Builder()
                            .shiftCount((byte) scale.shift())
                            .correctLengthAtBuild(true)
                            .build();
                case TcpOption.SackPermitted() -> TcpSackPermittedOption.getInstance();
                case TcpOption.Timestamps timestamps ->
                    new TcpTimestampsOption.Builder()
                            .tsValue(timestamps.value())
                            .tsEchoReply(timestamps.echo())
                            .correctLengthAtBuild(true)
                            .build();
                case TcpOption.Other other -> throw new AssertionError(other);
            };
            options.add(their);
            length += their.length();
        }
        for (; length % 4 != 0; length++) {
            options.add(TcpNoOperationOption.getInstance());
        }
        int flags = tcp.flags();
        return new TcpPacket.Builder()
                .srcPort(new TcpPort((short) tcp.sourcePort(), ""))
                .dstPort(new TcpPort((short) tcp.destinationPort(), ""))
                .sequenceNumber(tcp.sequence())
                .acknowledgmentNumber(tcp.acknowledgment())
                // Its six "reserved" bits end with those of RFC 3168 and RFC 9768.
                .reserved((byte) (flags >>> 6))
                .urg((flags & TcpFlags.URG) != 0)
                .ack((flags & TcpFlags.ACK) != 0)
                .psh((flags & TcpFlags.PSH) != 0)
                .rst((flags & TcpFlags.RST) != 0)
                .syn((flags & TcpFlags.SYN) != 0)
                .fin((flags & TcpFlags.FIN) != 0)
                .window((short) tcp.window())
                .urgentPointer((short) tcp.urgentPointer())
                .options(options)
                .payloadBuilder(unknown(payload))
                .correctChecksumAtBuild(true)
                .correctLengthAtBuild(true)
                .padding(new byte[0]);
    }

    @Test
    void udp_agrees_over_both_families() throws IllegalRawDataException {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] payload = headers.bytes(i % 99);
            Udp udp = new Udp(headers.bits(16), headers.bits(16), payload.length);
            Ipv4 ipv4 = headers.ipv4(IpProtocol.UDP, 8 + payload.length);
            Ipv6 ipv6 = headers.ipv6(IpProtocol.UDP, 8 + payload.length);
            boolean version4 = i % 2 == 0;
            FrameBuilder builder = FrameBuilder.ethernet(MacAddress.ZERO, MacAddress.BROADCAST);
            byte[] ours = (version4 ? builder.ipv4(ipv4) : builder.ipv6(ipv6))
                    .udp(udp.sourcePort(), udp.destinationPort())
                    .payload(payload)
                    .build();

            Packet.Builder their = new UdpPacket.Builder()
                    .srcPort(new UdpPort((short) udp.sourcePort(), ""))
                    .dstPort(new UdpPort((short) udp.destinationPort(), ""))
                    .srcAddr(version4 ? inet4(ipv4.source()) : inet6(ipv6.source()))
                    .dstAddr(version4 ? inet4(ipv4.destination()) : inet6(ipv6.destination()))
                    .payloadBuilder(unknown(payload))
                    .correctChecksumAtBuild(true)
                    .correctLengthAtBuild(true);
            byte[] theirs = ethernet(
                    MacAddress.ZERO,
                    MacAddress.BROADCAST,
                    version4 ? EtherType.IPV4 : EtherType.IPV6,
                    version4 ? ipv4(ipv4, their) : ipv6(ipv6, their));
            assertSameBytes(ours, theirs);
            int at = 14 + (version4 ? ipv4.headerLength() : 40);
            assertThat(Udp.parse(Arrays.copyOfRange(theirs, at, theirs.length))).isEqualTo(udp);

            UdpPacket.UdpHeader header = read(ours, UdpPacket.class).getHeader();
            assertThat(header.getSrcPort().valueAsInt()).isEqualTo(udp.sourcePort());
            assertThat(header.getDstPort().valueAsInt()).isEqualTo(udp.destinationPort());
            assertThat(header.getLengthAsInt()).isEqualTo(8 + payload.length);
        }
    }

    @Test
    void ipv6_and_icmpv6_agree() throws IllegalRawDataException {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] payload = headers.bytes(i % 70);
            Icmpv6 icmp = headers.icmpv6();
            Ipv6 ipv6 = headers.ipv6(IpProtocol.ICMPV6, 8 + payload.length);
            byte[] ours = FrameBuilder.ethernet(MacAddress.ZERO, MacAddress.BROADCAST)
                    .ipv6(ipv6)
                    .icmpv6(icmp)
                    .payload(payload)
                    .build();

            boolean request = icmp.type() == Icmpv6View.ECHO_REQUEST;
            Packet.Builder echo = request
                    ? new IcmpV6EchoRequestPacket.Builder()
                            .identifier((short) (icmp.rest() >>> 16))
                            .sequenceNumber((short) icmp.rest())
                            .payloadBuilder(unknown(payload))
                    : new IcmpV6EchoReplyPacket.Builder()
                            .identifier((short) (icmp.rest() >>> 16))
                            .sequenceNumber((short) icmp.rest())
                            .payloadBuilder(unknown(payload));
            byte[] theirs = ethernet(
                    MacAddress.ZERO,
                    MacAddress.BROADCAST,
                    EtherType.IPV6,
                    ipv6(ipv6, icmpv6(request ? IcmpV6Type.ECHO_REQUEST : IcmpV6Type.ECHO_REPLY, ipv6, echo)));
            assertSameBytes(ours, theirs);
            byte[] packet = Arrays.copyOfRange(theirs, 14, theirs.length);
            assertThat(Ipv6.parse(packet)).isEqualTo(ipv6);
            assertThat(Icmpv6.parse(Arrays.copyOfRange(packet, 40, packet.length)))
                    .isEqualTo(icmp);

            IpV6Packet.IpV6Header header = read(ours, IpV6Packet.class).getHeader();
            assertThat(header.getTrafficClass().value()).isEqualTo((byte) ipv6.trafficClass());
            assertThat(header.getFlowLabel().value()).isEqualTo(ipv6.flowLabel());
            assertThat(header.getPayloadLengthAsInt()).isEqualTo(ipv6.payloadLength());
            assertThat(header.getHopLimitAsInt()).isEqualTo(ipv6.hopLimit());
            assertThat(header.getSrcAddr()).isEqualTo(inet6(ipv6.source()));
            assertThat(header.getDstAddr()).isEqualTo(inet6(ipv6.destination()));
        }
    }

    private static Packet.Builder icmpv6(IcmpV6Type type, Ipv6 ipv6, Packet.Builder payload) {
        return new IcmpV6CommonPacket.Builder()
                .type(type)
                .code(IcmpV6Code.NO_CODE)
                .srcAddr(inet6(ipv6.source()))
                .dstAddr(inet6(ipv6.destination()))
                .payloadBuilder(payload)
                .correctChecksumAtBuild(true);
    }

    @Test
    void neighbour_discovery_agrees() throws IllegalRawDataException {
        for (int i = 0; i < ROUNDS; i++) {
            Ndp ndp = headers.ndp();
            Ipv6 ipv6 = headers.ipv6(IpProtocol.ICMPV6, ndp.headerLength()).withHopLimit(255);
            byte[] ours = FrameBuilder.ethernet(MacAddress.ZERO, MacAddress.BROADCAST)
                    .ipv6(ipv6)
                    .ndp(ndp)
                    .build();

            Packet.Builder their = switch (ndp) {
                case Ndp.NeighbourSolicitation solicitation ->
                    icmpv6(IcmpV6Type.NEIGHBOR_SOLICITATION, ipv6, solicitation(solicitation));
                case Ndp.NeighbourAdvertisement advertisement ->
                    icmpv6(IcmpV6Type.NEIGHBOR_ADVERTISEMENT, ipv6, advertisement(advertisement));
                case Ndp.RouterSolicitation other -> throw new AssertionError(other);
            };
            byte[] theirs = ethernet(MacAddress.ZERO, MacAddress.BROADCAST, EtherType.IPV6, ipv6(ipv6, their));
            assertSameBytes(ours, theirs);
            assertThat(Ndp.parse(Arrays.copyOfRange(theirs, 54, theirs.length))).isEqualTo(ndp);

            if (ndp instanceof Ndp.NeighbourAdvertisement advertisement) {
                IcmpV6NeighborAdvertisementPacket.IcmpV6NeighborAdvertisementHeader header =
                        read(ours, IcmpV6NeighborAdvertisementPacket.class).getHeader();
                assertThat(header.getTargetAddress()).isEqualTo(inet6(advertisement.target()));
                assertThat(header.getRouterFlag()).isEqualTo(advertisement.router());
                assertThat(header.getSolicitedFlag()).isEqualTo(advertisement.solicited());
                assertThat(header.getOverrideFlag()).isEqualTo(advertisement.override());
                assertThat(header.getOptions()).hasSize(advertisement.link().isPresent() ? 1 : 0);
            }
        }
    }

    private static Packet.Builder solicitation(Ndp.NeighbourSolicitation solicitation) {
        List<IcmpV6CommonPacket.IpV6NeighborDiscoveryOption> options = optional(solicitation.source())
                .map(octets -> new IpV6NeighborDiscoverySourceLinkLayerAddressOption.Builder()
                        .linkLayerAddress(octets)
                        .correctLengthAtBuild(true)
                        .build())
                .<List<IcmpV6CommonPacket.IpV6NeighborDiscoveryOption>>map(List::of)
                .orElse(List.of());
        return new IcmpV6NeighborSolicitationPacket.Builder()
                .targetAddress(inet6(solicitation.target()))
                .options(options);
    }

    private static Packet.Builder advertisement(Ndp.NeighbourAdvertisement advertisement) {
        List<IcmpV6CommonPacket.IpV6NeighborDiscoveryOption> options = optional(advertisement.link())
                .map(octets -> new IpV6NeighborDiscoveryTargetLinkLayerAddressOption.Builder()
                        .linkLayerAddress(octets)
                        .correctLengthAtBuild(true)
                        .build())
                .<List<IcmpV6CommonPacket.IpV6NeighborDiscoveryOption>>map(List::of)
                .orElse(List.of());
        return new IcmpV6NeighborAdvertisementPacket.Builder()
                .routerFlag(advertisement.router())
                .solicitedFlag(advertisement.solicited())
                .overrideFlag(advertisement.override())
                .targetAddress(inet6(advertisement.target()))
                .options(options);
    }

    private static Optional<byte[]> optional(Optional<MacAddress> mac) {
        return mac.map(MacAddress::octets);
    }

    @Test
    void ipv6_extension_headers_agree() throws IllegalRawDataException {
        Octets option = Octets.ofHex("1e0401020304"); // an experiment (RFC 4727)
        for (int i = 0; i < ROUNDS; i++) {
            byte[] payload = headers.bytes(24);
            Ipv6Fragment fragment = headers.ipv6Fragment();
            Ipv6Routing routing = headers.ipv6Routing();
            Ipv6 ipv6 = headers.ipv6(0, 0);
            byte[] ours = FrameBuilder.ethernet(MacAddress.ZERO, MacAddress.BROADCAST)
                    .ipv6(ipv6)
                    .hopByHop(option)
                    .routing(routing)
                    .fragment(fragment)
                    .protocol(IpProtocol.UDP)
                    .payload(payload)
                    .build();

            byte[] encoded = option.toBytes();
            byte[] data = routing.data().toBytes();
            Packet.Builder last = new IpV6ExtFragmentPacket.Builder()
                    .nextHeader(IpNumber.UDP)
                    .fragmentOffset((short) (fragment.fragmentOffset() / 8))
                    .m(fragment.moreFragments())
                    .identification(fragment.identification())
                    .payloadBuilder(unknown(payload));
            Packet.Builder middle = new IpV6ExtRoutingPacket.Builder()
                    .nextHeader(IpNumber.IPV6_FRAG)
                    .routingType(new IpV6RoutingType((byte) routing.routingType(), ""))
                    .segmentsLeft((byte) routing.segmentsLeft())
                    .data(UnknownIpV6RoutingData.newInstance(data, 0, data.length))
                    .correctLengthAtBuild(true)
                    .payloadBuilder(last);
            Packet.Builder first = new IpV6ExtHopByHopOptionsPacket.Builder()
                    .nextHeader(IpNumber.IPV6_ROUTE)
                    .options(List.of(UnknownIpV6Option.newInstance(encoded, 0, encoded.length)))
                    .correctLengthAtBuild(true)
                    .payloadBuilder(middle);
            byte[] theirs = ethernet(
                    MacAddress.ZERO,
                    MacAddress.BROADCAST,
                    EtherType.IPV6,
                    ipv6(ipv6.withPayload(IpProtocol.HOP_BY_HOP, 0), first));
            assertSameBytes(ours, theirs);
            int routingAt = 14 + 40 + 8;
            int fragmentAt = routingAt + routing.headerLength();
            assertThat(Ipv6OptionsHeader.parse(Arrays.copyOfRange(theirs, 54, 62)))
                    .isEqualTo(new Ipv6OptionsHeader(IpProtocol.ROUTING, option));
            assertThat(Ipv6Routing.parse(Arrays.copyOfRange(theirs, routingAt, fragmentAt)))
                    .isEqualTo(new Ipv6Routing(
                            IpProtocol.FRAGMENT, routing.routingType(), routing.segmentsLeft(), routing.data()));
            assertThat(Ipv6Fragment.parse(Arrays.copyOfRange(theirs, fragmentAt, fragmentAt + 8)))
                    .isEqualTo(new Ipv6Fragment(
                            IpProtocol.UDP,
                            fragment.fragmentOffset(),
                            fragment.moreFragments(),
                            fragment.identification()));
        }
    }
}
