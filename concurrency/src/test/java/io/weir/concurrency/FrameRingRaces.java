package io.weir.concurrency;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.weir.memory.ring.FrameRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One processor appends frames while another takes them. */
final class FrameRingRaces {
    private static final int MIXED = -1;

    private FrameRingRaces() {}

    private static boolean offer(FrameRing ring, int tag) {
        return ring.offer(tag, tag, tag, tag, tag);
    }

    /** The tag of the first frame, 0 when there is none, {@link #MIXED} when its columns differ. */
    private static int take(FrameRing ring) {
        if (ring.available(1) == 0) {
            return 0;
        }
        int tag = (int) ring.address(0);
        boolean same =
                ring.length(0) == tag && ring.offload(0) == tag && ring.owner(0) == tag && ring.ingress(0) == tag;
        ring.consume(1);
        return same ? tag : MIXED;
    }

    /** Frames come out whole, once and in order; the third column is what was left. */
    @JCStressTest
    @Outcome(
            id = {"0, 0, 1", "0, 1, 2", "1, 0, 2", "1, 2, 0"},
            expect = ACCEPTABLE,
            desc = "in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, out of order or torn")
    @State
    public static class InOrder {
        final FrameRing producer;
        final FrameRing consumer;

        public InOrder() {
            var memory = ConnectionFixture.memory(FrameRing.bytes(2));
            producer = new FrameRing(memory);
            consumer = new FrameRing(memory);
        }

        @Actor
        public void produce() {
            offer(producer, 1);
            offer(producer, 2);
        }

        @Actor
        public void consume(III_Result r) {
            r.r1 = take(consumer);
            r.r2 = take(consumer);
        }

        @Arbiter
        public void rest(III_Result r) {
            r.r3 = take(consumer);
        }
    }

    /** A full ring refuses until its front was taken, and never overwrites a frame being read. */
    @JCStressTest
    @Outcome(
            id = {"0, 1, 0", "1, 1, 2"},
            expect = ACCEPTABLE,
            desc = "refused, or stored behind the one taken")
    @Outcome(expect = FORBIDDEN, desc = "overwritten, lost or torn")
    @State
    public static class FullRing {
        final FrameRing producer;
        final FrameRing consumer;

        public FullRing() {
            var memory = ConnectionFixture.memory(FrameRing.bytes(1));
            producer = new FrameRing(memory);
            consumer = new FrameRing(memory);
            offer(producer, 1);
        }

        @Actor
        public void produce(III_Result r) {
            r.r1 = offer(producer, 2) ? 1 : 0;
        }

        @Actor
        public void consume(III_Result r) {
            r.r2 = take(consumer);
        }

        @Arbiter
        public void rest(III_Result r) {
            r.r3 = take(consumer);
        }
    }
}
