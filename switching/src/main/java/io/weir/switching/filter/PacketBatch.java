package io.weir.switching.filter;

import io.weir.memory.counters.DropReason;
import io.weir.port.FrameBatch;
import org.jspecify.annotations.Nullable;

/**
 * A batch of packets on its way through the stages: the received frames and, column by column, what the parser found in
 * them. Row {@code i} of every column belongs to frame {@code i}; a column is defined only where {@link #drop} is
 * {@link #UNDECIDED} and the kind has such a field. All offsets count from the start of the frame, in bytes.
 *
 * <p>Addresses and ports are raw: the bytes of the packet loaded as little-endian numbers. IPv4 addresses are the low 32
 * bits of {@code source0} and {@code destination0} without sign; {@link #addresses4} joins them the way the connection
 * table wants them.
 */
public final class PacketBatch {
    /** Packets in a batch: enough to overlap cache misses, few enough to stay in the first-level cache. */
    public static final int CAPACITY = 64;

    /** Decided by the parser to be dropped. */
    static final int KIND_DROP = 0;

    static final int KIND_ARP = 1;
    static final int KIND_IPV4 = 2;
    static final int KIND_IPV6 = 3;

    /** No stage has decided about the packet. */
    static final int UNDECIDED = Verdict.UNDECIDED;

    /** {@link #transportOffset} of a fragment other than the first. */
    static final int NO_TRANSPORT = 0;

    final FrameBatch frames = new FrameBatch(CAPACITY);
    final int[] kind = new int[CAPACITY];
    /** Of the IP header or ARP message: 14, or 18 behind an 802.1Q tag. */
    final int[] networkOffset = new int[CAPACITY];
    /** Of the TCP, UDP or ICMP header; {@link #NO_TRANSPORT} when the packet has none. */
    final int[] transportOffset = new int[CAPACITY];
    /** Of the first byte after the IP packet: its total length counts, not the padding of the frame. */
    final int[] packetEnd = new int[CAPACITY];
    /** Transport protocol number, behind any IPv6 extension headers. */
    final int[] protocol = new int[CAPACITY];
    /** True for every fragment, the first included. */
    final boolean[] fragment = new boolean[CAPACITY];
    /** The eight flag bits of TCP, 0 for others. */
    final int[] tcpFlags = new int[CAPACITY];
    /** Source port | destination port &lt;&lt; 16 (raw) | protocol &lt;&lt; 32, for TCP and UDP. */
    final long[] key = new long[CAPACITY];

    /** Bit i is set when packet i is whole TCP or UDP with ports, so that it may belong to a connection. */
    long flows;

    /** When the batch was received, in microseconds of the map's clock, wrapping. */
    int nowMicros;

    final int[] hash = new int[CAPACITY];
    final long[] source0 = new long[CAPACITY];
    final long[] source1 = new long[CAPACITY];
    final long[] destination0 = new long[CAPACITY];
    final long[] destination1 = new long[CAPACITY];
    /** Ordinal of the {@link DropReason} a stage decided on, or {@link #UNDECIDED}. */
    final int[] drop = new int[CAPACITY];
    /** The {@link Verdict} once the filter has decided. */
    final int[] verdict = new int[CAPACITY];

    public PacketBatch() {}

    /** The frames to switch; ports append to it. */
    public FrameBatch frames() {
        return frames;
    }

    /** After the filter: true when the packet was handed to an interface, as itself or as the reset that answers it. */
    public boolean isSent(int i) {
        return verdict[i] == Verdict.SENT;
    }

    /** After the filter: true when the packet waits for its next hop's link-layer address. */
    public boolean isHeld(int i) {
        return verdict[i] == Verdict.HELD;
    }

    /** After the filter: why the packet was dropped, or answered with a reset; null when it was neither. */
    public @Nullable DropReason dropReason(int i) {
        if (Verdict.isDrop(verdict[i])) {
            return Verdict.reason(verdict[i]);
        }
        return drop[i] == UNDECIDED ? null : Verdict.reason(drop[i]);
    }

    /** True when packet {@code i} may belong to a connection: TCP or UDP, and no fragment. */
    boolean isFlow(int i) {
        return (flows >>> i & 1) != 0;
    }

    /** Source | destination &lt;&lt; 32 of an IPv4 packet: the eight bytes at offset 12 of its header. */
    long addresses4(int i) {
        return source0[i] | destination0[i] << 32;
    }
}
