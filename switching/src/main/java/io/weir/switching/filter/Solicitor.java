package io.weir.switching.filter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.routing.NeighbourTable;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Makes and sends the messages of ARP (RFC 826, RFC 5227) and neighbour discovery (RFC 4861), each in a buffer of its
 * own from packet storage. Without a free buffer nothing is sent: whoever asked tries again by its timer.
 */
final class Solicitor {
    /** Bytes of an ARP message for IPv4 over Ethernet, with its Ethernet header. */
    static final int ARP_FRAME = LinkHeader.LENGTH + 28;
    /** Bytes of a solicitation or advertisement with one link-layer address option, with Ethernet and IPv6 header. */
    static final int NDP_FRAME = LinkHeader.LENGTH + 40 + 32;

    static final int ARP_REQUEST = 1;
    static final int ARP_REPLY = 2;
    static final int ETHER_TYPE_ARP = 0x0806;
    static final int ETHER_TYPE_IPV6 = 0x86dd;

    static final int NEIGHBOUR_SOLICITATION = 135;
    static final int NEIGHBOUR_ADVERTISEMENT = 136;
    /** Flags of an advertisement, RFC 4861 §4.4. */
    static final int ROUTER = 0x80;

    static final int SOLICITED = 0x40;
    static final int OVERRIDE = 0x20;

    /** Raw halves of ff02::1, all nodes. */
    static final long ALL_NODES_0 = 0x02ffL;

    static final long ALL_NODES_1 = 0x0100_0000_0000_0000L;
    static final long ALL_NODES_LINK = 0x3333_0000_0001L;

    private static final int SOURCE_LINK_ADDRESS = 1;
    private static final int TARGET_LINK_ADDRESS = 2;

    private static final ValueLayout.OfLong RAW_64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt RAW_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort RAW_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** First eight bytes of a message for IPv4 over Ethernet but the operation: 00 01 08 00 06 04 00, raw. */
    static final long ARP_ETHERNET_IPV4 = 0x00_04_06_00_08_01_00L;

    private final MemorySegment frames;
    private final BufferPool pool;
    private final ProcessorCounters counters;
    private final NeighbourTable neighbours;
    private final ConfigurationReader configuration;
    private final Egress egress;
    private final LocalAddresses local;

    Solicitor(ProcessorContext context, Egress egress, LocalAddresses local) {
        this.frames = context.frames;
        this.pool = context.pool;
        this.counters = context.counters;
        this.neighbours = context.neighbours;
        this.configuration = context.configuration;
        this.egress = egress;
        this.local = local;
    }

    /** Asks for the neighbour of a table entry: to all when its link-layer address is not known, else only to it. */
    void ask(int entry, boolean isKnown) {
        int interfaceId = neighbours.interfaceId(entry);
        long address0 = neighbours.address0(entry);
        long address1 = neighbours.address1(entry);
        if (NeighbourTable.isMapped(address0, address1)) {
            long target = isKnown ? neighbours.linkAddress(entry) : LinkHeader.BROADCAST;
            request(interfaceId, NeighbourTable.unmapped(address1), target);
        } else {
            solicit(interfaceId, address0, address1, isKnown ? neighbours.linkAddress(entry) : 0);
        }
    }

    private void request(int interfaceId, int target, long destination) {
        long mac = local.linkAddress(interfaceId);
        // Without an own IPv4 address there the sender is 0.0.0.0: a probe (RFC 5227 §2.1.1), answered all the same.
        int sender = local.source4(interfaceId, target);
        if (sendArp(interfaceId, ARP_REQUEST, destination, mac, sender, 0, target)) {
            counters.add(Counter.ARP_REQUESTS_SENT, 1);
        }
    }

    /** Tells everyone on the interface where {@code address} is: an ARP announcement, RFC 5227 §2.3. */
    void announce4(int interfaceId, int address) {
        long mac = local.linkAddress(interfaceId);
        if (sendArp(interfaceId, ARP_REQUEST, LinkHeader.BROADCAST, mac, address, 0, address)) {
            counters.add(Counter.ANNOUNCEMENTS_SENT, 1);
        }
    }

    private boolean sendArp(
            int interfaceId, int operation, long destination, long mac, int sender, long targetMac, int target) {
        long frame = pool.acquire();
        if (frame == BufferPool.ABSENT) {
            return false;
        }
        LinkHeader.set(frames, frame, destination, mac, ETHER_TYPE_ARP);
        writeArp(frames, frame + LinkHeader.LENGTH, operation, mac, sender, targetMac, target);
        egress.send(interfaceId, frame, ARP_FRAME, Offload.NONE, FrameBatch.STORAGE);
        return true;
    }

    /** Writes an ARP message for IPv4 over Ethernet, 28 bytes; IPv4 addresses raw. */
    static void writeArp(
            MemorySegment frames, long at, int operation, long senderMac, int sender, long targetMac, int target) {
        frames.set(RAW_64, at, ARP_ETHERNET_IPV4 | ((long) operation << 56));
        LinkHeader.write(frames, at + 8, senderMac);
        frames.set(RAW_32, at + 14, sender);
        LinkHeader.write(frames, at + 18, targetMac);
        frames.set(RAW_32, at + 24, target);
    }

