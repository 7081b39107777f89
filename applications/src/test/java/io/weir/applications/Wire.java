package io.weir.applications;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.application.testing.IpPacket;
import org.pcap4j.packet.IllegalRawDataException;
import org.pcap4j.packet.IpPacket.IpHeader;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.IpV6Packet;
import org.pcap4j.packet.Packet;
import org.pcap4j.packet.TcpPacket;
import org.pcap4j.packet.UdpPacket;

/** Packets as pcap4j sees them: every answer of the tests goes through here. */
public final class Wire {
    private Wire() {}

    /** An answer, once pcap4j finds its lengths and checksums right. */
    public static IpPacket checked(byte[] packet) {
        Packet ip = read(packet);
        IpHeader header = (IpHeader) ip.getHeader();
        if (header instanceof IpV4Packet.IpV4Header ipv4) {
            assertThat(ipv4.hasValidChecksum(false)).as("IPv4 checksum").isTrue();
            assertThat(ipv4.getTotalLengthAsInt()).isEqualTo(packet.length);
        } else if (header instanceof IpV6Packet.IpV6Header ipv6) {
            assertThat(ipv6.getPayloadLengthAsInt()).isEqualTo(packet.length - 40);
        }
        Packet transport = ip.getPayload();
        if (transport instanceof TcpPacket tcp) {
            assertThat(tcp.hasValidChecksum(header.getSrcAddr(), header.getDstAddr(), false))
                    .as("TCP checksum")
                    .isTrue();
        } else {
            UdpPacket udp = (UdpPacket) transport;
            assertThat(udp.hasValidChecksum(header.getSrcAddr(), header.getDstAddr(), true))
                    .as("UDP checksum")
                    .isTrue();
            assertThat(udp.getHeader().getLengthAsInt()).isEqualTo(transport.length());
        }
        return IpPacket.parse(packet);
    }

    private static Packet read(byte[] packet) {
        try {
            return packet[0] >>> 4 == 4
                    ? IpV4Packet.newPacket(packet, 0, packet.length)
                    : IpV6Packet.newPacket(packet, 0, packet.length);
        } catch (IllegalRawDataException e) {
            throw new AssertionError(e);
        }
    }
}
