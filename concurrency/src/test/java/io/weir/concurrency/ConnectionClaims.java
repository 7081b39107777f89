package io.weir.concurrency;

import static io.weir.concurrency.ConnectionFixture.TCP;
import static io.weir.concurrency.ConnectionFixture.liveRecords;
import static io.weir.concurrency.ConnectionFixture.open;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.weir.memory.connection.ConnectionTable4;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Claims that race for one key, or for one slot. */
final class ConnectionClaims {
    private static final int HASH = 11;
    private static final long KEY = TCP | 0x5000_9c41L;

    private ConnectionClaims() {}

    /** Two processors see the first packet of one connection. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE,
            desc = "one of them opened it")
    @Outcome(expect = FORBIDDEN, desc = "no record, two records, or a loser that thinks it won")
    @State
    public static class SameKey {
        final ConnectionTable4 table = ConnectionFixture.table();

        @Actor
        public void one(III_Result r) {
            r.r1 = open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = open(table, 1, KEY, HASH, 2);
        }

        @Arbiter
        public void count(III_Result r) {
            r.r3 = liveRecords(table, KEY);
        }
    }

    /** An earlier slot of the window becomes free in between, so the two may take different slots. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE,
            desc = "one of them opened it")
    @Outcome(expect = FORBIDDEN, desc = "no record, two records, or a loser that thinks it won")
    @State
    public static class SameKeyWhileSlotsBecomeFree {
        final ConnectionTable4 table = ConnectionFixture.table();

        public SameKeyWhileSlotsBecomeFree() {
            open(table, 7, TCP | 1, HASH, 7);
            open(table, 8, TCP | 2, HASH, 8);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void other(III_Result r) {
            long second = table.recordAt(HASH + 1);
            table.remove(second, table.word(second));
            long first = table.recordAt(HASH);
            table.remove(first, table.word(first));
            r.r2 = open(table, 1, KEY, HASH, 2);
        }

        @Arbiter
        public void count(III_Result r) {
            r.r3 = liveRecords(table, KEY);
        }
    }

    /** Different connections that want the same slot. */
    @JCStressTest
    @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "both are open")
    @Outcome(expect = FORBIDDEN, desc = "one got lost")
    @State
    public static class DifferentKeys {
        final ConnectionTable4 table = ConnectionFixture.table();

        @Actor
        public void one(III_Result r) {
            r.r1 = open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = open(table, 2, KEY + 1, HASH, 2);
        }

        @Arbiter
        public void count(III_Result r) {
            r.r3 = liveRecords(table, KEY) + liveRecords(table, KEY + 1);
        }
    }

    /** Different clients with the same ports: while neither is published, the table cannot tell them apart. */
    @JCStressTest
    @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "both are open")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "one was told BUSY and comes again")
    @Outcome(expect = FORBIDDEN, desc = "neither is open, or one got lost")
    @State
    public static class DifferentAddressesSamePorts {
        final ConnectionTable4 table = ConnectionFixture.table();

        @Actor
        public void one(III_Result r) {
            r.r1 = open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = open(table, 2, KEY, HASH, 2);
        }

        @Arbiter
        public void count(III_Result r) {
            r.r3 = liveRecords(table, KEY);
        }
    }

    /** Two sweepers, or a sweeper and a reset, remove one record. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 0", "0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "one of them removed it")
    @Outcome(expect = FORBIDDEN, desc = "it was counted as closed twice or never")
    @State
    public static class TwoRemovals {
        final ConnectionTable4 table = ConnectionFixture.table();
        final long record = table.recordAt(HASH);

        public TwoRemovals() {
            open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = table.remove(record, table.word(record)) ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = table.remove(record, table.word(record)) ? 1 : 0;
        }

        @Arbiter
        public void count(III_Result r) {
            r.r3 = liveRecords(table, KEY);
        }
    }
}
