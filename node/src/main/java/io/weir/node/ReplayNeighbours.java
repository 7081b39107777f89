package io.weir.node;

import io.weir.wire.ArpView;
import io.weir.wire.EtherType;
import io.weir.wire.EthernetView;
import io.weir.wire.Icmpv6View;
import io.weir.wire.IpProtocol;
import io.weir.wire.Ipv6View;
import io.weir.wire.NdpView;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The next hops of a replay: answers ARP requests and neighbour solicitations of the node with link-layer addresses
 * made from the address asked for.
 */
final class ReplayNeighbours {
    private static final int HOP_LIMIT = 255;

    private final long[] own;
    private final EthernetView ethernet = new EthernetView();
    private final ArpView arp = new ArpView();
    private final Ipv6View ip = new Ipv6View();
    private final NdpView ndp = new NdpView();

    /** @param own the node's link-layer addresses by interface id */
    ReplayNeighbours(long[] own) {
        this.own = own;
    }

    /** The answer to a question of the node, or null when the frame is none. */
    byte @Nullable [] answer(byte[] frame, int interfaceId) {
        byte[] answer = Arrays.copyOf(frame, Math.max(frame.length, 128));
        MemorySegment memory = MemorySegment.ofArray(answer);
        if (!ethernet.wrap(memory, 0, frame.length).isValid()) {
            return null;
        }
        int length = frame.length - EthernetView.HEADER_LENGTH;
        return switch (ethernet.etherType()) {
            case EtherType.ARP -> answerArp(memory, length, answer, interfaceId);
            case EtherType.IPV6 -> answerNdp(memory, length, answer, interfaceId);
            default -> null;
        };
    }

    private byte @Nullable [] answerArp(MemorySegment memory, int length, byte[] answer, int interfaceId) {
        arp.wrap(memory, EthernetView.HEADER_LENGTH, length);
        if (!arp.isValid() || arp.operation() != ArpView.REQUEST || arp.senderAddress() == arp.targetAddress()) {
            return null;
        }
        int asked = arp.targetAddress();
        long mac = madeUp(asked);
        arp.operation(ArpView.REPLY);
        arp.targetMac(own[interfaceId]);
        arp.targetAddress(arp.senderAddress());
        arp.senderMac(mac);
        arp.senderAddress(asked);
        ethernet.destination(own[interfaceId]);
        ethernet.source(mac);
        return Arrays.copyOf(answer, 60);
    }

    private byte @Nullable [] answerNdp(MemorySegment memory, int length, byte[] answer, int interfaceId) {
        ip.wrap(memory, EthernetView.HEADER_LENGTH, length);
        if (!ip.isValid() || ip.nextHeader() != IpProtocol.ICMPV6) {
            return null;
        }
        int offset = EthernetView.HEADER_LENGTH + Ipv6View.HEADER_LENGTH;
        ndp.wrap(memory, offset, ip.payloadLength());
        if (!ndp.isValid() || ndp.type() != Icmpv6View.NEIGHBOUR_SOLICITATION) {
            return null;
        }
        long mac = madeUp((int) ndp.targetLow() ^ (int) (ndp.targetHigh() >>> 16));
        int payload = NdpView.HEADER_LENGTH + NdpView.LINK_LAYER_OPTION_LENGTH;
        ip.payloadLength(payload);
        ip.hopLimit(HOP_LIMIT);
        ip.destination(ip.sourceHigh(), ip.sourceLow());
        ip.source(ndp.targetHigh(), ndp.targetLow());
        ndp.wrap(memory, offset, payload);
        ndp.type(Icmpv6View.NEIGHBOUR_ADVERTISEMENT);
        ndp.flags(NdpView.SOLICITED | NdpView.OVERRIDE);
        ndp.firstOption(NdpView.TARGET_LINK_LAYER_ADDRESS, mac);
        new Icmpv6View().wrap(memory, offset, payload).fillChecksum(ip.pseudoHeader(IpProtocol.ICMPV6, payload));
        ethernet.destination(own[interfaceId]);
        ethernet.source(mac);
        return Arrays.copyOf(answer, offset + payload);
    }

    /** True for gratuitous ARP and unsolicited advertisements: they belong to no packet of the capture. */
    boolean isAnnouncement(byte[] frame) {
        MemorySegment memory = MemorySegment.ofArray(frame);
        if (!ethernet.wrap(memory, 0, frame.length).isValid()) {
            return false;
        }
        long group = ethernet.destination() >>> 40 & 1;
        return group == 1 && (ethernet.etherType() == EtherType.ARP || ethernet.etherType() == EtherType.IPV6);
    }

    /** A locally administered unicast address. */
    private static long madeUp(int bits) {
        return 0x02fe_0000_0000L | (bits & 0xffff_ffffL);
    }
}