    private void solicit(int interfaceId, long target0, long target1, long knownMac) {
        long frame = pool.acquire();
        if (frame == BufferPool.ABSENT) {
            return;
        }
        local.selectSource6(interfaceId, target0, target1);
        long destination0 = target0;
        long destination1 = target1;
        long destinationMac = knownMac;
        if (knownMac == 0) {
            // Solicited-node multicast ff02::1:ffXX:XXXX (RFC 4291 §2.7.1) and its link-layer address (RFC 2464 §7).
            destination0 = ALL_NODES_0;
            destination1 = solicitedNode1(target1);
            destinationMac = 0x3333_ff00_0000L | (Long.reverseBytes(target1) & 0xff_ffffL);
        }
        long mac = local.linkAddress(interfaceId);
        LinkHeader.set(frames, frame, destinationMac, mac, ETHER_TYPE_IPV6);
        long ip = frame + LinkHeader.LENGTH;
        writeIp(ip, local.source0(), local.source1(), destination0, destination1);
        writeMessage(ip + 40, NEIGHBOUR_SOLICITATION, 0, target0, target1, SOURCE_LINK_ADDRESS, mac);
        seal(ip);
        egress.send(interfaceId, frame, NDP_FRAME, Offload.NONE, FrameBatch.STORAGE);
        counters.add(Counter.NEIGHBOUR_SOLICITATIONS_SENT, 1);
    }

    /** Second half, raw, of the solicited-node multicast address ff02::1:ffXX:XXXX (RFC 4291 §2.7.1). */
    static long solicitedNode1(long target1) {
        return Long.reverseBytes(0x0000_0001_ff00_0000L | (Long.reverseBytes(target1) & 0xff_ffffL));
    }

    /** Tells everyone on the interface where an IPv6 address is: RFC 4861 §7.2.6. */
    void announce6(int interfaceId, long address0, long address1) {
        int flags = routerFlag() | OVERRIDE;
        if (advertise(interfaceId, address0, address1, ALL_NODES_0, ALL_NODES_1, ALL_NODES_LINK, flags)) {
            counters.add(Counter.ANNOUNCEMENTS_SENT, 1);
        }
    }

    void announceLinkLocal(int interfaceId) {
        long identifier = LocalAddresses.linkLocal1(local.linkAddress(interfaceId));
        announce6(interfaceId, LocalAddresses.LINK_LOCAL_0, identifier);
    }

    /** Router when it forwards: hosts that have weir as their default router would else give it up (RFC 4861 §7.2.5). */
    int routerFlag() {
        return configuration.forwardingEnabled() ? ROUTER : 0;
    }

    /** Answers a solicitation for a target address; false when there is no buffer. */
    boolean answer6(int interfaceId, long target0, long target1, long asker0, long asker1, long askerMac, int flags) {
        if (!advertise(interfaceId, target0, target1, asker0, asker1, askerMac, flags)) {
            return false;
        }
        counters.add(Counter.NEIGHBOUR_ADVERTISEMENTS_SENT, 1);
        return true;
    }

    private boolean advertise(
            int interfaceId,
            long target0,
            long target1,
            long destination0,
            long destination1,
            long destinationMac,
            int flags) {
        long frame = pool.acquire();
        if (frame == BufferPool.ABSENT) {
            return false;
        }
        long mac = local.linkAddress(interfaceId);
        LinkHeader.set(frames, frame, destinationMac, mac, ETHER_TYPE_IPV6);
        long ip = frame + LinkHeader.LENGTH;
        writeIp(ip, target0, target1, destination0, destination1);
        writeMessage(ip + 40, NEIGHBOUR_ADVERTISEMENT, flags, target0, target1, TARGET_LINK_ADDRESS, mac);
        seal(ip);
        egress.send(interfaceId, frame, NDP_FRAME, Offload.NONE, FrameBatch.STORAGE);
        return true;
    }

    private void writeIp(long ip, long source0, long source1, long destination0, long destination1) {
        // Version 6, payload of 32 bytes, ICMPv6, hop limit 255 (RFC 4861 §4.3): 60 00 00 00 00 20 3a ff.
        frames.set(RAW_64, ip, 0xff3a_2000_0000_0060L);
        frames.set(RAW_64, ip + 8, source0);
        frames.set(RAW_64, ip + 16, source1);
        frames.set(RAW_64, ip + 24, destination0);
        frames.set(RAW_64, ip + 32, destination1);
    }

    private void writeMessage(long at, int type, int flags, long target0, long target1, int option, long mac) {
        frames.set(RAW_64, at, type | ((long) flags << 32));
        frames.set(RAW_64, at + 8, target0);
        frames.set(RAW_64, at + 16, target1);
        frames.set(JAVA_BYTE, at + 24, (byte) option);
        frames.set(JAVA_BYTE, at + 25, (byte) 1); // in units of eight bytes
        LinkHeader.write(frames, at + 26, mac);
    }

    private void seal(long ip) {
        // Source and destination stand together: their 32 bytes are summed in place.
        long pseudo = Checksum.sum(frames, ip + 8, 32) + (58L << 8) + Checksum.swap(32);
        int checksum = Checksum.finish(pseudo + Checksum.sum(frames, ip + 40, 32));
        frames.set(RAW_16, ip + 42, (short) checksum);
    }
}
