package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds whole Ethernet frames from header values: types, lengths, next headers and checksums follow from what is put
 * together, whatever the given values said about them.
 *
 * <pre>{@code
 * byte[] frame = FrameBuilder.ethernet("02:00:00:00:00:01", "02:00:00:00:00:02")
 *         .ip("10.0.0.1", "10.0.0.2").tcp(40000, 80, TcpFlags.SYN, 1, 0).build();
 * }</pre>
 */
public final class FrameBuilder {
    private enum ChecksumMode {
        FULL,
        PARTIAL,
        NONE
    }

    private interface Extension {
        HeaderValue before(int nextHeader);
    }

    private record NumberedExtension(int protocol, Extension header) {}

    private final MacAddress source;
    private final MacAddress destination;
    private final List<Vlan> tags = new ArrayList<>();
    private final List<NumberedExtension> extensions = new ArrayList<>();
    private @Nullable HeaderValue network;
    private @Nullable HeaderValue transport;
    private int protocol = IpProtocol.NO_NEXT_HEADER;
    private int etherType = 0x88b5; // local experimental EtherType 1 (IEEE 802 §9.2.4), until something follows
    private byte[] payload = {};
    private ChecksumMode checksumMode = ChecksumMode.FULL;

    private FrameBuilder(MacAddress source, MacAddress destination) {
        this.source = source;
        this.destination = destination;
    }

    /** Begins a frame from one link-layer address to another. */
    public static FrameBuilder ethernet(MacAddress source, MacAddress destination) {
        return new FrameBuilder(source, destination);
    }

    /** Begins a frame from one link-layer address to another, in text form. */
    public static FrameBuilder ethernet(String source, String destination) {
        return new FrameBuilder(MacAddress.parse(source), MacAddress.parse(destination));
    }

    /** Adds an 802.1Q tag of priority 0. */
    public FrameBuilder vlan(int identifier) {
        return vlan(new Vlan(0, false, identifier, 0));
    }

    /** Adds an 802.1Q tag. */
    public FrameBuilder vlan(Vlan tag) {
        tags.add(tag);
        return this;
    }

    /** What the frame says it carries, when that is none of the headers known here. */
    public FrameBuilder etherType(int type) {
        etherType = type;
        return this;
    }

    /** An ARP packet. */
    public FrameBuilder arp(Arp packet) {
        network = packet;
        return this;
    }

    /** A plain IPv4 or IPv6 header, addresses in text form. */
    public FrameBuilder ip(String from, String to) {
        return ip(IpAddress.parse(from), IpAddress.parse(to));
    }

    /** A plain IPv4 or IPv6 header. */
    public FrameBuilder ip(IpAddress from, IpAddress to) {
        if (from instanceof Ipv4Address from4 && to instanceof Ipv4Address to4) {
            return ipv4(Ipv4.of(from4, to4, 0, 0));
        }
        if (from instanceof Ipv6Address from6 && to instanceof Ipv6Address to6) {
            return ipv6(Ipv6.of(from6, to6, 0, 0));
        }
        throw new IllegalArgumentException(from + " and " + to + " are of different families");
    }

    /** An IPv4 header; its protocol and payload length are replaced. */
    public FrameBuilder ipv4(Ipv4 header) {
        network = header;
        return this;
    }

    /** An IPv6 header; its next header and payload length are replaced. */
    public FrameBuilder ipv6(Ipv6 header) {
        network = header;
        return this;
    }

    /** An IPv6 hop-by-hop options header; six bytes of options plus a multiple of 8. */
    public FrameBuilder hopByHop(Octets options) {
        return extension(IpProtocol.HOP_BY_HOP, next -> new Ipv6OptionsHeader(next, options));
    }

    /** An IPv6 destination options header; six bytes of options plus a multiple of 8. */
    public FrameBuilder destinationOptions(Octets options) {
        return extension(IpProtocol.DESTINATION_OPTIONS, next -> new Ipv6OptionsHeader(next, options));
    }

    /** An IPv6 routing header; its next header is replaced. */
    public FrameBuilder routing(Ipv6Routing header) {
        return extension(
                IpProtocol.ROUTING,
                next -> new Ipv6Routing(next, header.routingType(), header.segmentsLeft(), header.data()));
    }

