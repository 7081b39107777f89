package io.weir.switching.filter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * ICMP and ICMPv6 errors a router sends about packets it cannot forward (RFC 792, RFC 4443), from an address of the
 * interface the packet came in by, back to the station that handed it over. Rate-limited. None about what must not be
 * answered: ICMP errors, fragments other than the first, multicast and broadcast, senders that are no single station
 * (RFC 1812 §4.3.2.7, RFC 4443 §2.4 (e)).
 *
 * <p>Frames given here begin with an untagged Ethernet header that still has the received source address.
 */
final class IcmpErrors {
    /** Errors per second and processor: the default of Linux' icmp_msgs_per_sec. */
    static final int PER_SECOND = 1_000;

    private static final int IP4 = 20;
    private static final int IP6 = 40;
    private static final int ICMP_HEADER = 8;
    /** Greatest error packet: RFC 1812 §4.3.2.3. */
    private static final int LONGEST_4 = 576;
    /** Greatest error packet: the least MTU of IPv6, RFC 4443 §2.4 (c). */
    private static final int LONGEST_6 = 1_280;

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private static final int UNREACHABLE_4 = 3;
    private static final int TIME_EXCEEDED_4 = 11;
    private static final int UNREACHABLE_6 = 1;
    private static final int PACKET_TOO_BIG_6 = 2;
    private static final int TIME_EXCEEDED_6 = 3;

    private static final ValueLayout.OfLong RAW_64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt RAW_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort RAW_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment frames;
    private final FrameChain chain;
    private final BufferPool pool;
    private final ProcessorCounters counters;
    private final Egress egress;
    private final LocalAddresses local;
    private final TokenBucket bucket = new TokenBucket();

