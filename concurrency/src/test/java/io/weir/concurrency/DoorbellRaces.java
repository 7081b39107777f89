package io.weir.concurrency;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.weir.memory.ring.Doorbell;
import io.weir.memory.ring.FrameRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A processor falls asleep while others put frames into its rings. */
final class DoorbellRaces {
    private DoorbellRaces() {}

    /** First column: the consumer saw the frame before it would sleep; second: the producer found it asleep. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true", "true, true"},
            expect = ACCEPTABLE,
            desc = "seen or woken")
    @Outcome(id = "false, false", expect = FORBIDDEN, desc = "asleep with a frame in the ring")
    @State
    public static class FallingAsleep {
        final FrameRing ring = new FrameRing(ConnectionFixture.memory(FrameRing.bytes(2)));
        final Doorbell doorbell = new Doorbell(ConnectionFixture.memory(Doorbell.BYTES));

        @Actor
        public void consume(ZZ_Result r) {
            doorbell.announceSleep();
            r.r1 = ring.available(1) != 0;
        }

        @Actor
        public void produce(ZZ_Result r) {
            ring.offer(1, 1, 1, 1, 1);
            r.r2 = doorbell.ring();
        }
    }

    /** Two producers find the consumer asleep: one of them wakes it. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "woken once")
    @Outcome(expect = FORBIDDEN, desc = "not woken, or woken twice")
    @State
    public static class TwoProducers {
        final Doorbell doorbell = new Doorbell(ConnectionFixture.memory(Doorbell.BYTES));

        public TwoProducers() {
            doorbell.announceSleep();
        }

        @Actor
        public void first(ZZ_Result r) {
            r.r1 = doorbell.ring();
        }

        @Actor
        public void second(ZZ_Result r) {
            r.r2 = doorbell.ring();
        }
    }
}
