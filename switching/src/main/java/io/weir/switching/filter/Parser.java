package io.weir.switching.filter;

import static io.weir.switching.filter.Raw.u8;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.map.Words;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * First stage: finds the headers of every frame of a batch and checks every length, so that no later stage reads
 * outside a frame. Never throws and never reads beyond a frame's length, whatever the bytes.
 *
 * <p>Link layer: unicast to another station is {@link DropReason#NOT_FOR_US}; so is an IP unicast packet in a group
 * frame (RFC 1122 section 3.3.6). An 802.1Q priority tag (VLAN 0) is accepted and kept; any other VLAN is refused.
 *
 * <p>Of a frame in several buffers the first must have the headers, and {@link #TRANSPORT_HEAD_BYTES} from the transport
 * header on; only payload may be read from the others. An unknown state of the transport checksum ends here, too.
 *
 * <p>Addresses that no packet on a wire may carry end here; whether an address is one of ours is a later question,
 * asked only of packets that belong to no known connection.
 */
final class Parser {
    private static final int ETHERNET_BYTES = 14;
    private static final int TAGGED_BYTES = 18;
    // EtherTypes, raw.
    private static final int IPV4 = 0x0008;
    private static final int IPV6 = 0xdd86;
    private static final int ARP = 0x0608;
    private static final int VLAN = 0x0081;
    /** VLAN identifier within the raw tag control information: the low 12 bits of the big-endian word. */
    private static final int VLAN_ID = 0xff0f;

    /** What stages read behind the network header: an ICMP header, a quoted IPv4 header, a quoted TCP header. */
    static final int TRANSPORT_HEAD_BYTES = 8 + 60 + 20;
    /** With the longest IPv4 header; IPv6 extension headers are checked as they are walked. */
    static final int HEAD_BYTES = TAGGED_BYTES + 60 + TRANSPORT_HEAD_BYTES;

    private static final long MAC_MASK = 0xffff_ffff_ffffL;
    private static final long LOW_32 = 0xffff_ffffL;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    /** More fragments and fragment offset, raw (RFC 791 section 3.1). */
    private static final int FRAGMENT_4 = 0xff3f;

    private static final int FRAGMENT_4_OFFSET = 0xff1f;
    /** ::ffff:0:0/96 may not appear on a wire (RFC 4291 section 2.5.5.2): bytes 8 to 11, raw. */
    private static final long MAPPED_MARK = 0xffff_0000L;
    /** ::1, second half, raw. */
    private static final long LOOPBACK_6 = 1L << 56;

    /** Bit n is set when the control flags n are impossible: none, SYN+FIN or SYN+RST. */
    private static final long IMPOSSIBLE_FLAGS = impossibleFlags();

    private final MemorySegment frames;
    private final FrameChain chain;
    private final ConfigurationReader configuration;
    private final ExtensionHeaders extensions;

    private int macIngress;
    private long macRaw;

    Parser(MemorySegment frames, FrameChain chain, ConfigurationReader configuration) {
        this.frames = frames;
        this.chain = chain;
        this.configuration = configuration;
        this.extensions = new ExtensionHeaders(frames);
    }

    private static long impossibleFlags() {
        long impossible = 1;
        for (int flags = 1; flags <= Protocol.CONTROL_FLAGS; flags++) {
            if ((flags & Protocol.SYN) != 0 && (flags & (Protocol.FIN | Protocol.RST)) != 0) {
                impossible |= 1L << flags;
            }
        }
        return impossible;
    }

    /** Fills the columns of all rows. */
    void parse(PacketBatch batch) {
        batch.flows = 0;
        macIngress = 0; // the configuration may have changed since the last batch
        int size = batch.frames.size();
        for (int i = 0; i < size; i++) {
            batch.drop[i] = PacketBatch.UNDECIDED;
            DropReason reason = parseLink(batch, i);
            if (reason != null) {
                batch.kind[i] = PacketBatch.KIND_DROP;
                batch.drop[i] = Verdict.drop(reason);
            }
            if (Offload.isChecksumUnknown(batch.frames.offload[i])) {
                batch.frames.offload[i] = TransportChecksum.resolve(frames, chain, batch, i);
            }
        }
    }

    private @Nullable DropReason parseLink(PacketBatch batch, int i) {
        FrameBatch queue = batch.frames;
        int length = queue.length[i];
        if (length < ETHERNET_BYTES) {
            return DropReason.FRAME_TOO_SHORT;
        }
        long address = queue.address[i];
        if (queue.owner[i] == FrameBatch.CHAIN && chain.length(address) < Math.min(length, HEAD_BYTES)) {
            return DropReason.HEADERS_SPLIT;
        }
        long first = Words.get64(frames, address);
        boolean group = (first & 1) != 0;
        if (!group && (first & MAC_MASK) != ownMac(queue.ingress[i]) && !isFromHost(queue.ingress[i])) {
            return DropReason.NOT_FOR_US;
        }
        if ((first & 1L << 48) != 0) {
            return DropReason.SOURCE_ADDRESS_INVALID;
        }
        int type = Words.get16(frames, address + 12) & 0xffff;
        int offset = ETHERNET_BYTES;
        if (type == VLAN) {
            if (length < TAGGED_BYTES) {
                return DropReason.FRAME_TOO_SHORT;
            }
            if ((Words.get16(frames, address + 14) & VLAN_ID) != 0) {
                return DropReason.VLAN_UNSUPPORTED;
            }
            type = Words.get16(frames, address + 16) & 0xffff;
            offset = TAGGED_BYTES;
        }
        batch.networkOffset[i] = offset;
        return switch (type) {
            case IPV4 -> parse4(batch, i, address, offset, length, group);
            case IPV6 -> parse6(batch, i, address, offset, length, group);
            case ARP -> parseArp(batch, i, length);
            default -> DropReason.ETHERTYPE_UNSUPPORTED;
        };
    }

    /** A device without ARP sends to its own link-layer address: arp_constructor of Linux' net/ipv4/arp.c. */
    private boolean isFromHost(int ingress) {
        return ingress == configuration.host().interfaceId();
    }

    private long ownMac(int ingress) {
        if (ingress != macIngress) {
            macRaw = Raw.ofLinkAddress(configuration.linkAddress(ingress));
            macIngress = ingress;
        }
        return macRaw;
    }

    private static @Nullable DropReason parseArp(PacketBatch batch, int i, int length) {
        batch.kind[i] = PacketBatch.KIND_ARP;
        batch.transportOffset[i] = PacketBatch.NO_TRANSPORT;
        batch.packetEnd[i] = length;
        return null;
    }

    private @Nullable DropReason parse4(PacketBatch batch, int i, long address, int offset, int length, boolean group) {
        int available = length - offset;
        if (available < IPV4_BYTES) {
            return DropReason.IPV4_HEADER_INVALID;
        }
        long header = address + offset;
        long word0 = Words.get64(frames, header);
        long word1 = Words.get64(frames, header + 8);
        long destination = Words.get32(frames, header + 16) & LOW_32;
        int headerBytes = ((int) word0 & 0xf) << 2;
        int total = Checksum.swap((int) (word0 >>> 16));
        if ((word0 & 0xf0) != 0x40 || headerBytes < IPV4_BYTES || total < headerBytes || total > available) {
            return DropReason.IPV4_HEADER_INVALID;
        }
        long sum = (word0 & LOW_32) + (word0 >>> 32) + (word1 & LOW_32) + (word1 >>> 32) + destination;
        if (headerBytes != IPV4_BYTES) {
            sum += Checksum.sum(frames, header + IPV4_BYTES, headerBytes - IPV4_BYTES);
        }
        if (Checksum.fold(sum) != 0xffff) {
            return DropReason.IPV4_CHECKSUM_WRONG;
        }
        if (headerBytes != IPV4_BYTES && !areOptionsAcceptable(header + IPV4_BYTES, header + headerBytes)) {
            return DropReason.IPV4_OPTIONS_REFUSED;
        }
        long source = word1 >>> 32;
        DropReason refused = checkAddresses4(source, destination, group);
        if (refused != null) {
            return refused;
        }
        batch.kind[i] = PacketBatch.KIND_IPV4;
        batch.source0[i] = source;
        batch.destination0[i] = destination;
        batch.packetEnd[i] = offset + total;
        int protocol = (int) (word1 >>> 8) & 0xff;
        batch.protocol[i] = protocol;
        int fragmentWord = (int) (word0 >>> 48);
        batch.fragment[i] = (fragmentWord & FRAGMENT_4) != 0;
        if ((fragmentWord & FRAGMENT_4_OFFSET) != 0) {
            return withoutTransport(batch, i);
        }
        return parseTransport(batch, i, address, offset + headerBytes, protocol);
    }

    private static @Nullable DropReason checkAddresses4(long source, long destination, boolean group) {
        int sourceOctet = (int) source & 0xff;
        // 0/8 and 127/8 (RFC 1122 section 3.2.1.3), multicast, class E and broadcast are never a sender.
        if (sourceOctet == 0 || sourceOctet == 127 || sourceOctet >= 224 || source == destination) {
            return DropReason.SOURCE_ADDRESS_INVALID;
        }
        int destinationOctet = (int) destination & 0xff;
        if (destinationOctet == 0 || destinationOctet == 127 || destinationOctet >= 224) {
            return DropReason.DESTINATION_ADDRESS_INVALID;
        }
        return group ? DropReason.NOT_FOR_US : null;
    }

    /** Walks the options of RFC 791 section 3.1; loose and strict source route are refused (RFC 7126 section 4.3). */
    private boolean areOptionsAcceptable(long from, long end) {
        long at = from;
        while (at < end) {
            int type = u8(frames, at);
            if (type == 0) { // end of options
                return true;
            }
            if (type == 1) { // no operation
                at++;
                continue;
            }
            if (type == 131 || type == 137 || at + 2 > end) {
                return false;
            }
            int optionBytes = u8(frames, at + 1);
            if (optionBytes < 2 || at + optionBytes > end) {
                return false;
            }
            at += optionBytes;
        }
        return true;
    }

    private @Nullable DropReason parse6(PacketBatch batch, int i, long address, int offset, int length, boolean group) {
        int available = length - offset;
        if (available < IPV6_BYTES) {
            return DropReason.IPV6_HEADER_INVALID;
        }
        long header = address + offset;
        long word0 = Words.get64(frames, header);
        int payload = Checksum.swap((int) (word0 >>> 32));
        if ((word0 & 0xf0) != 0x60 || payload > available - IPV6_BYTES) {
            return DropReason.IPV6_HEADER_INVALID;
        }
        long source0 = Words.get64(frames, header + 8);
        long source1 = Words.get64(frames, header + 16);
        long destination0 = Words.get64(frames, header + 24);
        long destination1 = Words.get64(frames, header + 32);
        batch.source0[i] = source0;
        batch.source1[i] = source1;
        batch.destination0[i] = destination0;
        batch.destination1[i] = destination1;
        batch.kind[i] = PacketBatch.KIND_IPV6;
        int end = offset + IPV6_BYTES + payload;
        batch.packetEnd[i] = end;
        int protocol = (int) (word0 >>> 48) & 0xff;
        int transport = offset + IPV6_BYTES;
        batch.fragment[i] = false;
        if (ExtensionHeaders.isExtension(protocol)) {
            if (!extensions.walk(address, transport, extensionLimit(batch.frames, i, end), protocol)) {
                return DropReason.IPV6_EXTENSIONS_INVALID;
            }
            protocol = extensions.protocol();
            transport = extensions.end();
            batch.fragment[i] = extensions.isFragment();
        }
        batch.protocol[i] = protocol;
        DropReason refused = checkAddresses6(source0, source1, destination0, destination1, group, protocol);
        if (refused != null) {
            return refused;
        }
        if (transport == PacketBatch.NO_TRANSPORT) {
            return withoutTransport(batch, i);
        }
        return parseTransport(batch, i, address, transport, protocol);
    }

    /** Where extension headers must have ended: the end of the packet, and room for a transport header before the next buffer. */
    private int extensionLimit(FrameBatch queue, int i, int end) {
        if (queue.owner[i] != FrameBatch.CHAIN) {
            return end;
        }
        int head = chain.length(queue.address[i]);
        return head == queue.length[i] ? end : Math.min(end, head - TRANSPORT_HEAD_BYTES);
    }

    /** Neighbour discovery alone may have an unspecified source or a multicast destination here (RFC 4861 section 4). */
    private static @Nullable DropReason checkAddresses6(
            long source0, long source1, long destination0, long destination1, boolean group, int protocol) {
        boolean control = protocol == Protocol.ICMPV6;
        if ((source0 & 0xff) == 0xff || (source0 == 0 && isReserved6(source1) && !(control && source1 == 0))) {
            return DropReason.SOURCE_ADDRESS_INVALID;
        }
        if (source0 == destination0 && source1 == destination1) {
            return DropReason.SOURCE_ADDRESS_INVALID;
        }
        if ((destination0 & 0xff) == 0xff) {
            return control ? null : DropReason.DESTINATION_ADDRESS_INVALID;
        }
        if (destination0 == 0 && isReserved6(destination1)) {
            return DropReason.DESTINATION_ADDRESS_INVALID;
        }
        return group ? DropReason.NOT_FOR_US : null;
    }

    /** Of ::/64: unspecified, loopback or IPv4-mapped. */
    private static boolean isReserved6(long half1) {
        return half1 == 0 || half1 == LOOPBACK_6 || (half1 & LOW_32) == MAPPED_MARK;
    }

    private static @Nullable DropReason withoutTransport(PacketBatch batch, int i) {
        batch.transportOffset[i] = PacketBatch.NO_TRANSPORT;
        batch.tcpFlags[i] = 0;
        batch.key[i] = 0;
        return null;
    }

    private @Nullable DropReason parseTransport(PacketBatch batch, int i, long address, int offset, int protocol) {
        batch.transportOffset[i] = offset;
        int available = batch.packetEnd[i] - offset;
        long transport = address + offset;
        if (protocol == Protocol.TCP) {
            if (available < Protocol.TCP_HEADER_BYTES) {
                return DropReason.TCP_HEADER_INVALID;
            }
            int word = Words.get16(frames, transport + 12) & 0xffff;
            int headerBytes = (word & 0xf0) >>> 2;
            if (headerBytes < Protocol.TCP_HEADER_BYTES || headerBytes > available) {
                return DropReason.TCP_HEADER_INVALID;
            }
            int flags = word >>> 8;
            if ((IMPOSSIBLE_FLAGS >>> (flags & Protocol.CONTROL_FLAGS) & 1) != 0) {
                return DropReason.TCP_FLAGS_INVALID;
            }
            batch.tcpFlags[i] = flags;
            return parsePorts(batch, i, transport, protocol);
        }
        batch.tcpFlags[i] = 0;
        if (protocol == Protocol.UDP) {
            if (available < Protocol.UDP_HEADER_BYTES || !isUdpLengthValid(batch, i, transport, available)) {
                return DropReason.UDP_HEADER_INVALID;
            }
            return parsePorts(batch, i, transport, protocol);
        }
        batch.key[i] = (long) protocol << 32;
        if ((protocol == Protocol.ICMP || protocol == Protocol.ICMPV6) && available < 8) {
            return DropReason.ICMP_INVALID;
        }
        return null;
    }

    /** Length of header and data (RFC 768), no more than the packet has; a first fragment has only part of it. */
    private boolean isUdpLengthValid(PacketBatch batch, int i, long transport, int available) {
        int length = Raw.number16(frames, transport + 4);
        return length >= Protocol.UDP_HEADER_BYTES && (length <= available || batch.fragment[i]);
    }

    private @Nullable DropReason parsePorts(PacketBatch batch, int i, long transport, int protocol) {
        int ports = Words.get32(frames, transport);
        if ((ports & 0xffff) == 0 || ports >>> 16 == 0) {
            return DropReason.PORT_ZERO;
        }
        batch.key[i] = (ports & LOW_32) | (long) protocol << 32;
        if (!batch.fragment[i]) {
            batch.flows |= 1L << i;
        }
        return null;
    }
}
