package io.weir.switching.filter;

import io.weir.wire.Arp;
import io.weir.wire.FrameBuilder;
import io.weir.wire.Icmp;
import io.weir.wire.Icmpv6;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv6Address;
import io.weir.wire.MacAddress;
import io.weir.wire.Ndp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IllegalRawDataException;
import org.pcap4j.packet.Packet;

/** ARP, neighbour discovery and ICMP frames for tests, and a plain look at what came out. */
final class ControlFrames {
    static final long BROADCAST = 0xffff_ffff_ffffL;
    static final long UNKNOWN = 0;

    private ControlFrames() {}

    private static FrameBuilder ethernet(long destination, long source) {
        return FrameBuilder.ethernet(new MacAddress(source), new MacAddress(destination));
    }

    static byte[] arp(long destination, int operation, long senderMac, String sender, long targetMac, String target) {
        Arp message = new Arp(
                operation,
                new MacAddress(senderMac),
                Ipv4Address.parse(sender),
                new MacAddress(targetMac),
                Ipv4Address.parse(target));
        return ethernet(destination, senderMac).arp(message).build();
    }

    static byte[] arpRequest(long senderMac, String sender, String target) {
        return arp(BROADCAST, 1, senderMac, sender, UNKNOWN, target);
    }

    /** To the solicited-node address of the target; {@code optionMac} 0 leaves the option out. */
    static byte[] solicitation(long senderMac, String sender, String target, long optionMac) {
        byte[] octets = TestFrame.address(target);
        String group = String.format("ff02::1:ff%02x:%02x%02x", octets[13], octets[14], octets[15]);
        long groupMac = 0x3333_ff00_0000L | (ByteBuffer.wrap(octets).getInt(12) & 0xff_ffffL);
        return solicitation(groupMac, group, senderMac, sender, target, optionMac);
    }

    static byte[] solicitation(
            long destinationMac, String destination, long senderMac, String sender, String target, long optionMac) {
        return ethernet(destinationMac, senderMac)
                .ip(sender, destination)
                .ndp(new Ndp.NeighbourSolicitation(Ipv6Address.parse(target), option(optionMac)))
                .build();
    }

    static byte[] advertisement(
            long destinationMac,
            String destination,
            long senderMac,
            String target,
            long optionMac,
            boolean isSolicited,
            boolean isOverride) {
        return ethernet(destinationMac, senderMac)
                .ip(target, destination)
                .ndp(new Ndp.NeighbourAdvertisement(
                        false, isSolicited, isOverride, Ipv6Address.parse(target), option(optionMac)))
                .build();
    }

    private static Optional<MacAddress> option(long mac) {
        return mac == 0 ? Optional.empty() : Optional.of(new MacAddress(mac));
    }

    static byte[] echo(long destinationMac, long senderMac, String sender, String destination, int bytes) {
        FrameBuilder frame = ethernet(destinationMac, senderMac).ip(sender, destination);
        byte[] payload = new byte[bytes];
        for (int k = 0; k < bytes; k++) {
            payload[k] = (byte) (k * 5 + 1);
        }
        return sender.contains(":")
                ? frame.icmpv6(Icmpv6.echo(128, 77, 3)).payload(payload).build()
                : frame.icmp(Icmp.echo(8, 77, 3)).payload(payload).build();
    }

    /** An ICMP or ICMPv6 message of any kind about the packet in {@code aboutFrame}, quoting {@code quotedBytes} of it. */
    static byte[] error(
            long destinationMac,
            long senderMac,
            String sender,
            String destination,
            int type,
            int code,
            int rest,
            byte[] aboutFrame,
            int quotedBytes) {
        byte[] quoted = new byte[Math.min(quotedBytes, aboutFrame.length - 14)];
        System.arraycopy(aboutFrame, 14, quoted, 0, quoted.length);
        FrameBuilder frame = ethernet(destinationMac, senderMac).ip(sender, destination);
        return sender.contains(":")
                ? frame.icmpv6(new Icmpv6(type, code, rest)).payload(quoted).build()
                : frame.icmp(new Icmp(type, code, rest)).payload(quoted).build();
    }

