package io.weir.node;

import io.weir.port.Offload;
import io.weir.wire.Checksum;
import io.weir.wire.EtherType;
import io.weir.wire.EthernetView;
import io.weir.wire.IpProtocol;
import io.weir.wire.Ipv4View;
import io.weir.wire.Ipv6ExtensionWalk;
import io.weir.wire.Ipv6View;
import io.weir.wire.TcpView;
import io.weir.wire.UdpView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Captures taken on the sending machine show packets before the device has completed their transport checksum: the field
 * holds the sum of the pseudo header alone. Those are replayed as the driver would hand them over, and what leaves is
 * written with a complete checksum.
 */
final class PartialChecksum {
    private static final ValueLayout.OfShort RAW_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private PartialChecksum() {}

    /** The {@link Offload} of a frame whose checksum is partial; {@link Offload#NONE} of any other. */
    static long offloadOf(byte[] frame) {
        MemorySegment memory = MemorySegment.ofArray(frame);
        EthernetView ethernet = new EthernetView().wrap(memory, 0, frame.length);
        if (!ethernet.isValid()) {
            return Offload.NONE;
        }
        int offset = EthernetView.HEADER_LENGTH;
        int length = frame.length - offset;
        if (ethernet.etherType() == EtherType.IPV4) {
            Ipv4View ip = new Ipv4View().wrap(memory, offset, length);
            return ip.isValid() && !ip.isFragment()
                    ? of(memory, ip.protocol(), ip.payloadOffset(), ip.payloadLength(), ip.pseudoHeader())
                    : Offload.NONE;
        }
        if (ethernet.etherType() == EtherType.IPV6) {
            Ipv6View ip = new Ipv6View().wrap(memory, offset, length);
            if (ip.isValid()) {
                Ipv6ExtensionWalk walk = ip.extensions(new Ipv6ExtensionWalk());
                return walk.outcome() == Ipv6ExtensionWalk.REACHED && !walk.hasFragmentHeader()
                        ? of(
                                memory,
                                walk.protocol(),
                                walk.transportOffset(),
                                walk.transportLength(),
                                ip.pseudoHeader(walk.protocol(), walk.transportLength()))
                        : Offload.NONE;
            }
        }
        return Offload.NONE;
    }

    private static long of(MemorySegment memory, int protocol, long offset, int length, long pseudoHeader) {
        int field = protocol == IpProtocol.TCP
                ? TcpView.CHECKSUM_OFFSET
                : protocol == IpProtocol.UDP ? UdpView.CHECKSUM_OFFSET : -1;
        if (field < 0 || length < field + 2) {
            return Offload.NONE;
        }
        int found = memory.get(RAW_16, offset + field) & 0xffff;
        boolean complete = Checksum.fold(pseudoHeader + Checksum.sum(memory, offset, length)) == 0xffff;
        return found != 0 && !complete && found == Checksum.fold(pseudoHeader)
                ? Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, (int) offset, field)
                : Offload.NONE;
    }

    /** Completes the checksum of a frame that left with a partial one. */
    static void complete(byte[] frame, long offload) {
        if (!Offload.needsChecksum(offload)) {
            return;
        }
        int start = Offload.checksumStart(offload);
        int field = Offload.checksumOffset(offload);
        if (start + field + 2 > frame.length) {
            return;
        }
        MemorySegment memory = MemorySegment.ofArray(frame);
        // The field's pseudo-header sum counts in; UDP writes a sum of zero as ones (RFC 768).
        long sum = Checksum.sum(memory, start, frame.length - start);
        int checksum = field == UdpView.CHECKSUM_OFFSET ? Checksum.finishUdp(sum) : Checksum.finish(sum);
        memory.set(RAW_16, start + field, (short) checksum);
    }
}