    /** An IPv6 fragment header; its next header is replaced. See {@link #buildFragments} for real fragments. */
    public FrameBuilder fragment(Ipv6Fragment header) {
        return extension(
                IpProtocol.FRAGMENT,
                next -> new Ipv6Fragment(
                        next, header.fragmentOffset(), header.moreFragments(), header.identification()));
    }

    private FrameBuilder extension(int number, Extension header) {
        extensions.add(new NumberedExtension(number, header));
        return this;
    }

    /** A TCP header without options. */
    public FrameBuilder tcp(int sourcePort, int destinationPort, int flags, int sequence, int acknowledgment) {
        return tcp(Tcp.of(sourcePort, destinationPort, flags, sequence, acknowledgment));
    }

    /** A TCP header. */
    public FrameBuilder tcp(Tcp header) {
        return transport(header, IpProtocol.TCP);
    }

    /** A UDP header. */
    public FrameBuilder udp(int sourcePort, int destinationPort) {
        return transport(new Udp(sourcePort, destinationPort, 0), IpProtocol.UDP);
    }

    /** The beginning of an ICMP message; its data, or the packet it is about, is the payload. */
    public FrameBuilder icmp(Icmp header) {
        return transport(header, IpProtocol.ICMP);
    }

    /** The beginning of an ICMPv6 message; its data, or the packet it is about, is the payload. */
    public FrameBuilder icmpv6(Icmpv6 header) {
        return transport(header, IpProtocol.ICMPV6);
    }

    /** A message of neighbour discovery. The hop limit becomes 255 (RFC 4861 §7.1). */
    public FrameBuilder ndp(Ndp message) {
        if (network instanceof Ipv6 header) {
            network = header.withHopLimit(255);
        }
        return transport(message, IpProtocol.ICMPV6);
    }

    private FrameBuilder transport(HeaderValue header, int number) {
        transport = header;
        protocol = number;
        return this;
    }

    /** The protocol the IP header names, when there is no transport header known here; call it after any other. */
    public FrameBuilder protocol(int number) {
        protocol = number;
        return this;
    }

    /** What comes last. */
    public FrameBuilder payload(byte... bytes) {
        payload = bytes.clone();
        return this;
    }

