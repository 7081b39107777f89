package io.weir.switching.filter;

import io.weir.memory.counters.DropReason;

/**
 * The fate of one packet, as an {@code int}: {@link #SENT}, {@link #HELD}, or the ordinal of a {@link DropReason}
 * (never negative). The packet filter alone counts drops and releases dropped frames, once for each verdict.
 */
final class Verdict {
    /** Handed to {@link Egress}, which owns the frame now. */
    static final int SENT = -1;
    /** Queued until the next hop's link-layer address is known; the queue owns the frame (or a copy of it). */
    static final int HELD = -2;
    /** Not a fate: a later stage decides. */
    static final int UNDECIDED = -3;
    /** Not a fate: a network application decides at the end of the batch. */
    static final int HANDED = -4;

    private static final DropReason[] REASONS = DropReason.values();

    private Verdict() {}

    /** The verdict that drops the packet for {@code reason}. */
    @SuppressWarnings("EnumOrdinal") // the ordinal is the reason's number in the counters region, too
    static int drop(DropReason reason) {
        return reason.ordinal();
    }

    static boolean isDrop(int verdict) {
        return verdict >= 0;
    }

    /** The reason of a drop; only for verdicts of which {@link #isDrop} is true. */
    static DropReason reason(int verdict) {
        return REASONS[verdict];
    }
}