    /** What pcap4j finds in a frame. */
    static <T extends Packet> T parse(byte[] frame, Class<T> layer) {
        try {
            return EthernetPacket.newPacket(frame, 0, frame.length).get(layer);
        } catch (IllegalRawDataException invalid) {
            throw new AssertionError("pcap4j refuses the frame", invalid);
        }
    }

    /** The frame around the packet an ICMP error quotes, so that it can be looked at like any other. */
    static byte[] quoted(byte[] errorFrame) {
        int header = (TestFrame.isIpv6(errorFrame) ? 40 : 20) + 8;
        byte[] frame = new byte[errorFrame.length - header];
        System.arraycopy(errorFrame, 0, frame, 0, 14);
        System.arraycopy(errorFrame, 14 + header, frame, 14, frame.length - 14);
        return frame;
    }

    /** One's complement sum of 16-bit big-endian words as RFC 1071 §4.1 has it, nothing shared with the code under test. */
    static int plainSum(byte[] bytes, int from, int to, int start) {
        int sum = start;
        for (int k = from; k < to; k += 2) {
            sum += (bytes[k] & 0xff) << 8;
            sum += k + 1 < to ? bytes[k + 1] & 0xff : 0;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    /** True when the checksums of IP header and ICMP or ICMPv6 message are right. */
    static boolean areChecksumsRight(byte[] frame) {
        if (TestFrame.isIpv6(frame)) {
            int length = frame.length - 54;
            return plainSum(frame, 54, frame.length, plainSum(frame, 22, 54, length + 58)) == 0xffff;
        }
        return plainSum(frame, 14, 34, 0) == 0xffff && plainSum(frame, 34, frame.length, 0) == 0xffff;
    }

    static boolean isIpHeaderRight(byte[] frame) {
        return TestFrame.isIpv6(frame) || plainSum(frame, 14, 34, 0) == 0xffff;
    }

    /** Lets time pass in steps of 20 ms. */
    static void advance(TestNode node, int ms) {
        int end = node.nowMs + ms;
        while (node.nowMs - end < 0) {
            node.nowMs += 20;
            node.processor.doWork(node.nowMs);
        }
    }

    /** One duty cycle with a frame from outside; what left outside. */
    static List<byte[]> outside(TestNode node, byte[] frame) {
        node.outside.inject(frame);
        node.processor.doWork(node.nowMs);
        return sentOutside(node);
    }

    /** One duty cycle with a frame from inside; what left inside. */
    static List<byte[]> inside(TestNode node, byte[] frame) {
        node.inside.inject(frame);
        node.processor.doWork(node.nowMs);
        return sentInside(node);
    }

    static List<byte[]> sentOutside(TestNode node) {
        List<byte[]> frames = new ArrayList<>();
        for (var sent = node.outside.collect(); sent != null; sent = node.outside.collect()) {
            frames.add(sent.bytes());
        }
        return frames;
    }

    static List<byte[]> sentInside(TestNode node) {
        List<byte[]> frames = new ArrayList<>();
        for (var sent = node.inside.collect(); sent != null; sent = node.inside.collect()) {
            frames.add(sent.bytes());
        }
        return frames;
    }

    /** State of a neighbour, or {@code ABSENT}. */
    static int state(TestNode node, int interfaceId, String address) {
        int entry = entry(node, interfaceId, address);
        return entry < 0 ? entry : node.neighbours.state(entry);
    }

    static int entry(TestNode node, int interfaceId, String address) {
        var raw = TestNode.of(address);
        return node.neighbours.find(interfaceId, raw.address0(), raw.address1());
    }

    static long linkAddress(TestNode node, int interfaceId, String address) {
        return node.neighbours.linkAddress(entry(node, interfaceId, address));
    }
}