    /** Text, in UTF-8, comes last. */
    public FrameBuilder payload(String text) {
        payload = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /** Leaves the transport checksum 0: none, for UDP over IPv4. */
    public FrameBuilder withoutChecksum() {
        checksumMode = ChecksumMode.NONE;
        return this;
    }

    /** Leaves the non-inverted sum of the pseudo header in the checksum field of TCP or UDP, as a sender with offload does. */
    public FrameBuilder withPartialChecksum() {
        checksumMode = ChecksumMode.PARTIAL;
        return this;
    }

    /** The frame, without padding. */
    public byte[] build() {
        List<HeaderValue> headers = new ArrayList<>();
        int transportLength = (transport == null ? 0 : transport.headerLength()) + payload.length;
        addLink(headers);
        addNetwork(headers, transportLength);
        if (transport instanceof Udp udp) {
            headers.add(new Udp(udp.sourcePort(), udp.destinationPort(), payload.length));
        } else if (transport != null) {
            headers.add(transport);
        }
        int length = payload.length;
        for (HeaderValue header : headers) {
            length += header.headerLength();
        }
        byte[] frame = new byte[length];
        MemorySegment memory = MemorySegment.ofArray(frame);
        int at = 0;
        for (HeaderValue header : headers) {
            at += header.emit(memory, at);
        }
        Fields.put(memory, at, payload);
        if (transport != null && checksumMode != ChecksumMode.NONE) {
            fillChecksum(memory, length - transportLength, transportLength);
        }
        return frame;
    }

    private void addLink(List<HeaderValue> headers) {
        int innermost = switch (network) {
            case Ipv4 ipv4 -> EtherType.IPV4;
            case Ipv6 ipv6 -> EtherType.IPV6;
            case Arp arp -> EtherType.ARP;
            case null, default -> etherType;
        };
        headers.add(new Ethernet(destination, source, tags.isEmpty() ? innermost : EtherType.VLAN));
        for (int i = 0; i < tags.size(); i++) {
            Vlan tag = tags.get(i);
            int next = i + 1 < tags.size() ? EtherType.VLAN : innermost;
            headers.add(new Vlan(tag.priority(), tag.dropEligible(), tag.identifier(), next));
        }
    }

    private void addNetwork(List<HeaderValue> headers, int transportLength) {
        if (network instanceof Ipv4 header) {
            headers.add(header.withPayload(protocol, transportLength));
        } else if (network instanceof Ipv6 header) {
            List<HeaderValue> chain = new ArrayList<>();
            int next = protocol;
            int length = transportLength;
            for (NumberedExtension extension : extensions.reversed()) {
                HeaderValue value = extension.header().before(next);
                chain.addFirst(value);
                next = extension.protocol();
                length += value.headerLength();
            }
            headers.add(header.withPayload(next, length));
            headers.addAll(chain);
        } else if (network != null) {
            headers.add(network);
        }
    }

    private void fillChecksum(MemorySegment memory, long at, int length) {
        long pseudoHeader = switch (network) {
            case Ipv4 ipv4 ->
                Checksum.pseudoHeader4(ipv4.source().raw(), ipv4.destination().raw(), protocol, length);
            case Ipv6 ipv6 ->
                Checksum.pseudoHeader6(
                        ipv6.source().raw0(),
                        ipv6.source().raw1(),
                        ipv6.destination().raw0(),
                        ipv6.destination().raw1(),
                        protocol,
                        length);
            case null, default -> 0;
        };
        boolean partial = checksumMode == ChecksumMode.PARTIAL;
        switch (transport) {
            case Tcp tcp -> {
                TcpView view = new TcpView().wrap(memory, at, length);
                if (partial) {
                    view.rawChecksum(Checksum.fold(pseudoHeader));
                } else {
                    view.fillChecksum(pseudoHeader);
                }
            }
            case Udp udp -> {
                UdpView view = new UdpView().wrap(memory, at, length);
                if (partial) {
                    view.rawChecksum(Checksum.fold(pseudoHeader));
                } else {
                    view.fillChecksum(pseudoHeader);
                }
            }
            case Icmp icmp -> new IcmpView().wrap(memory, at, length).fillChecksum();
            case Icmpv6 icmpv6 -> new Icmpv6View().wrap(memory, at, length).fillChecksum(pseudoHeader);
            case Ndp ndp -> new Icmpv6View().wrap(memory, at, length).fillChecksum(pseudoHeader);
            case null, default -> {}
        }
    }

    /**
     * The packet in fragments whose IP packets are not longer than the MTU: in frames of their own, in order. One frame
     * when it fits. IPv6 extension headers added here all go into every fragment.
     *
     * @param mtu bytes of an IP packet
     * @param identification of the fragments; 16 bits over IPv4, 32 over IPv6
     */
    public List<byte[]> buildFragments(int mtu, int identification) {
        byte[] whole = build();
        int linkLength = EthernetView.HEADER_LENGTH + tags.size() * VlanView.HEADER_LENGTH;
        if (whole.length - linkLength <= mtu || network == null) {
            return List.of(whole);
        }
        int transportLength = (transport == null ? 0 : transport.headerLength()) + payload.length;
        int start = whole.length - transportLength;
        int fragmentHeader = network instanceof Ipv6 ? Ipv6FragmentView.HEADER_LENGTH : 0;
        int room = (mtu - (start - linkLength) - fragmentHeader) & -8;
        if (room <= 0) {
            throw new IllegalArgumentException("an MTU of " + mtu + " has no room for 8 bytes of payload");
        }
        List<byte[]> frames = new ArrayList<>();
        for (int offset = 0; offset < transportLength; offset += room) {
            int length = Math.min(room, transportLength - offset);
            boolean more = offset + length < transportLength;
            frames.add(piece(whole, start + offset, length, offset, more, identification));
        }
        return List.copyOf(frames);
    }

    private byte[] piece(byte[] whole, int from, int length, int offset, boolean more, int identification) {
        FrameBuilder piece = new FrameBuilder(source, destination);
        piece.tags.addAll(tags);
        piece.extensions.addAll(extensions);
        piece.protocol = protocol;
        piece.network = network;
        if (network instanceof Ipv4 header) {
            piece.network = header.withFragment(identification & 0xffff, offset, more);
        } else {
            piece.fragment(new Ipv6Fragment(0, offset, more, identification));
        }
        byte[] bytes = new byte[length];
        System.arraycopy(whole, from, bytes, 0, length);
        return piece.payload(bytes).build();
    }
}
