package io.weir.switching.filter;

import io.weir.application.Packets;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.application.ApplicationCount;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import java.lang.foreign.MemorySegment;

/**
 * Packets that a network application makes itself, in buffers of the free pool (Fig. 12): the buffers it holds during one
 * call, and their way out.
 */
final class OwnPackets {
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;

    private final MemorySegment frames;
    private final BufferPool pool;
    private final ProcessorCounters counters;
    private final ApplicationReplies replies;
    private final PacketBatch one = new PacketBatch();
    private final long[] held = new long[Packets.MOST_BUFFERS];
    private int count;
    private int nowMs;
    private ApplicationBlock block = ApplicationBlock.standalone();

    OwnPackets(ProcessorContext context, ApplicationReplies replies) {
        this.frames = context.frames;
        this.pool = context.pool;
        this.counters = context.counters;
        this.replies = replies;
    }

    /** An application is about to be called. */
    void begin(ApplicationBlock of, int now) {
        block = of;
        nowMs = now;
    }

    /** The application has returned: takes back what it kept; returns how many buffers that were. */
    int end() {
        int kept = count;
        while (count > 0) {
            pool.release(held[--count]);
        }
        return kept;
    }

    /** Address for the IP header, or 0. */
    long allocate() {
        if (count == held.length) {
            return 0;
        }
        long frame = pool.acquire();
        if (frame == BufferPool.ABSENT) {
            return 0;
        }
        held[count++] = frame;
        return frame + LinkHeader.LENGTH;
    }

    int capacity() {
        return pool.frameCapacity() - LinkHeader.LENGTH;
    }

    void release(long packet) {
        pool.release(take(packet));
    }

    /** The buffer is no longer the application's; it must have been. */
    private long take(long packet) {
        long frame = packet - LinkHeader.LENGTH;
        for (int k = count - 1; k >= 0; k--) {
            if (held[k] == frame) {
                held[k] = held[--count];
                return frame;
            }
        }
        throw new IllegalArgumentException("0x" + Long.toHexString(packet) + " is no buffer of this call");
    }

    void send(long packet, int length) {
        if (length < 20 || length > capacity()) {
            throw new IllegalArgumentException("a packet of " + length + " bytes; a buffer has " + capacity());
        }
        int version = Raw.u8(frames, packet) >>> 4;
        boolean isIpv4 = version == 4;
        if (isIpv4 ? Raw.number16(frames, packet + 2) != length : version != 6 || isWrongLength6(packet, length)) {
            throw new IllegalArgumentException("not an IP packet of " + length + " bytes");
        }
        long frame = take(packet);
        LinkHeader.set(frames, frame, 0, 0, isIpv4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
        describe(frame, length, isIpv4);
        int verdict = isIpv4 ? replies.leave4(one, 0, nowMs) : replies.leave6(one, 0, nowMs);
        block.add(ApplicationCount.SENT, 1);
        counters.add(Counter.APPLICATION_PACKETS_MADE, 1);
        if (verdict == Verdict.HELD) {
            counters.add(Counter.PACKETS_HELD, 1);
        } else if (Verdict.isDrop(verdict)) {
            DropReason reason = Verdict.reason(verdict);
            counters.drop(reason, 0);
            pool.release(frame);
        }
    }

    private boolean isWrongLength6(long packet, int length) {
        return length < 40 || Raw.number16(frames, packet + 4) + 40 != length;
    }

    private void describe(long frame, int length, boolean isIpv4) {
        long network = frame + LinkHeader.LENGTH;
        one.frames.clear();
        one.frames.add(frame, length + LinkHeader.LENGTH, Offload.NONE, FrameBatch.STORAGE, 0);
        one.kind[0] = isIpv4 ? PacketBatch.KIND_IPV4 : PacketBatch.KIND_IPV6;
        one.networkOffset[0] = LinkHeader.LENGTH;
        one.transportOffset[0] = PacketBatch.NO_TRANSPORT;
        one.packetEnd[0] = length + LinkHeader.LENGTH;
        one.protocol[0] = Raw.u8(frames, network + (isIpv4 ? 9 : 6));
        one.fragment[0] = false;
        one.flows = 0;
        if (isIpv4) {
            one.source0[0] = frames.get(Raw.U32, network + 12) & 0xffff_ffffL;
            one.destination0[0] = frames.get(Raw.U32, network + 16) & 0xffff_ffffL;
        } else {
            one.source0[0] = frames.get(Raw.U64, network + 8);
            one.source1[0] = frames.get(Raw.U64, network + 16);
            one.destination0[0] = frames.get(Raw.U64, network + 24);
            one.destination1[0] = frames.get(Raw.U64, network + 32);
        }
    }
}
