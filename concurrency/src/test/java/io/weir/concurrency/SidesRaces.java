package io.weir.concurrency;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.weir.memory.map.Sides;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The control processor writes the back-up side and flips while a switching processor reads the active one. */
final class SidesRaces {
    private static final long WORDS = 4;
    private static final int MIXED = -1;

    private SidesRaces() {}

    /** Two sides of a few words each; every word of a side holds the generation it was written for. */
    abstract static class TwoSides {
        final Sides sides = new Sides(ConnectionFixture.memory(Sides.bytes(1)));
        final MemorySegment contents = ConnectionFixture.memory(2 * WORDS * Long.BYTES);

        /** Writes and flips so many generations as the grace period lets through. */
        final void update(int attempts) {
            for (int i = 0; i < attempts; i++) {
                if (!sides.isQuiescent()) {
                    continue;
                }
                long active = sides.active();
                write(1 - Sides.side(active), Sides.generation(active) + 1);
                sides.flip();
            }
        }

        private void write(int side, long generation) {
            for (int i = 0; i < WORDS; i++) {
                contents.setAtIndex(JAVA_LONG, side * WORDS + i, generation);
            }
        }

        /** Reads the side that was pinned: 1 when all of it is of the pinned generation. */
        final int readPinned() {
            long active = sides.pin(0);
            for (int i = 0; i < WORDS; i++) {
                if (contents.getAtIndex(JAVA_LONG, Sides.side(active) * WORDS + i) != Sides.generation(active)) {
                    return MIXED;
                }
            }
            return 1;
        }
    }

    /** A processor that has been running all along. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "every batch read one generation")
    @Outcome(expect = FORBIDDEN, desc = "a side was written while it was read")
    @State
    public static class RunningProcessor extends TwoSides {
        public RunningProcessor() {
            sides.pin(0);
        }

        @Actor
        public void control() {
            update(4);
        }

        @Actor
        public void processor(I_Result r) {
            r.r1 = Math.min(readPinned(), Math.min(readPinned(), readPinned()));
        }
    }

    /** A processor that starts while a flip is under way: flips do not wait for it before. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "every batch read one generation")
    @Outcome(expect = FORBIDDEN, desc = "a side was written while it was read")
    @State
    public static class StartingProcessor extends TwoSides {
        @Actor
        public void control() {
            update(4);
        }

        @Actor
        public void processor(I_Result r) {
            r.r1 = Math.min(readPinned(), readPinned());
        }
    }

    /** A processor that stops and starts again. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "every batch read one generation")
    @Outcome(expect = FORBIDDEN, desc = "a side was written while it was read")
    @State
    public static class RestartingProcessor extends TwoSides {
        public RestartingProcessor() {
            sides.pin(0);
        }

        @Actor
        public void control() {
            update(4);
        }

        @Actor
        public void processor(I_Result r) {
            int before = readPinned();
            sides.retire(0);
            r.r1 = Math.min(before, readPinned());
        }
    }
}