    IcmpErrors(ProcessorContext context, Egress egress, LocalAddresses local) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.pool = context.pool;
        this.counters = context.counters;
        this.egress = egress;
        this.local = local;
    }

    /** Time to live or hop limit ran out in transit. */
    void timeExceeded(long frame, int length, int owner, int ingress, int nowMs) {
        if (isIpv4(frame)) {
            send4(frame, length, owner, ingress, TIME_EXCEEDED_4, 0, 0, nowMs);
        } else {
            send6(frame, length, owner, ingress, TIME_EXCEEDED_6, 0, 0, nowMs);
        }
    }

    /** No route: network unreachable (RFC 792 code 0), no route to destination (RFC 4443 §3.1 code 0). */
    void noRoute(long frame, int length, int owner, int ingress, int nowMs) {
        if (isIpv4(frame)) {
            send4(frame, length, owner, ingress, UNREACHABLE_4, 0, 0, nowMs);
        } else {
            send6(frame, length, owner, ingress, UNREACHABLE_6, 0, 0, nowMs);
        }
    }

    /** The next hop does not answer: host unreachable (RFC 792 code 1), address unreachable (RFC 4443 §3.1 code 3). */
    void addressUnreachable(long frame, int length, int owner, int ingress, int nowMs) {
        if (isIpv4(frame)) {
            send4(frame, length, owner, ingress, UNREACHABLE_4, 1, 0, nowMs);
        } else {
            send6(frame, length, owner, ingress, UNREACHABLE_6, 3, 0, nowMs);
        }
    }

    /** Longer than the next link takes: fragmentation needed (RFC 1191 §4), packet too big (RFC 4443 §3.2). */
    void tooBig(long frame, int length, int owner, int ingress, int mtu, int nowMs) {
        if (isIpv4(frame)) {
            send4(frame, length, owner, ingress, UNREACHABLE_4, 4, mtu, nowMs);
        } else {
            send6(frame, length, owner, ingress, PACKET_TOO_BIG_6, 0, mtu, nowMs);
        }
    }

    private boolean isIpv4(long frame) {
        return frames.get(JAVA_BYTE, frame + LinkHeader.LENGTH) >>> 4 == 4;
    }

    private void send4(long frame, int length, int owner, int ingress, int type, int code, int mtu, int nowMs) {
        long packet = frame + LinkHeader.LENGTH;
        int sender = frames.get(RAW_32, packet + 12);
        int packetLength = Math.min(frames.get(SHORT, packet + 2) & 0xffff, length - LinkHeader.LENGTH);
        if (!mayAnswer4(frame, packetLength, sender) || !bucket.take(nowMs, PER_SECOND)) {
            return;
        }
        int from = local.source4(ingress, sender);
        int quoted = Math.min(packetLength, LONGEST_4 - IP4 - ICMP_HEADER);
        int total = IP4 + ICMP_HEADER + quoted;
        long answer = from == 0 ? BufferPool.ABSENT : begin(frame, ingress, 0x0800);
        if (answer == BufferPool.ABSENT) {
            return;
        }
        long ip = answer + LinkHeader.LENGTH;
        // Version 4, five words, precedence 6 (internetwork control, RFC 1812 §4.3.2.5); no identification, may not
        // be fragmented (RFC 6864 §4.1); time to live 64.
        frames.set(INT, ip, 0x45c0_0000 | total);
        frames.set(INT, ip + 4, 0x0000_4000);
        frames.set(INT, ip + 8, 0x4001_0000);
        frames.set(RAW_32, ip + 12, from);
        frames.set(RAW_32, ip + 16, sender);
        frames.set(RAW_16, ip + 10, (short) Checksum.finish(Checksum.sum(frames, ip, IP4)));
        long message = ip + IP4;
        frames.set(INT, message, (type << 24) | (code << 16));
        frames.set(INT, message + 4, mtu & 0xffff);
        quote(frame, owner, quoted, message + ICMP_HEADER);
        int checksum = Checksum.finish(Checksum.sum(frames, message, ICMP_HEADER + quoted));
        frames.set(RAW_16, message + 2, (short) checksum);
        finish(answer, LinkHeader.LENGTH + total, ingress);
    }

    private void send6(long frame, int length, int owner, int ingress, int type, int code, int mtu, int nowMs) {
        long packet = frame + LinkHeader.LENGTH;
        int packetLength = Math.min((frames.get(SHORT, packet + 4) & 0xffff) + IP6, length - LinkHeader.LENGTH);
        if (!mayAnswer6(frame, headLength(frame, owner, packetLength)) || !bucket.take(nowMs, PER_SECOND)) {
            return;
        }
        long sender0 = frames.get(RAW_64, packet + 8);
        long sender1 = frames.get(RAW_64, packet + 16);
        int quoted = Math.min(packetLength, LONGEST_6 - IP6 - ICMP_HEADER);
        int payload = ICMP_HEADER + quoted;
        long answer = begin(frame, ingress, 0x86dd);
        if (answer == BufferPool.ABSENT) {
            return;
        }
        local.selectSource6(ingress, sender0, sender1);
        long ip = answer + LinkHeader.LENGTH;
        frames.set(INT, ip, 0x6000_0000);
        frames.set(INT, ip + 4, (payload << 16) | (ICMPV6 << 8) | 64);
        frames.set(RAW_64, ip + 8, local.source0());
        frames.set(RAW_64, ip + 16, local.source1());
        frames.set(RAW_64, ip + 24, sender0);
        frames.set(RAW_64, ip + 32, sender1);
        long message = ip + IP6;
        frames.set(INT, message, (type << 24) | (code << 16));
        frames.set(INT, message + 4, mtu);
        quote(frame, owner, quoted, message + ICMP_HEADER);
        long pseudo = Checksum.sum(frames, ip + 8, 32) + ((long) ICMPV6 << 8) + Checksum.swap(payload);
        int checksum = Checksum.finish(pseudo + Checksum.sum(frames, message, payload));
        frames.set(RAW_16, message + 2, (short) checksum);
        finish(answer, LinkHeader.LENGTH + IP6 + payload, ingress);
    }

    private void quote(long frame, int owner, int quoted, long target) {
        if (owner == FrameBatch.CHAIN) {
            chain.copyTo(frame, LinkHeader.LENGTH, quoted, frames, target);
        } else {
            MemorySegment.copy(frames, frame + LinkHeader.LENGTH, frames, target, quoted);
        }
    }

    /** Bytes of the packet in which headers may be looked for. */
    private int headLength(long frame, int owner, int packetLength) {
        return owner == FrameBatch.CHAIN
                ? Math.min(packetLength, chain.length(frame) - LinkHeader.LENGTH)
                : packetLength;
    }

    private long begin(long frame, int ingress, int etherType) {
        long answer = pool.acquire();
        if (answer != BufferPool.ABSENT) {
            long back = LinkHeader.source(frames, frame);
            LinkHeader.set(frames, answer, back, local.linkAddress(ingress), etherType);
        }
        return answer;
    }

    private void finish(long answer, int length, int ingress) {
        egress.send(ingress, answer, length, Offload.NONE, FrameBatch.STORAGE);
        counters.add(Counter.ICMP_ERRORS_SENT, 1);
    }

    /** RFC 1812 §4.3.2.7. */
    private boolean mayAnswer4(long frame, int packetLength, int sender) {
        long packet = frame + LinkHeader.LENGTH;
        int header = (frames.get(JAVA_BYTE, packet) & 0xf) * 4;
        boolean isLaterFragment = (frames.get(SHORT, packet + 6) & 0x1fff) != 0;
        if (isLaterFragment || !Ipv4Scope.isStation(sender) || LinkHeader.isGroupDestination(frames, frame)) {
            return false;
        }
        if ((frames.get(JAVA_BYTE, packet + 9) & 0xff) != ICMP) {
            return true;
        }
        return packetLength > header && isQuery4(frames.get(JAVA_BYTE, packet + header) & 0xff);
    }

    /** Not an error: echo, timestamp, information and address mask (types 3, 4, 5, 11 and 12 are errors). */
    private static boolean isQuery4(int type) {
        return type == 0 || type == 8 || (type >= 13 && type <= 18);
    }

    /** RFC 4443 §2.4 (e). Packets with extension headers are answered only if what follows is certainly no error. */
    private boolean mayAnswer6(long frame, int packetLength) {
        long packet = frame + LinkHeader.LENGTH;
        int sender = frames.get(JAVA_BYTE, packet + 8) & 0xff;
        boolean isUnspecified = (frames.get(RAW_64, packet + 8) | frames.get(RAW_64, packet + 16)) == 0;
        if (sender == 0xff || isUnspecified || LinkHeader.isGroupDestination(frames, frame)) {
            return false;
        }
        int next = frames.get(JAVA_BYTE, packet + 6) & 0xff;
        int at = IP6;
        for (int headers = 0; isExtension(next); headers++) {
            if (headers == 8 || at + 8 > packetLength) {
                return false;
            }
            if (next == 44 && (frames.get(SHORT, packet + at + 2) & 0xfff8) != 0) {
                return false; // a fragment other than the first
            }
            int bytes = next == 44 ? 8 : ((frames.get(JAVA_BYTE, packet + at + 1) & 0xff) + 1) * 8;
            next = frames.get(JAVA_BYTE, packet + at) & 0xff;
            at += bytes;
        }
        if (next != ICMPV6) {
            return true;
        }
        int type = at < packetLength ? frames.get(JAVA_BYTE, packet + at) & 0xff : 0;
        return type >= 128 && type != 137; // below 128 are errors, 137 is a redirect
    }

    /** Hop-by-hop options, routing, fragment, destination options: RFC 8200 §4. */
    private static boolean isExtension(int next) {
        return next == 0 || next == 43 || next == 44 || next == 60;
    }
}
